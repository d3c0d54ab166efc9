"""A run as a conversation: what it is told, what it says to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from graph_text import needs

from dagx_engine.pure.definitions import StepName
from dagx_engine.pure.run import (
    Cancel,
    Cancelled,
    CancelSteps,
    Command,
    Due,
    Event,
    Examine,
    Failed,
    Finish,
    Held,
    MustRun,
    Reused,
    Run,
    Skip,
    Start,
    State,
    Stop,
    Succeeded,
    Superseded,
    WaitFor,
)

A, B, C, D = map(StepName, "abcd")


def of(*steps: StepName) -> frozenset[StepName]:
    return frozenset(steps)


class Talk:
    """A run in which every step that is examined must run, so that a test shows only what it is about."""

    def __init__(
        self,
        text: str,
        slots: int = 2,
        cost: Mapping[str, float] | None = None,
        fail_fast: bool = False,
        pools: Mapping[StepName, Sequence[str]] | None = None,
        limits: Mapping[str, int] | None = None,
    ) -> None:
        seconds = {StepName(step): value for step, value in (cost or {}).items()}
        self.run = Run(
            needs(text), slots=slots, cost=seconds, fail_fast=fail_fast, pools=pools, limits=limits
        )

    def begin(self) -> list[Command]:
        return self._after(self.run.begin())

    def handle(self, event: Event) -> list[Command]:
        return self._after(self.run.handle(event))

    def _after(self, commands: list[Command]) -> list[Command]:
        found: list[Command] = []
        todo = list(commands)
        while todo:
            command = todo.pop(0)
            if isinstance(command, Examine):
                todo += self.run.handle(MustRun(command.step))
            else:
                found.append(command)
        return found


# Beginning and ending.


def test_a_run_of_nothing_is_over_at_once() -> None:
    run = Run({}, slots=1)
    assert run.begin() == [Finish()]
    assert run.over


def test_nothing_starts_before_it_was_examined() -> None:
    run = Run(needs("a; b<-a"), slots=2)
    assert run.begin() == [Examine(A)]
    assert run.handle(MustRun(A)) == [Start(A, 1)]
    assert run.handle(Succeeded(A)) == [Examine(B)]
    assert run.handle(MustRun(B)) == [Start(B, 1)]
    assert run.handle(Succeeded(B)) == [Finish()]


def test_a_step_is_examined_when_the_last_of_what_it_needs_is_there() -> None:
    run = Talk("a; b; c<-a,b")
    assert run.begin() == [Start(A, 1), Start(B, 1)]
    assert run.handle(Succeeded(B)) == []
    assert run.handle(Succeeded(A)) == [Start(C, 1)]


def test_a_run_without_slots_or_with_a_cycle_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Run(needs("a"), slots=0)
    with pytest.raises(ValueError, match="cycle"):
        Run(needs("a<-c; b<-a; c<-b"), slots=1)


def test_every_state_stays_what_it_is_once_it_is_over() -> None:
    run = Talk("a; b")
    run.begin()
    run.handle(Succeeded(A))
    with pytest.raises(ValueError, match="'a' is over"):
        run.handle(Succeeded(A))


# Order and slots.


def test_no_more_steps_run_than_there_are_slots() -> None:
    run = Talk("a; b; c", slots=2)
    assert run.begin() == [Start(A, 1), Start(B, 1)]
    assert run.handle(Succeeded(B)) == [Start(C, 1)]
    assert run.handle(Succeeded(C)) == []
    assert run.handle(Succeeded(A)) == [Finish()]


def test_the_longest_remaining_path_starts_first() -> None:
    run = Run(needs("a; b; c<-b"), slots=1, cost={A: 5, B: 1, C: 9})
    run.begin()
    assert run.handle(MustRun(A)) == [Start(A, 1)]
    assert run.handle(MustRun(B)) == []

    run = Run(needs("a; b; c<-b; d"), slots=1, cost={A: 5, B: 1, C: 9, D: 20})
    run.begin()
    run.handle(MustRun(A))
    run.handle(MustRun(B))
    run.handle(MustRun(D))
    assert run.handle(Succeeded(A)) == [Start(D, 1)]
    assert run.handle(Succeeded(D)) == [Start(B, 1)]


def test_steps_of_equal_paths_start_in_the_order_they_were_given() -> None:
    assert Talk("c; a; b", slots=3).begin() == [Start(C, 1), Start(A, 1), Start(B, 1)]


def test_what_has_a_higher_priority_starts_before_a_longer_path() -> None:
    run = Run(needs("a; b; c; d<-c"), slots=1, cost={C: 5, D: 5}, priority={B: 2, C: 1})
    run.begin()
    assert run.handle(MustRun(A)) == [Start(A, 1)]
    run.handle(MustRun(B))
    run.handle(MustRun(C))
    assert run.handle(Succeeded(A)) == [Start(B, 1)]
    assert run.handle(Succeeded(B)) == [Start(C, 1)]


# Pools.


def test_no_more_steps_of_a_pool_run_than_it_has_slots_and_others_go_past() -> None:
    run = Talk("a; b; c; d", slots=3, pools={A: ["db"], B: ["db"], C: ["db"]}, limits={"db": 1})
    assert run.begin() == [Start(A, 1), Start(D, 1)]
    assert run.handle(Succeeded(D)) == []
    assert run.handle(Succeeded(A)) == [Start(B, 1)]
    assert run.handle(Succeeded(B)) == [Start(C, 1)]


def test_a_pool_without_a_limit_holds_nothing_back() -> None:
    run = Talk("a; b", pools={A: ["db"], B: ["db"]}, limits={"api": 1})
    assert run.begin() == [Start(A, 1), Start(B, 1)]


def test_a_step_in_two_pools_waits_for_both() -> None:
    run = Talk("a; b; c", slots=3, pools={A: ["x"], B: ["y"], C: ["x", "y"]}, limits={"x": 1, "y": 1})
    assert run.begin() == [Start(A, 1), Start(B, 1)]
    assert run.handle(Succeeded(A)) == []
    assert run.handle(Succeeded(B)) == [Start(C, 1)]


def test_the_longest_remaining_path_goes_first_in_a_pool_too() -> None:
    run = Talk("a; b; c", slots=1, cost={"b": 1, "c": 2}, pools={B: ["x"], C: ["x"]}, limits={"x": 1})
    assert run.begin() == [Start(A, 1)]
    assert run.handle(Succeeded(A)) == [Start(C, 1)]


def test_a_step_that_waits_to_be_tried_again_leaves_its_pool_to_others() -> None:
    run = Talk("a; b", pools={A: ["db"], B: ["db"]}, limits={"db": 1})
    assert run.begin() == [Start(A, 1)]
    assert run.handle(Failed(A, retry_in=1.0)) == [WaitFor(A, 1.0), Start(B, 1)]
    assert run.handle(Due(A)) == []
    assert run.handle(Succeeded(B)) == [Start(A, 2)]


def test_a_step_given_up_while_it_waits_for_a_pool_holds_nobody_up() -> None:
    run = Talk("a; b; c", slots=3, pools={A: ["db"], B: ["db"], C: ["db"]}, limits={"db": 1})
    run.begin()
    assert run.handle(CancelSteps(of(B))) == []
    assert run.handle(Succeeded(A)) == [Start(C, 1)]


def test_a_step_that_is_asked_to_end_keeps_its_slot_until_it_has() -> None:
    run = Talk("a; b", pools={A: ["db"], B: ["db"]}, limits={"db": 1})
    run.begin()
    assert run.handle(CancelSteps(of(A))) == [Stop(A)]
    assert run.handle(Cancelled(A)) == [Start(B, 1)]


def test_a_pool_without_slots_is_refused() -> None:
    with pytest.raises(ValueError, match="'db' must have at least 1 slot"):
        Run(needs("a"), slots=1, limits={"db": 0})


# Not having to run.


def test_a_reused_step_frees_its_children_without_a_slot() -> None:
    run = Run(needs("a; b; c<-b"), slots=1)
    assert run.begin() == [Examine(A), Examine(B)]
    assert run.handle(MustRun(A)) == [Start(A, 1)]
    assert run.handle(Reused(B)) == [Examine(C)]
    assert run.handle(Reused(C, restored=True)) == []
    assert run.handle(Succeeded(A)) == [Finish()]
    assert run.states == {A: State.SUCCEEDED, B: State.FRESH, C: State.RESTORED}


def test_a_step_that_ran_and_made_the_same_is_unchanged() -> None:
    run = Talk("a")
    run.begin()
    assert run.handle(Succeeded(A, unchanged=True)) == [Finish()]
    assert run.run.states == {A: State.UNCHANGED}


# Failures.


def test_a_failure_skips_what_needs_it_and_lets_the_rest_finish() -> None:
    run = Talk("a; b<-a; c; d<-b")
    assert run.begin() == [Start(A, 1), Start(C, 1)]
    assert run.handle(Failed(A)) == [Skip(B, because=A), Skip(D, because=A)]
    assert run.handle(Succeeded(C)) == [Finish(failed=of(A))]


def test_a_step_below_two_failures_is_skipped_once() -> None:
    run = Talk("a; b; c<-a,b")
    run.begin()
    assert run.handle(Failed(A)) == [Skip(C, because=A)]
    assert run.handle(Failed(B)) == [Finish(failed=of(A, B))]


def test_a_failure_gives_its_slot_to_the_next() -> None:
    run = Talk("a; b; c<-a", slots=1)
    assert run.begin() == [Start(A, 1)]
    assert run.handle(Failed(A)) == [Skip(C, because=A), Start(B, 1)]


def test_fail_fast_stops_what_runs_and_gives_up_the_rest() -> None:
    run = Talk("a; b; c; d<-a", slots=2, fail_fast=True)
    run.begin()
    assert run.handle(Failed(A)) == [Skip(D, because=A), Stop(B)]
    assert run.handle(Cancelled(B)) == [Finish(failed=of(A), cancelled=of(B, C))]


def test_fail_fast_with_nothing_else_under_way_is_over_at_once() -> None:
    run = Talk("a; b", slots=1, fail_fast=True)
    run.begin()
    assert run.handle(Failed(A)) == [Finish(failed=of(A), cancelled=of(B))]


# Retries.


def test_a_retry_waits_without_a_slot_and_starts_the_second_attempt() -> None:
    run = Talk("a; b", slots=1)
    assert run.begin() == [Start(A, 1)]
    assert run.handle(Failed(A, retry_in=2.5)) == [WaitFor(A, 2.5), Start(B, 1)]
    assert run.handle(Due(A)) == []
    assert run.handle(Succeeded(B)) == [Start(A, 2)]
    assert run.handle(Failed(A)) == [Finish(failed=of(A))]


def test_what_needs_a_step_waits_through_its_retries() -> None:
    run = Talk("a; b<-a")
    run.begin()
    run.handle(Failed(A, retry_in=0.0))
    assert run.run.states[B] is State.WAITING
    assert run.handle(Due(A)) == [Start(A, 2)]
    assert run.handle(Succeeded(A)) == [Start(B, 1)]


def test_a_retry_that_allows_another_attempt_does_not_end_a_fail_fast_run() -> None:
    run = Talk("a; b", fail_fast=True)
    run.begin()
    assert run.handle(Failed(A, retry_in=1.0)) == [WaitFor(A, 1.0)]


def test_a_due_that_comes_after_the_cancel_is_not_heard() -> None:
    run = Talk("a")
    run.begin()
    run.handle(Failed(A, retry_in=9.0))
    assert run.handle(Cancel()) == [Finish(cancelled=of(A))]
    assert run.handle(Due(A)) == []


# Cancelling.


def test_a_cancel_stops_what_runs_and_waits_for_its_end() -> None:
    run = Talk("a; b; c<-a", slots=1)
    run.begin()
    assert run.handle(Cancel()) == [Stop(A)]
    assert run.handle(Cancelled(A)) == [Finish(cancelled=of(A, B, C))]


def test_a_second_cancel_stops_nothing_twice() -> None:
    run = Talk("a")
    run.begin()
    assert run.handle(Cancel()) == [Stop(A)]
    assert run.handle(Cancel()) == []


def test_a_result_that_comes_in_spite_of_the_cancel_counts() -> None:
    run = Talk("a; b<-a")
    run.begin()
    run.handle(Cancel())
    assert run.handle(Succeeded(A)) == [Finish(cancelled=of(B))]


def test_a_failure_after_the_cancel_is_a_cancel() -> None:
    run = Talk("a")
    run.begin()
    run.handle(Cancel())
    assert run.handle(Failed(A, retry_in=1.0)) == [Finish(cancelled=of(A))]


def test_an_attempt_superseded_after_the_cancel_is_not_made_again() -> None:
    run = Talk("a")
    run.begin()
    run.handle(Cancel())
    assert run.handle(Superseded(A)) == [Finish(cancelled=of(A))]


def test_an_answer_to_an_examination_that_was_cancelled_is_not_heard() -> None:
    run = Run(needs("a; b"), slots=1)
    assert run.begin() == [Examine(A), Examine(B)]
    assert run.handle(Cancel()) == [Finish(cancelled=of(A, B))]
    assert run.handle(MustRun(A)) == []
    assert run.handle(Reused(B)) == []


def test_giving_up_some_steps_gives_up_what_needs_them_and_lets_the_rest_go_on() -> None:
    run = Talk("a; b; c<-a; d<-b", slots=2)
    run.begin()
    assert run.handle(CancelSteps(of(A))) == [Stop(A)]
    assert run.handle(Cancelled(A)) == []
    assert run.run.states[C] is State.CANCELLED
    assert run.handle(Succeeded(B)) == [Start(D, 1)]
    assert run.handle(Succeeded(D)) == [Finish(cancelled=of(A, C))]


def test_giving_up_steps_that_are_not_of_this_run_changes_nothing() -> None:
    run = Talk("a")
    run.begin()
    assert run.handle(CancelSteps(of(D))) == []


def test_a_step_given_up_while_it_waits_for_a_slot_never_starts() -> None:
    run = Talk("a; b; c", slots=1)
    run.begin()
    assert run.handle(CancelSteps(of(B))) == []
    assert run.handle(Succeeded(A)) == [Start(C, 1)]


# Superseded attempts.


def test_a_superseded_step_is_examined_again_and_may_turn_out_fresh() -> None:
    run = Run(needs("a; b<-a"), slots=1)
    run.begin()
    run.handle(MustRun(A))
    assert run.handle(Superseded(A)) == [Examine(A)]
    assert run.handle(Reused(A)) == [Examine(B)]


def test_a_superseded_attempt_does_not_count_as_a_try() -> None:
    run = Talk("a")
    run.begin()
    assert run.handle(Superseded(A)) == [Start(A, 1)]


def test_a_step_whose_inputs_never_rest_is_given_up_at_the_fifth_time() -> None:
    run = Talk("a; b<-a")
    run.begin()
    for _ in range(4):
        assert run.handle(Superseded(A)) == [Start(A, 1)]
    assert run.handle(Superseded(A)) == [Skip(B, because=A), Finish(failed=of(A))]


def test_a_superseded_step_gives_its_slot_to_the_next_while_it_is_examined() -> None:
    run = Run(needs("a; b"), slots=1)
    run.begin()
    run.handle(MustRun(A))
    run.handle(MustRun(B))
    assert run.handle(Superseded(A)) == [Examine(A), Start(B, 1)]


def test_what_is_held_is_skipped_with_all_that_needs_it_and_nothing_failed() -> None:
    run = Run(needs("a; b<-a; c<-b; d<-a"), slots=2)
    assert run.begin() == [Examine(A)]
    run.handle(MustRun(A))
    assert run.handle(Succeeded(A)) == [Examine(B), Examine(D)]
    assert run.handle(Held(B, because=A)) == [Skip(B, because=A), Skip(C, because=B)]
    assert run.handle(Reused(D)) == [Finish()]


def test_a_step_that_was_given_up_cannot_be_held() -> None:
    run = Run(needs("a; b<-a"), slots=1)
    run.begin()
    run.handle(Cancel())
    assert run.handle(Held(A, because=A)) == []
