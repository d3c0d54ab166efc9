"""Processes that an engine of this project left behind when it was killed together with its wardens.

What they were started with says whose they are. A warden that outlives its engine ends everything itself.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from dagx.worker.containment import end_processes
from dagx.worker.wire import ENGINE_VARIABLE

__all__ = ["end_orphans"]


def end_orphans(engine: str, log: Path) -> None:
    """End all that this engine, which is gone, had started, with what that started; the log says what it was."""
    if not engine or not sys.platform.startswith("linux"):
        return
    mark = f"{ENGINE_VARIABLE}={engine}".encode()
    ended = end_processes(
        [pid for pid in map(int, filter(str.isdecimal, os.listdir("/proc"))) if _has(pid, mark)]
    )
    if ended:
        with log.open("a", encoding="utf-8") as stream:
            stream.write(f"dagx ended what an engine before it had left running: {', '.join(ended)}\n")


def _has(pid: int, mark: bytes) -> bool:
    try:
        with open(f"/proc/{pid}/environ", "rb") as stream:
            return mark in stream.read().split(b"\0")
    except OSError:
        return False  # it has ended, or is somebody else's
