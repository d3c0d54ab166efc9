"""`context.instance` in a step of `dagx run`: the history of the project, to be read; and what a step records of its
own.
"""

from __future__ import annotations

from typing import Any

import pytest
from world import World

pytestmark = pytest.mark.fat


def project(asking: str, before: str = "") -> str:
    """`source`, which is made first, and `asking`, whose function prints what it is answered."""
    body = "\n".join(" " * 4 + line for line in asking.strip().splitlines())
    return (
        "import dagx as dg\n\nNUMBER = 1\n\n"
        "@dg.asset\ndef source(context):\n"
        '    context.add_output_metadata({"number": NUMBER})\n    return NUMBER\n\n'
        f"{before}\n"
        "@dg.asset(deps=[source])\ndef asking(context: dg.AssetExecutionContext):\n"
        f"    instance = context.instance\n{body}\n"
    )


def said(world: World, asset: str = "asking") -> list[str]:
    """What an asset printed in its last run."""
    steps: dict[str, str] = dict(world.dagx("logs", asset, "--json").json["steps"])
    return steps[asset].splitlines()


def run(world: World, *arguments: str) -> Any:
    done = world.run(*arguments)
    assert done.code == 0, [step["error"] for step in done.json["steps"]]
    return done


# What is answered


def test_the_latest_materialization_of_another_asset_is_answered_with_its_metadata(world: World) -> None:
    world.write(
        "definitions.py",
        project(
            """
entry = instance.get_latest_materialization_event(dg.AssetKey("source"))
print(entry.asset_materialization.metadata["number"].value, entry.run_id == context.run_id)
(same,) = instance.get_latest_materialization_events(["source"]).values()
print(same == entry)
records = instance.fetch_materializations(dg.AssetKey("source"), limit=10).records
print([record.asset_materialization.metadata["number"].value for record in records])
print(instance.get_latest_materialization_event("nothing"))
"""
        ),
    )
    run(world)
    assert said(world) == ["1 True", "True", "[1]", "None"]
    world.change("definitions.py", "NUMBER = 1", "NUMBER = 2")
    run(world)
    assert said(world) == ["2 True", "True", "[2, 1]", "None"]


def test_pages_of_history_come_newest_first_and_go_on_after_a_cursor(world: World) -> None:
    world.write(
        "definitions.py",
        project(
            """
first = instance.fetch_materializations(dg.AssetKey("source"), limit=2)
rest = instance.fetch_materializations(dg.AssetKey("source"), limit=2, cursor=first.cursor)
both = [*first.records, *rest.records]
print([record.asset_materialization.metadata["number"].value for record in both], first.has_more, rest.has_more)
wanted = dg.EventRecordsFilter(dg.DagsterEventType.ASSET_MATERIALIZATION, dg.AssetKey("source"))
oldest, *_ = instance.get_event_records(wanted, limit=1, ascending=True)
print(oldest.asset_materialization.metadata["number"].value)
"""
        ),
    )
    for number in range(1, 4):
        run(world)
        if number < 3:
            world.change("definitions.py", f"NUMBER = {number}", f"NUMBER = {number + 1}")
    assert said(world) == ["[3, 2, 1] True False", "1"]


def test_keys_runs_and_the_run_under_way_are_answered(world: World) -> None:
    world.write(
        "definitions.py",
        project(
            """
print([key.to_user_string() for key in instance.get_asset_keys()])
print(instance.has_asset_key("source"), instance.has_asset_key("asking"))
print([run.status.value for run in instance.get_runs()])
mine = instance.get_run_by_id(context.run_id)
print(mine.run_id == context.run_id == context.run.run_id == context.dagster_run.run_id, mine.is_finished)
print([entry.dagster_event_type.name for entry in instance.all_logs(context.run_id)])
print(instance.get_run_by_id("nothing"), instance.is_persistent)
"""
        ),
    )
    run(world)
    assert said(world) == [
        "['source']",
        "True False",
        "['STARTED']",
        "True False",
        "['RUN_START', 'STEP_START', 'ASSET_MATERIALIZATION', 'STEP_SUCCESS', 'STEP_START']",
        "None True",
    ]
    run(world, "--force")
    assert said(world)[2] == "['STARTED', 'SUCCESS']"


