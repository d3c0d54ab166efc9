"""Being asked to stop, as a word to whoever carries something out."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

__all__ = ["interrupts"]


@contextmanager
def interrupts(tell: Callable[[], None]) -> Iterator[None]:
    """Call `tell` at Ctrl-C, TERM and when the terminal closes, so that nothing is torn in the middle of a transaction.

    Handlers that the front end installed are called first, so it knows which signal it was; that they raise
    KeyboardInterrupt means nothing here.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [
        n for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if signal.getsignal(n) != signal.SIG_IGN
    ]
    before = {number: signal.getsignal(number) for number in numbers}

    def heard(number: int, frame: FrameType | None) -> None:
        handler = before[signal.Signals(number)]
        with suppress(KeyboardInterrupt):
            if callable(handler):
                handler(number, frame)
        tell()

    for number in numbers:
        signal.signal(number, heard)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
