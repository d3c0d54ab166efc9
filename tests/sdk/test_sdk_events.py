"""The events that a run reports, and what users read from them."""

import inspect
from collections.abc import Mapping
from typing import Any

import pytest

import dagx as dg
from dagx.execution.results import ExpectationResult
from dagx.instance import event_makers as make
from dagx.instance.check_history import CheckExecutionStatus
from dagx.instance.codec import from_text, to_text
from dagx.instance.event_log import EventLogEntry
from dagx.instance.recorded_error import RecordedError

A = dg.AssetKey(["x", "a"])
MADE = dg.AssetMaterialization(A, partition="p", metadata={"n": 1})
SEEN = dg.AssetObservation(A, partition="p")
CHECKED = dg.AssetCheckEvaluation(A, "no_nulls", False, metadata={"n": 1}, partition="p")
Kind = dg.DagsterEventType


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    try:
        raise error from cause
    except type(error) as caught:
        return caught


EVENTS: Mapping[Kind, dg.DagsterEvent] = {
    Kind.STEP_START: make.step_start("job", "a"),
    Kind.STEP_RESTARTED: make.step_restarted("job", "a", 1),
    Kind.STEP_SUCCESS: make.step_success("job", "a", 12.5),
    Kind.STEP_FAILURE: make.step_failure("job", "a", raised(ValueError("no"))),
    Kind.STEP_UP_FOR_RETRY: make.step_up_for_retry("job", "a", raised(ValueError("no")), 2.0),
    Kind.STEP_SKIPPED: make.step_skipped("job", "a", "b was not made"),
    Kind.STEP_INPUT: make.step_input("job", "a", "i"),
    Kind.LOADED_INPUT: make.loaded_input("job", "a", "i", "io_manager", upstream_step_key="up"),
    Kind.STEP_OUTPUT: make.step_output("job", "a", "o", mapping_key="m", metadata={"n": 1}),
    Kind.HANDLED_OUTPUT: make.handled_output("job", "a", "o", "io_manager", {"path": "/x"}),
    Kind.ASSET_MATERIALIZATION_PLANNED: make.asset_materialization_planned("job", "a", A, "p"),
    Kind.ASSET_MATERIALIZATION: make.asset_materialization("job", "a", MADE),
    Kind.ASSET_OBSERVATION: make.asset_observation("job", "a", SEEN),
    Kind.ASSET_CHECK_EVALUATION_PLANNED: make.asset_check_evaluation_planned("job", "a", A, "no_nulls"),
    Kind.ASSET_CHECK_EVALUATION: make.asset_check_evaluation("job", "a", CHECKED),
    Kind.ASSET_WIPED: make.asset_wiped(A, ("p",)),
    Kind.STEP_EXPECTATION_RESULT: make.step_expectation_result("job", "a", ExpectationResult(True, "e")),
    Kind.RUN_ENQUEUED: make.run_enqueued("job"),
    Kind.RUN_STARTING: make.run_starting("job"),
    Kind.RUN_START: make.run_start("job"),
    Kind.RUN_SUCCESS: make.run_success("job"),
    Kind.RUN_FAILURE: make.run_failure("job", error=raised(ValueError("no"))),
    Kind.RUN_CANCELING: make.run_canceling("job"),
    Kind.RUN_CANCELED: make.run_canceled("job"),
    Kind.ENGINE_EVENT: make.engine_event("job", "said", metadata={"n": 1}, error=raised(ValueError())),
    Kind.RESOURCE_INIT_STARTED: make.resource_init_started("job", ["db"]),
    Kind.RESOURCE_INIT_SUCCESS: make.resource_init_success("job", ["db"]),
    Kind.RESOURCE_INIT_FAILURE: make.resource_init_failure("job", ["db"], raised(ValueError())),
    Kind.HOOK_COMPLETED: make.hook_completed("job", "a", "tell"),
    Kind.HOOK_SKIPPED: make.hook_skipped("job", "a", "tell"),
    Kind.HOOK_ERRORED: make.hook_errored("job", "a", "tell", raised(ValueError())),
}


