"""What is usual of a step, and what a time of executions adds up to."""

from __future__ import annotations

from dagx_engine.pure.costs import Cost, Execution, usual
from dagx_engine.pure.spending import Reuse, spent


def took(*seconds: float, step: str = "a", state: str = "succeeded") -> list[Execution]:
    return [Execution(step, state, each) for each in seconds]


def test_usual_is_the_median_of_the_last_five_that_worked() -> None:
    history = [*took(99, state="failed"), *took(3, 1, 2), *took(5, 4, state="unchanged"), *took(50, 60)]
    found = usual(history)
    assert found is not None
    assert (found.of, found.seconds) == (5, 3)
    assert usual(took(1, 2, state="failed")) is None


def test_of_memory_the_most_is_usual_and_what_was_not_measured_is_left_out() -> None:
    costs = [Cost(1.0, 10, None, 7), Cost(3.0, 30, None, 5), Cost(2.0, 20, None, None), Cost()]
    found = usual([Execution("a", "succeeded", 1.0, cost) for cost in costs])
    assert found is not None
    assert found.cost == Cost(2.0, 30, None, 7)


def test_each_step_is_counted_by_itself_with_how_its_executions_ended() -> None:
    history = [*took(4), *took(2, state="failed"), *took(1, step="b"), *took(6, state="unchanged")]
    found = {each.step: each for each in spent(history, {}, {})}
    a = found["a"]
    assert (a.executions, a.failed, a.unchanged, a.total_seconds, a.most_seconds) == (3, 1, 1, 12, 6)
    assert a.last == history[0]
    assert found["b"].executions == 1


def test_reuse_saves_the_usual_time_once_each_time() -> None:
    (a,) = spent(took(10, 20, 30), {"a": Reuse(fresh=2, restored=1)}, {})
    assert a.saved_seconds == 3 * 20


def test_a_step_that_was_only_reused_saves_what_was_usual_before() -> None:
    (a,) = spent([], {"a": Reuse(fresh=4)}, {"a": took(5)})
    assert (a.executions, a.last, a.saved_seconds) == (0, None, 20)
    (unknown,) = spent([], {"a": Reuse(fresh=4)}, {})
    assert unknown.saved_seconds == 0
