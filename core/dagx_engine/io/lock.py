"""The project lock: one engine at a time, told who holds it.

The lock is on the state folder itself, so deleting a lock file cannot let a second engine in; it goes with the
process, so nothing stale is left after a kill.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

__all__ = ["ProjectLock"]

_LOOK_SECONDS = 2.0
"""Nobody takes so long to look, not even on a machine that has much else to do."""


class ProjectLock:
    """Held from `acquire` to `release`, or until the process ends in any way."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._fd: int | None = None
        self.engine = ""
        """A name for who has it now, if that is this process: no other process had it, or will have it."""
        self.killed = ""
        """The name of the holder before, if that ended without giving it back."""

    def acquire(self, since: float) -> bool:
        """Take the lock; False when another process has it."""
        fd = os.open(self._state, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        if not _locked(fd):
            os.close(fd)
            return False
        self._fd = fd
        self.killed = _name_of(self.holder())
        holder = {"pid": os.getpid(), "since": since, "command": " ".join(["dagx", *sys.argv[1:]])}
        # A courtesy to whoever is refused: a full disk must not keep the engine from saying so itself.
        with contextlib.suppress(OSError):
            draft = self._state / "engine.json.new"
            draft.write_text(json.dumps(holder), encoding="utf-8")
            draft.replace(self._state / "engine.json")  # who reads it meanwhile finds one or the other
        self.engine = _name_of(holder)
        return True

    def is_held(self) -> bool:
        """Whether some process has the lock now."""
        fd = os.open(self._state, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            return not _is_shared(fd)
        finally:
            os.close(fd)

    def holder(self) -> Mapping[str, object]:
        """What the holder wrote of itself; empty when it wrote nothing that can be read."""
        try:
            found = json.loads((self._state / "engine.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def release(self) -> None:
        if self._fd is not None:
            with contextlib.suppress(OSError):  # what it says counts only while the lock is held
                (self._state / "engine.json").unlink()
            fcntl.flock(self._fd, fcntl.LOCK_UN)  # who is just being forked has the descriptor, too
            os.close(self._fd)
            self._fd, self.engine = None, ""


def _locked(fd: int) -> bool:
    """Take the lock. Who only looks whether it is held has a share of it for an instant: that is waited out."""
    deadline = time.monotonic() + _LOOK_SECONDS
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not _is_shared(fd) or time.monotonic() > deadline:
                return False
            time.sleep(0.001)
        else:
            return True


def _is_shared(fd: int) -> bool:
    """Whether nobody has the lock for itself."""
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(fd, fcntl.LOCK_UN)
    return True


def _name_of(holder: Mapping[str, object]) -> str:
    return f"{holder['pid']}-{holder['since']}" if "pid" in holder and "since" in holder else ""