def test_provenance_says_from_which_versions_an_asset_was_made(world: World) -> None:
    world.write(
        "definitions.py",
        project(
            """
made = instance.get_latest_data_version_record(dg.AssetKey("below"))
provenance = context.get_asset_provenance(dg.AssetKey("below"))
source = instance.get_latest_materialization_record(dg.AssetKey("source"))
print(provenance.code_version, provenance.is_user_provided)
print(provenance.input_storage_ids == {source.asset_key: source.storage_id})
version = provenance.input_data_versions[source.asset_key].value
print(version == source.event_log_entry.tags["dagster/data_version"])
print(made.event_log_entry.tags["dagster/data_version"])
print(instance.get_latest_materialization_code_versions(["below", "asking"])[dg.AssetKey("below")])
""",
            """
@dg.asset(deps=[source], code_version="7")
def below():
    return dg.MaterializeResult(data_version=dg.DataVersion("as I say"))
""",
        ).replace("deps=[source])\ndef asking", "deps=[below])\ndef asking"),
    )
    run(world)
    assert said(world) == ["7 True", "True", "True", "as I say", "7"]


def test_partitions_that_were_made_are_answered(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        letters = dg.StaticPartitionsDefinition(["a", "b", "c"])

        @dg.asset(partitions_def=letters)
        def source(context):
            context.add_output_metadata({"letter": context.partition_key})
            return context.partition_key

        @dg.asset
        def asking(context):
            instance = context.instance
            print(sorted(instance.get_materialized_partitions("source")))
            wanted = dg.AssetRecordsFilter(dg.AssetKey("source"), asset_partitions=["b"])
            (record,) = instance.fetch_materializations(wanted, limit=5).records
            print(record.partition_key, record.asset_materialization.metadata["letter"].value)
            print(sorted(instance.get_latest_storage_id_by_partition("source")))
        """,
    )
    run(world, "source", "--partition-range", "a...b")
    run(world, "asking")
    assert said(world) == ["['a', 'b']", "b b", "['a', 'b']"]
    assert world.status()["asking"] == "fresh"
    run(world, "source", "--partition", "c")
    assert world.status()["asking"] == "stale"


def test_results_of_checks_are_answered_with_what_they_looked_at(world: World) -> None:
    world.write(
        "definitions.py",
        project(
            """
key = dg.AssetCheckKey(dg.AssetKey("source"), "positive")
record = instance.get_latest_asset_check_evaluation_record(key)
evaluation = record.event_log_entry.asset_check_evaluation
made = instance.get_latest_materialization_record(dg.AssetKey("source"))
target = evaluation.target_materialization_data
print(evaluation.passed, evaluation.metadata["value"].value, target.storage_id == made.storage_id)
print([execution.status.value for execution in instance.get_asset_check_execution_history(key)])
""",
            """
@dg.asset_check(asset=source, blocking=True)
def positive(source):
    return dg.AssetCheckResult(passed=source > 0, metadata={"value": source})
""",
        ),
    )
    run(world)
    assert said(world) == ["True 1 True", "['SUCCEEDED']"]


def test_resources_io_managers_and_get_reach_the_same_history(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        @dg.resource
        def seen(context):
            return context.instance.get_latest_materialization_event("source") is not None

        @dg.asset
        def source():
            return 1

        @dg.asset(required_resource_keys={"seen"})
        def asking(context, source):
            print(context.resources.seen, dg.DagsterInstance.get() is context.instance)

        defs = dg.Definitions(assets=[source, asking], resources={"seen": seen})
        """,
    )
    run(world)
    assert said(world) == ["True True"]


# What is not


def test_what_would_change_the_history_says_that_it_is_read_only_and_the_way_out(world: World) -> None:
    world.write(
        "definitions.py",
        project(
            """
def refused(call):
    try:
        call()
    except dg.DagsterInvariantViolationError as error:
        print(str(error).replace(chr(10), " | "))

refused(lambda: instance.report_runless_asset_event(dg.AssetMaterialization("other")))
refused(lambda: instance.add_dynamic_partitions("customers", ["ada"]))
refused(lambda: instance.create_run("mine"))
refused(lambda: instance.add_run_tags(context.run_id, {"a": "b"}))
refused(lambda: instance.delete_run(context.run_id))
refused(lambda: instance.wipe_assets([dg.AssetKey("source")]))
refused(lambda: instance.fetch_planned_materializations(dg.AssetKey("source")))
refused(lambda: instance.get_event_records(dg.EventRecordsFilter(dg.DagsterEventType.HANDLED_OUTPUT)))
try:
    instance.get_latest_materialisation_event
except AttributeError as error:
    print(error)
"""
        ),
    )
    run(world)
    lines = said(world)
    written = [line for line in lines if "read only" in line]
    assert len(written) == 6
    assert written[0] == (
        "in a step of dagx the history is read only: the engine alone writes it |   to record something of an asset, "
        "yield an AssetMaterialization or AssetObservation, or give it to context.log_event"
    )
    assert lines[6].startswith("dagx keeps no events of the type ASSET_MATERIALIZATION_PLANNED")
    assert lines[7].startswith("dagx keeps no events of the type HANDLED_OUTPUT")
    assert lines[8].endswith('did you mean "get_latest_materialization_event"?')


