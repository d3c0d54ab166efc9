"""An active run, as far as its news has told of it."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Running"]


@dataclass
class Running:
    """An active run."""

    run_id: str
    cause: str
    began: float
    total: int
    done: int = 0
    todo: set[str] = field(default_factory=set)
    """Its steps that have not ended."""
    under_way: set[str] = field(default_factory=set)
    """Those of them that run now."""
    expected: dict[str, float] = field(default_factory=dict)
    """Seconds that each step not yet ended took last time, where that is known."""

    def left(self, now: float, running: dict[str, float]) -> float | None:
        """A guess at the seconds still to go, by the steps alone; None when nothing is known."""
        if not self.expected:
            return None
        return sum(max(0.0, took - (now - running.get(step, now))) for step, took in self.expected.items())
