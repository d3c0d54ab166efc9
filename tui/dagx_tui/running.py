"""An active run, as far as its news has told of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from dagx_engine.views import PlannedStep

__all__ = ["Running", "chains"]


def chains(steps: Sequence[PlannedStep]) -> dict[str, float]:
    """Step to the seconds that it and the longest chain of steps behind it take, as far as they are known."""
    found: dict[str, float] = {}
    behind: dict[str, float] = {}
    for step in reversed(steps):  # downstream first
        found[step.step] = (step.expected_seconds or 0.0) + behind.get(step.step, 0.0)
        for need in step.waits_for:
            behind[need] = max(behind.get(need, 0.0), found[step.step])
    return found


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
    chains: dict[str, float] = field(default_factory=dict)
    """Step to the seconds that it and the longest chain of steps behind it take."""
    slots: int = 1
    """How many steps run at once."""

    def lose(self, steps: Iterable[str]) -> None:
        """Another run has taken these over."""
        gone = self.todo.intersection(steps)
        self.total -= len(gone)
        self.todo -= gone
        for step in gone:
            self.expected.pop(step, None)
        if gone:
            self.chains = {}  # they led through these

    def left(self, now: float, running: dict[str, float]) -> float | None:
        """A guess at the seconds still to go, by the steps alone; None when nothing is known.

        As before the run: the longest chain of steps, or all of them dealt out to the slots.
        """
        if not self.expected:
            return None
        work = longest = 0.0
        for step, took in self.expected.items():
            spent = min(took, now - running[step]) if step in running else 0.0
            work += took - spent
            longest = max(longest, self.chains.get(step, took) - spent)
        return max(longest, work / self.slots)
