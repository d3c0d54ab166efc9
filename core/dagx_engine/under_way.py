"""A run under way: what was asked for, how far it is, and how its steps are shown."""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field, replace

from dagx_engine.attempts import Attempts
from dagx_engine.check_views import check_result
from dagx_engine.cost_views import cost_view
from dagx_engine.harvest import Attempt
from dagx_engine.io.log_names import logs_of
from dagx_engine.io.rows import Written
from dagx_engine.pure import run as machine
from dagx_engine.pure.definitions import Product, StepName
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.reasons import absence
from dagx_engine.pure.staleness import Held, Verdict
from dagx_engine.pure.value import dataclass
from dagx_engine.stored_views import reasons as reasons_in_views
from dagx_engine.stored_views import run_view
from dagx_engine.views import (
    OpView,
    ReasonView,
    RunStatus,
    RunView,
    StepState,
    StepView,
)
from dagx_engine.workspace import Workspace

__all__ = [
    "Active",
    "Request",
    "abandoned_view",
    "attempt_view",
    "ended_view",
    "row_of_step",
    "step_view",
    "why_skipped",
]

_NOT_ENDED = frozenset({StepState.WAITING, StepState.READY, StepState.RUNNING, StepState.RETRYING})


@dataclass(frozen=True)
class Request:
    """What to run: the steps that were selected, in dependency order, and why it was asked for.

    `parts` has what is wanted of steps that are to make less than they can.
    """

    steps: tuple[StepName, ...]
    selection: str = ""
    cause: str = "you"
    force: bool = False
    fail_fast: bool = False
    parts: Mapping[StepName, Collection[Product]] = field(default_factory=dict)

    @property
    def is_asked(self) -> bool:
        """Whether a person asked for it: else a save did, or the start of `dagx dev`."""
        return self.cause == "you"


@dataclass
class Active:
    """A run under way."""

    id: str
    request: Request
    generation: Generation
    """What its next steps are made by; attempts under way keep the one that they began with."""
    run: machine.Run
    began: float
    began_at: float
    attempts: Attempts
    refused: tuple[str, ...]
    verdicts: dict[StepName, Verdict] = field(default_factory=dict)
    waits: list[threading.Timer] = field(default_factory=list)
    ops: dict[StepName, list[OpView]] = field(default_factory=dict)
    """How the ops of jobs went so far."""
    left: set[StepName] = field(default_factory=set)
    """Steps that another run does in its place."""


def why_skipped(space: Workspace, active: Active, step: StepName) -> tuple[tuple[str, str], ...]:
    """Of a step that was held because something was left out, what that is; a failure tells itself."""
    held = active.verdicts.get(step)
    if not isinstance(held, Held):
        return ()
    ledger, generation = space.ledger, active.generation
    roots = [(key, ledger.absent(generation)[key]) for key in held.absent]
    return tuple(("", absence(generation, key, root, had_one=ledger.was_made(root))) for key, root in roots)


def ended_view(space: Workspace, active: Active) -> RunView:
    """A run as it is written down that it ended."""
    store = space.writable()
    found = store.find_run(active.id)[0]
    steps, results = store.steps(active.id), store.evaluations_of(active.id)
    ops = store.ops(active.id) if active.ops else {}
    return run_view(found, steps, results, logs_of(space.files.state, active.id), active.refused, ops)


def abandoned_view(space: Workspace, active: Active) -> RunView:
    """A run that is given up, and of which that may not be written yet."""
    found = ended_view(space, active)
    steps = tuple(replace(s, state=StepState.CANCELLED) if s.state in _NOT_ENDED else s for s in found.steps)
    return replace(found, status=RunStatus.CRASHED, steps=steps, seconds=space.clock.ticks() - active.began)


def attempt_view(
    active: Active,
    attempt: Attempt,
    state: StepState,
    seconds: float,
    text: str | None,
    line: str | None,
    written: Written,
) -> StepView:
    """How its step stands after an attempt; `written` is what that left in the store."""
    reasons = (("", line),) if state is StepState.SUPERSEDED and line else attempt.reasons
    name, assets, checks = row_of_step(attempt.generation, attempt.step)
    return StepView(
        name,
        tuple(assets),
        state,
        reasons_in_views(reasons),
        attempt=attempt.number,
        started_at=attempt.began_at,
        seconds=seconds,
        error=text,
        error_line=line if text else None,
        log_path=attempt.log if os.path.exists(attempt.log) else None,
        checks=tuple(checks),
        results=tuple(check_result(item) for item in written.checks),
        left_out=tuple(str(item.key) for item in written.made if item.standing == "left out"),
        ops=tuple(active.ops.get(attempt.step, ())),
        cost=cost_view(attempt.cost),
    )


def step_view(
    active: Active,
    step: StepName,
    state: StepState,
    reasons: tuple[ReasonView, ...],
    because: str | None = None,
) -> StepView:
    """How a step stands, of the generation that its run goes on with."""
    name, assets, checks = row_of_step(active.generation, step)
    ops = tuple(active.ops.get(step, ()))
    return StepView(name, tuple(assets), state, reasons, because=because, checks=tuple(checks), ops=ops)


def row_of_step(generation: Generation, step: StepName) -> tuple[str, Sequence[str], Sequence[str]]:
    """Its name, the assets that it makes or observes, and its checks."""
    return step, *generation.shown(step)