def test_a_process_that_the_step_started_is_told_to_ask_before(world: World) -> None:
    world.write(
        "definitions.py",
        project(
            """
import os
instance.get_asset_keys()
child = os.fork()
if child == 0:
    try:
        instance.get_asset_keys()
    except Exception as error:
        print(error, flush=True)
    os._exit(0)
os.waitpid(child, 0)
print(instance.has_asset_key("source"))
"""
        ),
    )
    run(world)
    assert said(world) == [
        "the history is asked in another process than the step's own",
        "  ask before that process is started, and hand over what it needs",
        "True",
    ]


def test_threads_ask_at_once_and_an_alarm_in_the_middle_tears_nothing(world: World) -> None:
    world.write(
        "definitions.py",
        project(
            """
import signal
from concurrent.futures import ThreadPoolExecutor

def ring(*_):
    raise TimeoutError

signal.signal(signal.SIGALRM, ring)
rung = 0
for _ in range(200):
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.0005)
        while True:
            instance.get_latest_materialization_event("source")
    except TimeoutError:
        rung += 1
signal.setitimer(signal.ITIMER_REAL, 0)
print(rung)
with ThreadPoolExecutor(8) as pool:
    print(set(pool.map(lambda _: instance.has_asset_key("source"), range(100))))
"""
        ),
    )
    run(world)
    assert said(world) == ["200", "{True}"]


# What a step records of its own


RECORDING = """
    import dagx as dg

    @dg.asset
    def orders(context):
        context.log_event(dg.AssetObservation("orders", metadata={"looked": 1}))
        yield dg.AssetMaterialization(
            dg.AssetKey("export"),
            description="for the bank",
            metadata={"file": "a.csv"},
            partition="may",
            tags={"a": "b"},
        )
        yield dg.Output(1)

    @dg.asset(deps=[orders])
    def asking(context):
        instance = context.instance
        (seen,) = instance.fetch_observations(dg.AssetKey("orders")).records
        print(seen.asset_observation.metadata["looked"].value)
        made = instance.get_latest_materialization_event(dg.AssetKey("export")).asset_materialization
        print(made.description, made.metadata["file"].value, made.partition, dict(made.tags))
        print([key.to_user_string() for key in instance.get_asset_keys()])
"""


def test_events_that_a_step_records_are_kept_shown_and_answered(world: World) -> None:
    world.write("definitions.py", RECORDING)
    run(world)
    assert said(world) == ["1", "for the bank a.csv may {'a': 'b'}", "['export', 'orders']"]
    shown = {event["what"]: event for event in world.dagx("show", "orders", "--json").json["recorded"]}
    assert shown["materialization"]["asset"] == "export[may]"
    assert shown["materialization"]["metadata"] == [{"label": "file", "type": "text", "value": "a.csv"}]
    assert shown["observation"]["asset"] == "orders"
    text = world.dagx("show", "orders").out
    assert "materialization of export[may]" in text
    assert "for the bank" in text
    assert set(world.run().states.values()) == {"fresh"}


def test_events_of_a_step_that_fails_after_them_are_kept(world: World) -> None:
    world.write("definitions.py", RECORDING)
    world.change("definitions.py", "yield dg.Output(1)", "raise ValueError")
    assert world.run().code == 1
    assert len(world.dagx("show", "orders", "--json").json["recorded"]) == 2


