"""The steps that could start, and which of them goes next: by priority, then by the longest remaining path.

Steps may be in pools, each with so many slots: one starts only while all of its pools have a free one. Knows nothing of
what a step is, nor of how many run at once.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping

from dagx_engine.pure.generation import StepName

__all__ = ["Ready"]

_Group = tuple[str, ...]
"""The pools of a step that have a limit."""


class Ready:
    """`order` is what decides in the end, `left` the length of the longest path from each step on, `priority` that of
    the steps that have one; `pools` has those of the steps that are in some, `limits` their slots.
    """

    def __init__(
        self,
        order: Mapping[StepName, int],
        left: Mapping[StepName, float],
        priority: Mapping[StepName, int],
        pools: Mapping[StepName, Collection[str]],
        limits: Mapping[str, int],
    ) -> None:
        for pool, limit in limits.items():
            if limit < 1:
                raise ValueError(f"the pool {pool!r} must have at least 1 slot, not {limit}")
        self._left = left
        self._priority = priority
        self._order = order
        self._group: dict[StepName, _Group] = {}
        for step, found in pools.items():
            limited = tuple(sorted(pool for pool in set(found) if pool in limits))
            if limited:
                self._group[step] = limited
        self._free = dict(limits)
        self._waiting: dict[_Group, list[tuple[int, float, int, StepName]]] = {}

    def add(self, step: StepName) -> None:
        """It could start from now on."""
        line = self._waiting.setdefault(self._group.get(step, ()), [])
        place = (-self._priority.get(step, 0), -self._left[step], self._order[step], step)
        heapq.heappush(line, place)

    def take(self) -> StepName | None:
        """The one that goes next, which holds a slot in each of its pools until `release`; None if none may."""
        best: _Group | None = None
        for group, line in self._waiting.items():
            if not line or any(self._free[pool] < 1 for pool in group):
                continue
            if best is None or line[0] < self._waiting[best][0]:
                best = group
        if best is None:
            return None
        for pool in best:
            self._free[pool] -= 1
        return heapq.heappop(self._waiting[best])[-1]

    def release(self, step: StepName) -> None:
        """It holds no slot any more."""
        for pool in self._group.get(step, ()):
            self._free[pool] += 1
