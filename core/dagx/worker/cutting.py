"""The units of sources, each cut once; of a project that was never loaded beside its import, by a process of its own.

To cut all sources takes about as long as to import them. What the child finds out is kept like what this process would
find out itself: by the bytes that it is about. If others are executed, nobody asks for it. The child executes nothing
of the project.
"""

from __future__ import annotations

import contextlib
import gc
import marshal
import os
import signal
import sys
from collections.abc import Collection
from typing import NoReturn

from dagx.worker.code.model import ModuleUnits
from dagx.worker.code.units import cut
from dagx.worker.containment import die_with
from dagx.worker.kept import Kept
from dagx.worker.tracing.announcing import FILE, announced

__all__ = ["Ahead", "begin", "units_of"]

_LEAST = 1 << 16
"""So many bytes of sources are worth a process."""


def units_of(data: bytes, kept: Kept) -> ModuleUnits:
    """The units of a source, which only an edit of it changes. Raises SyntaxError as `compile` does."""
    plain = kept.find("units", data)
    if plain is not None:
        return ModuleUnits.of_plain(plain)
    found = cut(data)
    kept.add("units", data, found.to_plain())
    return found


class Ahead:
    """A child at work, which dies with this process. Nothing of it is left after `take` or `give_up`."""

    def __init__(self, pid: int, end: int) -> None:
        self._pid = pid
        self._end = end

    def take(self) -> dict[str, bytes]:
        """Wait for what it found out, as entries of `Kept`: none if it did not get through."""
        found: dict[str, bytes] = {}
        with contextlib.suppress(OSError, EOFError, ValueError, TypeError), open(self._end, "rb") as stream:
            found = marshal.load(stream)
        self._wait()
        return found

    def give_up(self) -> None:
        """Nobody wants to know any more."""
        with contextlib.suppress(ChildProcessError):
            if os.waitpid(self._pid, os.WNOHANG) == (0, 0):
                os.kill(self._pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.close(self._end)
        self._wait()

    def _wait(self) -> None:
        with contextlib.suppress(ChildProcessError):  # the project waited for whatever ended
            os.waitpid(self._pid, 0)


def begin(files: Collection[str], kept: Kept, announcements: str) -> Ahead | None:
    """Have these files cut by a child, if that is worth it. No code of the project may have run in this process."""
    if not kept.is_new or not _may_fork() or _size(files) < _LEAST:
        return None
    ours, theirs = os.pipe()
    me, pid = os.getpid(), os.fork()
    if pid == 0:
        os.close(ours)
        _work(me, files, kept, announcements, theirs)
    os.close(theirs)
    return Ahead(pid, ours)


def _may_fork() -> bool:
    """Whether there is a core for the child, and no other thread: what that holds would never be free there."""
    if not sys.platform.startswith("linux") or len(os.sched_getaffinity(0)) < 2:
        return False
    return len(os.listdir("/proc/self/task")) == 1


def _size(files: Collection[str]) -> int:
    total = 0
    for file in files:
        with contextlib.suppress(OSError):
            total += os.stat(file).st_size
    return total


def _work(parent: int, files: Collection[str], kept: Kept, announcements: str, end: int) -> NoReturn:
    """What is wrong with a file is for its import to tell."""
    code = 1
    try:
        die_with(parent)
        gc.disable()
        for file in files:
            with contextlib.suppress(OSError, SyntaxError, ValueError, RecursionError):
                with announced(announcements, FILE):
                    stream = open(file, "rb")  # noqa: SIM115 - only the opening is announced
                with stream:
                    units_of(stream.read(), kept)
        with open(end, "wb") as answer:
            marshal.dump(kept.found(), answer)
        code = 0
    finally:
        os._exit(code)
