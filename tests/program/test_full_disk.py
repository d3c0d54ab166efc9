"""A disk that is full while `dagx dev` runs: the run is given up with a word, and the next run does the rest."""

from __future__ import annotations

import resource
import sys

import pytest
from world import World

pytestmark = [
    pytest.mark.fat,
    pytest.mark.skipif(sys.platform != "linux", reason="limits another process's files by prlimit"),
]

STEPS = 40
ROOM = 200_000
"""Less than the rows of all steps take, more than those of one."""


def test_a_run_is_given_up_when_its_results_cannot_be_written(world: World) -> None:
    world.write(
        "definitions.py",
        f"""
        import dagx as dg

        def chained(number):
            @dg.asset(name=f"a{{number}}", deps=[f"a{{number - 1}}"] if number else [])
            def step():
                return str(number) * 1000
            return step

        defs = dg.Definitions(assets=[chained(number) for number in range({STEPS})])
        """,
    )
    with world.dev("--no-auto") as dev:
        dev.until_loaded()
        _limit_files(dev.process.pid, (world.root / ".dagx" / "state.db-wal").stat().st_size + ROOM)
        said = world.dagx("run")
        assert said.code == 1
        assert "state.db cannot be written" in said.err
        assert "free some space and run again" in said.err
        ended = dev.until(lambda event: event["event"] == "run_ended")[-1]["run"]
        assert ended["status"] == "crashed"
        made = {step["step"] for step in ended["steps"] if step["state"] == "succeeded"}
        assert 0 < len(made) < STEPS
        assert {step["state"] for step in ended["steps"]} == {"succeeded", "cancelled"}

        _limit_files(dev.process.pid, resource.RLIM_INFINITY)
        states = world.run().states
        assert {step for step, state in states.items() if state == "fresh"} == made
        assert {states[step] for step in states.keys() - made} == {"succeeded"}
        assert [run["status"] for run in world.dagx("runs", "--json").json] == ["succeeded", "crashed"]


def _limit_files(pid: int, most: int) -> None:
    """No file that this process writes may become larger."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
