"""Jobs run by their names: those of ops, each time they are asked for; those of assets, what is not fresh of them."""

from __future__ import annotations

import json
import signal
from typing import Any

import pytest
from world import PATIENCE, Said, World, processes_of, wait_until

pytestmark = pytest.mark.fat

NIGHTLY = """
    import dagx as dg

    @dg.failure_hook
    def alarm(context):
        print("alarm for", context.op.name)

    @dg.op(out=dg.DynamicOut(int))
    def parts():
        for number in (1, 2):
            yield dg.DynamicOutput(number, mapping_key=f"n{number}")

    @dg.op(retry_policy=dg.RetryPolicy(max_retries=1))
    def doubled(context, number):
        if number == 2 and context.retry_number == 0:
            raise ValueError("not yet")
        return number * 2

    @dg.op(config_schema={"by": dg.Field(int, default_value=1)})
    def shared(context, numbers):
        return sum(numbers) // context.op_config["by"]

    @dg.op
    def told(context, number):
        print("told", number, context.job_name, context.run.tags["team"])

    @dg.op
    def apart():
        print("apart")

    @dg.job(hooks={alarm}, tags={"team": "sales"}, description="What is done at night.")
    def nightly():
        told(shared(parts().map(doubled).collect()))
        apart()
"""


def ops(said: Said) -> dict[str, str]:
    """For `run --json` of a job: op to what became of it."""
    (step,) = said.json["steps"]
    return {op["op"]: op["state"] for op in step["ops"]}


def config(world: World, **entries: Any) -> str:
    world.write("config.json", json.dumps({"ops": {op: {"config": said} for op, said in entries.items()}}))
    return "config.json"


def test_a_job_of_ops_runs_each_time_it_is_asked_for_and_tells_of_each_op(world: World) -> None:
    world.write("definitions.py", NIGHTLY)
    for _ in range(2):
        said = world.run("--job", "nightly")
        assert said.code == 0
        assert ops(said) == {
            "parts": "succeeded",
            "doubled[n1]": "succeeded",
            "doubled[n2]": "succeeded",
            "shared": "succeeded",
            "told": "succeeded",
            "apart": "succeeded",
        }
        assert said.json["selection"] == "--job nightly"
    (step,) = said.json["steps"]
    assert [op["tries"] for op in step["ops"] if op["op"].startswith("doubled")] == [1, 2]
    log = world.dagx("logs", "nightly").out
    assert "told 6 nightly sales" in log
    assert "doubled[n2] failed and is tried again in 0 s: ValueError: not yet" in log
    assert world.dagx("runs", "--json").json[0]["steps"][0]["ops"] == step["ops"]


def test_a_failed_op_skips_what_needs_it_the_rest_runs_and_the_run_fails(world: World) -> None:
    world.write("definitions.py", NIGHTLY)
    said = world.run("--job", "nightly", "--config", config(world, shared={"by": 0}))
    assert said.code == 1
    assert ops(said)["shared"] == "failed"
    assert ops(said)["told"] == "skipped"
    assert ops(said)["apart"] == "succeeded"
    assert said.json["status"] == "failed"
    assert "alarm for shared" in world.dagx("logs", "nightly").out
    text = world.dagx("run", "--job", "nightly", "-c", "config.json")
    assert "  ✖ shared  failed" in text.out
    assert '  ⊘ told  skipped  "shared" failed' in text.out
    assert "5 ops done" not in text.out
    assert "4 ops done, 1 failed, 1 skipped" in text.out
    assert "ZeroDivisionError" in text.err
    assert "definitions.py" in text.err
    again = world.run("--job", "nightly", "--fail-fast", "-c", "config.json")
    assert (again.code, ops(again)["told"], ops(again)["apart"]) == (1, "cancelled", "cancelled")


def test_a_job_may_be_named_where_a_selection_stands_if_no_asset_has_the_name(world: World) -> None:
    world.write("definitions.py", NIGHTLY)
    said = world.dagx("run", "nightly")
    assert said.code == 0
    assert "nightly is a job, and no asset: this is dagx run --job nightly" in said.out
    world.write("definitions.py", NIGHTLY + "\n    @dg.asset(name='nightly')\n    def own(): ...\n")
    assert world.run("nightly").states == {"nightly": "succeeded"}
    assert list(ops(world.run("--job", "nightly"))) != []


