"""Processes that run project code, as the system knows them: started or forked, signalled, waited for.

A process has a group of its own, so that what it starts can be reached. Knows nothing of what they say or do.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

__all__ = ["Process", "Spawned", "end_group", "spawn"]


class Process(Protocol):
    """One process. Its `pid` and its `handle`, a descriptor that can be polled for its end, may come later."""

    @property
    def pid(self) -> int | None: ...

    @property
    def handle(self) -> int | None: ...

    def signal(self, number: int) -> None:
        """Send it to the group, if the process has not ended."""

    def wait(self, seconds: float | None) -> int | None:
        """Its exit code, negative for a signal; None if it has not ended in time."""

    def close(self) -> None:
        """Forget it: it has ended."""


def spawn(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], end: int, out: int
) -> Spawned:
    """A fresh process with the descriptor `end`, that writes to `out`, in a session of its own. Raises OSError."""
    return Spawned(
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd=folder,
            env=environment,
            pass_fds=[end],
            start_new_session=True,
        )
    )


class Spawned:
    """A child of this process."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._handle = os.pidfd_open(process.pid)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def handle(self) -> int:
        return self._handle

    def signal(self, number: int) -> None:
        if self._process.poll() is None:
            end_group(self._process.pid, number)

    def wait(self, seconds: float | None) -> int | None:
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def close(self) -> None:
        os.close(self._handle)


def end_group(pid: int, number: int = signal.SIGKILL) -> None:
    """Signal a process and what it left behind in its group; mostly it left nothing."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
