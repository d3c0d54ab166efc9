"""How many steps may run at once, in all and in each pool: a room that runs beside each other share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

__all__ = ["Room"]


class Room:
    """`slots` is for all steps together, `limits` for those of a pool; a pool without one holds nothing back."""

    def __init__(self, slots: int, limits: Mapping[str, int] | None = None) -> None:
        self._used = 0
        self._held: Counter[str] = Counter()
        self.resize(slots, limits or {})

    def resize(self, slots: int, limits: Mapping[str, int]) -> None:
        """From now on there is so much of it. What is held stays held, also when that is more."""
        if slots < 1:
            raise ValueError(f"slots must be at least 1, not {slots}")
        for pool, limit in limits.items():
            if limit < 1:
                raise ValueError(f"the pool {pool!r} must have at least 1 slot, not {limit}")
        self._slots = slots
        self._limits = dict(limits)

    @property
    def is_full(self) -> bool:
        return self._used >= self._slots

    def has_place(self, pools: Collection[str]) -> bool:
        """Whether a step of these pools could start now."""
        return not self.is_full and all(
            self._held[pool] < self._limits[pool] for pool in pools if pool in self._limits
        )

    def enter(self, pools: Collection[str]) -> None:
        """A step of these pools starts."""
        self._used += 1
        self._held.update(pools)

    def leave(self, pools: Collection[str]) -> None:
        """It runs no more."""
        self._used -= 1
        self._held.subtract(pools)
