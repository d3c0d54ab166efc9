"""Section 22: steps that are tried again, the events of it, and which policy wins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import dagx as dg


class Shaky:
    """Fails so many times, with this error, and notes each try."""

    def __init__(self, failures: int, error: Any = None) -> None:
        self.left = failures
        self.error = error or (lambda: ValueError("shaky"))
        self.tries = 0

    def __call__(self) -> int:
        self.tries += 1
        if self.left:
            self.left -= 1
            raise self.error()
        return self.tries


def run(shaky: Shaky, policy: dg.RetryPolicy | None = None, **arguments: Any) -> dg.ExecuteInProcessResult:
    a = dg.asset(name="a", retry_policy=policy)(lambda: shaky())
    return dg.materialize([a], raise_on_error=False, **arguments)


def names(result: dg.ExecuteInProcessResult) -> list[str]:
    wanted = ("STEP_START", "STEP_UP_FOR_RETRY", "STEP_RESTARTED", "STEP_SUCCESS", "STEP_FAILURE")
    return [event.event_type_value for event in result.all_events if event.event_type_value in wanted]


AGAIN = ["STEP_UP_FOR_RETRY", "STEP_RESTARTED"]


@pytest.mark.parametrize(
    ("failures", "retries", "events", "succeeds"),
    [
        (0, 2, [], True),
        (1, 2, AGAIN, True),
        (2, 2, AGAIN * 2, True),
        (3, 2, AGAIN * 2, False),
        (1, 0, [], False),
    ],
)
def test_each_retry_is_announced_and_the_end_comes_once(
    failures: int, retries: int, events: list[str], succeeds: bool
) -> None:
    result = run(Shaky(failures), dg.RetryPolicy(max_retries=retries))
    assert names(result) == ["STEP_START", *events, "STEP_SUCCESS" if succeeds else "STEP_FAILURE"]
    assert result.success is succeeds
    assert result.retry_attempts_for_node("a") == len(events) // 2


def test_the_context_counts_the_retries() -> None:
    seen: list[int] = []

    @dg.asset(retry_policy=dg.RetryPolicy(max_retries=2))
    def a(context: dg.AssetExecutionContext) -> None:
        seen.append(context.retry_number)
        if context.retry_number < 2:
            raise ValueError("again")

    dg.materialize([a])
    assert seen == [0, 1, 2]


def waits(result: dg.ExecuteInProcessResult) -> list[float | None]:
    return [
        event.event_specific_data.seconds_to_wait
        for event in result.all_events
        if event.event_type_value == "STEP_UP_FOR_RETRY"
    ]


def test_the_wait_is_told_and_kept() -> None:
    policy = dg.RetryPolicy(max_retries=3, delay=0.001, backoff=dg.Backoff.EXPONENTIAL)
    assert waits(run(Shaky(3), policy)) == [0.001, 0.003, 0.007]
    assert waits(run(Shaky(1), dg.RetryPolicy())) == [None]


def test_any_exception_is_tried_again_and_no_exit() -> None:
    assert run(Shaky(1, lambda: KeyError("k")), dg.RetryPolicy()).success
    exits = Shaky(1, lambda: SystemExit(1))
    with pytest.raises(SystemExit):
        run(exits, dg.RetryPolicy())
    assert exits.tries == 1


def test_what_dagx_finds_wrong_with_a_result_is_tried_again_too() -> None:
    tries: list[int] = []

    @dg.asset(retry_policy=dg.RetryPolicy(max_retries=1))
    def a() -> int:
        tries.append(1)
        return 1 if len(tries) == 2 else "text"  # type: ignore[return-value]

    assert dg.materialize([a]).asset_value("a") == 1


def test_a_request_for_a_retry_overrides_the_limit_of_the_policy() -> None:
    request = lambda: dg.RetryRequested(max_retries=2)  # noqa: E731
    assert run(Shaky(2, request), None).success
    assert not run(Shaky(3, request), dg.RetryPolicy(max_retries=9)).success
    assert run(Shaky(2, request), dg.RetryPolicy(max_retries=0)).success
    waiting = lambda: dg.RetryRequested(max_retries=1, seconds_to_wait=0.001)  # noqa: E731
    assert waits(run(Shaky(1, waiting))) == [0.001]


def test_a_request_keeps_what_it_was_raised_from() -> None:
    @dg.asset
    def a() -> None:
        try:
            raise ValueError("root")
        except ValueError as error:
            raise dg.RetryRequested(max_retries=0) from error

    result = dg.materialize([a], raise_on_error=False)
    error = result.error_for_node("a")
    assert isinstance(error, dg.RetryRequested)
    assert isinstance(error.__cause__, ValueError)


@pytest.mark.parametrize(("allowed", "tries"), [(False, 1), (True, 3), (None, 3)])
def test_a_failure_may_forbid_retries(allowed: bool | None, tries: int) -> None:
    shaky = Shaky(9, lambda: dg.Failure("no", allow_retries=allowed))
    result = run(shaky, dg.RetryPolicy(max_retries=2))
    assert isinstance(result.error_for_node("a"), dg.Failure)
    assert shaky.tries == tries


def test_inputs_are_loaded_again_and_outputs_of_the_last_try_count() -> None:
    loads: list[str] = []

    class Noting(dg.InMemoryIOManager):
        def load_input(self, context: dg.InputContext) -> Any:
            loads.append(context.name)
            return super().load_input(context)

    @dg.multi_asset(outs={"x": dg.AssetOut(), "y": dg.AssetOut()}, retry_policy=dg.RetryPolicy())
    def both(context: dg.AssetExecutionContext, up: int) -> Iterator[Any]:
        yield dg.Output(context.retry_number, "x")
        if context.retry_number == 0:
            raise ValueError("between")
        yield dg.Output(context.retry_number, "y")

    up = dg.asset(name="up")(lambda: 1)
    result = dg.materialize([up, both], resources={"io_manager": Noting()})
    assert loads == ["up", "up"]
    assert (result.asset_value("x"), result.asset_value("y")) == (1, 1)
    made = [event.asset_key for event in result.get_asset_materialization_events()]
    assert made == [dg.AssetKey(name) for name in ("up", "x", "x", "y")]


def test_metadata_of_a_try_that_failed_is_forgotten() -> None:
    @dg.asset(retry_policy=dg.RetryPolicy())
    def a(context: dg.AssetExecutionContext) -> int:
        context.add_output_metadata({f"try {context.retry_number}": 1})
        if context.retry_number == 0:
            raise ValueError("first")
        return 1

    (event,) = dg.materialize_to_memory([a]).get_asset_materialization_events()
    assert list(event.materialization.metadata) == ["try 1"]


# Which policy wins


def op_of(shaky: Shaky, policy: dg.RetryPolicy | None) -> Any:
    return dg.op(name="shaky", retry_policy=policy)(lambda: shaky())


@pytest.mark.parametrize(
    ("of_use", "of_op", "of_job", "tries"),
    [(3, 2, 1, 4), (None, 2, 1, 3), (None, None, 1, 2), (None, None, None, 1), (0, 2, 2, 1), (None, 0, 3, 1)],
)
def test_the_policy_of_the_use_wins_over_the_ops_and_that_over_the_jobs(
    of_use: int | None, of_op: int | None, of_job: int | None, tries: int
) -> None:
    shaky = Shaky(9)

    def policy(retries: int | None) -> dg.RetryPolicy | None:
        return None if retries is None else dg.RetryPolicy(max_retries=retries)

    op = op_of(shaky, policy(of_op))
    used = op if of_use is None else op.with_retry_policy(policy(of_use))
    job = dg.job(name="j", op_retry_policy=policy(of_job))(lambda: used())
    assert not job.execute_in_process(raise_on_error=False).success
    assert shaky.tries == tries


def test_the_policy_of_an_asset_job_is_for_assets_without_their_own() -> None:
    plain, own = Shaky(9), Shaky(9)
    assets = [
        dg.asset(name="plain")(lambda: plain()),
        dg.asset(name="own", retry_policy=dg.RetryPolicy(max_retries=3))(lambda: own()),
    ]
    job = dg.define_asset_job("j", op_retry_policy=dg.RetryPolicy(max_retries=1))
    defs = dg.Definitions(assets=assets, jobs=[job])
    defs.resolve_job_def("j").execute_in_process(raise_on_error=False)
    assert (plain.tries, own.tries) == (2, 4)
