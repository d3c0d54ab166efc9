"""A run that finds everything fresh: written down and told like any other, without what carries runs out."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence

from dagx_engine.io.settled import Settled, read_settled, write_settled
from dagx_engine.pure.definitions import StepName
from dagx_engine.pure.staleness import Fresh
from dagx_engine.views import (
    Event,
    Loaded,
    PlanView,
    RunEnded,
    RunStarted,
    RunStatus,
    RunView,
    StepState,
    StepView,
)
from dagx_engine.workspace import Workspace

__all__ = ["idle_run", "is_idle", "settle", "settled_run"]


def is_idle(space: Workspace, steps: Sequence[StepName]) -> bool:
    """Whether there is nothing to do, to put back, to skip or to wait for, as these steps were judged last."""
    found, asked = space.now.judged, set(steps)
    return (
        found is not None
        and not any(item.step in asked for item in found.planned)
        and all(isinstance(found.verdicts.get(step), Fresh) for step in steps)
    )


def idle_run(
    space: Workspace,
    steps: Sequence[StepName],
    selection: str,
    plan: PlanView,
    on_event: Callable[[Event], None],
) -> RunView:
    """All of these steps are fresh."""
    run, now = space.new_run_id(), space.clock.now()
    generation = space.in_force()
    rows = [(step, *generation.shown(step)) for step in steps]
    space.writable().idle_run(run, now, selection, "you", rows, os.getpid())
    space.keep_stamps()
    on_event(RunStarted(run, "you", plan))
    views = tuple(
        StepView(step, assets, StepState.FRESH, seconds=0.0, checks=checks) for step, assets, checks in rows
    )
    ended = RunView(run, RunStatus.SUCCEEDED, selection, "you", now, 0.0, views, plan.refused)
    on_event(RunEnded(ended))
    return ended


def settle(space: Workspace, done: RunView) -> None:
    """Keep what it was that all was found fresh on, so that the next run need not find it out again.

    What the verdicts were given on counts, not how it is by now.
    """
    generation = space.in_force()
    if not space.definitions or generation.is_partitioned or space.store is None:
        return
    observed = dict(space.now.observed)
    objects: dict[str, int] = {}
    for key in generation.assets:
        item = space.ledger.current(key)
        if item is None:
            continue
        if item.object_digest is not None:
            objects[item.object_digest] = item.size
        for name, digest in item.written:
            if observed.setdefault(name, digest) != digest:
                return  # of several that write it, and so of none
    current = space.store.current()
    numbers = (len(done.steps), len(generation.assets))
    found = Settled(done.run_id, *numbers, space.definitions, current, observed, objects)
    write_settled(space.files.state, found)


def settled_run(space: Workspace, began: float, on_event: Callable[[Event], None]) -> RunView | None:
    """A run of everything, if all that the last idle one rested on is as it was; else None, and nothing is done."""
    found, store = read_settled(space.files.state), space.writable()
    if (
        found is None
        or store.steps_of(found.run) != found.steps
        or store.current() != found.current
        or space.kept_definitions() != found.definitions
        or space.now.look(found.observed) != found.observed
        or not all(space.objects.is_whole(digest, size) for digest, size in found.objects.items())
    ):
        return None
    run, now = space.new_run_id(), space.clock.now()
    rows = store.idle_again(run, now, "you", found.run, os.getpid())
    space.keep_stamps()
    # The JSON of all rows is read at once: to begin anew for each costs more than to read it.
    assets, checks = (json.loads(f"[{','.join(column)}]") for column in list(zip(*rows, strict=True))[1:])
    on_event(Loaded(1, found.assets, time.monotonic() - began, first=True))
    on_event(RunStarted(run, "you", PlanView((), len(rows), len(rows))))
    views = tuple(
        StepView(row[0], tuple(made), StepState.FRESH, seconds=0.0, checks=tuple(looked))
        for row, made, looked in zip(rows, assets, checks, strict=True)
    )
    ended = RunView(run, RunStatus.SUCCEEDED, "", "you", now, 0.0, views)
    on_event(RunEnded(ended))
    return ended