def test_a_source_that_is_seen_without_a_version_is_kept_as_seen(world: World) -> None:
    world.write(
        "definitions.py",
        """
        from datetime import timedelta

        import dagx as dg

        @dg.observable_source_asset
        def delivery():
            return dg.ObserveResult(metadata={"dagster/last_updated_timestamp": dg.MetadataValue.timestamp(MOMENT)})

        MOMENT = 1000.0
        checks = dg.build_last_update_freshness_checks(assets=[delivery], lower_bound_delta=timedelta(days=1))
        defs = dg.Definitions(assets=[delivery], asset_checks=checks)
        """,
    )
    run(world, "delivery")
    run(world)
    found = {view["key"]: view for view in world.dagx("status", "--json").json["assets"]}
    (check,) = found["delivery"]["checks"]
    assert (check["outcome"], check["last"]["description"][:21]) == ("warned", "the last update, 1970")


# What that means for being fresh


def test_what_was_asked_of_another_asset_counts_as_an_input(world: World) -> None:
    world.write("definitions.py", project('instance.get_latest_materialization_event("source")'))
    run(world)
    assert set(world.run().states.values()) == {"fresh"}
    world.change(
        "definitions.py", "NUMBER = 1", "NUMBER = 1 + 0"
    )  # the value stays, and with it nothing else runs
    done = run(world)
    assert done.states == {"source": "unchanged", "asking": "unchanged"}
    (reason,) = next(step for step in done.json["steps"] if step["step"] == "asking")["reasons"]
    assert (reason["part"], reason["text"]) == (
        "made:source",
        "source was made again since its history was read",
    )
    assert "history   source" in world.dagx("why", "asking").out
    assert "made:source" in world.dagx("why", "asking", "--all").out


def test_a_steps_own_past_and_the_runs_do_not_count(world: World) -> None:
    world.write(
        "definitions.py",
        project(
            """
print(instance.get_latest_materialization_event("asking") is None, len(instance.get_runs()) > 0)
context.log_event(dg.AssetObservation("mine"))
print(len(instance.fetch_observations(dg.AssetKey("mine")).records))
"""
        ),
    )
    run(world)
    assert said(world) == ["True True", "0"]
    assert set(world.run().states.values()) == {"fresh"}
    run(world, "--force", "asking")
    assert said(world) == ["False True", "1"]
    assert set(world.run().states.values()) == {"fresh"}


# Values are not history


def test_a_value_that_is_no_input_is_refused_with_what_to_write_instead(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        @dg.asset
        def source():
            return 1

        @dg.asset(key_prefix="raw")
        def deep():
            return 1

        @dg.asset(deps=[source])
        def plain(context):
            return context.load_asset_value("source")

        @dg.asset(deps=[deep])
        def nested(context):
            return context.load_asset_value(["raw", "deep"])

        @dg.asset
        def itself(context):
            return context.load_asset_value("itself")

        @dg.asset
        def mistyped(context):
            return context.load_asset_value("sorce")

        @dg.asset_check(asset=source)
        def fine(context):
            return dg.AssetCheckResult(passed=context.load_asset_value("source") == 1)
        """,
    )
    said = world.run()
    hints = {
        step["step"]: step["error"].splitlines()[-1].strip() for step in said.json["steps"] if step["error"]
    }
    parameter = "take it as a parameter, so that dagx knows of the dependency: "
    assert hints == {
        "plain": f"{parameter}def plain(context, source, ...)",
        "nested": f"{parameter}def nested(context, deep, ...), with ins={{\"deep\": AssetIn(['raw', 'deep'])}} in "
        "the decorator",
        "itself": "keep in a file, or in metadata, what the next time needs; "
        "context.instance answers with the metadata",
        "mistyped": 'did you mean "source"?',
        "source_fine": f"{parameter}def fine(context, source, ...)",
    }


def test_a_step_that_asks_for_nothing_loads_nothing_for_it(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import sys

        import dagx as dg

        @dg.asset
        def source():
            print([name for name in sys.modules if name in ("dagx.instance.instance", "dagx.worker.asking", "sqlite3")])
        """,
    )
    run(world)
    assert said(world, "source") == ["[]"]


def test_what_a_save_reruns_asks_the_history_of_the_session(world: World) -> None:
    world.write(
        "definitions.py",
        project('print(len(instance.fetch_materializations(dg.AssetKey("source"), limit=10).records))'),
    )
    with world.dev("--run") as dev:
        assert dev.until_run_ended() == {"source": "succeeded", "asking": "succeeded"}
        world.change("definitions.py", "NUMBER = 1", "NUMBER = 2")
        assert dev.until_run_ended() == {"source": "succeeded", "asking": "unchanged"}
        assert dev.quiet() == []
    assert said(world) == ["2"]
