"""Section 6: which events a run leaves, and in which order; what stays when something fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import dagx as dg

OF_STEPS = {
    "STEP_START",
    "LOADED_INPUT",
    "STEP_INPUT",
    "STEP_OUTPUT",
    "HANDLED_OUTPUT",
    "ASSET_MATERIALIZATION",
    "ASSET_OBSERVATION",
    "ASSET_CHECK_EVALUATION",
    "STEP_EXPECTATION_RESULT",
    "STEP_SUCCESS",
    "STEP_FAILURE",
    "STEP_SKIPPED",
    "STEP_UP_FOR_RETRY",
    "STEP_RESTARTED",
}


def events(result: dg.ExecuteInProcessResult, step: str) -> list[str]:
    return [
        e.event_type_value for e in result.all_events if e.step_key == step and e.event_type_value in OF_STEPS
    ]


@dg.asset
def up() -> int:
    return 1


def test_a_step_starts_loads_runs_makes_stores_and_succeeds() -> None:
    @dg.asset
    def down(context: dg.AssetExecutionContext, up: int) -> int:
        context.log_event(dg.AssetObservation("beside"))
        return up

    result = dg.materialize([up, down])
    assert events(result, "down") == [
        "STEP_START",
        "LOADED_INPUT",
        "STEP_INPUT",
        "ASSET_OBSERVATION",
        "STEP_OUTPUT",
        "ASSET_MATERIALIZATION",
        "HANDLED_OUTPUT",
        "STEP_SUCCESS",
    ]


def test_the_io_manager_has_stored_a_value_before_the_asset_is_recorded_as_made() -> None:
    seen: list[str] = []

    class Watching(dg.InMemoryIOManager):
        def handle_output(self, context: dg.OutputContext, obj: object) -> None:
            seen.append("stored")
            context.log_event(dg.AssetObservation("by the manager"))
            super().handle_output(context, obj)

    result = dg.materialize([up], resources={"io_manager": Watching()})
    assert events(result, "up") == [
        "STEP_START",
        "STEP_OUTPUT",
        "ASSET_OBSERVATION",
        "ASSET_MATERIALIZATION",
        "HANDLED_OUTPUT",
        "STEP_SUCCESS",
    ]


def test_what_is_not_stored_is_not_handled() -> None:
    nothing = dg.asset(name="nothing")(lambda: dg.MaterializeResult())
    assert events(dg.materialize([nothing]), "nothing") == [
        "STEP_START",
        "STEP_OUTPUT",
        "ASSET_MATERIALIZATION",
        "STEP_SUCCESS",
    ]


def test_the_events_of_several_outputs_follow_each_other_as_they_are_yielded() -> None:
    @dg.multi_asset(
        specs=[dg.AssetSpec("a"), dg.AssetSpec("b")], check_specs=[dg.AssetCheckSpec("ok", asset="a")]
    )
    def both() -> Iterator[Any]:
        yield dg.MaterializeResult(asset_key="a", check_results=[dg.AssetCheckResult(passed=True)])
        yield dg.AssetMaterialization("beside")
        yield dg.MaterializeResult(asset_key="b")

    result = dg.materialize([both])
    assert events(result, "both") == [
        "STEP_START",
        "STEP_OUTPUT",
        "ASSET_MATERIALIZATION",
        "STEP_OUTPUT",
        "ASSET_CHECK_EVALUATION",
        "ASSET_MATERIALIZATION",
        "STEP_OUTPUT",
        "ASSET_MATERIALIZATION",
        "STEP_SUCCESS",
    ]
    made = [event.asset_key for event in result.get_asset_materialization_events()]
    assert made == [dg.AssetKey(name) for name in ("a", "beside", "b")]


def test_what_a_run_plans_stands_in_the_instance_before_it_begins_and_is_no_event_of_the_result() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([up], instance=instance)
        kept = [entry.dagster_event for entry in instance.all_logs(result.run_id) if entry.dagster_event]
        assert [event.asset_key for event in result.get_asset_materialization_planned_events()] == [up.key]
    names = [event.event_type_value for event in kept]
    assert names[:2] == ["ASSET_MATERIALIZATION_PLANNED", "PIPELINE_START"]
    assert names[-1] == "PIPELINE_SUCCESS"
    assert result.all_events == kept[1:]


def loads(result: dg.ExecuteInProcessResult) -> list[tuple[str | None, str, str | None, str | None]]:
    """Of each value that was loaded, by which step and for which input, and the step and output that made it."""
    found = [event for event in result.all_events if event.is_loaded_input]
    return [
        (
            event.step_key,
            event.loaded_input_data.input_name,
            event.loaded_input_data.upstream_step_key,
            event.loaded_input_data.upstream_output_name,
        )
        for event in found
    ]


def test_each_value_of_an_input_that_collects_several_is_loaded_by_itself() -> None:
    one, two = dg.op(name="one")(lambda: 1), dg.op(name="two")(lambda: 2)

    @dg.op(out=dg.DynamicOut(int))
    def many() -> Iterator[Any]:
        for key in ("a", "b"):
            yield dg.DynamicOutput(1, mapping_key=key)

    @dg.op
    def next_of(number: int) -> int:
        return number + 1

    @dg.op
    def total(numbers: list[int]) -> int:
        return sum(numbers)

    @dg.job
    def whole() -> None:
        total([one(), two()])
        total.alias("total_of_many")(many().map(next_of).collect())

    result = whole.execute_in_process()
    assert loads(result) == [
        ("total", "numbers", "one", "result"),
        ("total", "numbers", "two", "result"),
        ("next_of[a]", "number", "many", "result"),
        ("next_of[b]", "number", "many", "result"),
        ("total_of_many", "numbers", "next_of[a]", "result"),
        ("total_of_many", "numbers", "next_of[b]", "result"),
    ]


def test_the_value_of_an_asset_is_said_to_come_from_its_step_if_that_is_of_the_run() -> None:
    @dg.multi_asset(outs={"low": dg.AssetOut(), "high": dg.AssetOut()})
    def both() -> tuple[int, int]:
        return 1, 2

    @dg.asset
    def down(high: int) -> int:
        return high

    with dg.DagsterInstance.ephemeral() as instance:
        whole = dg.materialize([both, down], instance=instance)
        part = dg.materialize([both, down], instance=instance, selection=["down"])
    assert loads(whole) == [("down", "high", "both", "high")]
    assert loads(part) == [("down", "high", None, None)]


def test_a_failed_step_ends_with_its_failure_and_so_does_the_run() -> None:
    @dg.asset
    def fails() -> None:
        raise ValueError("no")

    result = dg.materialize([fails], raise_on_error=False)
    assert events(result, "fails") == ["STEP_START", "STEP_FAILURE"]
    assert result.get_run_failure_event().event_type is dg.DagsterEventType.RUN_FAILURE
    assert result.dagster_run.status is dg.DagsterRunStatus.FAILURE


def test_what_needs_a_failed_step_leaves_no_event_and_what_does_not_runs() -> None:
    @dg.asset
    def fails() -> None:
        raise ValueError("no")

    below = dg.asset(name="below", deps=[fails])(lambda: 1)
    further = dg.asset(name="further", deps=[below])(lambda: 1)
    result = dg.materialize([fails, below, further, up], raise_on_error=False)
    assert events(result, "below") == events(result, "further") == []
    assert result.is_node_success("up")
    assert not result.success


def test_an_output_that_is_stored_stays_made_although_the_function_raises_later() -> None:
    @dg.asset
    def late() -> Iterator[Any]:
        yield dg.Output(1)
        raise ValueError("late")

    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([late], raise_on_error=False, instance=instance)
        assert events(result, "late")[-2:] == ["HANDLED_OUTPUT", "STEP_FAILURE"]
        assert instance.get_latest_materialization_event(late.key) is not None
        down = dg.asset(name="down")(lambda late: late)
        again = dg.materialize([late, down], selection=["down"], instance=instance)
    assert again.asset_value("down") == 1


def test_an_output_stays_made_although_a_blocking_check_of_its_own_fails() -> None:
    @dg.asset(check_specs=[dg.AssetCheckSpec("ok", asset="checked", blocking=True)])
    def checked() -> Any:
        return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=False)])

    below = dg.asset(name="below", deps=[checked])(lambda: 1)
    result = dg.materialize([checked, below], raise_on_error=False)
    assert [event.asset_key for event in result.get_asset_materialization_events()] == [checked.key]
    assert result.is_node_failed("checked")
    assert result.is_node_untouched("below")


def test_an_input_that_cannot_be_loaded_fails_the_step_that_takes_it() -> None:
    nothing = dg.asset(name="nothing")(lambda: dg.MaterializeResult())
    down = dg.asset(name="down")(lambda nothing: 1)
    result = dg.materialize([nothing, down], raise_on_error=False)
    assert events(result, "down") == ["STEP_START", "STEP_FAILURE"]
    assert isinstance(result.error_for_node("down"), FileNotFoundError)


def test_a_value_of_the_wrong_type_is_neither_stored_nor_recorded() -> None:
    @dg.asset
    def wrong() -> int:
        return "text"  # type: ignore[return-value]

    result = dg.materialize([wrong], raise_on_error=False)
    assert events(result, "wrong") == ["STEP_START", "STEP_OUTPUT", "STEP_FAILURE"]
    (came,) = (event for event in result.all_events if event.event_type_value == "STEP_OUTPUT")
    assert not came.step_output_data.type_check_data.success


def test_an_input_of_the_wrong_type_is_loaded_and_fails_the_step_that_takes_it() -> None:
    @dg.asset
    def down(up: str) -> None: ...

    result = dg.materialize([up, down], raise_on_error=False)
    assert events(result, "down") == ["STEP_START", "LOADED_INPUT", "STEP_INPUT", "STEP_FAILURE"]


def test_what_an_io_manager_raises_leaves_the_asset_unmade() -> None:
    class Broken(dg.InMemoryIOManager):
        def handle_output(self, context: dg.OutputContext, obj: object) -> None:
            raise OSError("disk full")

    result = dg.materialize([up], resources={"io_manager": Broken()}, raise_on_error=False)
    assert events(result, "up") == ["STEP_START", "STEP_OUTPUT", "STEP_FAILURE"]


def test_the_failure_event_tells_what_user_code_raised() -> None:
    @dg.asset
    def fails() -> None:
        raise dg.Failure("it is broken", metadata={"n": 3})

    result = dg.materialize([fails], raise_on_error=False)
    data = result.failure_data_for_node("fails")
    assert data.user_failure_data.description == "it is broken"
    assert data.user_failure_data.metadata["n"].value == 3


def test_an_expectation_is_an_event_that_changes_nothing() -> None:
    @dg.asset
    def expecting(context: dg.AssetExecutionContext) -> None:
        context.log_event(dg.ExpectationResult(success=False, label="hope"))

    result = dg.materialize([expecting])
    assert result.success
    assert "STEP_EXPECTATION_RESULT" in events(result, "expecting")


# Which exception the caller sees (section 0)


class Own(Exception):
    """A user's own."""


