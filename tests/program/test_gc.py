"""`dagx gc` and what runs do of it: what is current stays whatever happens, what nothing needs goes."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from world import World, environment

from dagx_engine.io.objects import Objects
from dagx_engine.io.store import Store

pytestmark = pytest.mark.fat

PROJECT = """
    import dagx as dg

    SEED = 1

    @dg.asset
    def big():
        return f"{SEED} " * 5000

    @dg.asset
    def length(big):
        return len(big)
"""


def edit(world: World, seed: int) -> None:
    text = (world.root / "definitions.py").read_text()
    world.write("definitions.py", re.sub(r"SEED = \d+", f"SEED = {seed}", text))


def make_several(world: World, *seeds: int) -> None:
    """One result of `big` for each."""
    for seed in seeds:
        edit(world, seed)
        assert world.run().code == 0


def objects(world: World) -> set[str]:
    return {path.parent.name + path.name for path in world.root.glob(".dagx/objects/*/*")}


def named(world: World) -> set[str]:
    """The objects that rows name."""
    store = Store(world.root / ".dagx", write=False)
    try:
        return {weight.digest for weight in store.retiring.weights()}
    finally:
        store.close()


def counted(world: World, *arguments: str) -> dict[str, int]:
    """What went, by its kind."""
    return {line["what"]: line["count"] for line in world.dagx("gc", "--json", *arguments).json["lines"]}


def test_gc_keeps_the_newest_results_and_says_what_went(world: World) -> None:
    world.write("pyproject.toml", "[tool.dagx]\nretention = 2\n")
    world.write("definitions.py", PROJECT)
    make_several(world, 1, 2, 3, 4)
    assert len(objects(world)) == 4
    dry = world.dagx("gc", "--dry-run", "--json").json
    assert (dry["kept"], len(objects(world))) == (2, 4)
    done = world.dagx("gc", "--json").json
    assert (dry["lines"], dry["size"]) == (done["lines"], done["size"])
    assert [(line["what"], line["count"], line["size"]) for line in done["lines"]] == [("results", 4, 20_000)]
    assert objects(world) == named(world)
    assert len(objects(world)) == 2
    assert counted(world) == {}
    assert set(world.run().states.values()) == {"fresh"}


def test_going_back_still_restores_what_is_kept_and_reruns_what_is_not(world: World) -> None:
    world.write("pyproject.toml", "[tool.dagx]\nretention = 2\n")
    world.write("definitions.py", PROJECT)
    make_several(world, 1, 2, 3)
    world.dagx("gc")
    edit(world, 2)
    assert set(world.run().states.values()) == {"restored"}
    edit(world, 1)
    assert world.run().states["big"] == "succeeded"


def test_what_is_current_stays_when_it_does_not_fit_into_the_cache(world: World) -> None:
    world.write("pyproject.toml", "[tool.dagx]\ncache_size = 100\n")
    world.write("definitions.py", PROJECT)
    make_several(world, 1, 2)
    said = world.dagx("gc")
    assert said.code == 0
    assert "what is current does not fit into cache_size, and stays" in said.out
    assert objects(world) == named(world)
    assert len(objects(world)) == 1
    assert set(world.run().states.values()) == {"fresh"}


def test_a_run_takes_away_what_does_not_fit_any_more_and_says_so(world: World) -> None:
    world.write("pyproject.toml", '[tool.dagx]\ncache_size = "25 kB"\n')
    world.write("definitions.py", PROJECT)
    make_several(world, 1, 2)
    edit(world, 3)
    said = world.dagx("run")
    assert "of earlier results went" in said.out
    assert len(objects(world)) == 2
    assert objects(world) == named(world)


def test_runs_alone_keep_the_history_bounded(world: World) -> None:
    world.write("pyproject.toml", "[tool.dagx]\nretention = 1\n")
    world.write("definitions.py", PROJECT)
    make_several(world, *range(1, 9))
    assert len(objects(world)) < 6
    assert objects(world) == named(world)


def test_dev_keeps_the_history_bounded(world: World) -> None:
    world.write("pyproject.toml", "[tool.dagx]\nretention = 1\n")
    world.write("definitions.py", PROJECT)
    with world.dev("--run") as dev:
        dev.until_run_ended()
        for seed in range(2, 9):
            edit(world, seed)
            assert dev.until_run_ended()["big"] == "succeeded"
    assert len(objects(world)) < 6
    assert objects(world) == named(world)
    assert set(world.run().states.values()) == {"fresh"}


KILLED = """
import os, sys
from dagx_cli.main import main
left = int(sys.argv[1])

def hook(name, arguments):
    global left
    if name in ("os.remove", "os.rmdir") and ".dagx" in os.fsdecode(arguments[0]):
        left -= 1
        if left < 0:
            os._exit(9)

