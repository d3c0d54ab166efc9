"""Sections 6 and 24: what an output that was left out means for the steps that come after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import dagx as dg


def maybe(name: str, value: object = None) -> Any:
    """An op whose output is optional, left out when `value` is None."""

    @dg.op(name=name, out=dg.Out(is_required=False))
    def body() -> Iterator[Any]:
        if value is not None:
            yield dg.Output(value)

    return body


@dg.op
def listed(xs: list[Any]) -> list[Any]:
    return xs


def run(body: Any, **arguments: Any) -> dg.ExecuteInProcessResult:
    return dg.job(name="j")(body).execute_in_process(**arguments)


@pytest.mark.parametrize(
    ("values", "expected"),
    [((1, 2), [1, 2]), ((1, None), [1]), ((None, 2), [2]), ((1, None, 3), [1, 3])],
)
def test_a_list_of_inputs_has_those_that_are_there(values: tuple[object, ...], expected: list[int]) -> None:
    result = run(lambda: listed([maybe(f"m{i}", value)() for i, value in enumerate(values)]))
    assert result.success
    assert result.output_for_node("listed") == expected


def test_a_step_is_skipped_when_all_of_a_list_of_inputs_were_left_out() -> None:
    result = run(lambda: listed([maybe("a")(), maybe("b")()]))
    assert result.success
    assert result.is_node_skipped("listed")


def test_a_step_is_held_back_when_one_of_a_list_of_inputs_failed() -> None:
    @dg.op
    def fails() -> None:
        raise ValueError("no")

    result = run(lambda: listed([maybe("a", 1)(), fails()]), raise_on_error=False)
    assert result.is_node_untouched("listed")


@dg.asset(output_required=False)
def left_out() -> Iterator[Any]:
    yield from ()


@dg.asset(deps=[left_out])
def ordered_after() -> None: ...


@dg.asset
def takes(left_out: int) -> int:
    return left_out


@dg.asset(deps=[ordered_after])
def further() -> None: ...


@dg.asset
def unrelated() -> int:
    return 1


@dg.asset_check(asset=left_out)
def look() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


def test_an_asset_that_is_left_out_skips_what_needs_it_loaded_or_not_and_the_run_succeeds() -> None:
    result = dg.materialize([left_out, ordered_after, takes, further, unrelated])
    assert result.success
    assert result.dagster_run.status is dg.DagsterRunStatus.SUCCESS
    skipped = {event.step_key for event in result.get_step_skipped_events()}
    assert skipped == {"ordered_after", "takes", "further"}
    made = [event.asset_key for event in result.get_asset_materialization_events()]
    assert made == [dg.AssetKey("unrelated")]
    assert not any(event.is_step_failure for event in result.all_events)


def test_a_check_of_an_asset_that_was_left_out_is_skipped() -> None:
    result = dg.materialize([left_out, look])
    assert result.success
    assert {event.step_key for event in result.get_step_skipped_events()} == {"left_out_look"}
    assert result.get_asset_check_evaluations() == []


def test_only_a_generator_can_leave_an_asset_out_none_that_is_returned_is_made_and_warned_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    @dg.asset(output_required=False)
    def nothing() -> Any:
        return None

    result = dg.materialize([nothing])
    assert [event.asset_key for event in result.get_asset_materialization_events()] == [nothing.key]
    (warning,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert warning.startswith('"nothing" returned None for its output "result", which is not required')


def test_none_for_an_output_that_is_required_or_was_given_as_one_is_no_reason_to_warn(
    caplog: pytest.LogCaptureFixture,
) -> None:
    dg.materialize(
        [
            dg.asset(name="required")(lambda: None),
            dg.asset(name="given", output_required=False)(lambda: dg.Output(None)),
            dg.asset(name="zero", output_required=False)(lambda: 0),
        ]
    )
    assert [record for record in caplog.records if record.levelname == "WARNING"] == []


def test_an_asset_of_a_multi_asset_that_is_left_out_skips_what_needs_that_one_alone() -> None:
    @dg.multi_asset(outs={"a": dg.AssetOut(is_required=False), "b": dg.AssetOut(is_required=False)})
    def both() -> Iterator[Any]:
        yield dg.Output(1, "a")

    result = dg.materialize(
        [both, dg.asset(name="on_a", deps=["a"])(lambda: 1), dg.asset(name="on_b", deps=["b"])(lambda: 1)]
    )
    assert result.success
    assert {event.step_key for event in result.get_step_skipped_events()} == {"on_b"}
    assert result.is_node_success("on_a")


def test_a_multi_asset_one_of_whose_assets_needs_what_was_left_out_is_skipped() -> None:
    @dg.multi_asset(specs=[dg.AssetSpec("x", deps=[left_out]), dg.AssetSpec("y")])
    def both() -> None: ...

    result = dg.materialize([left_out, both])
    assert result.success
    assert result.is_node_skipped("both")


def test_a_subset_is_not_skipped_for_what_only_the_assets_left_aside_need() -> None:
    @dg.multi_asset(specs=[dg.AssetSpec("x", deps=[left_out]), dg.AssetSpec("y")], can_subset=True)
    def both(context: dg.AssetExecutionContext) -> Iterator[Any]:
        for key in context.selected_asset_keys:
            yield dg.MaterializeResult(asset_key=key)

    result = dg.materialize([left_out, both], selection=["left_out", "y"])
    assert result.success
    assert result.is_node_success("both")
