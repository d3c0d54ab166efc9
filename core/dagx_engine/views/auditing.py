"""What `dagx audit` found. Imported by that alone: other commands start without it."""

from __future__ import annotations

from dagx_engine.pure.value import dataclass
from dagx_engine.views.comparing import ComparedView

__all__ = ["AuditView", "AuditedStep", "DifferingView"]


@dataclass(frozen=True)
class DifferingView:
    """An asset, or a file that its step writes, that came out otherwise."""

    name: str
    before: int | None
    """Bytes of the one, None where it did not come."""
    after: int | None
    difference: ComparedView | None = None
    """What differs, where values could be compared."""


@dataclass(frozen=True)
class AuditedStep:
    """One step and what became of executing it again.

    `outcome` is `same`, `false hit`, `hash seed`, `not deterministic`, `failed` or `left out`.
    """

    step: str
    assets: tuple[str, ...]
    outcome: str
    text: str = ""
    """In one line, why it was left out, or how it failed."""
    hints: tuple[str, ...] = ()
    """What may be behind a false hit, and what to do."""
    seconds: float | None = None
    executions: int = 0
    differs: tuple[DifferingView, ...] = ()
    error: str | None = None
    """The whole error of one that failed."""


@dataclass(frozen=True)
class AuditView:
    steps: tuple[AuditedStep, ...]
    seconds: float
    passed_over: int = 0
    """How many fresh steps `--sample` passed over."""
    not_fresh: int = 0
    """How many of the selected steps are not fresh: nothing of theirs counts as cached."""
    notes: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many steps came out in which way, without zeros."""
        found = [step.outcome for step in self.steps]
        return {outcome: found.count(outcome) for outcome in dict.fromkeys(found)}

    @property
    def ok(self) -> bool:
        """Nothing is stored that a clean build would not make."""
        return not any(step.outcome in ("false hit", "failed") for step in self.steps)
