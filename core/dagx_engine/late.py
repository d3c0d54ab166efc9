"""Modules that most commands do without are imported when they are asked for, and ^C waits until that is done.

An exception in the middle of an import leaves a module half made, and where Python calls back into our code it is
printed and dropped.
"""

from __future__ import annotations

import importlib
import signal
import sys
import threading
from typing import Any

__all__ = ["late"]


def late(name: str) -> Any:
    """The module of this name. Its type is not known: what is asked of it, the caller declares."""
    found = sys.modules.get(name)
    return found if found is not None else _imported(name)


def _imported(name: str) -> Any:
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        return importlib.import_module(name)
    came: list[int] = []
    signal.signal(signal.SIGINT, lambda number, frame: came.append(number))
    try:
        return importlib.import_module(name)
    finally:
        signal.signal(signal.SIGINT, handler)
        if came:
            signal.raise_signal(signal.SIGINT)
