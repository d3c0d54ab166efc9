"""Section 21: checks whose results the function of the asset gives itself, `check_specs=`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import dagx as dg

X = dg.AssetCheckSpec("x", asset="orders")
Y = dg.AssetCheckSpec("y", asset="orders")
BLOCKING = dg.AssetCheckSpec("x", asset="orders", blocking=True)
WARN = dg.AssetCheckSeverity.WARN


def passed(name: str | None = None, **more: Any) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True, check_name=name, **more)


def failed(name: str | None = None, **more: Any) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=False, check_name=name, **more)


def orders_of(function: Callable[..., Any], *specs: dg.AssetCheckSpec) -> dg.AssetsDefinition:
    return dg.asset(name="orders", check_specs=specs)(function)


def found(result: Any) -> dict[str, bool]:
    return {one.asset_check_key.to_user_string(): one.passed for one in result.get_asset_check_evaluations()}


below = dg.asset(name="below")(lambda orders: orders)


def each(*items: object) -> Callable[[], Iterator[object]]:
    def function() -> Iterator[object]:
        yield from items

    return function


# Giving results


@pytest.mark.parametrize(
    "function",
    [
        lambda: dg.MaterializeResult(value=7, check_results=[passed("x"), failed("y")]),
        each(dg.Output(7), passed("x"), failed("y")),
        each(passed("x"), failed("y"), dg.Output(7)),
        each(dg.MaterializeResult(value=7, check_results=[passed("x")]), failed("y")),
        lambda: (dg.Output(7), passed("x"), failed("y")),
    ],
    ids=["materialize_result", "yielded", "before_the_output", "in_both_ways", "tuple"],
)
def test_results_come_with_the_asset_or_beside_it(function: Callable[..., Any]) -> None:
    result = dg.materialize([orders_of(function, X, Y)])
    assert found(result) == {"orders:x": True, "orders:y": False}
    assert result.asset_value("orders") == 7


def test_a_name_can_be_left_out_when_there_is_one_check() -> None:
    result = dg.materialize([orders_of(lambda: dg.MaterializeResult(check_results=[passed()]), X)])
    assert found(result) == {"orders:x": True}


def test_an_inline_check_looked_at_the_materialization_that_it_came_with() -> None:
    result = dg.materialize([orders_of(lambda: dg.MaterializeResult(check_results=[passed()]), X)])
    (evaluation,) = result.get_asset_check_evaluations()
    assert evaluation.target_materialization_data is not None
    assert evaluation.target_materialization_data.run_id == result.run_id


@pytest.mark.parametrize("value", [7, None, {"rows": 1}])
def test_a_value_alone_is_an_error_where_there_are_checks(value: object) -> None:
    with pytest.raises(dg.DagsterInvariantViolationError):
        dg.materialize([orders_of(lambda: value, X)])


@pytest.mark.parametrize(
    "function",
    [
        lambda: dg.MaterializeResult(value=7),
        lambda: dg.MaterializeResult(value=7, check_results=[passed("x")]),
        each(dg.Output(7), passed("x")),
    ],
    ids=["none", "one", "yielded"],
)
def test_a_missing_result_fails_the_step_and_the_value_stays(function: Callable[..., Any]) -> None:
    with dg.instance_for_test() as instance:
        result = dg.materialize([orders_of(function, X, Y)], instance=instance, raise_on_error=False)
        assert instance.get_latest_materialization_event("orders") is not None
    assert result.get_failed_step_keys() == {"orders"}
    error = result.error_for_node("orders")
    assert isinstance(error, dg.DagsterStepOutputNotFoundError)
    assert "check result" in str(error)


@pytest.mark.parametrize(
    ("function", "specs"),
    [
        (lambda: dg.MaterializeResult(check_results=[passed()]), ()),
        (lambda: passed(), ()),
        (lambda: dg.MaterializeResult(check_results=[passed("z")]), (X, Y)),
        (lambda: dg.MaterializeResult(check_results=[passed(asset_key="other")]), (X,)),
        (lambda: dg.MaterializeResult(check_results=[passed()]), (X, Y)),
        (lambda: dg.MaterializeResult(check_results=[passed("x"), passed("x")]), (X, Y)),
    ],
    ids=["no specs", "alone", "other name", "other asset", "which", "twice"],
)
def test_a_result_without_a_spec_of_its_own_fails_the_step(
    function: Callable[..., Any], specs: tuple[dg.AssetCheckSpec, ...]
) -> None:
    with pytest.raises(dg.DagsterInvariantViolationError):
        dg.materialize([orders_of(function, *specs)])


# Blocking


def test_a_blocking_failure_fails_the_step_after_all_events_and_the_value_stays() -> None:
    function = each(dg.Output(7), failed("x"), passed("y"), dg.AssetMaterialization("beside"))
    with dg.instance_for_test() as instance:
        result = dg.materialize(
            [orders_of(function, BLOCKING, Y), below], instance=instance, raise_on_error=False
        )
        made = [key.to_user_string() for key in instance.get_asset_keys()]
        assert dg.materialize([dg.AssetSpec("orders"), below], instance=instance).asset_value("below") == 7
    assert made == ["beside", "orders"]
    assert found(result) == {"orders:x": False, "orders:y": True}
    assert not result.success
    assert isinstance(result.error_for_node("orders"), dg.DagsterAssetCheckFailedError)
    assert result.is_node_untouched("below")


@pytest.mark.parametrize(
    ("spec", "outcome"),
    [(X, failed()), (BLOCKING, failed(severity=WARN)), (BLOCKING, passed())],
    ids=["not blocking", "a warning", "passed"],
)
def test_other_failures_hold_nothing_back(spec: dg.AssetCheckSpec, outcome: dg.AssetCheckResult) -> None:
    result = dg.materialize([orders_of(each(dg.Output(7), outcome), spec), below])
    assert result.success
    assert result.asset_value("below") == 7
    assert found(result) == {"orders:x": outcome.passed}


# Specs


@pytest.mark.parametrize(
    "define",
    [
        lambda specs: dg.asset(name="orders", check_specs=specs)(lambda: None),
        lambda specs: dg.multi_asset(specs=[dg.AssetSpec("orders")], check_specs=specs, name="m")(
            lambda: None
        ),
        lambda specs: dg.multi_asset(outs={"orders": dg.AssetOut()}, check_specs=specs, name="m")(
            lambda: None
        ),
    ],
    ids=["asset", "specs", "outs"],
)
def test_specs_are_of_the_own_assets_each_once(define: Callable[[list[Any]], object]) -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="another asset"):
        define([dg.AssetCheckSpec("x", asset="other")])
    with pytest.raises(dg.InvalidDefinitionError, match="twice"):
        define([X, dg.AssetCheckSpec("x", asset="orders", description="again")])
    with pytest.raises(dg.InvalidArgumentError, match="AssetCheckSpecs"):
        define(["x"])


def test_a_definition_tells_its_checks() -> None:
    asset = orders_of(lambda: None, X, Y)
    assert asset.check_keys == {X.key, Y.key}
    assert asset.check_specs == [X, Y]


def test_inline_checks_need_what_their_specs_say() -> None:
    ran: list[str] = []
    customers = dg.asset(name="customers")(lambda: ran.append("customers"))
    spec = dg.AssetCheckSpec("x", asset="orders", additional_deps=[customers])

    def function() -> dg.MaterializeResult[None]:
        ran.append("orders")
        return dg.MaterializeResult(check_results=[passed()])

    dg.materialize([orders_of(function, spec), customers])
    assert ran == ["customers", "orders"]


# Selections


def test_the_check_of_an_asset_cannot_be_selected_without_it() -> None:
    asset = orders_of(lambda: dg.MaterializeResult(check_results=[passed()]), X)
    with pytest.raises(dg.InvalidDefinitionError, match="makes its assets together"):
        dg.materialize([asset], selection=dg.AssetSelection.checks(X.key))


def test_without_its_checks_an_asset_runs_and_their_results_are_not_recorded(
    caplog: pytest.LogCaptureFixture,
) -> None:
    asset = orders_of(lambda: dg.MaterializeResult(value=7, check_results=[failed()]), BLOCKING)
    result = dg.materialize([asset], selection=dg.AssetSelection.assets(asset).without_checks())
    assert result.asset_value("orders") == 7
    assert found(result) == {}
    assert "not selected" in caplog.text


# Multi-assets and graphs


def several(**arguments: Any) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    return dg.multi_asset(
        specs=[dg.AssetSpec("a"), dg.AssetSpec("b")],
        check_specs=[dg.AssetCheckSpec("x", asset="a"), dg.AssetCheckSpec("x", asset="b")],
        name="several",
        **arguments,
    )


def test_a_result_given_with_an_asset_is_of_a_check_of_that_asset() -> None:
    made = each(
        dg.MaterializeResult("a", check_results=[passed()]),
        dg.MaterializeResult("b", check_results=[failed()]),
    )
    assert found(dg.materialize([several()(made)])) == {"a:x": True, "b:x": False}


def test_a_multi_asset_that_can_be_subset_gives_the_checks_that_are_selected() -> None:
    seen: list[list[str]] = []

    def made(context: dg.AssetExecutionContext) -> Iterator[object]:
        seen.append(sorted(key.to_user_string() for key in context.selected_asset_check_keys))
        for key in sorted(context.selected_asset_keys):
            yield dg.MaterializeResult(key)
        for check in sorted(context.selected_asset_check_keys):
            yield passed(check.name, asset_key=check.asset_key)

    multi = several(can_subset=True)(made)
    one = dg.materialize([multi], selection=["a"])
    assert found(one) == {"a:x": True}
    assert len(one.get_asset_materialization_events()) == 1
    only_check = dg.materialize(
        [multi], selection=dg.AssetSelection.checks(dg.AssetCheckKey(dg.AssetKey("b"), "x"))
    )
    assert found(only_check) == {"b:x": True}
    assert only_check.get_asset_materialization_events() == []
    assert seen == [["a:x"], ["b:x"]]


def test_a_multi_asset_that_can_be_subset_may_leave_a_result_out() -> None:
    multi = several(can_subset=True)(each(dg.MaterializeResult("a"), dg.MaterializeResult("b")))
    result = dg.materialize([multi])
    assert result.success
    assert found(result) == {}


def test_the_values_of_outs_and_their_checks_are_yielded() -> None:
    multi = dg.multi_asset(
        outs={"a": dg.AssetOut(), "b": dg.AssetOut()},
        check_specs=[dg.AssetCheckSpec("x", asset="b", blocking=True)],
        name="several",
    )(each(dg.Output(1, "a"), dg.Output(2, "b"), failed("x")))
    of_a = dg.asset(name="of_a")(lambda a: a)
    of_b = dg.asset(name="of_b")(lambda b: b)
    result = dg.materialize([multi, of_a, of_b], raise_on_error=False)
    assert found(result) == {"b:x": False}
    assert (result.asset_value("a"), result.asset_value("b")) == (1, 2)
    assert result.get_failed_step_keys() == {"several"}
    assert result.is_node_untouched("of_b")


@dg.op
def made() -> int:
    return 7


@dg.op
def looked_at(value: int) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=value > 7)


@pytest.mark.parametrize("name", ["x", "total_x"])
def test_an_op_of_a_graph_asset_gives_the_result(name: str) -> None:
    @dg.graph_asset(check_specs=[dg.AssetCheckSpec("x", asset="total", blocking=True)])
    def total() -> Any:
        value = made()
        return {"result": value, name: looked_at(value)}

    of_total = dg.asset(name="of_total")(lambda total: total)
    result = dg.materialize([total, of_total], raise_on_error=False)
    assert found(result) == {"total:x": False}
    assert result.asset_value("total") == 7
    assert result.get_failed_step_keys() == {"total.looked_at"}
    assert result.is_node_untouched("of_total")
