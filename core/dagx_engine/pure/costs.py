"""What an execution of a step cost beside its time, and what is usual of a step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

from dagx_engine.pure.value import dataclass

__all__ = ["RECENT", "UNKNOWN", "Cost", "Execution", "Usual", "usual"]

RECENT = 5
"""What is usual is said of so many of the last executions that worked."""

_WORKED = ("succeeded", "unchanged")

Number = TypeVar("Number", int, float)


class Cost(NamedTuple):
    """None: it was not measured, as when its worker was killed.

    `memory_bytes` are the most that its process had resident, or a child of that; `read_bytes` and `written_bytes` went
    through `read` and `write`.
    """

    cpu_seconds: float | None = None
    memory_bytes: int | None = None
    read_bytes: int | None = None
    written_bytes: int | None = None


UNKNOWN = Cost()


@dataclass(frozen=True)
class Execution:
    """One of a step, that ended in this state."""

    step: str
    state: str
    seconds: float
    cost: Cost = UNKNOWN


@dataclass(frozen=True)
class Usual:
    """Medians of the last executions that worked, `of` so many; of memory the most."""

    of: int
    seconds: float
    cost: Cost


def usual(executions: Iterable[Execution]) -> Usual | None:
    """Of executions of a step, the last one first. None: none of them worked."""
    recent = [each for each in executions if each.state in _WORKED][:RECENT]
    if not recent:
        return None
    costs = [each.cost for each in recent]
    memory = _known(each.memory_bytes for each in costs)
    cost = Cost(
        cpu_seconds=_median(_known(each.cpu_seconds for each in costs)),
        memory_bytes=max(memory, default=None),
        read_bytes=_median(_known(each.read_bytes for each in costs)),
        written_bytes=_median(_known(each.written_bytes for each in costs)),
    )
    seconds = sorted(each.seconds for each in recent)
    return Usual(len(recent), seconds[len(seconds) // 2], cost)


def _known(found: Iterable[Number | None]) -> list[Number]:
    return [each for each in found if each is not None]


def _median(found: Sequence[Number]) -> Number | None:
    return sorted(found)[len(found) // 2] if found else None
