"""A host's life: import what the engine names, fork a worker whenever it asks, tell how each of them ended.

It runs no code of the project and uses nothing of what it imported: threads that a library starts when it is used do
not survive a fork.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import sys
import warnings
from typing import Any

from dagx.worker import wire
from dagx.worker.containment import adopt_orphans, die_with, end_children
from dagx.worker.origins import look_ahead
from dagx.worker.preloading import preload
from dagx.worker.rehearsing import rehearse

__all__ = ["forked"]


def forked(end: socket.socket) -> socket.socket:
    """Serve the engine as a host. Returns in each forked worker alone, with its own end of a socket pair."""
    return _Host(end).serve()


class _Host:
    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._children: dict[int, int] = {}
        """Descriptors that tell the end of a child, and whose they are."""
        self._retired = False
        self._poll = select.poll()
        self._poll.register(end, select.POLLIN)
        adopt_orphans()

    def serve(self) -> socket.socket:
        while self._children or not self._retired:
            for fd, _ in self._poll.poll():
                if fd in self._children:
                    self._tell_end(fd)
                elif fd == self._end.fileno() and (worker := self._obey()) is not None:
                    return worker
        os._exit(0)

    def _obey(self) -> socket.socket | None:
        message = self._received()
        if message["do"] == "preload":
            preload(message["modules"])
            rehearse()
            look_ahead()
        elif message["do"] == "retire":
            self._retired = True
        elif message["do"] == "fork":
            _, fds, _, _ = socket.recv_fds(self._end, 1, 2)
            return self._fork(*fds)
        return None

    def _received(self) -> dict[str, Any]:
        with contextlib.suppress(wire.BrokenWire):
            message = wire.receive(self._end)
            if message is not None:
                return message
        os._exit(0)  # the engine is gone; the kernel ends the children with us

    def _fork(self, end: int, out: int) -> socket.socket | None:
        sys.stdout.flush()
        sys.stderr.flush()
        me = os.getpid()
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", DeprecationWarning
            )  # of threads: those of libraries that nobody used yet
            pid = os.fork()
        if pid:
            os.close(end)
            os.close(out)
            handle = os.pidfd_open(pid)
            self._children[handle] = pid
            self._poll.register(handle, select.POLLIN)
            return None
        os.setsid()
        die_with(me)
        self._end.close()
        for handle in self._children:
            os.close(handle)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.close(out)
        _seed_anew()
        return socket.socket(fileno=end)

    def _tell_end(self, handle: int) -> None:
        self._poll.unregister(handle)
        os.close(handle)
        pid = self._children.pop(handle)
        _, status = os.waitpid(pid, 0)
        end_children(keep=self._children.values())
        with contextlib.suppress(wire.BrokenWire):  # the engine is gone: the next turn sees it
            wire.send(self._end, {"did": "ended", "pid": pid, "code": os.waitstatus_to_exitcode(status)})


def _seed_anew() -> None:
    """`random` does so itself after a fork; the generator that numpy keeps for everybody does not."""
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed()


if sys.platform == "win32":
    raise ImportError("there is no fork on Windows")
