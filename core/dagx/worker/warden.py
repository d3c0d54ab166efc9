"""Guards one process: it ends with the engine, however that ends, and all that it started ends with it.

The engine holds the other end of a pipe. What it writes there is an order; its end is the end of the engine.
"""

from __future__ import annotations

import os
import select
import signal

__all__ = ["KILL", "LIFE_VARIABLE", "TERMINATE", "stand_guard"]

LIFE_VARIABLE = "DAGX_LIFE_FD"
"""Names the environment variable with the number of the warden's end of the pipe."""

TERMINATE = b"T"
"""The order to ask the process to end."""

KILL = b"K"
"""The order to end it."""


def stand_guard(*unneeded: int) -> int:
    """Fork: the parent becomes the warden and never returns, the child goes on. Answers with its parent's pid.

    To be called before anything is imported that costs memory. `unneeded` are descriptors of the child alone.
    """
    fd = os.environ.pop(LIFE_VARIABLE, None)
    if fd is None:
        return os.getppid()
    life, me = int(fd), os.getpid()
    pid = os.fork()
    if pid == 0:
        os.close(life)
        os.setsid()
        return me
    for each in unneeded:
        os.close(each)
    _guard(life, pid)
    return me


def _guard(life: int, child: int) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    from dagx.worker.containment import adopt_orphans, end_children  # noqa: PLC0415 - the child does without ctypes

    adopt_orphans()
    handle = os.pidfd_open(child)
    poll = select.poll()
    poll.register(life, select.POLLIN)
    poll.register(handle, select.POLLIN)
    while True:
        for fd, _ in poll.poll():
            if fd == handle:
                _, status = os.waitpid(child, 0)
                end_children()
                _end_like(os.waitstatus_to_exitcode(status))
            order = os.read(life, 1)
            if order == TERMINATE:
                _signal(child, signal.SIGTERM)
            elif order == KILL:
                _signal(child, signal.SIGKILL)
            else:
                end_children()
                os._exit(0)


def _signal(child: int, number: int) -> None:
    """To its group: it may have made none yet."""
    try:
        os.killpg(child, number)
    except ProcessLookupError:
        os.kill(child, number)


def _end_like(code: int) -> None:
    """As the child ended: the engine sees this process, and tells how it went."""
    if code < 0:
        import resource  # noqa: PLC0415 - rarely needed

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if -code not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code & 255)
