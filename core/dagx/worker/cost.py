"""What one step costs this process and the processes that it started: processor time, memory, bytes.

Two system calls and three small files of `/proc`, together some 40 microseconds. What cannot be measured is None.
"""

from __future__ import annotations

import os
import resource
import sys

__all__ = ["Meter"]

_ON_LINUX = sys.platform.startswith("linux")
_UNIT = 1024 if _ON_LINUX else 1
"""Of `ru_maxrss`: macOS counts bytes."""
_RESET_PEAK = b"5"


class Meter:
    """Measures from when it is made until it is read."""

    def __init__(self) -> None:
        _reset_peak()
        self._children = resource.getrusage(resource.RUSAGE_CHILDREN)
        self._own = resource.getrusage(resource.RUSAGE_SELF)
        self._moved = _moved()

    def read(self) -> dict[str, float | int | None]:
        """The cost so far.

        `cpu_seconds`: user and system time of this process, with all its threads, and of children that were waited for.
        `memory_bytes`: the most that this process had resident, libraries and what earlier steps left in it included;
        that of a child, if it had more than this process and than all children before. Where the system cannot set its
        mark back, what earlier steps had counts too: then it is an upper bound.
        `read_bytes`, `written_bytes`: what went through `read` and `write`, of whatever: files, from the disk or from
        memory, pipes, logs. Children that were waited for count. Files mapped into memory and sockets do not.
        """
        moved = _moved()
        own = resource.getrusage(resource.RUSAGE_SELF)
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        peak = own.ru_maxrss
        if children.ru_maxrss > self._children.ru_maxrss:
            peak = max(peak, children.ru_maxrss)
        told: dict[str, float | int | None] = {
            "cpu_seconds": round(
                _seconds(own) - _seconds(self._own) + _seconds(children) - _seconds(self._children), 6
            ),
            "memory_bytes": peak * _UNIT,
            "read_bytes": None,
            "written_bytes": None,
        }
        if moved is not None and self._moved is not None:
            read, written, look = self._moved
            told["read_bytes"], told["written_bytes"] = moved[0] - read - look, moved[1] - written
        return told


def _seconds(usage: resource.struct_rusage) -> float:
    return usage.ru_utime + usage.ru_stime


def _reset_peak() -> None:
    """Let the system's mark of the most memory begin again, where that can be done."""
    if not _ON_LINUX:
        return
    try:
        end = os.open("/proc/self/clear_refs", os.O_WRONLY | os.O_CLOEXEC)
    except OSError:
        return
    try:
        os.write(end, _RESET_PEAK)
    except OSError:
        return
    finally:
        os.close(end)


def _moved() -> tuple[int, int, int] | None:
    """The bytes read and written so far; and how many this look reads, which the next one finds counted."""
    try:
        end = os.open("/proc/self/io", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        found = os.read(end, 512)
    except OSError:
        return None
    finally:
        os.close(end)
    lines = found.split(b"\n", 2)
    try:
        return int(lines[0][7:]), int(lines[1][7:]), len(found)
    except (IndexError, ValueError):
        return None
