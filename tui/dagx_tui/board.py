"""What the app knows of the project, folded from the engine's news one event at a time.

Knows no widget, no engine and no clock: the time of a batch is passed in. `Change` says what must be drawn
again.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import assert_never

from dagx_engine.views import (
    AssetsChanged,
    AssetState,
    AssetView,
    BoardReplaced,
    EngineEnded,
    Event,
    Loaded,
    LoadFailed,
    Notice,
    OpEnded,
    RunEnded,
    RunStarted,
    Saved,
    StatusView,
    StepAudited,
    StepEnded,
    StepLog,
    StepStarted,
    StepState,
)
from dagx_tui import said
from dagx_tui.failure import error_lines
from dagx_tui.log_book import LogBook
from dagx_tui.running import Running, chains
from dagx_tui.said import Said
from dagx_tui.spent import Spent, in_words, spent
from dagx_tui.tree import Shape, shape

__all__ = ["Board", "Change"]

RUNS_AT_MOST = 50


@dataclass
class Change:
    """What a batch of news touched."""

    replaced: bool = False
    keys: set[str] = field(default_factory=set)
    logs: set[str] = field(default_factory=set)
    """Steps that wrote something."""
    begun: bool = False
    """A run began."""
    started: str | None = None
    """The step that began last."""
    failed: str | None = None
    """A step that failed."""
    run: bool = False
    problem: bool = False
    said: list[Said] = field(default_factory=list)


class Board:
    def __init__(self) -> None:
        self.project = ""
        self.generation = 0
        self.loaded = False
        """A generation was shown at least once."""
        self.problem: str | None = None
        self.assets: dict[str, AssetView] = {}
        self.shape = Shape()
        self.counts: Counter[AssetState] = Counter()
        self.group_counts: dict[str, Counter[AssetState]] = {}
        self.unmade: set[str] = set()
        """Assets that were never made and that running all would make: not those with partitions."""
        self._runs: dict[str, Running] = {}
        self.running: dict[str, float] = {}
        """Steps that run now, and since when."""
        self.logs = LogBook()
        self.errors: dict[str, str] = {}
        """The whole error of each step that failed while we looked."""
        self.spent: deque[Spent] = deque(maxlen=RUNS_AT_MOST)
        """What the runs cost that ended while we looked, the newest last."""
        self.ended = False
        """The engine is gone; all else stays as it was."""
        self._shown: dict[str, AssetState] = {}
        self._makes: dict[str, list[str]] = {}

    @property
    def run(self) -> Running | None:
        """The active run that began last."""
        return next(reversed(self._runs.values()), None)

    @property
    def runs(self) -> tuple[Running, ...]:
        """All active runs, the oldest first: they go on beside each other."""
        return tuple(self._runs.values())

    def run_of(self, key: str) -> Running | None:
        """The active run that makes this asset."""
        step = self.assets[key].step
        return next((run for run in self._runs.values() if step in run.todo), None)

    def state(self, key: str) -> AssetState:
        """What the row shows: an asset whose step runs is running, whatever its view says."""
        return self._shown[key]

    def makes(self, step: str) -> list[str]:
        """The assets that a step makes."""
        return self._makes.get(step, [])

    def since(self, key: str) -> float | None:
        """When the step of a running asset began."""
        return self.running.get(self.assets[key].step)

    def expects(self, key: str) -> float | None:
        """How long the step of this asset will take, by its last time."""
        asset, run = self.assets[key], self.run_of(key)
        planned = run.expected.get(asset.step) if run is not None else None
        return planned if planned is not None else asset.seconds

    def apply(self, events: Iterable[Event], now: float) -> Change:
        change = Change()
        for event in events:
            self._apply(event, now, change)
        return change

    def _apply(self, event: Event, now: float, change: Change) -> None:
        match event:
            case BoardReplaced(status):
                if not self.loaded:
                    change.said.append(said.first_board(status))
                self._replace(status)
                change.replaced = change.problem = change.run = True
            case AssetsChanged(assets):
                for asset in assets:
                    if asset.key in self.assets:
                        self.assets[asset.key] = asset
                        self._show(asset.key, change)
            case Saved(paths):
                change.said.append(said.saved(paths))
            case Loaded():
                self.generation = event.generation
                change.said.append(said.loaded(event))
                change.run = True
            case LoadFailed(problem):
                self.problem = problem
                change.problem = change.run = True
                change.said.append(said.broken(self.loaded))
            case RunStarted(run_id, cause, plan):
                expected = {s.step: s.expected_seconds for s in plan.steps if s.expected_seconds is not None}
                steps = {step.step for step in plan.steps}
                for other in self._runs.values():
                    other.lose(steps)
                self._runs[run_id] = Running(
                    run_id,
                    cause,
                    now,
                    len(steps),
                    todo=steps,
                    expected=expected,
                    chains=chains(plan.steps),
                    slots=plan.slots,
                )
                change.run = change.begun = True
                change.said.append(said.run_started(event))
            case StepStarted(run_id, step):
                self.running[step] = now
                if run_id in self._runs:
                    self._runs[run_id].under_way.add(step)
                self.logs.begin(step, run_id)
                change.started = step
                self._show_step(step, change)
            case StepLog(run_id, step, text):
                self.logs.add(step, run_id, text)
                change.logs.add(step)
            case StepEnded(run_id, step):
                self.running.pop(step.step, None)
                if (active := self._runs.get(run_id)) is not None:
                    active.under_way.discard(step.step)
                    if step.state not in (StepState.RETRYING, StepState.SUPERSEDED):
                        active.done += step.step in active.todo
                        active.todo.discard(step.step)
                        active.expected.pop(step.step, None)
                self.errors.pop(step.step, None)
                if step.error:
                    self.logs.fail(
                        step.step, run_id, error_lines(step.error, next(iter(step.assets), step.step))
                    )
                    change.logs.add(step.step)
                if step.state is StepState.FAILED:
                    change.failed = step.step
                    self.errors[step.step] = step.error or ""
                self._show_step(step.step, change)
            case RunEnded(run):
                over = self._runs.pop(run.run_id, None)
                for name in sorted(over.under_way) if over is not None else ():
                    self.running.pop(name, None)
                    self._show_step(name, change)
                change.run = True
                cost = spent(run)
                self.spent.append(cost)
                change.said.append(said.run_ended(run, in_words(cost.cpu, cost.memory)))
            case OpEnded() | StepAudited():
                pass  # of jobs and audits, which are begun on the command line
            case Notice():
                change.said.append(Said(event.text, event.level))
            case EngineEnded(problem):
                self.ended = True
                self.problem = problem or "nobody asked it to"
                self._runs.clear()
                ended, self.running = list(self.running), {}
                for name in ended:
                    self._show_step(name, change)
                change.problem = change.run = True
                change.said.append(said.ENDED)
            case _:
                assert_never(event)

    def _replace(self, status: StatusView) -> None:
        self.project = status.project
        self.generation = status.generation
        self.problem = status.problem
        self.loaded = True
        self.assets = {asset.key: asset for asset in status.assets}
        self.shape = shape(status.assets)
        self._makes = {}
        for asset in status.assets:
            self._makes.setdefault(asset.step, []).append(asset.key)
        self._shown = {}
        self.counts = Counter()
        self.group_counts = {}
        self.unmade = set()
        nothing = Change()
        for key in self.assets:
            self._show(key, nothing)

    def _show_step(self, step: str, change: Change) -> None:
        for key in self.makes(step):
            self._show(key, change)
        change.run = True

    def _show(self, key: str, change: Change) -> None:
        """Bring state, counts and the set of changed rows into line with what is known of this asset."""
        asset = self.assets[key]
        state = AssetState.RUNNING if asset.step in self.running else asset.state
        members = self.group_counts.setdefault(asset.group, Counter())
        old = self._shown.get(key)
        if old is not state:
            if old is not None:
                self.counts[old] -= 1
                members[old] -= 1
            self.counts[state] += 1
            members[state] += 1
            if state is AssetState.MISSING and not asset.partitions:
                self.unmade.add(key)
            else:
                self.unmade.discard(key)
            self._shown[key] = state
        change.keys.add(key)
