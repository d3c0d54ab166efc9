"""The state of a file as `stat` tells it, and of a folder as a digest of its names: to see whether they changed.

Stamps are compared for difference alone, never for older or newer: clocks may be wrong. The engine uses the same.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Iterable

from dagx.worker.blake import blake2b

__all__ = [
    "ABSENT",
    "UNSURE",
    "Stamp",
    "is_racy",
    "kind_at",
    "listing_digest",
    "names_in",
    "settled_stamp",
    "stamp_of",
    "target_of",
]

ABSENT = "absent"
"""In place of the digest of what is not there."""

Stamp = tuple[int, int, int, int, int]
"""Device, inode, size, and the nanoseconds of the last change of content and of anything."""

UNSURE: Stamp = (0, 0, 0, 0, 0)
"""Of a file that changed so shortly before that it could change again and look the same."""

_stat, _readlink = os.stat, os.readlink  # from before they are wrapped: who asks here is not the project
_SECOND = 1_000_000_000
_COARSE_CLOCK = 5
"""The clock that Linux stamps files with: it stands still between two ticks of the kernel."""
_TICK = 20_000_000
_WHOLE_SECONDS = 2 * _SECOND
"""How far apart two changes are told apart where stamps have no fraction: FAT counts in twos."""
_PATIENCE = 0.05


def stamp_of(found: os.stat_result) -> Stamp:
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def is_racy(stamp: Stamp, margin: int = 0) -> bool:
    """Whether a change that comes now could leave the file with the same stamp; `margin` nanoseconds more for doubt.

    A stamp far in the future comes of a clock that was wrong, and no change will get it again.
    """
    changed = stamp[4]
    now = time.clock_gettime_ns(_COARSE_CLOCK) if sys.platform == "linux" else time.time_ns() - _TICK
    if not changed % _SECOND and not stamp[3] % _SECOND:
        margin = max(margin, _WHOLE_SECONDS)
    return now - margin <= changed <= now + _WHOLE_SECONDS


def settled_stamp(path: str) -> Stamp | None:
    """The stamp of a file that any later change will differ from; None when it is not there.

    Waits for the next tick of the clock if the file changed in this one; UNSURE where that takes too long.
    """
    deadline = time.monotonic() + _PATIENCE
    while True:
        is_last = time.monotonic() > deadline  # before it looks: it may be long until it is given time again
        try:
            stamp = stamp_of(_stat(path))
        except OSError:
            return None
        if not is_racy(stamp):
            return stamp
        if is_last:
            return UNSURE
        time.sleep(0.001)


def kind_at(path: str) -> str:
    """What there is, links followed: in place of a digest for who asked no more."""
    try:
        mode = _stat(path).st_mode
    except (OSError, ValueError):
        return ABSENT
    return "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else "other"


def target_of(path: str) -> str:
    """What stands in a link; ABSENT when it is none."""
    try:
        return f"to {_readlink(path)}"
    except (OSError, ValueError):
        return ABSENT


def names_in(folder: str) -> frozenset[str] | None:
    """What a folder holds; None when it cannot be listed."""
    try:
        return frozenset(os.listdir(folder))
    except OSError:
        return None


def listing_digest(names: Iterable[str]) -> str:
    """The digest of the names in a folder. What Python keeps there for itself does not count."""
    kept = sorted(os.fsencode(name) for name in names if name != "__pycache__")
    return blake2b(b"\0".join(kept), digest_size=16).hexdigest()
