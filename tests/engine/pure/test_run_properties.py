"""What holds of every run: over any graph, whatever comes of its steps, in whatever order it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from drawn import Needs, below, graphs, pools
from hypothesis import given
from hypothesis import strategies as st

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
    Reexamine,
    Reused,
    Run,
    Skip,
    Start,
    State,
    Stop,
    Succeeded,
    Superseded,
    WaitFor,
    Withdraw,
)

GOOD = {State.SUCCEEDED, State.UNCHANGED, State.RESTORED, State.FRESH}
BAD = {State.FAILED, State.SKIPPED, State.CANCELLED}


@dataclass
class World:
    """Plays everything that is not the machine, and watches it. What may be answered next stands in `pending`."""

    graph: Needs
    run: Run
    slots: int
    pools: Mapping[StepName, frozenset[str]]
    limits: Mapping[str, int]
    pending: dict[StepName, str] = field(default_factory=dict)
    """Step to what it waits for: an examination, an attempt, the end of an attempt, a time."""
    started: list[Start] = field(default_factory=list)
    skipped: dict[StepName, StepName] = field(default_factory=dict)
    finishes: list[Finish] = field(default_factory=list)

    def tell(self, event: Event) -> None:
        self.take(self.run.handle(event))

    def take(self, commands: list[Command]) -> None:
        for command in commands:
            assert not self.finishes, f"{command} after the end"
            match command:
                case Examine(step):
                    self._needs_are_good(step)
                    self.pending[step] = "examination"
                case Start(step, _):
                    self._needs_are_good(step)
                    self.pending[step] = "attempt"
                    self.started.append(command)
                    running = [s for s, what in self.pending.items() if what in ("attempt", "end")]
                    assert len(running) <= self.slots
                    self._pools_have_room(running)
                case WaitFor(step, _):
                    self.pending[step] = "time"
                case Stop(step):
                    assert self.pending[step] == "attempt"
                    self.pending[step] = "end"
                case Skip(step, because):
                    assert step not in self.skipped
                    self.skipped[step] = because
                case Finish():
                    self.finishes.append(command)

    def _pools_have_room(self, running: Sequence[StepName]) -> None:
        for pool, limit in self.limits.items():
            assert sum(pool in self.pools.get(step, ()) for step in running) <= limit

    def _needs_are_good(self, step: StepName) -> None:
        assert {self.run.states[need] for need in self.graph[step]} <= GOOD


@st.composite
def played(draw: st.DrawFn, *, interruptions: bool = True) -> World:
    """A run played to its end."""
    graph = draw(graphs())
    slots = draw(st.integers(1, 3))
    costs = {step: draw(st.floats(0, 100)) for step in graph}
    fail_fast = interruptions and draw(st.booleans())
    held, limits = draw(pools(graph))
    run = Run(graph, slots=slots, cost=costs, fail_fast=fail_fast, pools=held, limits=limits)
    world = World(graph, run, slots, held, limits)
    world.take(world.run.begin())
    for _ in range(400):
        if not world.pending:
            break
        if interruptions and draw(st.integers(0, 30)) == 30:
            some = draw(st.frozensets(st.sampled_from(sorted(graph))))
            world.tell(draw(st.sampled_from([Cancel(), CancelSteps(some), Withdraw(some), Reexamine(some)])))
            continue
        step = draw(st.sampled_from(sorted(world.pending)))
        world.tell(draw(st.sampled_from(_answers(step, world.pending.pop(step)))))
    return world


def _answers(step: StepName, waits_for: str) -> list[Event]:
    match waits_for:
        case "examination":
            return [
                MustRun(step),
                MustRun(step),
                Reused(step),
                Reused(step, restored=True),
                Held(step, because=step),
            ]
        case "attempt":
            return [
                Succeeded(step),
                Succeeded(step, unchanged=True),
                Failed(step),
                Failed(step, retry_in=0.0),
                Superseded(step),
            ]
        case "end":
            return [Cancelled(step), Cancelled(step), Succeeded(step), Failed(step), Superseded(step)]
        case _:
            return [Due(step)]


@given(played())
def test_every_run_ends_with_exactly_one_finish(world: World) -> None:
    assert len(world.finishes) == 1
    assert world.run.over
    assert not world.pending or set(world.pending.values()) <= {"examination", "time"}  # given up meanwhile


@given(played())
def test_each_step_ends_in_one_terminal_state_and_the_finish_says_which(world: World) -> None:
    states = world.run.states
    assert set(states) == set(world.graph)
    assert set(states.values()) <= GOOD | BAD
    (finish,) = world.finishes
    assert finish.failed == {s for s, state in states.items() if state is State.FAILED}
    assert finish.cancelled == {s for s, state in states.items() if state is State.CANCELLED}
    assert world.skipped.keys() == {s for s, state in states.items() if state is State.SKIPPED}


@given(played())
def test_no_step_runs_below_one_that_ended_badly(world: World) -> None:
    states = world.run.states
    for step, state in states.items():
        if state in BAD:
            assert all(states[s] in BAD for s in below(world.graph, step))
            assert not {start.step for start in world.started} & below(world.graph, step)


@given(played())
def test_a_skipped_step_names_a_step_above_it_that_failed_or_was_held(world: World) -> None:
    for step, because in world.skipped.items():
        assert because == step or world.run.states[because] in (State.FAILED, State.SKIPPED)
        assert because == step or step in below(world.graph, because)


@given(played())
def test_nothing_is_skipped_without_a_failure_or_something_that_was_held(world: World) -> None:
    causes = {step for step, because in world.skipped.items() if step == because}
    causes |= {step for step, state in world.run.states.items() if state is State.FAILED}
    assert world.skipped.keys() <= causes.union(*(below(world.graph, step) for step in causes))


@given(played())
def test_attempts_are_numbered_without_a_gap(world: World) -> None:
    for step in world.graph:
        numbers = [start.attempt for start in world.started if start.step == step]
        assert sorted(set(numbers)) == list(range(1, len(set(numbers)) + 1))
        assert numbers == sorted(numbers)


@given(played(interruptions=False))
def test_a_failure_touches_only_what_needs_it(world: World) -> None:
    states = world.run.states
    failed = [s for s, state in states.items() if state is State.FAILED]
    failed += [s for s, because in world.skipped.items() if s == because]
    reached = set(failed).union(*(below(world.graph, step) for step in failed))
    assert {s for s, state in states.items() if state in GOOD} == set(world.graph) - reached
    assert State.CANCELLED not in states.values()


@given(graphs().flatmap(lambda graph: st.tuples(st.just(graph), pools(graph))), st.integers(1, 3))
def test_no_slot_stays_empty_while_a_step_could_start(
    drawn: tuple[Needs, tuple[Mapping[StepName, frozenset[str]], Mapping[str, int]]], slots: int
) -> None:
    graph, (held, limits) = drawn
    run = Run(graph, slots=slots, pools=held, limits=limits)
    todo = run.begin()
    while not run.over:
        while todo:
            command = todo.pop(0)
            todo += run.handle(MustRun(command.step)) if isinstance(command, Examine) else []
        running = sorted(s for s, state in run.states.items() if state is State.RUNNING)
        full = {
            pool for pool, most in limits.items() if sum(pool in held.get(s, ()) for s in running) == most
        }
        could = [
            s
            for s, state in run.states.items()
            if state is State.READY and not full & held.get(s, frozenset())
        ]
        assert len(running) == slots or not could
        todo = run.handle(Succeeded(running[0]))
