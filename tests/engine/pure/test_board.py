"""How assets look is looked up for all of them when anything may differ; for what one step does, for that step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from graph_text import world

from dagx_engine.board import Board
from dagx_engine.io.rows import Kept
from dagx_engine.now import Failure
from dagx_engine.pure.definitions import Key, StepName
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.manifest import Manifest
from dagx_engine.pure.plan import Outlook, outlook
from dagx_engine.views import (
    AssetsChanged,
    AssetState,
    Event,
    PlannedStep,
    PlanView,
    RunEnded,
    RunStarted,
    RunStatus,
    RunView,
    StepEnded,
    StepStarted,
    StepState,
    StepView,
)


class Space:
    """A project of which nothing was made yet. `judged` has how many steps each look gave a verdict on."""

    def __init__(self, generation: Generation, failing: Mapping[str, str] | None = None) -> None:
        self.generation = generation
        self.failing = dict(failing or {})
        self.looks_for_failures = 0
        self.judged: list[int] = []
        self.ledger = self.now = self

    def in_force(self) -> Generation:
        return self.generation

    def failures(self) -> dict[StepName, Failure]:
        self.looks_for_failures += 1
        return {StepName(step): Failure(Manifest(()), line, "r0") for step, line in self.failing.items()}

    def outlook(self, steps: Sequence[StepName]) -> Outlook:
        self.judged.append(len(steps))
        return outlook(self.generation, steps, {}, {})

    def kept(self) -> Kept:
        return Kept({}, {}, {})


class Watched:
    """A board with what it told, once all was shown."""

    def __init__(self, text: str, **failing: str) -> None:
        self.space = Space(world(text), failing)
        self.told: list[Event] = []
        self.board = Board(self.space, self.told.append)  # type: ignore[arg-type]  # as much of a workspace as it needs
        self.board.replace()
        self.space.now.judged.clear()
        self.space.looks_for_failures = 0

    def hears(self, *events: Event) -> dict[str, AssetState]:
        """The assets that look different after these."""
        self.told.clear()
        for event in events:
            self.board.take(event)
        changed = [view for event in self.told if isinstance(event, AssetsChanged) for view in event.assets]
        return {view.key: view.state for view in changed}

    def state(self, key: str) -> AssetState:
        return self.board.shown[key].state


def begun(*steps: str) -> RunStarted:
    return RunStarted("r1", "you", PlanView(tuple(PlannedStep(s, (s,), (), True, None) for s in steps), 0, 0))


def started(step: str) -> StepStarted:
    return StepStarted("r1", step, (), 1, "")


def ended(step: str, state: StepState = StepState.SUCCEEDED, line: str | None = None) -> StepEnded:
    return StepEnded("r1", StepView(step, (step,), state, error=line, error_line=line))


OVER = RunEnded(RunView("r1", RunStatus.SUCCEEDED, "", "you", 0.0, 1.0, ()))
CHAIN = "a0; " + "; ".join(f"a{n}<-a{n - 1}" for n in range(1, 200))


def test_what_one_step_does_costs_one_verdict_however_many_assets_there_are() -> None:
    watched = Watched(CHAIN)
    assert watched.hears(begun("a0", "a1")) == {"a0": AssetState.QUEUED, "a1": AssetState.QUEUED}
    assert watched.hears(started("a0")) == {"a0": AssetState.RUNNING}
    assert watched.hears(ended("a0")) == {"a0": AssetState.MISSING}
    assert watched.space.now.judged == [2, 1, 1]
    assert watched.space.looks_for_failures == 0


def test_at_the_end_of_a_run_all_assets_are_looked_at() -> None:
    watched = Watched("a; b<-a; c")
    watched.hears(begun("a", "c"), OVER)
    assert watched.space.now.judged[-1] == 3
    assert watched.state("a") is AssetState.MISSING


def test_what_waits_for_a_step_that_fails_in_the_run_is_blocked_as_soon_as_it_is_told_of() -> None:
    watched = Watched("a; b<-a; c<-b; d")
    watched.hears(begun("a", "b", "c", "d"), started("a"))
    assert watched.hears(ended("a", StepState.FAILED, "KeyError: 'plan'")) == {"a": AssetState.FAILED}
    assert watched.board.shown["a"].error == "KeyError: 'plan'"
    assert watched.hears(ended("b", StepState.SKIPPED), ended("c", StepState.SKIPPED), ended("d")) == {
        "b": AssetState.BLOCKED,
        "c": AssetState.BLOCKED,
        "d": AssetState.MISSING,
    }
    assert watched.board.shown["c"].reason == "waits for a, which failed"


def test_what_failed_before_blocks_no_more_once_it_was_made() -> None:
    watched = Watched("a; b<-a", a="no luck")
    assert watched.state("b") is AssetState.BLOCKED
    watched.hears(begun("a", "b"), started("a"), ended("a"))
    assert watched.hears(ended("b")) == {"b": AssetState.MISSING}


def test_a_look_at_one_asset_looks_at_what_it_is_made_from_and_at_nothing_else() -> None:
    watched = Watched("x!; a<-x; b<-a; c<-b; d<-a")
    assert set(watched.board.look_up_from(Key("b"))) == {"x", "a", "b"}
    assert watched.space.now.judged == [2]


def test_two_runs_hold_their_own_steps() -> None:
    watched = Watched("a; b")
    other = RunStarted("r2", "save b.py", PlanView((PlannedStep("b", ("b",), (), True, None),), 0, 0))
    watched.hears(begun("a"), other, started("a"))
    watched.hears(RunEnded(RunView("r2", RunStatus.CANCELLED, "", "save b.py", 0.0, 1.0, ())))
    assert (watched.state("a"), watched.state("b")) == (AssetState.RUNNING, AssetState.MISSING)
