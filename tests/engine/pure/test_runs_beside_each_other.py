"""Several runs over one graph at once: whatever comes of their steps, they never get in each other's way."""

from __future__ import annotations

from dataclasses import dataclass, field

from drawn import Needs, graphs
from graph_text import needs
from hypothesis import given
from hypothesis import strategies as st

from dagx_engine.pure.definitions import StepName
from dagx_engine.pure.room import Room
from dagx_engine.pure.run import (
    Cancel,
    Cancelled,
    CancelSteps,
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
from dagx_engine.pure.runs import Runs, Told

A, B, C = map(StepName, "abc")
LIVE = ("attempt", "end")


@dataclass
class Beside:
    """Plays everything that is not the machine, and watches it."""

    graph: Needs
    slots: int
    room: Room = field(init=False)
    runs: Runs = field(default_factory=Runs)
    machines: dict[str, Run] = field(default_factory=dict)
    pending: dict[tuple[str, StepName], str] = field(default_factory=dict)
    finished: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.room = Room(self.slots)

    def begin(self, steps: frozenset[StepName], *, takes_over: bool = False) -> None:
        name = f"r{len(self.machines)}"
        chosen = {step: found & steps for step, found in self.graph.items() if step in steps}
        self.machines[name] = Run(chosen, room=self.room)
        upstream = {step: self.graph[step] for step in chosen}
        self.take(self.runs.begin(name, self.machines[name], upstream, takes_over=takes_over))

    def tell(self, name: str, event: Event) -> None:
        if name not in self.finished:
            self.take(self.runs.handle(name, event))

    def say(self, name: str, event: Event, step: StepName) -> None:
        """The answer to what is pending for a step."""
        del self.pending[name, step]
        self.tell(name, event)

    def take(self, told: list[Told]) -> None:
        for name, command in told:
            assert name not in self.finished, f"{command} after the end of {name}"
            match command:
                case Examine(step):
                    self.pending[name, step] = "examination"
                case Start(step, _):
                    assert not [n for n, s in self._live() if s == step], f"two attempts of {step}"
                    self._nothing_is_at(name, step)
                    self.pending[name, step] = "attempt"
                    assert len(self._live()) <= self.slots
                case Stop(step):
                    assert self.pending[name, step] == "attempt"
                    self.pending[name, step] = "end"
                case WaitFor(step, _):
                    self.pending[name, step] = "time"
                case Skip():
                    pass
                case Finish():
                    self.finished.append(name)

    def _live(self) -> list[tuple[str, StepName]]:
        return [key for key, what in self.pending.items() if what in LIVE]

    def _nothing_is_at(self, name: str, step: StepName) -> None:
        """No run has in hand what the step needs."""
        for other, run in self.machines.items():
            busy = {need for need in self.graph[step] if need in run.states and not run.is_over(need)}
            assert other == name or not busy, f"{step} begins in {name} while {other} is at {busy}"


@st.composite
def played(draw: st.DrawFn) -> Beside:
    """Up to three runs, begun at any time, played to their end."""
    graph = draw(graphs())
    steps = st.frozensets(st.sampled_from(sorted(graph)), min_size=1)
    world = Beside(graph, draw(st.integers(1, 3)))
    world.begin(draw(steps))
    more = draw(st.integers(0, 2))
    for _ in range(400):
        if more and draw(st.integers(0, 3)) == 0:
            more -= 1
            world.begin(draw(steps), takes_over=draw(st.booleans()))
            continue
        if draw(st.integers(0, 15)) == 0:
            name = draw(st.sampled_from(sorted(world.machines)))
            world.tell(
                name, draw(st.sampled_from([Cancel(), CancelSteps(draw(steps)), Reexamine(draw(steps))]))
            )
            if draw(st.booleans()):
                world.take(world.runs.handle_all(Withdraw(draw(steps)), CancelSteps(draw(steps))))
            continue
        if not world.pending:
            if more:
                continue
            break
        name, step = draw(st.sampled_from(sorted(world.pending)))
        world.tell(name, draw(st.sampled_from(_answers(step, world.pending.pop((name, step))))))
    return world


def _answers(step: StepName, waits_for: str) -> list[Event]:
    match waits_for:
        case "examination":
            return [MustRun(step), MustRun(step), Reused(step), Held(step, because=step)]
        case "attempt":
            return [Succeeded(step), Succeeded(step), Failed(step), Failed(step, 0.0), Superseded(step)]
        case "end":
            return [Cancelled(step), Cancelled(step), Succeeded(step), Failed(step), Superseded(step)]
        case _:
            return [Due(step)]


@given(played())
def test_runs_beside_each_other_all_end(world: Beside) -> None:
    assert sorted(world.finished) == sorted(world.machines)
    assert all(run.over for run in world.machines.values())
    assert not world.room.is_full, "a step that ended keeps its place"


def _states(world: Beside) -> list[str]:
    return [
        " ".join(run.states[step].value for step in sorted(run.states)) for run in world.machines.values()
    ]


def test_what_another_run_is_at_is_waited_for() -> None:
    world = Beside(needs("a; b<-a"), slots=2)
    world.begin(frozenset([A]))
    world.say("r0", MustRun(A), A)
    world.begin(frozenset([B]))
    assert _states(world) == ["running", "examined"]
    assert ("r1", B) not in world.pending
    world.say("r0", Succeeded(A), A)
    assert world.pending["r1", B] == "examination"


def test_a_failure_over_there_skips_what_waits_for_it_here() -> None:
    world = Beside(needs("a; b<-a; c<-b"), slots=2)
    world.begin(frozenset([A]))
    world.say("r0", MustRun(A), A)
    world.begin(frozenset([A, B, C]))
    world.say("r0", Failed(A), A)
    assert _states(world) == ["failed", "skipped skipped skipped"]


def test_a_step_that_could_start_waits_when_a_newer_run_makes_what_it_needs() -> None:
    world = Beside(needs("a; b<-a; c"), slots=1)
    world.begin(frozenset([B, C]))
    world.say("r0", MustRun(C), C)
    world.say("r0", MustRun(B), B)
    world.begin(frozenset([A]))
    world.say("r0", Succeeded(C), C)
    assert world.machines["r0"].states[B] is State.EXAMINED
    world.say("r1", MustRun(A), A)
    world.say("r1", Succeeded(A), A)
    assert world.pending["r0", B] == "examination"


def test_a_place_that_one_run_leaves_the_other_takes() -> None:
    world = Beside(needs("a; b"), slots=1)
    world.begin(frozenset([A]))
    world.begin(frozenset([B]))
    world.say("r0", MustRun(A), A)
    world.say("r1", MustRun(B), B)
    assert _states(world) == ["running", "ready"]
    world.say("r0", Succeeded(A), A)
    assert _states(world) == ["succeeded", "running"]


def test_what_is_looked_at_again_is_ended_first_and_nothing_below_it_is_lost() -> None:
    world = Beside(needs("a; b<-a"), slots=1)
    world.begin(frozenset([A, B]))
    world.say("r0", MustRun(A), A)
    world.tell("r0", Reexamine(frozenset([A, B])))
    assert world.pending["r0", A] == "end"
    world.say("r0", Cancelled(A), A)
    assert world.pending["r0", A] == "examination"
    assert _states(world) == ["examined waiting"]


def test_what_has_begun_is_not_withdrawn() -> None:
    world = Beside(needs("a; b<-a; c<-b"), slots=1)
    world.begin(frozenset([A, B, C]))
    world.say("r0", MustRun(A), A)
    world.tell("r0", Withdraw(frozenset([A, B])))
    assert _states(world) == ["running cancelled cancelled"]
