"""What `dagx status` told is told again while nothing has changed that it rests on, and not a moment longer."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from shops import Shop

from dagx_cli.render.as_json import json_text
from dagx_engine import api
from dagx_engine.views import StatusView

TEXT = """
    -- definitions.py
    from pathlib import Path
    import dagx as dg

    @dg.asset
    def table():
        return Path("table.csv").read_text() * 3000

    @dg.asset
    def copied(table):
        Path("copy.csv").write_text(table)
        return len(table)

    @dg.asset_check(asset=copied)
    def is_long(copied):
        return dg.AssetCheckResult(passed=copied > 1000)

    @dg.asset
    def halved(copied):
        return 1 / int(Path("number.txt").read_text())

    @dg.asset(inputs=["parts/*.csv"])
    def parts():
        return sorted(path.name for path in Path("parts").glob("*.csv"))
    -- table.csv
    1,2,3
    -- number.txt
    2
    -- parts/a.csv
    1
    -- pyproject.toml
    [project]
    name = "shop"

    [tool.dagx]
"""


def let_it_age(root: Path) -> None:
    """As if it had been saved a minute ago: what is young may have changed after it was looked at."""
    long_ago = time.time() - 60
    for path in [root, *root.rglob("*")]:
        if ".dagx" not in path.parts:
            os.utime(path, (long_ago, long_ago))


def told(shop: Shop) -> tuple[str, bool]:
    """What the command prints, and whether it had to be found out."""
    made = []

    def make(view: StatusView) -> str:
        made.append(view)
        return json_text(view)

    return api.status_as(shop._opened(), "json", make), bool(made)


def find_out(shop: Shop) -> str:
    return json_text(api.status(shop._opened()))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    shop = Shop(tmp_path_factory.mktemp("shop"), TEXT)
    let_it_age(shop.root)
    shop.run()
    let_it_age(shop.root)
    return shop


def fail_a_step(shop: Shop) -> None:
    shop.write("number.txt", "0")
    assert shop.execute().status.value == "failed"


def make_a_step_work_again(shop: Shop) -> None:
    shop.write("number.txt", "4")


def run_all(shop: Shop) -> None:
    shop.run()


def edit_data_and_run(shop: Shop) -> None:
    shop.write("table.csv", "1,2,4\n")
    shop.run()


def edit_data_back(shop: Shop) -> None:
    shop.write("table.csv", "1,2,3\n")


def edit_data_in_its_old_time(shop: Shop) -> None:
    found = (shop.root / "table.csv").stat()
    (shop.root / "table.csv").write_text("3,2,1\n")
    os.utime(shop.root / "table.csv", ns=(found.st_atime_ns, found.st_mtime_ns))


def add_a_declared_file(shop: Shop) -> None:
    shop.write("parts/b.csv", "2\n")


def edit_what_a_step_wrote(shop: Shop) -> None:
    shop.write("copy.csv", "other")


def delete_an_earlier_value(shop: Shop) -> None:
    objects = [path for path in (shop.root / ".dagx" / "objects").glob("*/*") if path.stat().st_size > 4096]
    for path in objects:
        path.unlink()


def name_it_anew(shop: Shop) -> None:
    shop.edit("pyproject.toml", '"shop"', '"market"')


def damage_what_is_kept(shop: Shop) -> None:
    place = shop.root / ".dagx" / "answers" / "json"
    place.write_bytes(place.read_bytes().replace(b"fresh", b"stale"))


CHANGES: list[Callable[[Shop], None]] = [
    fail_a_step,
    make_a_step_work_again,
    run_all,
    edit_data_and_run,
    edit_data_back,
    edit_data_in_its_old_time,
    add_a_declared_file,
    edit_what_a_step_wrote,
    delete_an_earlier_value,
    run_all,
    name_it_anew,
    damage_what_is_kept,
]


def test_after_each_change_the_answer_is_found_out_and_then_told_again(made: Shop) -> None:
    told(made)
    for change in CHANGES:
        change(made)
        let_it_age(made.root)
        assert told(made) == (find_out(made), True), change.__name__
        assert told(made) == (find_out(made), False), change.__name__


def test_a_run_that_finds_all_fresh_changes_no_answer(made: Shop) -> None:
    told(made)
    assert made.run() == {}
    assert told(made) == (find_out(made), False)


def test_another_environment_is_another_project(made: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    told(made)
    monkeypatch.setenv("SHOP_REGION", "north")
    assert told(made) == (find_out(made), True)


def test_what_has_no_state_yet_is_found_out_each_time(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop", TEXT)
    assert told(shop) == told(shop) == (find_out(shop), True)
    assert not (shop.root / ".dagx").exists()
