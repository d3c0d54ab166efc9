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


@dg.op(out={"low": dg.DynamicOut(int), "high": dg.DynamicOut(int)})
def low_and_high() -> Iterator[Any]:
    yield dg.DynamicOutput(1, "a", "low")
    yield dg.DynamicOutput(2, "b", "low")
    yield dg.DynamicOutput(30, "a", "high")


def test_an_op_may_have_several_dynamic_outputs_each_with_mapping_keys_of_its_own() -> None:
    def body() -> Any:
        both = low_and_high()
        both.low.map(double)
        return total(both.high.map(double.alias("double_high")).collect())

    result = run(body)
    assert result.output_for_node("low_and_high", "low") == {"a": 1, "b": 2}
    assert result.output_for_node("low_and_high", "high") == {"a": 30}
    assert result.output_for_node("double") == {"a": 2, "b": 4}
    assert result.output_for_node("double_high") == {"a": 60}
    assert result.output_value() == 60


def test_what_depends_on_two_dynamic_outputs_is_refused_also_when_they_are_of_one_op() -> None:
    @dg.op
    def add(x: int, y: int) -> int:
        return x + y

    def body() -> None:
        both = low_and_high()
        both.low.map(lambda low: add(low, both.high.map(double).collect()))
        each: list[Any] = []
        both.low.map(each.append)
        both.high.map(lambda high: add(each[0], high))

    with pytest.raises(dg.InvalidDefinitionError, match=r"low_and_high\.low.* and .*low_and_high\.high"):
        run(body)


@dg.op
def not_two(x: int) -> int:
    if x == 2:
        raise ValueError("two")
    return x


def test_a_failure_under_one_mapping_key_holds_back_what_follows_under_that_key_and_the_collection_alone() -> (
    None
):
    result = run(
        lambda: total(three().map(lambda x: double(double(not_two(x)))).collect()), raise_on_error=False
    )
    assert not result.success
    assert result.get_failed_step_keys() == {"not_two[k2]"}
    assert steps(result) == [
        "three",
        "not_two[k1]",
        "not_two[k3]",
        "double[k1]",
        "double[k3]",
        "double_2[k1]",
        "double_2[k3]",
    ]
    assert result.output_for_node("double_2") == {"k1": 4, "k3": 12}
    assert result.is_node_untouched("total")


def test_a_failed_step_beside_the_map_holds_back_all_mapping_keys() -> None:
    @dg.op
    def fails() -> int:
        raise ValueError("no")

    @dg.op
    def add(x: int, y: int) -> int:
        return x + y

    def body() -> Any:
        other = fails()
        return total(three().map(lambda x: double(add(x, other))).collect())

    result = run(body, raise_on_error=False)
    assert steps(result) == ["three"]
    assert all(result.is_node_untouched(name) for name in ("add", "double", "total"))


def test_a_dynamic_op_that_fails_after_some_outputs_starts_nothing_below_it() -> None:
    @dg.op(out=dg.DynamicOut(int))
    def breaks() -> Iterator[Any]:
        yield dg.DynamicOutput(1, "a")
        raise ValueError("late")

    result = run(lambda: total(breaks().map(double).collect()), raise_on_error=False)
    assert steps(result) == []
    assert result.is_node_untouched("double")


@dg.op(out=dg.Out(int, is_required=False))
def only_odd(x: int) -> Iterator[Any]:
    if x % 2:
        yield dg.Output(x)


def test_a_collection_has_the_keys_whose_output_came_and_skips_what_follows_the_others() -> None:
    result = run(lambda: total(three().map(lambda x: double(only_odd(x))).collect()))
    assert result.success
    assert result.output_value() == 2 + 6
    assert [event.step_key for event in result.get_step_skipped_events()] == ["double[k2]"]


def test_a_collection_of_outputs_that_were_all_left_out_is_skipped() -> None:
    @dg.op(out=dg.Out(int, is_required=False))
    def never(x: int) -> Iterator[Any]:
        yield from ()

    result = run(lambda: total(three().map(never).collect()))
    assert result.success
    assert result.is_node_skipped("total")


def test_a_skipped_dynamic_op_skips_its_map_and_its_collection() -> None:
    @dg.op(out=dg.Out(int, is_required=False))
    def never() -> Iterator[Any]:
        yield from ()

    @dg.op(out=dg.DynamicOut(int))
    def up_to(x: int) -> Iterator[Any]:
        yield dg.DynamicOutput(x, "a")

    result = run(lambda: total(up_to(never()).map(lambda x: double(double(x))).collect()))
    assert result.success
    skipped = [event.step_key for event in result.get_step_skipped_events()]
    assert skipped == ["up_to", "double", "double_2", "total"]
