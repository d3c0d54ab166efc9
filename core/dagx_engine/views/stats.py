"""What is answered by `dagx stats`. Imported by that alone."""

from __future__ import annotations

from dagx_engine.pure.value import dataclass
from dagx_engine.views.runs import CostView

__all__ = ["SizeView", "SpentView", "StatsView"]


@dataclass(frozen=True)
class SpentView:
    """What a step cost in a time, on whatever partitions, and what it saved by not being executed."""

    step: str
    executions: int
    failed: int
    unchanged: int
    """Executed, and what came out was there already."""
    fresh: int
    """How often a run was to make it, and it was fresh."""
    restored: int
    """How often an earlier result was put back."""
    total_seconds: float
    most_seconds: float
    last_seconds: float | None
    usual_seconds: float | None
    """The median of the last executions that worked, at most five. None: none did."""
    usual_cost: CostView | None
    most_memory: int | None
    """The most that any of the executions had resident, in bytes."""
    saved_seconds: float
    """Its usual time, once for each time that it was fresh or restored."""
    assets: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()


@dataclass(frozen=True)
class SizeView:
    """What dagx stores of an asset as its current result, over all its partitions."""

    asset: str
    size: int
    rows: int | None
    partitions: int


@dataclass(frozen=True)
class StatsView:
    """Each list has at most as many entries as were asked for, the one that matters most first."""

    since: float
    """From when on, in seconds since 1970, and how many seconds ago that was."""
    seconds: float
    runs: int
    executions: int
    executed_seconds: float
    """What all executions took together."""
    cpu_seconds: float
    saved_seconds: float
    """What all reuse saved, also that of steps which are in no list."""
    reused: int
    """How many executions did not take place."""
    slowest: tuple[SpentView, ...]
    """By usual time."""
    largest: tuple[SizeView, ...]
    """By stored bytes, as it is now."""
    most_memory: tuple[SpentView, ...]
    most_rerun: tuple[SpentView, ...]
    most_saved: tuple[SpentView, ...]
