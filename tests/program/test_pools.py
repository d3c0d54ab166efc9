"""How many steps run at once: pools with limits in the settings, limits of the project's executor."""

from __future__ import annotations

import itertools
import shutil

import pytest
from world import Said, World

pytestmark = pytest.mark.fat

POOLED = """
    import dagx as dg
    from meeting import meet

    @dg.asset(pool="db")
    def a():
        meet("a")

    @dg.asset(op_tags={"dagster/concurrency_key": "db"})
    def b():
        meet("b")

    @dg.op(pool="db")
    def c_op() -> int:
        meet("c")
        return 1

    @dg.graph_asset
    def c():
        return c_op()

    @dg.asset_check(asset="a", pool="api")
    def a_is_fine():
        return dg.AssetCheckResult(passed=True)
"""
MEETING = """
    import os, time

    def meet(name):
        "Wait until somebody else is here, too; where there is no such place, go on."
        place = os.path.join(os.path.dirname(__file__), "..", "meeting")
        if os.path.isdir(place):
            open(os.path.join(place, name), "w").close()
            while len(os.listdir(place)) < 2:
                time.sleep(0.005)
            time.sleep(0.05)  # together, for longer than what times are rounded to
"""
EXECUTOR = """
    import dagx as dg
    from meeting import meet

    def tagged(name, **tags):
        return dg.asset(name=name, op_tags=tags)(lambda: meet(name) if name in ("slow1", "quick") else 1)

    limits = [
        {"key": "kind", "value": "slow", "limit": 1},
        {"key": "who", "value": {"applyLimitPerUniqueValue": True}, "limit": 1},
    ]
    defs = dg.Definitions(
        assets=[
            tagged("slow1", kind="slow"),
            tagged("slow2", kind="slow"),
            tagged("quick", kind="quick"),
            tagged("ann1", who="ann"),
            tagged("ann2", who="ann"),
            tagged("bob", who="bob"),
        ],
        executor=dg.multiprocess_executor.configured({"max_concurrent": 6, "tag_concurrency_limits": limits}),
    )
"""


def overlap(said: Said, *names: str) -> bool:
    """Whether two of these steps had begun before the other ended; by more than what times are rounded to."""
    steps = [step for step in said.json["steps"] if step["step"] in names]
    spans = sorted((step["started_at"], step["started_at"] + step["seconds"]) for step in steps)
    return any(begin < end - 0.005 for (_, end), (begin, _) in itertools.pairwise(spans))


def test_steps_of_a_pool_run_as_many_at_once_as_the_setting_says(world: World) -> None:
    world.write("definitions.py", POOLED)
    world.write("meeting.py", MEETING)
    world.write("pyproject.toml", "[tool.dagx]\nmax_workers = 3\n")
    (world.root.parent / "meeting").mkdir()
    said = world.run()
    assert overlap(said, "a", "b", "c")
    shutil.rmtree(world.root.parent / "meeting")
    world.write("pyproject.toml", "[tool.dagx]\nmax_workers = 3\n[tool.dagx.pools]\ndb = 1\n")
    said = world.run("--force")
    assert set(said.states.values()) == {"unchanged"}
    assert not overlap(said, "a", "b", "c")


def test_show_and_doctor_name_the_pools_and_doctor_finds_a_limit_that_holds_nothing(world: World) -> None:
    world.write("definitions.py", POOLED)
    world.write("meeting.py", MEETING)
    world.write("pyproject.toml", "[tool.dagx.pools]\ndb = 1\napis = 2\n")
    assert "db (1 at a time)" in world.dagx("show", "c").out
    assert world.dagx("show", "b", "--json").json["asset"]["pools"] == {"db": 1}
    said = world.dagx("doctor")
    assert said.code == 1
    assert "db (3 steps, 1 at a time); api (1 step, no limit)" in said.out
    assert "[tool.dagx.pools] apis: no step is in this pool" in said.out
    assert 'did you mean "api"' in said.out


def test_steps_of_a_pool_without_slots_are_not_run_and_that_is_said(world: World) -> None:
    world.write("definitions.py", POOLED)
    world.write("meeting.py", MEETING)
    world.write("pyproject.toml", "[tool.dagx.pools]\napi = 0\n")
    said = world.run()
    assert said.code == 2
    assert said.states == {"a": "succeeded", "b": "succeeded", "c": "succeeded"}
    assert '"a:a_is_fine" is not run: the limit of its pool api is 0' in said.json["refused"][0]
    world.write("pyproject.toml", "[tool.dagx.pools]\napi = -1\n")
    assert "[tool.dagx.pools] api must be a number of slots, not -1" in world.dagx("ls").err


def test_an_executor_limits_steps_by_their_tags(world: World) -> None:
    world.write("definitions.py", EXECUTOR)
    world.write("meeting.py", MEETING)
    (world.root.parent / "meeting").mkdir()
    said = world.run()
    assert not overlap(said, "slow1", "slow2")
    assert not overlap(said, "ann1", "ann2")
    assert overlap(said, "slow1", "quick")


def test_an_executor_that_disables_retries_leaves_a_step_at_its_first_failure(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        @dg.asset(retry_policy=dg.RetryPolicy(max_retries=2))
        def fails():
            raise ValueError("no")

        defs = dg.Definitions([fails], executor=dg.in_process_executor.configured({"retries": {"disabled": {}}}))
        """,
    )
    (step,) = world.run().json["steps"]
    assert (step["state"], step["attempt"]) == ("failed", 1)
    world.change("definitions.py", "disabled", "enabled")
    (step,) = world.run().json["steps"]
    assert (step["state"], step["attempt"]) == ("failed", 3)