sys.addaudithook(hook)
sys.exit(main(["gc"]))
"""


def test_killed_at_any_removal_no_row_names_bytes_that_are_gone(world: World, tmp_path: Path) -> None:
    world.write("pyproject.toml", "[tool.dagx]\nretention = 1\n")
    world.write("definitions.py", PROJECT)
    kills = 0
    for at in range(20):
        make_several(world, *range(10 * at + 1, 10 * at + 4))
        Objects(world.root / ".dagx").put_bytes(b"stray" * 1000 + bytes([at]))
        (world.root / ".dagx/bad").mkdir(exist_ok=True)
        (world.root / ".dagx/bad/old").write_bytes(b"damaged")
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(at)],
            cwd=world.root,
            env=environment(),
            timeout=250,
            check=False,
        )
        assert named(world) <= objects(world)
        assert set(world.run().states.values()) == {"fresh"}
        if done.returncode == 0:
            break
        assert done.returncode == 9
        kills += 1
    assert kills > 3
    world.dagx("gc")
    assert named(world) == objects(world)
    assert counted(world) == {}


def test_what_a_killed_run_left_is_taken_away(world: World) -> None:
    world.write("definitions.py", PROJECT)
    world.run()
    Objects(world.root / ".dagx").put_bytes(b"stray" * 1000)
    (world.root / ".dagx/staging/half").write_bytes(b"x" * 123)
    (world.root / ".dagx/logs/1234abcd").mkdir()
    assert counted(world) == {"objects": 1, "unfinished files": 1, "logs": 1}
    assert objects(world) == named(world)
    assert not (world.root / ".dagx/logs/1234abcd").exists()


def test_the_log_of_a_run_that_is_kept_stays(world: World) -> None:
    world.write("definitions.py", PROJECT.replace("return len(big)", "print('hello'); return len(big)"))
    world.run()
    world.dagx("gc")
    assert "hello" in world.dagx("logs", "length").out


def test_results_of_an_asset_that_is_gone_go_when_that_is_asked_for(world: World) -> None:
    world.write("definitions.py", PROJECT)
    world.run()
    world.write("definitions.py", "import dagx as dg\n@dg.asset\ndef other():\n    return 1\n")
    world.run()
    assert counted(world) == {}
    assert counted(world, "--undefined") == {"results": 2}
    assert objects(world) == set()
    world.write("definitions.py", PROJECT)
    assert set(world.status().values()) == {"missing"}


def test_old_runs_go_and_what_they_made_stays(world: World) -> None:
    world.write("definitions.py", PROJECT)
    world.run()
    for _ in range(2):
        world.run()
    long_ago = time.time() - 90 * 86400
    store = Store(world.root / ".dagx", write=True)
    with store._file.transaction() as db:
        db.execute("UPDATE runs SET started_at = ?", (long_ago,))
        for number in range(110):
            values = (f"r{number}", "succeeded", "", "you", long_ago, 1)
            db.execute(
                "INSERT INTO runs(id, status, selection, cause, started_at, pid) VALUES (?,?,?,?,?,?)", values
            )
    store.close()
    assert counted(world) == {"runs": 12}
    assert world.dagx("runs", "--json", "-n", "200").json[-1]["counts"] == {"succeeded": 2}
    assert counted(world) == {}


def test_gc_is_handed_to_the_engine_at_work_and_dry_run_works_beside_it(world: World) -> None:
    world.write("definitions.py", PROJECT)
    with world.dev("--run") as dev:
        dev.until_run_ended()
        Objects(world.root / ".dagx").put_bytes(b"on its way" * 1000)
        dry = world.dagx("gc", "--dry-run", "--json").json
        assert dry["lines"] == []
        assert dry["notes"] == ["another dagx is at work: what it has not finished is not counted"]
        (line,) = world.dagx("gc", "--json").json["lines"]
        assert (line["what"], line["count"]) == ("objects", 1)


def test_before_the_first_run_there_is_nothing_to_take_away(world: World) -> None:
    world.write("definitions.py", PROJECT)
    said = world.dagx("gc", "--dry-run")
    assert (said.code, said.out.splitlines()[0]) == (0, "there is nothing to take away")
    assert not (world.root / ".dagx").exists()


def test_verify_sets_damaged_bytes_aside_and_names_their_assets(world: World) -> None:
    world.write("definitions.py", PROJECT)
    world.run()
    (name,) = objects(world)
    path = world.root / ".dagx/objects" / name[:2] / name[2:]
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    said = world.dagx("gc", "--verify", "--json").json
    assert said["damaged"] == ["big"]
    assert world.status()["big"] == "stale"
    assert world.run().states == {"big": "unchanged", "length": "fresh"}
    assert world.dagx("gc", "--verify", "--json").json["damaged"] == []
