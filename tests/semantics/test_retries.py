"""Section 22: retries and failures."""

import pytest

import dagx as dg


def delays(policy: dg.RetryPolicy, draw: float | None = None) -> list[float]:
    """The delays of four retries; `draw` is the number by which chance decides."""
    if draw is None:
        return [policy.calculate_delay(attempt) for attempt in (1, 2, 3, 4)]
    return [policy.calculate_delay(attempt, lambda: draw) for attempt in (1, 2, 3, 4)]


def test_without_backoff_every_delay_is_the_same() -> None:
    assert delays(dg.RetryPolicy(delay=2)) == [2, 2, 2, 2]
    assert delays(dg.RetryPolicy()) == [0, 0, 0, 0]


def test_linear_and_exponential_backoff() -> None:
    assert delays(dg.RetryPolicy(delay=2, backoff=dg.Backoff.LINEAR)) == [2, 4, 6, 8]
    assert delays(dg.RetryPolicy(delay=2, backoff=dg.Backoff.EXPONENTIAL)) == [2, 6, 14, 30]


def test_full_jitter_is_anywhere_up_to_the_delay() -> None:
    policy = dg.RetryPolicy(delay=2, backoff=dg.Backoff.LINEAR, jitter=dg.Jitter.FULL)
    assert delays(policy, 0) == [0, 0, 0, 0]
    assert delays(policy, 0.25) == [0.5, 1, 1.5, 2]
    assert delays(policy, 1) == [2, 4, 6, 8]


def test_plus_minus_jitter_is_up_to_one_base_delay_around() -> None:
    policy = dg.RetryPolicy(delay=2, backoff=dg.Backoff.LINEAR, jitter=dg.Jitter.PLUS_MINUS)
    assert delays(policy, 0) == [0, 2, 4, 6]
    assert delays(policy, 1) == [4, 6, 8, 10]


@pytest.mark.parametrize("change", [{"backoff": dg.Backoff.LINEAR}, {"jitter": dg.Jitter.FULL}])
def test_backoff_and_jitter_need_a_delay(change: dict[str, object]) -> None:
    with pytest.raises(dg.InvalidDefinitionError):
        dg.RetryPolicy(**change)  # type: ignore[arg-type]


def failing(times: int, error: Exception, policy: dg.RetryPolicy | None) -> dg.ExecuteInProcessResult:
    @dg.asset(retry_policy=policy)
    def a(context: dg.AssetExecutionContext) -> int:
        if context.retry_number < times:
            raise error
        return context.retry_number

    return dg.materialize([a], raise_on_error=False)


def test_a_step_is_tried_again_as_often_as_its_policy_says() -> None:
    assert failing(2, ValueError(), dg.RetryPolicy(max_retries=2)).asset_value("a") == 2
    result = failing(3, ValueError(), dg.RetryPolicy(max_retries=2))
    assert not result.success
    assert result.retry_attempts_for_node("a") == 2


def test_without_policy_a_step_is_tried_once() -> None:
    assert failing(1, ValueError(), None).retry_attempts_for_node("a") == 0


def test_retry_requested_overrides_the_limit_of_the_policy() -> None:
    assert failing(3, dg.RetryRequested(max_retries=3), dg.RetryPolicy(max_retries=1)).success
    assert failing(1, dg.RetryRequested(), None).success
    assert not failing(2, dg.RetryRequested(), dg.RetryPolicy(max_retries=5)).success


def test_a_failure_that_allows_no_retries_passes_over_the_policy() -> None:
    assert not failing(1, dg.Failure(allow_retries=False), dg.RetryPolicy(max_retries=5)).success
    assert failing(1, dg.Failure("try again"), dg.RetryPolicy(max_retries=5)).success


def test_a_failure_carries_a_description_and_metadata() -> None:
    error = failing(1, dg.Failure("too few rows", metadata={"rows": 3}), None).error_for_node("a")
    assert isinstance(error, dg.Failure)
    assert error.description == "too few rows"
    assert error.metadata == {"rows": dg.MetadataValue.int(3)}


def test_the_delay_of_an_attempt_is_drawn_by_chance_unless_numbers_are_given() -> None:
    assert dg.RetryPolicy(max_retries=3, delay=2, backoff=dg.Backoff.EXPONENTIAL).calculate_delay(3) == 14
    assert 0 <= dg.RetryPolicy(delay=2, jitter=dg.Jitter.FULL).calculate_delay(1) <= 2
