"""Being asked to stop, as an exception: ^C, `kill`, a terminal that closes. Knows not what is stopped."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["Interruption", "stopped_by_signals"]


class Interruption:
    """Which signal asked to stop, if any."""

    number: int = signal.SIGINT

    @property
    def exit_code(self) -> int:
        """130 for ^C, 143 for `kill`, 129 for a closed terminal."""
        return 128 + self.number


@contextmanager
def stopped_by_signals() -> Iterator[Interruption]:
    """Inside, SIGTERM and SIGHUP raise KeyboardInterrupt as ^C does, unless they were ignored (nohup)."""
    interruption = Interruption()

    def stop(number: int, frame: FrameType | None) -> None:
        interruption.number = number
        raise KeyboardInterrupt

    taken = [
        number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) == signal.SIG_DFL
    ]
    for number in taken:
        signal.signal(number, stop)
    try:
        yield interruption
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)