@pytest.mark.parametrize(
    "error", [ValueError("v"), Own("o"), dg.Failure("f"), KeyError("k"), RecursionError("r")]
)
def test_the_caller_sees_the_very_exception_that_user_code_raised(error: Exception) -> None:
    @dg.asset
    def fails() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        dg.materialize([fails])
    assert caught.value is error
    result = dg.materialize([fails], raise_on_error=False)
    assert not result.success
    assert result.error_for_node("fails") is error


@pytest.mark.parametrize("error", [ValueError("v"), dg.Failure("f")])
def test_the_caller_of_a_job_sees_the_very_exception_as_well(error: Exception) -> None:
    @dg.op
    def fails() -> None:
        raise error

    job = dg.job(name="j")(lambda: fails())
    with pytest.raises(type(error)) as caught:
        job.execute_in_process()
    assert caught.value is error
    assert not job.execute_in_process(raise_on_error=False).success


@pytest.mark.parametrize("raise_on_error", [True, False])
@pytest.mark.parametrize("stop", [KeyboardInterrupt(), SystemExit(2), dg.ExecutionInterruptedError("stop")])
def test_an_exit_or_interrupt_ends_the_run_at_once_whatever_raise_on_error_says(
    stop: BaseException, raise_on_error: bool
) -> None:
    ran: list[str] = []
    torn_down: list[str] = []

    @dg.resource
    def held(context: dg.InitResourceContext) -> Iterator[int]:
        yield 1
        torn_down.append("held")

    @dg.asset(required_resource_keys={"held"})
    def stops() -> None:
        raise stop

    after = dg.asset(name="unrelated")(lambda: ran.append("unrelated"))
    with dg.DagsterInstance.ephemeral() as instance:
        with pytest.raises(type(stop)) as caught:
            dg.materialize(
                [stops, after], instance=instance, raise_on_error=raise_on_error, resources={"held": held}
            )
        (run,) = instance.get_runs()
        names = [e.dagster_event.event_type_value for e in instance.all_logs(run.run_id) if e.dagster_event]
    assert caught.value is stop
    assert ran == []
    assert torn_down == ["held"]
    expected = dg.DagsterRunStatus.FAILURE if isinstance(stop, SystemExit) else dg.DagsterRunStatus.CANCELED
    assert run.status is expected
    assert "STEP_FAILURE" in names


