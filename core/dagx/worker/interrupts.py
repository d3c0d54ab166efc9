"""A request to stop, as an exception in the step; what the step forks ends at a SIGTERM like any process.

A child would inherit our handler. Raising in it is no end: what it runs may swallow that, and Python forgets a signal
that arrives while it forks. `multiprocessing.Pool` would wait for ever for the child that it has terminated.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Generator

from dagx.worker.step import Interrupted

__all__ = ["interruptible", "uninterrupted"]

_STOP = frozenset({signal.SIGTERM})
_masks = threading.local()


@contextlib.contextmanager
def interruptible() -> Generator[None, None, None]:
    """Whatever runs in it is torn by `Interrupted` when the engine asks this process to stop."""
    _follow_forks()
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def uninterrupted() -> Generator[None, None, None]:
    """A request to stop waits until it is left."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _interrupt(number: int, frame: object) -> None:
    raise Interrupted


_following = False


def _follow_forks() -> None:
    global _following
    if not _following:
        _following = True
        os.register_at_fork(before=_before_fork, after_in_parent=_put_mask_back, after_in_child=_in_child)


def _before_fork() -> None:
    _masks.before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)


def _put_mask_back() -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, _masks.before)


def _in_child() -> None:
    if signal.getsignal(signal.SIGTERM) is _interrupt:  # and none that the step has set
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _put_mask_back()
