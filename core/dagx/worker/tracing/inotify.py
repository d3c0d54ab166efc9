"""The kernel's own account of what happens in folders, on Linux. It tells no process: whoever did it, it is told.

Knows nothing of steps or projects: folders in, events out, in the order in which they happened.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys
from typing import NamedTuple

__all__ = [
    "CLOSED_UNWRITTEN",
    "CLOSED_WRITTEN",
    "CREATED",
    "DELETED",
    "IS_FOLDER",
    "MODIFIED",
    "MOVED_AWAY",
    "MOVED_HERE",
    "OPENED",
    "OVERFLOWN",
    "Happening",
    "Inotify",
]

MODIFIED = 0x2
CLOSED_WRITTEN = 0x8
CLOSED_UNWRITTEN = 0x10
OPENED = 0x20
MOVED_AWAY = 0x40
MOVED_HERE = 0x80
CREATED = 0x100
DELETED = 0x200
OVERFLOWN = 0x4000
IS_FOLDER = 0x40000000

_ONLY_FOLDERS = 0x01000000
_HEADER = struct.Struct("iIII")
_BLOCK = 1 << 16


class Happening(NamedTuple):
    """What happened, in which watched folder, to which name in it; empty: to the folder itself."""

    folder: int
    mask: int
    name: str


class Inotify:
    """One queue of the kernel's. Raises OSError where there is none to be had."""

    def __init__(self) -> None:
        if not sys.platform.startswith("linux"):
            raise OSError(errno.ENOSYS, "this system has no inotify")
        self._library = ctypes.CDLL(None, use_errno=True)
        self._queue = int(self._library.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
        if self._queue < 0:
            raise _error()

    def watch(self, folder: str, mask: int) -> int:
        """Begin to hear of a folder, and answer with its number. What lies in folders below it is not heard."""
        number = int(self._library.inotify_add_watch(self._queue, os.fsencode(folder), mask | _ONLY_FOLDERS))
        if number < 0:
            raise _error()
        return number

    def happened(self) -> list[Happening]:
        """All that happened since this was asked last."""
        found: list[Happening] = []
        while True:
            try:
                data = os.read(self._queue, _BLOCK)
            except BlockingIOError:
                return found
            place = 0
            while place < len(data):
                folder, mask, _, length = _HEADER.unpack_from(data, place)
                place += _HEADER.size
                name = data[place : place + length].rstrip(b"\0")
                place += length
                found.append(Happening(folder, mask, os.fsdecode(name)))

    def fileno(self) -> int:
        """What can be waited for: there is something to read when something happened."""
        return self._queue

    def close(self) -> None:
        os.close(self._queue)


def _error() -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))
