"""What the executions of a time add up to, step by step, and what reuse spared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dagx_engine.pure.costs import Execution, Usual, usual
from dagx_engine.pure.value import dataclass

__all__ = ["Reuse", "Spent", "spent"]


@dataclass(frozen=True)
class Reuse:
    """How often a step was to be run and was not executed: it was fresh, or an earlier result was put back."""

    fresh: int = 0
    restored: int = 0


@dataclass(frozen=True)
class Spent:
    """By one step, on whatever partitions."""

    step: str
    executions: int
    failed: int
    unchanged: int
    """Executed, and what came out was there already."""
    total_seconds: float
    most_seconds: float
    last: Execution | None
    usual: Usual | None
    """Of this time; when it never worked in it, of before."""
    most_memory: int | None
    reuse: Reuse

    @property
    def saved_seconds(self) -> float:
        """What the executions that did not take place would have taken, by what is usual."""
        times = self.reuse.fresh + self.reuse.restored
        return times * self.usual.seconds if self.usual is not None else 0.0


def spent(
    executions: Iterable[Execution], reused: Mapping[str, Reuse], before: Mapping[str, Sequence[Execution]]
) -> list[Spent]:
    """One for each step that was executed or reused. The last executions come first, also of those `before`."""
    by_step: dict[str, list[Execution]] = {step: [] for step in reused}
    for each in executions:
        by_step.setdefault(each.step, []).append(each)
    return [
        _spent(step, found, reused.get(step, Reuse()), before.get(step, ()))
        for step, found in by_step.items()
    ]


def _spent(step: str, found: Sequence[Execution], reuse: Reuse, before: Sequence[Execution]) -> Spent:
    memory = [each.cost.memory_bytes for each in found if each.cost.memory_bytes is not None]
    return Spent(
        step,
        executions=len(found),
        failed=sum(each.state == "failed" for each in found),
        unchanged=sum(each.state == "unchanged" for each in found),
        total_seconds=sum(each.seconds for each in found),
        most_seconds=max((each.seconds for each in found), default=0.0),
        last=found[0] if found else None,
        usual=usual(found) or usual(before),
        most_memory=max(memory, default=None),
        reuse=reuse,
    )
