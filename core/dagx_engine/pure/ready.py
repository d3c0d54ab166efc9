"""The steps that could start, and which of them goes next: by priority, then by the longest remaining path.

One starts only while there is room for it, in all and in its pools. Knows nothing of what a step is.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping

from dagx_engine.pure.definitions import StepName
from dagx_engine.pure.room import Room

__all__ = ["Ready"]

_Group = tuple[str, ...]
"""The pools of a step."""


class Ready:
    """`order` is what decides in the end, `left` the length of the longest path from each step on, `priority` that of
    the steps that have one; `pools` has those of the steps that are in some.
    """

    def __init__(
        self,
        order: Mapping[StepName, int],
        left: Mapping[StepName, float],
        priority: Mapping[StepName, int],
        pools: Mapping[StepName, Collection[str]],
        room: Room,
    ) -> None:
        self._left = left
        self._priority = priority
        self._order = order
        self._group: dict[StepName, _Group] = {
            step: tuple(sorted(set(found))) for step, found in pools.items()
        }
        self._room = room
        self._waiting: dict[_Group, list[tuple[int, float, int, StepName]]] = {}

    def add(self, step: StepName) -> None:
        """It could start from now on."""
        line = self._waiting.setdefault(self._group.get(step, ()), [])
        place = (-self._priority.get(step, 0), -self._left[step], self._order[step], step)
        heapq.heappush(line, place)

    def take(self) -> StepName | None:
        """The one that goes next, which has its place in the room until `release`; None if none may."""
        if self._room.is_full:
            return None
        best: _Group | None = None
        for group, line in self._waiting.items():
            if not line or not self._room.has_place(group):
                continue
            if best is None or line[0] < self._waiting[best][0]:
                best = group
        if best is None:
            return None
        self._room.enter(best)
        return heapq.heappop(self._waiting[best])[-1]

    def release(self, step: StepName) -> None:
        """It runs no more."""
        self._room.leave(self._group.get(step, ()))