def test_there_is_an_event_of_every_maker() -> None:
    makers = [f for name, f in vars(make).items() if inspect.isfunction(f) and not name.startswith("_")]
    own = [f for f in makers if f.__module__ == make.__name__]
    assert len(own) == len(EVENTS)


@pytest.mark.parametrize("kind", EVENTS)
def test_an_event_is_of_its_type_says_something_and_can_be_kept(kind: Kind) -> None:
    event = EVENTS[kind]
    assert event.event_type is kind
    assert event.message
    entry = EventLogEntry("run", 1.5, dagster_event=event)
    assert from_text(to_text(entry)) == entry
    assert entry.message == event.message


STEP_CLAIMS = {
    "is_step_start": Kind.STEP_START,
    "is_step_success": Kind.STEP_SUCCESS,
    "is_step_failure": Kind.STEP_FAILURE,
    "is_step_skipped": Kind.STEP_SKIPPED,
    "is_step_up_for_retry": Kind.STEP_UP_FOR_RETRY,
    "is_step_restarted": Kind.STEP_RESTARTED,
    "is_successful_output": Kind.STEP_OUTPUT,
    "is_handled_output": Kind.HANDLED_OUTPUT,
    "is_loaded_input": Kind.LOADED_INPUT,
    "is_step_materialization": Kind.ASSET_MATERIALIZATION,
    "is_asset_materialization": Kind.ASSET_MATERIALIZATION,
    "is_asset_materialization_planned": Kind.ASSET_MATERIALIZATION_PLANNED,
    "is_asset_observation": Kind.ASSET_OBSERVATION,
    "is_asset_check_evaluation": Kind.ASSET_CHECK_EVALUATION,
    "is_expectation_result": Kind.STEP_EXPECTATION_RESULT,
    "is_job_start": Kind.RUN_START,
    "is_job_success": Kind.RUN_SUCCESS,
    "is_job_failure": Kind.RUN_FAILURE,
    "is_engine_event": Kind.ENGINE_EVENT,
    "is_resource_init_failure": Kind.RESOURCE_INIT_FAILURE,
}


@pytest.mark.parametrize("claim", STEP_CLAIMS)
def test_a_claim_is_true_of_its_type_alone(claim: str) -> None:
    assert {kind for kind, event in EVENTS.items() if getattr(event, claim)} == {STEP_CLAIMS[claim]}


def test_both_a_step_and_a_run_can_be_a_failure() -> None:
    failures = {kind for kind, event in EVENTS.items() if event.is_failure}
    assert failures == {Kind.STEP_FAILURE, Kind.RUN_FAILURE}


PARTS = {
    "step_materialization_data": Kind.ASSET_MATERIALIZATION,
    "materialization": Kind.ASSET_MATERIALIZATION,
    "asset_observation_data": Kind.ASSET_OBSERVATION,
    "asset_observation": Kind.ASSET_OBSERVATION,
    "asset_check_evaluation_data": Kind.ASSET_CHECK_EVALUATION,
    "asset_materialization_planned_data": Kind.ASSET_MATERIALIZATION_PLANNED,
    "asset_check_planned_data": Kind.ASSET_CHECK_EVALUATION_PLANNED,
    "step_input_data": Kind.STEP_INPUT,
    "step_output_data": Kind.STEP_OUTPUT,
    "loaded_input_data": Kind.LOADED_INPUT,
    "handled_output_data": Kind.HANDLED_OUTPUT,
    "step_success_data": Kind.STEP_SUCCESS,
    "step_failure_data": Kind.STEP_FAILURE,
    "step_retry_data": Kind.STEP_UP_FOR_RETRY,
    "job_failure_data": Kind.RUN_FAILURE,
    "hook_errored_data": Kind.HOOK_ERRORED,
}


