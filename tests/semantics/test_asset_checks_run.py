"""Section 21, the rules of results: what a check records, what it holds back, and what a run comes to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

import dagx as dg

ERROR, WARN = dg.AssetCheckSeverity.ERROR, dg.AssetCheckSeverity.WARN
ORDERS = dg.AssetKey("orders")


@dg.asset
def orders() -> list[int]:
    return [1, 2]


@dg.asset
def report(orders: list[int]) -> int:
    return len(orders)


def check_of(function: Callable[..., Any], **arguments: Any) -> dg.AssetChecksDefinition:
    return dg.asset_check(asset=orders, name="sound", **arguments)(function)


def check_giving(*, blocking: bool = False, **result: Any) -> dg.AssetChecksDefinition:
    return check_of(lambda: dg.AssetCheckResult(**result), blocking=blocking)


def history_of(instance: dg.DagsterInstance) -> list[str]:
    key = dg.AssetCheckKey(ORDERS, "sound")
    return [one.status.name for one in instance.get_asset_check_execution_history(key)]


# What counts as a result


async def _awaited() -> dg.AssetCheckResult:
    await asyncio.sleep(0)
    return dg.AssetCheckResult(passed=True)


def _yielded() -> Iterator[dg.AssetCheckResult]:
    yield dg.AssetCheckResult(passed=True)


async def _yielded_async() -> AsyncIterator[dg.AssetCheckResult]:
    yield dg.AssetCheckResult(passed=True)


@pytest.mark.parametrize(
    "function",
    [
        lambda: dg.AssetCheckResult(passed=True),
        lambda: dg.AssetCheckResult(passed=True, check_name="sound"),
        lambda: dg.AssetCheckResult(passed=True, asset_key="orders"),
        lambda: dg.AssetCheckResult(passed=True, asset_key=ORDERS, check_name="sound"),
        lambda: [dg.AssetCheckResult(passed=True)],
        _yielded,
        _awaited,
        _yielded_async,
    ],
    ids=["bare", "named", "of_asset", "in_full", "listed", "yielded", "awaited", "async_yielded"],
)
def test_a_result_is_returned_or_yielded_and_says_no_more_than_it_must(function: Callable[..., Any]) -> None:
    result = dg.materialize([orders, check_of(function)])
    (evaluation,) = result.get_asset_check_evaluations()
    assert evaluation.asset_check_key == dg.AssetCheckKey(ORDERS, "sound")
    assert evaluation.passed


def _empty() -> list[dg.AssetCheckResult]:
    return []


def _yields_nothing() -> Iterator[dg.AssetCheckResult]:
    yield from ()


@pytest.mark.parametrize(
    "function",
    [lambda: True, lambda: False, lambda: None, lambda: "passed", lambda: 3, _empty],
    ids=["true", "false", "none", "str", "int", "empty_list"],
)
def test_what_is_no_result_records_nothing_and_does_not_fail_but_is_warned_of(
    function: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    with dg.instance_for_test() as instance:
        result = dg.materialize([orders, report, check_of(function, blocking=True)], instance=instance)
        assert result.success
        assert result.asset_value("report") == 2
        assert result.get_asset_check_evaluations() == []
        key = dg.AssetCheckKey(ORDERS, "sound")
        assert instance.get_latest_asset_check_evaluation_record(key) is None
        assert history_of(instance) == ["SKIPPED"]
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert "orders_sound" in warnings[0]
    assert "nothing is recorded" in warnings[0]


def test_a_check_that_yields_and_gives_no_result_fails() -> None:
    result = dg.materialize([orders, report, check_of(_yields_nothing, blocking=True)], raise_on_error=False)
    assert result.get_failed_step_keys() == {"orders_sound"}
    assert result.is_node_untouched("report")
    with pytest.raises(dg.StepOutputNotFoundError, match='not given its check result "orders:sound"'):
        dg.materialize([orders, check_of(_yields_nothing)])


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda: dg.AssetCheckResult(passed=True, check_name="sund"), 'did you mean "sound"'),
        (lambda: dg.AssetCheckResult(passed=True, asset_key="other"), "orders:sound"),
        (lambda: iter_of(dg.AssetCheckResult(passed=True), 2), "twice"),
        (lambda: iter_of(True, 1), "yield AssetCheckResult"),
        (lambda: dg.AssetObservation("orders"), "yield it"),
    ],
    ids=["other check", "other asset", "twice", "yields a bool", "returns an event"],
)
def test_results_that_fail_the_step(function: Callable[..., Any], said: str) -> None:
    with pytest.raises(dg.DagsterInvariantViolationError) as error:
        dg.materialize([orders, check_of(function)])
    assert said in str(error.value)


def iter_of(value: object, count: int) -> Iterator[object]:
    for _ in range(count):
        yield value


def test_a_check_may_record_events_beside_its_result() -> None:
    def seen(context: dg.AssetCheckExecutionContext) -> Iterator[object]:
        context.log_event(dg.AssetObservation("elsewhere", metadata={"rows": 1}))
        yield dg.AssetObservation("orders", metadata={"rows": 2})
        yield dg.AssetCheckResult(passed=True)

    result = dg.materialize([orders, check_of(seen)])
    observed = result.asset_observations_for_node("orders_sound")
    assert [one.asset_key.to_user_string() for one in observed] == ["elsewhere", "orders"]


# What is recorded


def test_what_an_evaluation_records() -> None:
    check = check_giving(
        blocking=True, passed=False, severity=WARN, metadata={"rows": 2}, description="Two rows."
    )
    with dg.instance_for_test() as instance:
        result = dg.materialize([orders, check], instance=instance)
        (evaluation,) = result.get_asset_check_evaluations()
        made = instance.get_latest_materialization_record("orders")
        stored = instance.get_latest_asset_check_evaluation_record(evaluation.asset_check_key)
    assert (evaluation.passed, evaluation.severity, evaluation.blocking) == (False, WARN, True)
    assert (evaluation.description, evaluation.partition) == ("Two rows.", None)
    assert evaluation.metadata == {"rows": dg.MetadataValue.int(2)}
    assert made is not None
    target = evaluation.target_materialization_data
    assert target == (made.storage_id, result.run_id, made.timestamp)
    assert stored is not None
    assert stored.event_log_entry.asset_check_evaluation == evaluation


def test_the_severity_of_a_result_is_error_unless_it_says_otherwise() -> None:
    (evaluation,) = dg.materialize([orders, check_giving(passed=True)]).get_asset_check_evaluations()
    assert evaluation.severity is ERROR
    assert evaluation.blocking is False


def test_a_check_alone_looks_at_what_is_stored_and_says_which_materialization_that_is() -> None:
    seen: list[object] = []

    def sound(rows: list[int]) -> dg.AssetCheckResult:
        seen.append(rows)
        return dg.AssetCheckResult(passed=True)

    check = check_of(sound)
    with dg.instance_for_test() as instance:
        first = dg.materialize([orders], instance=instance)
        second = dg.materialize([orders, check], instance=instance, selection=[check])
        assert second.get_asset_materialization_events() == []
        (evaluation,) = second.get_asset_check_evaluations()
    assert seen == [[1, 2]]
    assert evaluation.target_materialization_data is not None
    assert evaluation.target_materialization_data.run_id == first.run_id


def test_a_check_of_an_asset_that_was_never_made_has_no_target() -> None:
    (evaluation,) = dg.materialize([check_giving(passed=True)]).get_asset_check_evaluations()
    assert evaluation.target_materialization_data is None


def test_a_check_that_needs_a_value_which_is_not_there_fails() -> None:
    result = dg.materialize([check_of(lambda rows: dg.AssetCheckResult(passed=True))], raise_on_error=False)
    assert result.get_failed_step_keys() == {"orders_sound"}


# What is held back


@pytest.mark.parametrize("severity", [ERROR, WARN])
def test_a_check_that_does_not_block_leaves_step_and_run_successful(severity: dg.AssetCheckSeverity) -> None:
    result = dg.materialize([orders, report, check_giving(passed=False, severity=severity)])
    assert result.success
    assert result.is_node_success("orders_sound")
    assert result.asset_value("report") == 2


def test_a_blocking_check_that_fails_with_error_holds_back_what_needs_the_asset() -> None:
    check = check_giving(blocking=True, passed=False, severity=ERROR)
    other = dg.asset(name="other")(lambda: 1)
    with dg.instance_for_test() as instance:
        result = dg.materialize([orders, report, other, check], instance=instance, raise_on_error=False)
        assert instance.get_latest_materialization_event("orders") is not None
        assert history_of(instance) == ["FAILED"]
        status = instance.get_run_by_id(result.run_id)
    assert not result.success
    assert status is not None
    assert status.status is dg.DagsterRunStatus.FAILURE
    assert result.get_failed_step_keys() == {"orders_sound"}
    assert isinstance(result.error_for_node("orders_sound"), dg.DagsterAssetCheckFailedError)
    assert result.is_node_success("orders")
    assert result.is_node_success("other")
    assert result.is_node_untouched("report")
    (evaluation,) = result.get_asset_check_evaluations()
    assert not evaluation.passed


def test_that_error_names_the_check_and_reaches_the_caller() -> None:
    check = check_giving(blocking=True, passed=False)
    with pytest.raises(dg.DagsterAssetCheckFailedError, match="orders:sound"):
        dg.materialize([orders, report, check])


@pytest.mark.parametrize("result", [{"passed": False, "severity": WARN}, {"passed": True}])
def test_a_blocking_check_that_warns_or_passes_holds_nothing_back(result: dict[str, Any]) -> None:
    done = dg.materialize([orders, report, check_giving(blocking=True, **result)])
    assert done.success
    assert done.asset_value("report") == 2


@pytest.mark.parametrize(("blocking", "order"), [(True, ["check", "below"]), (False, None)])
def test_what_needs_the_asset_waits_for_a_blocking_check(blocking: bool, order: list[str] | None) -> None:
    ran: list[str] = []

    @dg.asset(deps=[orders])
    def below() -> None:
        ran.append("below")

    def sound() -> dg.AssetCheckResult:
        ran.append("check")
        return dg.AssetCheckResult(passed=True)

    # the check is named last: only that it blocks brings it before
    dg.materialize([below, orders, check_of(sound, blocking=blocking)])
    assert sorted(ran) == ["below", "check"]
    assert order is None or ran == order


def test_a_blocking_check_holds_back_although_the_asset_itself_is_not_made() -> None:
    check = check_giving(blocking=True, passed=False)
    with dg.instance_for_test() as instance:
        dg.materialize([orders], instance=instance)
        result = dg.materialize(
            [orders, report, check],
            instance=instance,
            raise_on_error=False,
            selection=[report, check],
        )
    assert result.is_node_untouched("report")


def test_a_blocking_check_that_is_not_selected_holds_nothing_back() -> None:
    check = check_giving(blocking=True, passed=False)
    selection = dg.AssetSelection.all().without_checks()
    result = dg.materialize([orders, report, check], selection=selection)
    assert result.success
    assert result.get_asset_check_evaluations() == []


def test_other_checks_of_the_asset_run_although_a_blocking_one_failed() -> None:
    blocking = check_giving(blocking=True, passed=False)

    @dg.asset_check(asset=orders)
    def another() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=True)

    result = dg.materialize([orders, blocking, another], raise_on_error=False)
    found = {one.check_name: one.passed for one in result.get_asset_check_evaluations()}
    assert found == {"sound": False, "another": True}


# A check that raises


def _raises() -> dg.AssetCheckResult:
    raise ValueError("broken")


@pytest.mark.parametrize(("blocking", "report_runs"), [(False, True), (True, False)])
def test_a_check_that_raises_fails_the_run_and_holds_back_only_if_it_blocks(
    blocking: bool, report_runs: bool
) -> None:
    with dg.instance_for_test() as instance:
        result = dg.materialize(
            [orders, report, check_of(_raises, blocking=blocking)], instance=instance, raise_on_error=False
        )
        assert history_of(instance) == ["EXECUTION_FAILED"]
    assert not result.success
    assert result.get_failed_step_keys() == {"orders_sound"}
    assert isinstance(result.error_for_node("orders_sound"), ValueError)
    assert result.is_node_untouched("report") is not report_runs
    assert result.get_asset_check_evaluations() == []


def test_a_check_is_tried_again_as_its_retry_policy_says() -> None:
    tries: list[int] = []

    def sound() -> dg.AssetCheckResult:
        tries.append(1)
        if len(tries) == 1:
            raise ValueError
        return dg.AssetCheckResult(passed=True)

    result = dg.materialize([orders, check_of(sound, retry_policy=dg.RetryPolicy(max_retries=1))])
    assert result.retry_attempts_for_node("orders_sound") == 1
    assert [one.passed for one in result.get_asset_check_evaluations()] == [True]


def test_a_blocking_check_that_failed_is_tried_again_and_its_last_result_counts() -> None:
    tries: list[int] = []

    def sound() -> dg.AssetCheckResult:
        tries.append(1)
        return dg.AssetCheckResult(passed=len(tries) > 1)

    policy = dg.RetryPolicy(max_retries=1)
    result = dg.materialize([orders, report, check_of(sound, blocking=True, retry_policy=policy)])
    assert result.success
    assert [one.passed for one in result.get_asset_check_evaluations()] == [False, True]


# Which checks run


def test_the_checks_of_an_asset_are_selected_with_it() -> None:
    check = check_giving(passed=True)
    for selection in (["orders"], [orders], dg.AssetSelection.all(), None):
        result = dg.materialize([orders, report, check], selection=selection)
        assert result.is_node_success("orders_sound")
    job = dg.define_asset_job("daily", selection="orders")
    definitions = dg.Definitions(assets=[orders, report], asset_checks=[check], jobs=[job])
    result = definitions.resolve_job_def("daily").execute_in_process()
    assert {event.step_key for event in result.get_step_success_events()} == {"orders", "orders_sound"}


@pytest.mark.parametrize(
    "selection",
    [
        dg.AssetSelection.checks(dg.AssetCheckKey(ORDERS, "sound")),
        dg.AssetSelection.all_asset_checks(),
        dg.AssetSelection.checks_for_assets("orders"),
        dg.AssetCheckKey(ORDERS, "sound"),
    ],
    ids=["by_key", "all_checks", "of_the_asset", "key"],
)
def test_a_selection_of_checks_runs_only_checks(selection: Any) -> None:
    result = dg.materialize([orders, report, check_giving(passed=True)], selection=selection)
    assert {event.step_key for event in result.get_step_success_events()} == {"orders_sound"}
    assert result.get_asset_materialization_events() == []


def test_a_check_of_an_external_asset_loads_it() -> None:
    @dg.asset_check(asset="outside")
    def sound(rows: list[int]) -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=rows == [7])

    class Sevens(dg.IOManager):
        def load_input(self, context: dg.InputContext) -> list[int]:
            assert context.asset_key == dg.AssetKey("outside")
            return [7]

        def handle_output(self, context: dg.OutputContext, obj: object) -> None:
            raise AssertionError

    result = dg.materialize([dg.AssetSpec("outside"), sound], resources={"io_manager": Sevens()})
    assert result.get_asset_check_evaluations()[0].passed
    assert dg.materialize([sound], resources={"io_manager": Sevens()}).success


def test_a_check_of_an_asset_made_by_a_graph_runs_after_it() -> None:
    made = dg.op(name="made")(lambda: 3)

    @dg.graph_asset
    def total() -> Any:
        return made()

    @dg.asset_check(asset=total, blocking=True)
    def positive(total: int) -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=total > 3)

    below = dg.asset(name="below")(lambda total: total)
    result = dg.materialize([below, positive, total], raise_on_error=False)
    assert result.get_failed_step_keys() == {"total_positive"}
    assert result.is_node_untouched("below")


# Several checks of one function


def two_checks(function: Callable[..., Any], **arguments: Any) -> dg.AssetChecksDefinition:
    specs = [
        dg.AssetCheckSpec("x", asset="a"),
        dg.AssetCheckSpec("x", asset="b", blocking=True),
        dg.AssetCheckSpec("y", asset="b"),
    ]
    return dg.multi_asset_check(specs=specs, name="checks", **arguments)(function)


A = dg.asset(name="a")(lambda: 1)
B = dg.asset(name="b")(lambda: 2)


def result_of(asset: str, name: str, *, passed: bool = True) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=passed, asset_key=asset, check_name=name)


def test_each_result_of_several_checks_says_which_it_is_of() -> None:
    check = two_checks(
        lambda: [
            dg.AssetCheckResult(passed=True, asset_key="a"),
            dg.AssetCheckResult(passed=False, check_name="y"),
            result_of("b", "x"),
        ]
    )
    found = {one.asset_check_key.to_user_string(): one.passed for one in evaluated(A, B, check)}
    assert found == {"a:x": True, "b:y": False, "b:x": True}


def evaluated(*members: Any, **arguments: Any) -> list[dg.AssetCheckEvaluation]:
    return dg.materialize(members, **arguments).get_asset_check_evaluations()


def test_a_result_that_may_be_of_several_checks_fails_the_step() -> None:
    with pytest.raises(dg.DagsterInvariantViolationError, match="may be of several checks"):
        evaluated(A, B, two_checks(lambda: dg.AssetCheckResult(passed=True, check_name="x")))


def test_a_blocking_one_of_several_holds_back_after_all_gave_their_results() -> None:
    below_a = dg.asset(name="below_a")(lambda a: a)
    below_b = dg.asset(name="below_b")(lambda b: b)
    check = two_checks(lambda: [result_of("b", "x", passed=False), result_of("a", "x"), result_of("b", "y")])
    result = dg.materialize([A, B, below_a, below_b, check], raise_on_error=False)
    assert len(result.get_asset_check_evaluations()) == 3
    assert result.get_failed_step_keys() == {"checks"}
    assert result.is_node_success("below_a")
    assert result.is_node_untouched("below_b")


def _one_of_three() -> Iterator[dg.AssetCheckResult]:
    yield result_of("a", "x")


@pytest.mark.parametrize(
    ("function", "given", "missing"),
    [
        (_one_of_three, 1, "b:x"),
        (lambda: result_of("a", "x"), 1, "b:x"),
        (lambda: [result_of("a", "x"), result_of("b", "x")], 2, "b:y"),
        (_empty, 0, "a:x"),
    ],
    ids=["yields one", "returns one", "returns two", "returns none"],
)
def test_several_checks_give_a_result_of_each_or_fail_and_what_was_given_stays(
    function: Callable[..., Any], given: int, missing: str
) -> None:
    result = dg.materialize([A, B, two_checks(function)], raise_on_error=False)
    assert result.get_failed_step_keys() == {"checks"}
    assert len(result.get_asset_check_evaluations()) == given
    assert f'not given its check result "{missing}"' in result.failure_data_for_node("checks").error.message
    assert len(evaluated(A, B, two_checks(function, can_subset=True))) == given


@pytest.mark.parametrize("value", [None, True, "passed"])
@pytest.mark.parametrize("can_subset", [False, True])
def test_what_is_no_result_cannot_stand_for_several(value: object, can_subset: bool) -> None:
    check = two_checks(lambda: value, can_subset=can_subset)
    with pytest.raises(dg.DagsterInvariantViolationError, match=f"has 3 checks and returned {value!r}"):
        dg.materialize([A, B, check])
    with pytest.raises(dg.DagsterInvariantViolationError, match="has 3 checks"):
        check()


def selected(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
    for key in sorted(context.selected_asset_check_keys):
        yield result_of(key.asset_key.to_user_string(), key.name)


@pytest.mark.parametrize(
    ("selection", "ran"),
    [
        (["a"], ["a:x"]),
        (["b"], ["b:x", "b:y"]),
        (dg.AssetSelection.checks(dg.AssetCheckKey(dg.AssetKey("b"), "y")), ["b:y"]),
        (None, ["a:x", "b:x", "b:y"]),
    ],
    ids=["one_asset", "other_asset", "one_check", "all"],
)
def test_checks_that_can_be_subset_give_what_is_selected(selection: Any, ran: list[str]) -> None:
    check = two_checks(selected, can_subset=True)
    found = evaluated(A, B, check, selection=selection)
    assert [one.asset_check_key.to_user_string() for one in found] == ran


def test_a_result_that_is_not_selected_is_warned_of_and_not_recorded(
    caplog: pytest.LogCaptureFixture,
) -> None:
    check = two_checks(
        lambda: [result_of("a", "x"), result_of("b", "x", passed=False), result_of("b", "y")], can_subset=True
    )
    (evaluation,) = evaluated(A, B, check, selection=["a"])
    assert evaluation.asset_check_key.to_user_string() == "a:x"
    assert "not selected" in caplog.text


def test_checks_that_cannot_be_subset_are_selected_together() -> None:
    check = two_checks(selected)
    with pytest.raises(dg.InvalidDefinitionError, match="cannot give some of them") as error:
        evaluated(A, B, check, selection=["a"])
    assert "b:x, b:y" in str(error.value)
    with pytest.raises(dg.DagsterInvalidSubsetError):
        check.subset_for([], [dg.AssetCheckKey(dg.AssetKey("a"), "x")])
    assert len(evaluated(A, B, check, selection=["a", "b"])) == 3


@pytest.mark.parametrize(
    ("selection", "ran"),
    [
        (["orders"], {"orders", "orders_sound"}),
        (["report"], {"report"}),
        ([dg.AssetCheckKey(ORDERS, "sound")], {"orders_sound"}),
    ],
    ids=["the_asset", "another", "the_check"],
)
def test_a_run_of_a_job_may_be_limited_to_assets_with_their_checks_or_to_checks(
    selection: Any, ran: set[str]
) -> None:
    definitions = dg.Definitions(assets=[orders, report], asset_checks=[check_giving(passed=True)])
    job = definitions.resolve_implicit_global_asset_job_def()
    with dg.instance_for_test() as instance:
        dg.materialize([orders], instance=instance)
        result = job.execute_in_process(asset_selection=selection, instance=instance)
    assert {event.step_key for event in result.get_step_success_events()} == ran
