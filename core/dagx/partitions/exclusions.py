"""Ticks that are left out of a schedule of partitions: how many before a tick, found as far as was asked."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from threading import Lock
from typing import Any

from dagx.time.ticks import Ticks

# Looked for this far beyond what is asked, so that asking tick by tick does not look tick by tick.
_AHEAD = 400 * 86_400


class Exclusions:
    """The ticks of `ticks` that are at one of some instants or are ticks of one of `excluded` too.

    Positions are numbers of `ticks` counted from `first`; none before it is left out.
    """

    def __init__(self, ticks: Ticks, first: int, instants: Sequence[int], excluded: Sequence[Ticks]) -> None:
        self._ticks = ticks
        self._first = first
        self._excluded = excluded
        self._until = ticks.at(first)
        self._instants = sorted(instant for instant in set(instants) if ticks.is_tick(instant))
        self._positions: list[int] = []
        self._lock = Lock()

    def before(self, position: int) -> int:
        """How many left out ticks there are before `position`."""
        if position <= 0:
            return 0
        self._cover(self._ticks.at(self._first + position))
        return bisect_left(self._positions, position)

    def is_excluded(self, position: int) -> bool:
        """Whether the tick at `position` is left out."""
        return self.before(position + 1) > self.before(position)

    def position(self, place: int) -> int:
        """The position of the tick that `place` ticks come before, not counting those left out."""
        position = place
        while position != (further := place + self.before(position + 1)):
            position = further
        return position

    def __reduce__(self) -> tuple[Any, ...]:
        return Exclusions, (self._ticks, self._first, self._instants, self._excluded)

    def _cover(self, instant: int) -> None:
        if instant < self._until:
            return
        with self._lock:
            if instant >= self._until:
                self._extend(instant + _AHEAD)

    def _extend(self, until: int) -> None:
        found = {at for at in self._instants if self._until <= at < until}
        for ticks in self._excluded:
            shared = ticks.between(ticks.number(self._until), ticks.number(until))
            found.update(at for at in shared if self._ticks.is_tick(at))
        self._positions += sorted(self._ticks.number(at) - self._first for at in found)
        self._until = until
