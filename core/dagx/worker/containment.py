"""What a process starts ends with it: on Linux, also what has detached itself and what its parent left behind.

A process that adopts is told of no orphan below it: they become its own children, and can be found.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Collection, Iterable, Iterator

__all__ = ["adopt_orphans", "children", "die_with", "end_children", "end_processes"]

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_ON_LINUX = sys.platform.startswith("linux")
_SECONDS_TO_DIE = 2.0
_LOOKS = 20


def die_with(parent: int) -> None:
    """The kernel kills this process when `parent`, who should be its parent, dies; whatever it is doing then."""
    if _ON_LINUX:
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def adopt_orphans() -> None:
    """Processes below this one whose parent ends become its children."""
    if _ON_LINUX:
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children() -> frozenset[int]:
    """The children of this process, those that have ended and were not waited for included."""
    if not _ON_LINUX or not _has_children():
        return frozenset()
    return frozenset(_children_of("self"))


def end_children(keep: Collection[int] = ()) -> list[str]:
    """End all children but these, with all that they started; answers with the commands of those that still ran.

    They are stopped before they are killed: what forks all the time would slip away between a look and a kill.
    """
    ended: list[str] = []
    deadline = time.monotonic() + _SECONDS_TO_DIE
    while (left := _left(frozenset(keep))) and time.monotonic() < deadline:
        ended += _killed(_with_all_below(left))
        for pid in left:
            _wait_for(pid, deadline)
    return ended


def _left(keep: frozenset[int]) -> frozenset[int]:
    """Children but these. The kernel's list may lack one that comes while it is read: an empty one is read again."""
    for _ in range(_LOOKS):
        if found := children() - keep:
            return found
        if not _has_children():
            break
    return frozenset()


def end_processes(pids: Collection[int]) -> list[str]:
    """End these and all below them, who need not be children of this one; answers with their commands."""
    return _killed(_with_all_below(pids))


def _has_children() -> bool:
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _with_all_below(pids: Collection[int]) -> dict[int, None]:
    """These and all that they started, stopped one by one until no new one is found."""
    found: dict[int, None] = {}
    waiting = list(pids)
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found[pid] = None
            _kill(pid, signal.SIGSTOP)
            waiting += _children_of(str(pid))
    return found


def _children_of(pid: str) -> Iterator[int]:
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return  # it has ended
    for thread in threads:
        try:
            with open(f"/proc/{pid}/task/{thread}/children", "rb") as stream:
                yield from map(int, stream.read().split())
        except OSError:
            continue  # the thread has ended


def _killed(pids: Iterable[int]) -> list[str]:
    """Kill these, which are stopped; the commands of those that had not ended."""
    commands = {pid: _command_of(pid) for pid in pids}
    for pid in commands:
        _kill(pid, signal.SIGKILL)  # all: one whose first thread has ended looks ended, and its others go on
    return [command for command in commands.values() if command is not None]


def _command_of(pid: int) -> str | None:
    """Its command line; None of a process that has ended. While one begins a program it has none: that is waited for,
    and who has none even then is told by its name.
    """
    for _ in range(_LOOKS):
        words = _said_of(pid, "cmdline").rstrip(b"\0")
        if words:
            return " ".join(word.decode("utf-8", "replace") for word in words.split(b"\0"))
        if _has_ended(pid):
            return None
        time.sleep(0.001)
    return _said_of(pid, "comm").decode("utf-8", "replace").strip()


def _has_ended(pid: int) -> bool:
    """Also if nobody has waited for it yet."""
    state = _said_of(pid, "stat").rpartition(b")")[2].split()[:1]
    return state in ([], [b"Z"], [b"X"])


def _said_of(pid: int, what: str) -> bytes:
    """Nothing of a process that is gone."""
    try:
        with open(f"/proc/{pid}/{what}", "rb") as stream:
            return stream.read()
    except OSError:
        return b""


def _kill(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def _wait_for(pid: int, deadline: float) -> None:
    """Wait for a child that was killed; not for ever: one that hangs in the kernel cannot be killed."""
    while time.monotonic() < deadline:
        try:
            if os.waitpid(pid, os.WNOHANG)[0]:
                return
        except ChildProcessError:
            return  # somebody else waited for it
        time.sleep(0.001)