@pytest.mark.parametrize("part", PARTS)
def test_an_event_has_the_parts_of_its_type_and_refuses_others(part: str) -> None:
    assert getattr(EVENTS[PARTS[part]], part) is not None
    with pytest.raises(dg.InvariantViolationError, match="STEP_START has no such part"):
        getattr(EVENTS[Kind.STEP_START], part)


@pytest.mark.parametrize(
    ("kind", "partition"),
    [
        (Kind.ASSET_MATERIALIZATION, "p"),
        (Kind.ASSET_MATERIALIZATION_PLANNED, "p"),
        (Kind.ASSET_OBSERVATION, "p"),
        (Kind.ASSET_CHECK_EVALUATION, "p"),
        (Kind.ASSET_CHECK_EVALUATION_PLANNED, None),
    ],
)
def test_events_of_assets_name_the_asset_and_its_partition(kind: Kind, partition: str | None) -> None:
    assert EVENTS[kind].asset_key == A
    assert EVENTS[kind].partition == partition


def test_other_events_are_about_no_asset() -> None:
    assert EVENTS[Kind.STEP_OUTPUT].asset_key is None
    assert EVENTS[Kind.RUN_START].partition is None


def test_step_events_are_those_of_the_course_of_a_step() -> None:
    no_steps = {kind for kind, event in EVENTS.items() if not event.is_step_event}
    assert no_steps == {
        *(kind for kind in EVENTS if kind.name.startswith(("RUN_", "RESOURCE_"))),
        Kind.ASSET_MATERIALIZATION_PLANNED,
        Kind.ASSET_CHECK_EVALUATION_PLANNED,
        Kind.ASSET_WIPED,
        Kind.ENGINE_EVENT,
    }


@pytest.mark.parametrize(
    ("step_key", "handle", "name"),
    [("a", "a", "a"), ("graph.inner.op", "graph.inner.op", "op"), ("graph.op[key.1]", "graph.op", "op")],
)
def test_a_step_key_names_the_place_of_its_function(step_key: str, handle: str, name: str) -> None:
    event = make.step_start("job", step_key)
    assert (event.node_handle, event.node_name) == (handle, name)


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(ValueError, match="NOTHING"):
        dg.DagsterEvent("NOTHING", "job")


# Failures


def test_what_user_code_raised_is_the_cause_of_the_error_of_the_step() -> None:
    error = raised(ValueError("no"), KeyError("k"))
    data = make.step_failure("job", "a", error).step_failure_data
    assert data.error is not None
    assert data.error.cls_name == "StepExecutionError"
    assert data.error.cause is not None
    assert data.error.cause.cls_name == "ValueError"
    assert data.error.cause.message == "ValueError: no\n"
    assert "raise error from cause" in data.error.cause.stack[0]
    assert data.error.cause.cause is not None
    assert data.error.cause.cause.cls_name == "KeyError"
    assert data.user_failure_data is None
    for said in ("ValueError: no", "KeyError", 'step "a"'):
        assert said in data.error_display_string


def test_a_failure_is_kept_with_its_description_and_metadata() -> None:
    failure = raised(dg.Failure("too few rows", {"rows": 3}))
    data = make.step_failure("job", "a", failure, {"more": 1}).step_failure_data
    assert data.error is not None
    assert data.error.cls_name == "Failure"
    assert data.user_failure_data is not None
    assert data.user_failure_data.description == "too few rows"
    assert data.user_failure_data.metadata == {
        "rows": dg.IntMetadataValue(3),
        "more": dg.IntMetadataValue(1),
    }


def test_an_error_of_dagx_stands_for_itself() -> None:
    data = make.step_failure("job", "a", raised(dg.InvariantViolationError("wrong"))).step_failure_data
    assert data.error is not None
    assert data.error.cls_name == "InvariantViolationError"


