"""Section 24: outputs that are any number of values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import dagx as dg


def run(body: Callable[..., Any], **arguments: Any) -> dg.ExecuteInProcessResult:
    return dg.job(name="j")(body).execute_in_process(**arguments)


@dg.op(out=dg.DynamicOut(int))
def three() -> Iterator[Any]:
    for number in (1, 2, 3):
        yield dg.DynamicOutput(number, f"k{number}")


@dg.op(out=dg.DynamicOut(int))
def none() -> Iterator[Any]:
    yield from ()


@dg.op
def double(x: int) -> int:
    return 2 * x


@dg.op
def total(xs: list[int]) -> int:
    return sum(xs)


def steps(result: dg.ExecuteInProcessResult) -> list[str | None]:
    return [event.step_key for event in result.get_step_success_events()]


def test_map_runs_a_step_for_each_value_and_collect_gathers_them() -> None:
    result = run(lambda: total(three().map(double).collect()))
    assert steps(result) == ["three", "double[k1]", "double[k2]", "double[k3]", "total"]
    assert result.output_for_node("three") == {"k1": 1, "k2": 2, "k3": 3}
    assert result.output_for_node("double") == {"k1": 2, "k2": 4, "k3": 6}
    assert result.output_value() == 12


def test_maps_can_follow_each_other() -> None:
    result = run(lambda: total(three().map(lambda x: double(double(x))).map(double).collect()))
    assert result.output_value() == 8 * 6


def test_what_every_value_shares_runs_once() -> None:
    calls: list[str] = []

    @dg.op
    def shared() -> int:
        calls.append("shared")
        return 10

    @dg.op
    def add(x: int, y: int) -> int:
        return x + y

    def body() -> Any:
        ten = shared()
        return total(three().map(lambda x: add(x, ten)).collect())

    assert run(body).output_value() == 36
    assert calls == ["shared"]


def test_no_values_run_nothing_and_collect_to_an_empty_list() -> None:
    result = run(lambda: total(none().map(double).collect()))
    assert result.success
    assert steps(result) == ["none", "total"]
    assert result.output_value() == 0


def test_a_dynamic_output_can_be_collected_as_it_is() -> None:
    assert run(lambda: total(three().collect())).output_value() == 6


def test_a_graph_can_be_mapped() -> None:
    @dg.graph
    def twice(x: int) -> Any:
        return double(double(x))

    result = run(lambda: total(three().map(twice).collect()))
    assert result.output_value() == 24
    assert "twice.double_2[k3]" in steps(result)


def test_the_step_of_a_value_knows_its_mapping_key() -> None:
    @dg.op
    def named(context: dg.OpExecutionContext, x: int) -> str:
        return f"{context.get_mapping_key()}={x}"

    result = run(lambda: three().map(named))
    assert result.output_for_node("named") == {"k1": "k1=1", "k2": "k2=2", "k3": "k3=3"}


def test_dynamic_outputs_may_be_returned_as_a_list() -> None:
    @dg.op(out=dg.DynamicOut())
    def listed() -> list[dg.DynamicOutput[int]]:
        return [dg.DynamicOutput(1, "a"), dg.DynamicOutput(2, "b")]

    assert run(lambda: total(listed().map(double).collect())).output_value() == 6


def test_the_type_of_each_value_is_checked() -> None:
    @dg.op(out=dg.DynamicOut())
    def listed() -> list[dg.DynamicOutput[int]]:
        return [dg.DynamicOutput("a", "a")]  # type: ignore[arg-type]

    with pytest.raises(dg.TypeCheckDidNotPass):
        run(lambda: listed().map(double))


def test_values_are_kept_apart_in_files_too(tmp_path: Any) -> None:
    manager = dg.FilesystemIOManager(str(tmp_path))
    result = run(lambda: total(three().map(double).collect()), resources={"io_manager": manager})
    assert result.output_value() == 12


def test_a_mapping_key_comes_once() -> None:
    @dg.op(out=dg.DynamicOut())
    def twice() -> Iterator[Any]:
        yield dg.DynamicOutput(1, "a")
        yield dg.DynamicOutput(2, "a")

    with pytest.raises(dg.InvariantViolationError):
        run(lambda: twice().map(double))


def test_a_dynamic_output_is_yielded_as_such() -> None:
    @dg.op(out=dg.DynamicOut())
    def wrong() -> Iterator[Any]:
        yield dg.Output(1)

    with pytest.raises(dg.InvariantViolationError):
        run(lambda: wrong().map(double))


def test_an_annotation_of_dynamic_outputs_asks_for_a_dynamic_out() -> None:
    def listed() -> list[dg.DynamicOutput[int]]: ...  # type: ignore[empty-body]

    with pytest.raises(dg.InvalidDefinitionError, match=r"DynamicOut\(\)"):
        dg.op(listed)


def test_the_failure_of_one_value_keeps_the_collection_from_running() -> None:
    @dg.op
    def picky(x: int) -> int:
        if x == 2:
            raise ValueError("two")
        return x

    result = run(lambda: total(three().map(picky).collect()), raise_on_error=False)
    assert not result.success
    assert result.get_failed_step_keys() == {"picky[k2]"}
    assert "picky[k3]" in steps(result)
    assert result.is_node_untouched("total")


def test_a_value_is_tried_again_alone() -> None:
    @dg.op(retry_policy=dg.RetryPolicy(max_retries=1))
    def shaky(context: dg.OpExecutionContext, x: int) -> int:
        if x == 2 and context.retry_number == 0:
            raise ValueError("two")
        return x

    result = run(lambda: total(three().map(shaky).collect()))
    assert result.output_value() == 6
    assert result.retry_attempts_for_node("shaky") == 1


def test_the_output_of_a_map_can_be_the_output_of_the_job() -> None:
    assert run(lambda: three().map(double)).output_value() == {"k1": 2, "k2": 4, "k3": 6}


def test_several_dynamic_outputs_of_one_op_are_refused() -> None:
    @dg.op(out={"low": dg.DynamicOut(int), "high": dg.DynamicOut(int)})
    def both() -> Iterator[Any]:
        yield dg.DynamicOutput(1, "a", "low")

    with pytest.raises(dg.InvalidDefinitionError, match="not built yet"):
        dg.job(name="j")(lambda: both().low.map(double))
