"""A step that runs too long is stopped, and fails with words that say so."""

from __future__ import annotations

import pytest
from world import World

pytestmark = pytest.mark.fat

ASSETS = """
    import dagx as dg, time

    @dg.asset(op_tags={"dagster/max_runtime": "2"})
    def endless():
        print("as far as here", flush=True)
        time.sleep(600)

    @dg.asset
    def quick():
        return 1

    @dg.asset(deps=[endless])
    def after():
        return 1
"""


def test_a_step_is_stopped_when_its_time_is_over(world: World) -> None:
    world.write("definitions.py", ASSETS)
    said = world.run()
    assert said.code == 1
    assert said.states == {"endless": "failed", "quick": "succeeded", "after": "skipped"}
    (error,) = (step["error"] for step in said.json["steps"] if step["step"] == "endless")
    assert error.startswith("it ran longer than 2 s, the most that its max_runtime allows")
    assert "as far as here" in error


def test_a_try_that_ran_too_long_is_the_last_one(world: World) -> None:
    world.write(
        "definitions.py",
        ASSETS.replace("op_tags=", "retry_policy=dg.RetryPolicy(max_retries=2), op_tags="),
    )
    said = world.run("endless")
    (step,) = said.json["steps"]
    assert step["state"] == "failed"
    assert world.dagx("logs", "endless").out.count("as far as here") == 1


def test_the_project_says_how_long_steps_may_run_that_do_not_say_it_themselves(world: World) -> None:
    world.write("definitions.py", ASSETS.replace('"2"', '"50"').replace("return 1", "time.sleep(600)", 1))
    world.write("pyproject.toml", '[tool.dagx]\nmax_runtime = "0.5s"\n')
    said = world.run("quick")
    assert said.states == {"quick": "failed"}
    (step,) = said.json["steps"]
    assert "longer than 0.5 s" in step["error"]


def test_a_job_of_ops_has_the_time_that_its_tags_give(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg, time

        @dg.op
        def sleeps():
            time.sleep(600)

        @dg.job(tags={"dagster/max_runtime": 0.3})
        def nightly():
            sleeps()
        """,
    )
    said = world.run("nightly")
    assert said.code == 1
    assert "longer than 0.3 s" in said.out


@pytest.mark.parametrize("said", ['"soon"', "0", "-1", "true"])
def test_a_time_that_is_none_is_refused(world: World, said: str) -> None:
    world.write("definitions.py", ASSETS)
    world.write("pyproject.toml", f"[tool.dagx]\nmax_runtime = {said}\n")
    answer = world.dagx("ls")
    assert answer.code == 3
    assert "max_runtime must be seconds, or a time such as" in answer.err


def test_a_tag_that_is_no_time_is_refused(world: World) -> None:
    world.write("definitions.py", ASSETS.replace('"2"', '"soon"'))
    answer = world.dagx("ls")
    assert answer.code == 3
    assert "the tag dagster/max_runtime is 'soon'" in answer.err
    assert "give a number of seconds above 0" in answer.err
