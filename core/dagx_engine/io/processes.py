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

from dagx.worker.warden import KILL, LIFE_VARIABLE, TERMINATE

__all__ = ["Process", "Spawned", "spawn"]


class Process(Protocol):
    """One process. Its `handle`, a descriptor that can be polled for its end, may come later."""

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
    """A fresh process with the descriptor `end`, that writes to `out`, under guard of a warden. Raises OSError."""
    life, orders = os.pipe()
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd=folder,
            env={**environment, LIFE_VARIABLE: str(life)},
            pass_fds=[end, life],
            start_new_session=True,
        )
    except OSError:
        os.close(orders)
        raise
    finally:
        os.close(life)
    return Spawned(process, orders)


class Spawned:
    """A process under guard: the child of this one is its warden, who ends as it ended, after all that it started."""

    def __init__(self, process: subprocess.Popen[bytes], orders: int) -> None:
        self._process = process
        self._orders = orders
        self._handle = os.pidfd_open(process.pid)

    @property
    def handle(self) -> int:
        return self._handle

    def signal(self, number: int) -> None:
        if self._process.poll() is None:
            with contextlib.suppress(OSError):  # it ended between the question and the order
                os.write(self._orders, KILL if number == signal.SIGKILL else TERMINATE)

    def wait(self, seconds: float | None) -> int | None:
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def close(self) -> None:
        os.close(self._handle)
        os.close(self._orders)
