"""The clock: wall time for people, a monotonic count for durations. Tests put another one in its place."""

from __future__ import annotations

import time
from typing import Protocol

__all__ = ["Clock", "SystemClock"]


class Clock(Protocol):
    def now(self) -> float:
        """Seconds since 1970, for people."""
        ...

    def ticks(self) -> float:
        """Seconds of a count that never jumps, for durations."""
        ...


class SystemClock:
    def now(self) -> float:
        return time.time()

    def ticks(self) -> float:
        return time.monotonic()
