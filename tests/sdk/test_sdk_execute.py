"""execute.py: one attempt of one step, on the ground of its run."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

import pytest

import dagx as dg
from dagx.execution.execute import Listener, StepOutput, StepResult, execute_step
from dagx.execution.planning import steps_for_assets
from dagx.execution.runs import RunInfo
from dagx.execution.step_inputs import Ground, Load
from dagx.unset import UNSET

LOG = logging.getLogger("dagx.test")
A = dg.AssetKey("a")


class Told(Listener):
    """Keeps what it is told, in order."""

    def __init__(self) -> None:
        self.all: list[Any] = []

    def loaded(self, name: str, loads: Sequence[Load]) -> None:
        self.all.append(("loaded", name, [load.manager for load in loads]))

    def output(self, output: StepOutput, value: Any) -> None:
        self.all.append((output.asset_key, value))

    def event(self, event: Any) -> None:
        self.all.append(event)

    def check(self, evaluation: dg.AssetCheckEvaluation) -> None:
        self.all.append((evaluation.check_name, evaluation.passed))


def run(
    definition: dg.AssetsDefinition, resources: Mapping[str, object] | None = None, **arguments: Any
) -> StepResult:
    (step,) = steps_for_assets([definition])
    resources = {"io_manager": dg.InMemoryIOManager()} if resources is None else resources
    ground = Ground(RunInfo("r"), LOG, resources, definition.specs_by_key)
    return execute_step(step, ground, **arguments)


def test_the_result_says_what_was_made_and_whether_it_was_stored() -> None:
    stored = run(
        dg.asset(name="a")(lambda: dg.Output(1, metadata={"n": 1}, data_version=dg.DataVersion("v")))
    )
    assert stored.outputs == (StepOutput(A, "result", {"n": dg.MetadataValue.int(1)}, "v", {}, stored=True),)
    (unstored,) = run(dg.asset(name="a")(lambda: dg.MaterializeResult())).outputs
    assert not unstored.stored


def test_outputs_are_told_of_as_soon_as_they_are_stored() -> None:
    told = Told()

    @dg.asset
    def a() -> Iterator[Any]:
        yield dg.Output(5)
        told.all.append("after the yield")
        raise ValueError("late")

    with pytest.raises(ValueError, match="late"):
        run(a, listener=told)
    assert told.all == [(A, 5), "after the yield"]


def test_events_and_checks_are_told_of_in_the_order_in_which_they_come() -> None:
    beside = dg.AssetMaterialization("beside")

    @dg.asset(check_specs=[dg.AssetCheckSpec("ok", asset="a")])
    def a(context: dg.AssetExecutionContext) -> Iterator[Any]:
        context.log_event(beside)
        yield dg.MaterializeResult()
        yield dg.AssetCheckResult(passed=True)

    told = Told()
    result = run(a, listener=told)
    assert told.all == [beside, (A, UNSET), ("ok", True)]
    assert (len(result.outputs), result.events, len(result.checks)) == (1, (beside,), 1)


def test_a_data_version_may_be_set_by_the_context_and_that_of_the_result_wins() -> None:
    @dg.asset
    def a(context: dg.AssetExecutionContext) -> Any:
        context.set_data_version("a", dg.DataVersion("context"))
        return 1

    @dg.asset
    def b(context: dg.AssetExecutionContext) -> Any:
        context.set_data_version("b", dg.DataVersion("context"))
        return dg.MaterializeResult(data_version=dg.DataVersion("result"))

    assert run(a).outputs[0].data_version == "context"
    assert run(b).outputs[0].data_version == "result"


def test_a_generator_is_closed_when_what_it_yielded_is_refused() -> None:
    closed: list[str] = []

    @dg.asset
    def a() -> Iterator[Any]:
        try:
            yield "nonsense"
        finally:
            closed.append("a")

    with pytest.raises(dg.InvariantViolationError):
        run(a)
    assert closed == ["a"]


def test_an_async_generator_is_closed_when_what_it_yielded_is_refused() -> None:
    closed: list[str] = []

    @dg.asset
    async def a() -> AsyncIterator[Any]:
        try:
            yield "nonsense"
        finally:
            closed.append("a")

    with pytest.raises(dg.InvariantViolationError):
        run(a)
    assert closed == ["a"]


def test_async_functions_run_also_where_a_loop_runs_already() -> None:
    seen: list[object] = []

    @dg.asset
    async def a(context: dg.AssetExecutionContext) -> int:
        seen.append(dg.AssetExecutionContext.get() is context)
        await asyncio.sleep(0)
        return 1

    @dg.asset
    async def b(context: dg.AssetExecutionContext) -> AsyncIterator[Any]:
        seen.append(dg.AssetExecutionContext.get() is context)
        yield dg.Output(1)

    async def notebook() -> int:
        return len(run(a).outputs) + len(run(b).outputs)

    assert asyncio.run(notebook()) == 2
    assert seen == [True, True]


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), ValueError("no")])
def test_exceptions_of_user_code_come_out_as_they_are_also_exits(error: BaseException) -> None:
    @dg.asset
    def a() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        run(a)
    assert caught.value is error


def test_the_context_is_gone_when_the_step_has_ended_however_it_ended() -> None:
    @dg.asset
    def a() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        run(a)
    with pytest.raises(dg.InvariantViolationError, match="outside a step"):
        dg.AssetExecutionContext.get()


def test_the_retry_number_is_what_the_caller_says() -> None:
    @dg.asset
    def a(context: dg.AssetExecutionContext) -> int:
        return context.retry_number

    told = Told()
    run(a, retry_number=4, listener=told)
    assert told.all == [(A, 4)]


def test_the_config_is_what_the_caller_checked() -> None:
    @dg.asset(config_schema={"n": int})
    def a(context: dg.AssetExecutionContext) -> Any:
        return context.op_config

    told = Told()
    run(a, op_config={"n": 3}, listener=told)
    assert told.all == [(A, {"n": 3})]


def test_a_missing_io_manager_is_named_with_those_that_are_there() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match='the IO manager "io_manager" is not defined'):
        run(dg.asset(name="a")(lambda: 1), resources={"other": 1})


def test_a_resource_that_is_no_io_manager_is_said() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="has no handle_output"):
        run(dg.asset(name="a")(lambda: 1), resources={"io_manager": 1})


def test_any_object_with_the_methods_is_an_io_manager() -> None:
    class Duck:
        def handle_output(self, context: dg.OutputContext, obj: object) -> None:
            self.kept = obj

    duck = Duck()
    run(dg.asset(name="a")(lambda: 7), resources={"io_manager": duck})
    assert duck.kept == 7


def test_what_the_io_manager_is_told_is_of_the_step_and_its_run() -> None:
    class Duck:
        def handle_output(self, context: dg.OutputContext, obj: object) -> None:
            self.identifier = context.get_identifier()

    duck = Duck()
    run(dg.asset(key=["x", "a"])(lambda: 7), resources={"io_manager": duck})
    assert duck.identifier == ["r", "x__a", "result"]
