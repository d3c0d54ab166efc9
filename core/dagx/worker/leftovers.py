"""What a step leaves running in a process that lives on: helpers of multiprocessing, and all that it started."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Collection

from dagx.worker.containment import end_children

__all__ = ["end_leftovers"]


def end_leftovers(older: Collection[int]) -> None:
    """End what the step left, but for children that were there before; a line in its log names each."""
    _end_helpers()
    for command in end_children(keep={*older, _tracker()}):
        print(f"dagx ended what the step left running: {command}", file=sys.stderr)


def _end_helpers() -> None:
    """End what multiprocessing keeps until its process exits: pools, servers, a folder in the temporary folder."""
    finalize = getattr(sys.modules.get("multiprocessing.util"), "_run_finalizers", None)
    if finalize is not None:
        finalize(0)  # pools and managers; the last ones take away the folder that the next lines need
        _end_fork_server()
        finalize()


def _tracker() -> int:
    """The process that keeps account of what multiprocessing shares. It serves later steps too; 0 if there is none."""
    tracker = getattr(sys.modules.get("multiprocessing.resource_tracker"), "_resource_tracker", None)
    return getattr(tracker, "_pid", None) or 0


def _end_fork_server() -> None:
    """The server of the method `forkserver`, the default from Python 3.14 on: its address lies in a folder that goes,
    and a later step must not be sent there. Killed first: it waits for children that the step left behind.
    """
    server = getattr(sys.modules.get("multiprocessing.forkserver"), "_forkserver", None)
    process = getattr(server, "_forkserver_pid", None)
    if server is None or process is None:
        return
    with contextlib.suppress(OSError):  # the step ended it, or took its address away
        os.kill(process, signal.SIGKILL)
        server._stop()
