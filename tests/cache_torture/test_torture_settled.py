"""A run of a project that rests on what the last one found: no verdict is given again, and none may be out of date."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from shops import Shop

from dagx_engine import api
from dagx_engine.idle import settled_run
from dagx_engine.opening import opened
from dagx_engine.views import Event, RunEnded, RunStatus, RunView, StepState

TEXT = """
    -- definitions.py
    import os
    from pathlib import Path
    import dagx as dg

    @dg.asset
    def region():
        return os.environ.get("SHOP_REGION", "none")

    @dg.asset
    def table():
        return Path("table.csv").read_text() * 3000

    @dg.asset
    def copied(table, region):
        Path("copy.csv").write_text(table)
        return len(table)

    @dg.asset_check(asset=copied)
    def is_long(copied):
        return dg.AssetCheckResult(passed=copied > 1000)

    @dg.asset(inputs=["parts/*.csv"])
    def parts():
        return sorted(path.name for path in Path("parts").glob("*.csv"))
    -- table.csv
    1,2,3
    -- parts/a.csv
    1
"""


def run_if_settled(shop: Shop, told: list[Event] | None = None) -> RunView | None:
    project = api.open_project(shop.root, python=sys.executable)
    with opened(project, write=True) as space:
        return settled_run(space, time.monotonic(), (told if told is not None else []).append)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """All is fresh, and a run has found that."""
    found = Shop(tmp_path / "shop", TEXT)
    let_it_age(found.root)
    found.run()
    let_it_age(found.root)
    assert found.run() == {}
    assert run_if_settled(found) is not None, "what follows would show nothing"
    return found


def let_it_age(root: Path) -> None:
    """As if it had been saved a minute ago: what is young may have changed after it was looked at."""
    long_ago = time.time() - 60
    for path in [root, *root.rglob("*")]:
        if ".dagx" not in path.parts:
            os.utime(path, (long_ago, long_ago))


def test_the_same_is_told_and_written_down_as_by_a_run_that_looks_at_everything(shop: Shop) -> None:
    before = shop.execute()
    told: list[Event] = []
    done = run_if_settled(shop, told)
    assert done is not None
    assert done.steps == before.steps != ()
    assert {step.state for step in done.steps} == {StepState.FRESH}
    assert [type(event).__name__ for event in told] == ["Loaded", "RunStarted", "RunEnded"]
    assert told[-1] == RunEnded(done)
    newest, second, *_ = api.runs(api.open_project(shop.root))
    assert (newest.run_id, newest.status, newest.selection) == (done.run_id, RunStatus.SUCCEEDED, "")
    assert newest.steps == second.steps == done.steps
    assert run_if_settled(shop) is not None


def edit_code(shop: Shop) -> None:
    shop.edit("definitions.py", "3000", "3001")


def edit_data(shop: Shop) -> None:
    shop.write("table.csv", "1,2,4\n")


def edit_data_back_in_time(shop: Shop) -> None:
    found = (shop.root / "table.csv").stat()
    (shop.root / "table.csv").write_text("3,2,1\n")
    os.utime(shop.root / "table.csv", ns=(found.st_atime_ns, found.st_mtime_ns))


def add_a_declared_file(shop: Shop) -> None:
    shop.write("parts/b.csv", "2\n")


def edit_what_a_step_wrote(shop: Shop) -> None:
    shop.write("copy.csv", "other")


def delete_what_a_step_wrote(shop: Shop) -> None:
    (shop.root / "copy.csv").unlink()


def delete_a_stored_value(shop: Shop) -> None:
    (found,) = [path for path in (shop.root / ".dagx" / "objects").glob("*/*") if path.stat().st_size > 4096]
    found.unlink()


def damage_a_stored_value(shop: Shop) -> None:
    (found,) = [path for path in (shop.root / ".dagx" / "objects").glob("*/*") if path.stat().st_size > 4096]
    found.chmod(0o600)
    found.write_bytes(found.read_bytes()[:-1] + b"?")


def damage_what_is_kept(shop: Shop) -> None:
    place = shop.root / ".dagx" / "settled"
    place.write_bytes(place.read_bytes().replace(b'"steps"', b'"Steps"'))


def forget_what_is_kept(shop: Shop) -> None:
    (shop.root / ".dagx" / "settled").unlink()


@pytest.mark.parametrize(
    "change",
    [
        edit_code,
        edit_data,
        edit_data_back_in_time,
        add_a_declared_file,
        edit_what_a_step_wrote,
        delete_what_a_step_wrote,
        delete_a_stored_value,
        damage_a_stored_value,
        damage_what_is_kept,
        forget_what_is_kept,
    ],
    ids=lambda change: change.__name__,
)
def test_whatever_changes_is_looked_at(shop: Shop, change: Callable[[Shop], None]) -> None:
    change(shop)
    assert run_if_settled(shop) is None


def test_a_variable_that_changes_is_looked_at(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_REGION", "north")
    assert run_if_settled(shop) is None
    assert set(shop.run()) == {"region", "copied"}


def test_what_was_made_anew_since_is_looked_at(shop: Shop) -> None:
    shop.run(force=True)
    assert run_if_settled(shop) is None
    assert shop.run() == {}
    assert run_if_settled(shop) is not None


def test_data_that_came_back_after_something_was_made_of_other_data(shop: Shop) -> None:
    """The inputs are those of the last idle run again, and what is current was made of others."""
    before = shop.read("table.csv")
    edit_data(shop)
    assert "table" in shop.run("table")
    shop.write("table.csv", before)
    assert run_if_settled(shop) is None
    assert shop.value("table").startswith("1,2,4")
    shop.run()
    assert shop.value("table").startswith("1,2,3")


def test_a_run_of_some_assets_settles_nothing(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop", TEXT)
    let_it_age(shop.root)
    shop.run("table")
    assert shop.run("table") == {}
    assert run_if_settled(shop) is None