def test_a_project_of_jobs_alone_says_so_and_how_to_run_one(world: World) -> None:
    world.write("definitions.py", NIGHTLY)
    listed = world.dagx("ls")
    assert "jobs (dagx run --job NAME)" in listed.out
    assert "nightly  5 ops  What is done at night." in listed.out
    assert [job["name"] for job in world.dagx("ls", "--jobs", "--json").json] == ["nightly"]
    said = world.dagx("run")
    assert said.code == 2
    assert "no assets in this project, only jobs" in said.err
    assert "dagx run --job nightly" in said.err
    assert "dagx run --job nightly" in world.dagx("status").out
    assert "nightly (dagx run --job nightly)" in world.dagx("doctor").out
    with world.dev() as dev:
        notice = dev.until(lambda event: event["event"] == "notice")[-1]
    assert "run one by: dagx run --job nightly" in notice["text"]


def test_a_job_that_is_not_there_is_answered_with_the_near_one(world: World) -> None:
    world.write("definitions.py", NIGHTLY)
    said = world.dagx("run", "--job", "nihgtly")
    assert said.code == 2
    assert 'did you mean "nightly"' in said.err
    assert 'did you mean the job "nightly"' in world.dagx("run", "nihgtly").err
    assert world.dagx("run", "--job", "nightly", "nightly").code == 2


def test_config_of_a_job_that_does_not_fit_is_refused_before_anything_runs(world: World) -> None:
    world.write("definitions.py", NIGHTLY)
    said = world.dagx("run", "--job", "nightly", "-c", config(world, shared={"bye": 1}))
    assert said.code == 2
    assert 'ops.shared.config.bye is unknown (did you mean "by"?)' in said.err
    assert "dagx run --job nightly --config FILE" in said.err
    assert world.dagx("runs", "--json").json == []


def test_a_plan_of_a_job_names_its_ops_and_runs_none(world: World) -> None:
    world.write("definitions.py", NIGHTLY)
    assert "nightly  runs  asked for; 5 ops: parts, doubled, shared, told, apart" in (
        world.dagx("plan", "--job", "nightly").out
    )
    assert world.dagx("run", "--dry-run", "--json", "nightly").json["steps"][0]["ops"][0] == "parts"
    assert world.dagx("runs", "--json").json == []


def test_a_resource_that_cannot_be_set_up_fails_the_job_and_no_op_runs(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        @dg.resource
        def database(context):
            raise ConnectionError("nobody there")

        @dg.op(required_resource_keys={"database"})
        def asks(): ...

        @dg.job(resource_defs={"database": database})
        def report():
            asks()
        """,
    )
    said = world.run("--job", "report")
    assert (said.code, ops(said)) == (1, {"asks": "cancelled"})
    assert "nobody there" in said.json["steps"][0]["error"]


def test_a_job_of_ops_takes_the_stored_value_of_an_asset_and_its_own_io_manager(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        @dg.asset
        def orders():
            return [3, 4]

        @dg.op(ins={"numbers": dg.In(asset_key=dg.AssetKey("orders"))})
        def total(numbers):
            return sum(numbers)

        @dg.op
        def tell(number):
            print("it is", number)

        @dg.job
        def summed():
            tell(total())

        @dg.job(resource_defs={"io_manager": dg.FilesystemIOManager(base_dir="kept")})
        def stored():
            tell(total.alias("total")())

        defs = dg.Definitions(assets=[orders], jobs=[summed])
        """,
    )
    said = world.dagx("run", "--job", "summed")
    assert said.code == 2
    assert '"summed" needs "orders", which was never made' in said.err
    world.run()
    assert world.run("--job", "summed").code == 0
    assert "it is 7" in world.dagx("logs", "summed").out
    assert world.status() == {"orders": "fresh"}