def test_an_exception_that_cannot_speak_is_kept_by_its_type() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert "Mute" in RecordedError.of(raised(Mute())).message


def test_a_chain_of_exceptions_that_leads_to_itself_has_an_end() -> None:
    one, two = ValueError("one"), ValueError("two")
    one.__cause__, two.__cause__ = two, one
    assert RecordedError.of(one).to_string().count("caused by") <= 20


# Checks


@pytest.mark.parametrize(
    ("ending", "status"),
    [
        (None, CheckExecutionStatus.IN_PROGRESS),
        (make.run_failure("job"), CheckExecutionStatus.EXECUTION_FAILED),
        (make.run_success("job"), CheckExecutionStatus.SKIPPED),
        (make.run_canceled("job"), CheckExecutionStatus.SKIPPED),
    ],
)
def test_a_planned_check_stands_as_its_run_does(
    ending: dg.DagsterEvent | None, status: CheckExecutionStatus
) -> None:
    instance, key = dg.DagsterInstance.ephemeral(), dg.AssetCheckKey(A, "no_nulls")
    assert instance.get_latest_asset_check_execution_by_key([key]) == {}
    run = instance.create_run("job")
    planned = make.asset_check_evaluation_planned("job", "a", A, "no_nulls")
    number = instance.report_dagster_event(planned, run.run_id).storage_id
    if ending is not None:
        instance.report_dagster_event(ending, run.run_id)
    execution = instance.get_latest_asset_check_execution_by_key([key])[key]
    assert (execution.status, execution.storage_id, execution.run_id) == (status, number, run.run_id)
    assert execution.evaluation is None


def test_a_planned_check_whose_run_vanished_was_skipped() -> None:
    instance, key = dg.DagsterInstance.ephemeral(), dg.AssetCheckKey(A, "no_nulls")
    planned = make.asset_check_evaluation_planned("job", "a", A, "no_nulls")
    instance.report_dagster_event(planned, "gone")
    assert instance.get_asset_check_execution_history(key)[0].status is CheckExecutionStatus.SKIPPED


def test_a_check_that_was_executed_is_one_execution_with_its_plan() -> None:
    instance, key = dg.DagsterInstance.ephemeral(), dg.AssetCheckKey(A, "no_nulls")
    for passed in (True, False):
        run = instance.create_run("job")
        done = dg.AssetCheckEvaluation(A, "no_nulls", passed)
        for event in (
            make.asset_check_evaluation_planned("job", "a", A, "no_nulls"),
            make.asset_check_evaluation("job", "a", done),
        ):
            instance.report_dagster_event(event, run.run_id)
    history = instance.get_asset_check_execution_history(key)
    assert [one.status for one in history] == [CheckExecutionStatus.FAILED, CheckExecutionStatus.SUCCEEDED]
    assert history[0].evaluation == done
    older = instance.get_asset_check_execution_history(key, limit=1, cursor=history[0].storage_id)
    assert older == history[1:]


def test_an_event_that_changes_no_run_may_name_one_that_is_not_there() -> None:
    instance = dg.DagsterInstance.ephemeral()
    entry = instance.report_dagster_event(make.step_start("job", "a"), "elsewhere")
    assert instance.all_logs("elsewhere") == [entry]
    with pytest.raises(dg.DagsterRunNotFoundError):
        instance.report_dagster_event(make.run_start("job"), "elsewhere")
    assert instance.all_logs("elsewhere") == [entry]


def test_an_event_may_have_happened_earlier() -> None:
    instance = dg.DagsterInstance.ephemeral()
    run = instance.create_run("job")
    instance.report_dagster_event(make.run_start("job"), run.run_id, timestamp=100.0)
    instance.report_dagster_event(make.run_success("job"), run.run_id, timestamp=200.0)
    record: Any = instance.get_run_record_by_id(run.run_id)
    assert (record.start_time, record.end_time) == (100.0, 200.0)
