"""Commands run from outside: how long they took, what they used, and what else the machine did meanwhile."""

from __future__ import annotations

import os
import resource
import select
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Broken", "Ended", "OtherWork", "last_line", "run", "tree_below"]

_TICK = os.sysconf("SC_CLK_TCK")


class Broken(Exception):
    """What was run did not do what the row is about, so there is no figure."""


@dataclass(frozen=True)
class Ended:
    """A command that ended well."""

    seconds: float
    peak_mb: float
    """The largest resident size of it and of what it waited for."""
    out: str
    """What it printed, both streams."""

    @property
    def ms(self) -> float:
        return self.seconds * 1000


def run(
    command: list[str],
    folder: Path,
    environment: Mapping[str, str],
    *,
    allowed: float = 900,
    codes: tuple[int, ...] = (0,),
) -> Ended:
    """Run it to its end. What it prints goes to a file: a reader would take part in what is measured."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as printed:
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=printed,
        )
        in_time = _ends(process, allowed)
        if not in_time:
            process.terminate()
            if not _ends(process, 20):
                process.kill()
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        out = printed.read()
    if not in_time:
        raise Broken(f"`{_shown(command)}` was stopped after {allowed:.0f} s")
    if process.returncode not in codes:
        raise Broken(f"`{_shown(command)}` ended with code {process.returncode}: {last_line(out)}")
    return Ended(seconds, used.ru_maxrss / 1024, out)


def _ends(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait by its pidfd, which takes no time of anyone's; reaping is left to `wait4`, for what it used."""
    descriptor = os.pidfd_open(process.pid)
    try:
        return bool(select.select([descriptor], [], [], seconds)[0])
    finally:
        os.close(descriptor)


def _shown(command: list[str]) -> str:
    return " ".join([Path(command[0]).name, *command[1:]])[:160]


def last_line(out: str) -> str:
    lines = [line.strip() for line in out.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it printed nothing"


class OtherWork:
    """How many cores other work took since this was made: what was busy, less what we and our children used."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._before = _busy() - _ours()

    def cores(self) -> float:
        """Never below nothing: what is counted in ticks is not exact."""
        return max(0.0, (_busy() - _ours() - self._before) / max(time.monotonic() - self._began, 0.01))


def _busy() -> float:
    """Seconds of processor time that the machine has spent: user, nice, system, interrupts."""
    values = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    return (sum(values[:3]) + sum(values[5:7])) / _TICK


def _ours() -> float:
    found = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in found)


def tree_below(pid: int) -> dict[int, list[int]]:
    """The processes below one, each with its children: the process itself first."""
    children: dict[int, list[int]] = {}
    waiting = [pid]
    while waiting:
        one = waiting.pop(0)
        try:
            tasks = list(Path(f"/proc/{one}/task").iterdir())
            found = [int(child) for task in tasks for child in (task / "children").read_text().split()]
        except OSError:
            continue  # it ended meanwhile
        children[one] = found
        waiting += found
    return children
