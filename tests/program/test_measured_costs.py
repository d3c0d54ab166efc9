"""What steps cost, measured where they run, kept with their runs and told by several commands."""

from __future__ import annotations

import pytest
from world import World

PROJECT = """
    import dagx as dg, os, subprocess, sys

    @dg.asset
    def a_large():
        held = bytearray(os.urandom(64)) * 3_000_000  # 192 MB
        with open(os.devnull, "wb", buffering=0) as stream:
            stream.write(held)
        return len(held)

    @dg.asset(deps=[a_large])
    def b_small():
        return 1

    BUSY = "import time\\nwhile time.process_time() < 0.2: pass\\nprint(flush=True)\\n"

    @dg.asset(deps=[b_small])
    def c_busy_child():
        subprocess.run([sys.executable, "-c", BUSY], check=True)

    @dg.asset(deps=[c_busy_child])
    def d_left_behind():
        child = subprocess.Popen([sys.executable, "-c", BUSY + "time.sleep(60)"], stdout=subprocess.PIPE)
        child.stdout.readline()
        raise ValueError("no")
"""


@pytest.mark.parametrize("isolation", ["fork", "spawn"])
def test_each_step_has_its_own_cost_also_in_a_worker_that_did_more(world: World, isolation: str) -> None:
    world.isolate(isolation, "max_workers = 1")
    world.write("definitions.py", PROJECT)
    said = world.run()
    assert set(said.states.values()) == {"succeeded", "failed"}
    cost = {step["step"]: step["cost"] for step in said.json["steps"]}
    assert 192_000_000 < cost["a_large"]["memory_bytes"] < 300_000_000
    assert 192_000_000 <= cost["a_large"]["written_bytes"] < 192_100_000
    assert cost["b_small"]["memory_bytes"] < 100_000_000
    assert cost["b_small"]["cpu_seconds"] < 0.2
    assert cost["c_busy_child"]["cpu_seconds"] > 0.2
    assert cost["d_left_behind"]["cpu_seconds"] > 0.2


def test_costs_are_shown_of_an_asset_of_a_run_and_of_a_time(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg, time

        @dg.asset
        def slow():
            time.sleep(1)
            return list(range(3000))

        @dg.asset
        def quick(slow):
            return 1
        """,
    )
    assert "no run in the last 30 days" in world.dagx("stats").out
    run = world.run().json["run_id"]
    world.run("--force", "quick")
    world.run()

    usual = world.dagx("show", "quick", "--json").json["usual"]
    assert usual["executions"] == 2
    assert usual["last"]["memory_bytes"] > 0

    (first,) = [each for each in world.dagx("runs", "--json").json if each["run_id"] == run]
    assert world.dagx("runs", run[:6], "--json").json == first

    stats = world.dagx("stats", "--json", "--limit", "2").json
    assert (stats["runs"], stats["executions"], stats["reused"]) == (3, 3, 2)
    assert [each["step"] for each in stats["slowest"]] == ["slow", "quick"]
    assert stats["largest"][0]["asset"] == "slow"
    assert [(each["step"], each["unchanged"]) for each in stats["most_rerun"]] == [("quick", 1)]
    assert stats["most_saved"][0]["step"] == "slow"
    assert stats["saved_seconds"] >= 1

    refused = world.dagx("stats", "--since", "soon")
    assert refused.code == 2
    assert '"soon" is no length of time' in refused.err
