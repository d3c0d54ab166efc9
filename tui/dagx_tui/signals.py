"""SIGTERM and SIGHUP: end in order, with what runs stopped and the terminal given back."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from collections.abc import Callable, Iterator

__all__ = ["given_back", "heed"]

_TOLD_TO_END = (signal.SIGTERM, signal.SIGHUP) if hasattr(signal, "SIGHUP") else (signal.SIGTERM,)


def heed(end: Callable[[int], None]) -> None:
    """Call `end` with the exit code when this process is told to end."""
    loop = asyncio.get_running_loop()
    for number in _TOLD_TO_END:
        # Not on every system, and not outside the main thread.
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, end, 128 + number)


@contextlib.contextmanager
def given_back() -> Iterator[None]:
    """The event loop takes the signals while it runs and leaves none of the handlers that stood before."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _TOLD_TO_END}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
