"""execute.py: one attempt of one step, as the worker calls it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import dagx as dg
from dagx.execute import StepOutput, StepResult, execute_step
from dagx.runs import RunInfo

LOG = logging.getLogger("dagx.test")


def run(definition: dg.AssetsDefinition, **arguments: Any) -> StepResult:
    arguments.setdefault("resources", {"io_manager": dg.InMemoryIOManager()})
    return execute_step(definition, run=RunInfo("r"), log=LOG, specs={}, **arguments)


def test_the_result_says_what_was_made_and_whether_it_was_stored() -> None:
    stored = run(
        dg.asset(name="a")(lambda: dg.Output(1, metadata={"n": 1}, data_version=dg.DataVersion("v")))
    )
    assert stored.outputs == (
        StepOutput(dg.AssetKey("a"), "result", {"n": dg.MetadataValue.int(1)}, "v", {}, stored=True),
    )
    (unstored,) = run(dg.asset(name="a")(lambda: dg.MaterializeResult())).outputs
    assert not unstored.stored


def test_outputs_are_told_of_as_soon_as_they_are_stored() -> None:
    told: list[object] = []

    @dg.asset
    def a() -> Iterator[Any]:
        yield dg.Output(5)
        told.append("after the yield")
        raise ValueError("late")

    with pytest.raises(ValueError, match="late"):
        run(a, on_output=lambda output, value: told.append((output.asset_key, value)))
    assert told == [(dg.AssetKey("a"), 5), "after the yield"]


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


def test_exceptions_of_user_code_come_out_as_they_are_also_exits() -> None:
    @dg.asset
    def a() -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        run(a)


def test_the_retry_number_is_what_the_caller_says() -> None:
    @dg.asset
    def a(context: dg.AssetExecutionContext) -> int:
        return context.retry_number

    told: list[object] = []
    run(a, retry_number=4, on_output=lambda output, value: told.append(value))
    assert told == [4]


def test_a_missing_io_manager_is_named_with_those_that_are_there() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match='the IO manager "io_manager" is not defined'):
        run(dg.asset(name="a")(lambda: 1), resources={"other": 1})


def test_any_object_with_the_methods_is_an_io_manager() -> None:
    class Duck:
        def handle_output(self, context: dg.OutputContext, obj: object) -> None:
            self.kept = obj

    duck = Duck()
    run(dg.asset(name="a")(lambda: 7), resources={"io_manager": duck})
    assert duck.kept == 7
