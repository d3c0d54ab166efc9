"""What is answered by `dagx spin`. Imported by that alone."""

from __future__ import annotations

from dagx_engine.pure.value import dataclass
from dagx_engine.views.runs import CostView

__all__ = ["SpinView", "SpunCheck", "SpunValue"]


@dataclass(frozen=True)
class SpunValue:
    """What the step returned for an asset. It lies nowhere any more."""

    asset: str
    codec: str
    """How it would be stored; `none` if there is nothing that dagx would store."""
    size: int
    rows: int | None
    columns: tuple[tuple[str, str], ...]
    preview: str


@dataclass(frozen=True)
class SpunCheck:
    """What a check beside the value found."""

    name: str
    passed: bool
    description: str


@dataclass(frozen=True)
class SpinView:
    """One execution of a step on stored inputs, of which nothing was stored."""

    asset: str
    step: str
    ok: bool
    seconds: float | None
    cost: CostView | None
    values: tuple[SpunValue, ...] = ()
    checks: tuple[SpunCheck, ...] = ()
    wrote: tuple[str, ...] = ()
    """Files that its code wrote itself: those are changed."""
    notes: tuple[str, ...] = ()
    line: str = ""
    """The error of a step that failed, in one line."""
    text: str = ""
    """The whole of it."""
