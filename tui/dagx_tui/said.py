"""What the status line says of the engine's news: one short sentence each. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dagx_engine.views import Loaded, RunStarted, RunStatus, RunView, StatusView, StepState
from dagx_tui.words import count, short_run, took

__all__ = ["ENDED", "Said", "broken", "counted", "first_board", "loaded", "run_ended", "run_started", "saved"]


@dataclass(frozen=True)
class Said:
    text: str
    level: str = "info"
    """`info`, `good`, `warning` or `error`."""
    command: str = ""
    """The command line that would have done it."""


ENDED = Said("the engine ended: q quits", "error")


def first_board(status: StatusView) -> Said:
    if status.jobs and not status.assets:
        job = status.jobs[0].name
        return Said(f"only jobs here, no assets: dagx run --job {job}", command=f"dagx run --job {job}")
    if not status.assets:
        return Said("no assets yet: a function under @dg.asset makes one", "warning")
    return Said(f"{count(len(status.assets), 'asset')} · ? shows all keys")


def saved(paths: Sequence[str]) -> Said:
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return Said(f"saved {paths[0] if paths else 'a file'}{more}")


def loaded(event: Loaded) -> Said:
    return Said(
        f"loaded {count(event.assets, 'asset')} in {took(event.seconds)} · generation {event.generation}",
        "good",
    )


def broken(had_one: bool) -> Said:
    after = "the last good graph stays" if had_one else "dagx watches for the fix"
    return Said(f"the project does not load · {after}", "error")


def run_started(event: RunStarted) -> Said:
    plan = event.plan
    about = f", about {took(plan.expected_seconds)}" if plan.expected_seconds is not None else ""
    size = (
        f"{len(plan.steps):,} of {count(plan.total, 'step')}"
        if plan.total
        else count(len(plan.steps), "step")
    )
    return Said(f"{event.cause} → run {short_run(event.run_id)}: {size}{about}")


_ENDS = (
    (StepState.FAILED, "failed"),
    (StepState.SUCCEEDED, "made"),
    (StepState.UNCHANGED, "unchanged"),
    (StepState.RESTORED, "restored"),
    (StepState.FRESH, "fresh"),
    (StepState.SKIPPED, "skipped"),
    (StepState.SUPERSEDED, "superseded"),
    (StepState.CANCELLED, "cancelled"),
)


def counted(run: RunView) -> str:
    """`3 made, 1 failed`."""
    states = Counter(step.state for step in run.steps)
    found = [f"{states[state]:,} {word}" for state, word in _ENDS if states[state]]
    return ", ".join(found) or "nothing ran"


def run_ended(run: RunView, cost: str = "") -> Said:
    """How it ended, and what it cost in words."""
    in_time = f" in {took(run.seconds)}" if run.seconds is not None else ""
    level = {RunStatus.SUCCEEDED: "good", RunStatus.CANCELLED: "warning"}.get(run.status, "error")
    failed = [step.step for step in run.steps if step.state is StepState.FAILED]
    which = f" ({failed[0]})" if len(failed) == 1 else ""
    more = f" · {cost}" if cost else ""
    return Said(
        f"run {short_run(run.run_id)} {run.status.value}{which}: {counted(run)}{in_time}{more}", level
    )