def test_a_partitioned_job_of_ops_runs_once_for_each_partition(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        @dg.op(config_schema=int)
        def day(context):
            print("day", context.partition_key, context.op_config)

        days = dg.StaticPartitionsDefinition(["mon", "tue", "wed"])

        @dg.job(config=dg.PartitionedConfig(
            partitions_def=days,
            run_config_for_partition_key_fn=lambda key: {"ops": {"day": {"config": len(key)}}},
        ))
        def daily():
            day()
        """,
    )
    assert world.dagx("run", "--job", "daily").code == 2
    assert world.dagx("run", "--job", "daily", "--partitions", "missing").code == 2
    assert world.run("--job", "daily", "--partition", "tue").states == {"daily[tue]": "succeeded"}
    assert "day tue 3" in world.dagx("logs").out
    said = world.run("--job", "daily", "--partition-range", "mon...tue")
    assert said.states == {"daily[mon]": "succeeded", "daily[tue]": "succeeded"}
    assert "there is no partition 'sun'" in world.dagx("run", "--job", "daily", "--partition", "sun").err


ASSETS = """
    import dagx as dg

    class Days(dg.Config):
        days: int = 1

    @dg.asset
    def orders(context, config: Days):
        print(context.job_name, context.run.tags.get("team"))
        return config.days

    @dg.asset
    def revenue(orders):
        return orders * 2

    @dg.asset
    def apart(): ...

    @dg.asset
    def flaky(context):
        if context.retry_number == 0:
            raise ValueError("not yet")

    @dg.asset_check(asset=revenue)
    def is_even(revenue):
        return dg.AssetCheckResult(passed=revenue % 2 == 0)

    @dg.success_hook
    def cheer(context):
        print("well done", context.op.name)

    @dg.config_mapping(config_schema={"weeks": int})
    def in_weeks(said):
        return {"ops": {"orders": {"config": {"days": 7 * said["weeks"]}}}}

    defs = dg.Definitions(
        assets=[orders, revenue, apart, flaky],
        asset_checks=[is_even],
        jobs=[
            dg.define_asset_job(
                "money",
                selection="+key:revenue",
                config={"ops": {"orders": {"config": {"days": 3}}}},
                tags={"team": "sales"},
                hooks={cheer},
            ),
            dg.define_asset_job("weekly", selection=["orders"], config=in_weeks),
            dg.define_asset_job("patient", selection=["flaky"], op_retry_policy=dg.RetryPolicy()),
        ],
    )
"""


def test_a_job_of_assets_makes_what_is_not_fresh_of_its_selection_with_its_config(world: World) -> None:
    world.write("definitions.py", ASSETS)
    made = {"orders": "succeeded", "revenue": "succeeded", "revenue_is_even": "succeeded"}
    assert world.run("--job", "money").states == made
    assert "money sales" in world.dagx("logs", "orders").out
    assert "well done orders" in world.dagx("logs", "orders").out
    assert world.dagx("show", "revenue", "--json").json["current"]["preview"] == "6"
    assert set(world.run("--job", "money").states.values()) == {"fresh"}
    assert world.status() == {
        "orders": "stale",
        "apart": "missing",
        "flaky": "missing",
        "revenue": "upstream stale",
    }
    reasons = [reason["text"] for reason in world.run("orders").json["steps"][0]["reasons"]]
    assert reasons == ["config days changed"]
    assert world.run("--job", "money").states["orders"] == "restored"


def test_a_file_of_config_takes_the_place_of_a_jobs_own_and_goes_through_its_mapping(world: World) -> None:
    world.write("definitions.py", ASSETS)
    world.run("--job", "money", "-c", config(world, orders={"days": 5}))
    assert world.dagx("show", "orders", "--json").json["current"]["preview"] == "5"
    world.write("weeks.json", '{"weeks": 2}')
    assert world.run("--job", "weekly", "-c", "weeks.json").states == {"orders": "succeeded"}
    assert world.dagx("show", "orders", "--json").json["current"]["preview"] == "14"
    said = world.dagx("run", "--job", "weekly")
    assert said.code == 2
    assert "weeks is missing" in said.err


def test_steps_without_a_retry_policy_have_that_of_their_job(world: World) -> None:
    world.write("definitions.py", ASSETS)
    assert world.run("flaky").states == {"flaky": "failed"}
    assert world.run("--job", "patient").states == {"flaky": "succeeded"}


def test_a_job_that_is_interrupted_ends_its_ops_and_closes_what_they_use(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import pathlib, time
        import dagx as dg

        @dg.resource
        def line(context):
            yield 1
            pathlib.Path("closed").touch()

        @dg.op(required_resource_keys={"line"})
        def waits():
            pathlib.Path("waiting").touch()
            time.sleep(60)
            return 1

        @dg.op
        def after(number): ...

        @dg.job(resource_defs={"line": line})
        def long():
            after(waits())
        """,
    )
    process = world.background("run", "--job", "long", "--json")
    wait_until((world.root / "waiting").exists, "the op")
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert (world.root / "closed").exists()
    said = Said(130, out, "")
    assert said.states == {"long": "cancelled"}
    assert ops(said) == {"waits": "cancelled", "after": "cancelled"}
    assert processes_of(world.root) == []