def test_an_error_in_the_set_up_of_a_resource_is_seen_as_such_with_its_cause() -> None:
    @dg.resource
    def broken(context: dg.InitResourceContext) -> None:
        raise ValueError("no connection")

    asks = dg.asset(name="asks", required_resource_keys={"broken"})(lambda: 1)
    with pytest.raises(dg.ResourceFunctionError) as caught:
        dg.materialize([asks], resources={"broken": broken})
    assert isinstance(caught.value.__cause__, ValueError)
    result = dg.materialize([asks], resources={"broken": broken}, raise_on_error=False)
    assert not result.success
    assert result.is_node_untouched("asks")
    assert result.dagster_run.status is dg.DagsterRunStatus.FAILURE
    names = [event.event_type_value for event in result.all_events]
    assert names[-2:] == ["RESOURCE_INIT_FAILURE", "PIPELINE_FAILURE"]
    assert "STEP_START" not in names


def test_errors_before_the_run_are_raised_whatever_raise_on_error_says() -> None:
    with pytest.raises(dg.InvalidConfigError):
        dg.materialize([up], run_config={"ops": {"nonsense": {}}}, raise_on_error=False)
    with pytest.raises(dg.InvalidDefinitionError):
        dg.materialize([dg.asset(name="x")(lambda nowhere: 1)], raise_on_error=False)


def test_a_cycle_is_said_with_its_path() -> None:
    a = dg.asset(name="a")(lambda b: 1)
    b = dg.asset(name="b")(lambda a: 1)
    with pytest.raises(dg.CircularDependencyError, match=r"a -> b -> a|b -> a -> b"):
        dg.materialize([a, b])
