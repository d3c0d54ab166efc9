"""Who holds the project lock, and whether the system lets that process run."""

from __future__ import annotations

import time
from pathlib import Path

from dagx_engine.io.lock import ProjectLock
from dagx_engine.pure.value import dataclass

__all__ = ["Holder", "has_lock", "holder_of", "is_stopped", "way_on"]


@dataclass(frozen=True)
class Holder:
    """What it wrote of itself when it took the lock; a pid of 0 when that cannot be read."""

    pid: int = 0
    command: str = ""
    since: float | None = None

    @property
    def name(self) -> str:
        """`dagx dev` (pid 17, since 12:03)."""
        if not self.pid:
            return "another dagx"
        since = "" if self.since is None else f", since {time.strftime('%H:%M', time.localtime(self.since))}"
        return f"`{self.command or 'dagx'}` (pid {self.pid}{since})"


def holder_of(state: Path) -> Holder:
    """Of the lock on this state folder, as far as it is known."""
    said = ProjectLock(state).holder()
    pid, command, since = said.get("pid"), said.get("command"), said.get("since")
    return Holder(
        pid if isinstance(pid, int) else 0,
        command if isinstance(command, str) else "",
        float(since) if isinstance(since, int | float) else None,
    )


def is_stopped(pid: int) -> bool:
    """Whether the process was stopped, by a signal or a debugger; False where the system does not tell."""
    return _stat(pid)[:1] in (["T"], ["t"])


def way_on(pid: int) -> str:
    """How a stopped process is let go on.

    Its shell has taken the terminal back from one that was in the foreground: after a SIGCONT alone the next touch of
    the terminal stops it again.
    """
    found = _stat(pid)
    group, terminal, foreground = found[2:3], found[4:5], found[5:6]
    return "`fg` in its terminal" if terminal != ["0"] and group != foreground else f"`kill -CONT {pid}`"


def _stat(pid: int) -> list[str]:
    """State, parent, group, session, terminal, group in its foreground, ...; nothing where the system does not tell."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return stat.rpartition(")")[2].split()


def has_lock(pid: int, state: Path) -> bool:
    """Whether this very process holds the lock, as the system says: what it wrote of itself may be out of date."""
    try:
        lines = Path("/proc/locks").read_text(encoding="utf-8").splitlines()
        inode = str(state.stat().st_ino)
    except OSError:
        return False
    held = (line.split() for line in lines)
    return any(
        words[1] == "FLOCK" and words[4] == str(pid) and words[5].rpartition(":")[2] == inode
        for words in held
        if len(words) > 5
    )
