"""The host: a process that has imported the project's third-party modules, and that workers are forked from.

A fork has pandas at once, where a fresh interpreter imports it anew. The host itself runs nothing of the project.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import threading
from collections.abc import Sequence
from pathlib import Path

from dagx.worker import wire
from dagx_engine.io.launch import Launch
from dagx_engine.io.logs import LogPump
from dagx_engine.io.processes import spawn

__all__ = ["Forked", "Host"]

_LOST = -signal.SIGKILL
"""The exit code of what was forked from a host that is gone: the kernel killed it with its parent."""


class Host:
    """Started at once. A thread of its own hears which of its children ended. Raises OSError."""

    def __init__(self, launch: Launch, pump: LogPump, log: Path) -> None:
        self._end, theirs = socket.socketpair()
        out, self._output = pump.open(log, lambda text: None)
        try:
            environment = {**launch.environment(theirs.fileno()), wire.HOST_VARIABLE: "1"}
            self._process = spawn(launch.command(), launch.files.root, environment, theirs.fileno(), out)
        except OSError:
            self._end.close()
            raise
        finally:
            theirs.close()
            os.close(out)
        self._preloaded: tuple[str, ...] = ()
        self._codes: dict[int, int] = {}
        self._changed = threading.Condition()
        self._is_alive = True
        self._thread = threading.Thread(target=self._listen, name="dagx-host", daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Whether it can still be forked."""
        return self._is_alive and not self.has_ended

    @property
    def has_ended(self) -> bool:
        """Whether its process is gone, which its children do not outlive."""
        return self._process.wait(0) is not None

    def preload(self, modules: Sequence[str]) -> bool:
        """Have these modules in every process that is forked from now on. Whether some of them are new to it."""
        new = [name for name in modules if name not in self._preloaded]
        if new:
            self._preloaded = (*self._preloaded, *new)
            self._tell({"do": "preload", "modules": new})
        return bool(new)

    def fork(self, end: socket.socket, out: int) -> Forked:
        """A new process with this end of a socket pair, that writes to `out`. It says hello when it is there."""
        if self._tell({"do": "fork"}):
            try:
                socket.send_fds(self._end, [b"F"], [end.fileno(), out])
            except OSError:
                self._is_alive = False
        return Forked(self)

    def retire(self) -> None:
        """Fork no more, and end when the last of its children has ended."""
        self._is_alive = False
        self._tell({"do": "retire"})

    def kill(self) -> None:
        """End it, and all that was forked from it."""
        self._is_alive = False
        self._process.signal(signal.SIGKILL)

    def join(self, seconds: float) -> None:
        self._thread.join(seconds)

    def code_of(self, pid: int, seconds: float | None) -> int | None:
        """The exit code of one of its children, or None if it has not ended in time."""
        with self._changed:
            self._changed.wait_for(lambda: pid in self._codes or self.has_ended, seconds)
            if pid in self._codes:
                return self._codes[pid]
            return _LOST if self.has_ended else None

    def _tell(self, message: dict[str, object]) -> bool:
        try:
            wire.send(self._end, message)
        except wire.BrokenWire:
            self._is_alive = False
            return False
        return True

    def _listen(self) -> None:
        try:
            while (message := wire.receive(self._end)) is not None:
                with self._changed:
                    self._codes[message["pid"]] = message["code"]
                    self._changed.notify_all()
        except wire.BrokenWire:
            pass  # the same as its end
        self._is_alive = False
        self._process.signal(signal.SIGKILL)
        self._process.wait(None)
        with self._changed:
            self._changed.notify_all()
        self._process.close()
        self._end.close()
        self._output.finish()


class Forked:
    """A process that was forked from the host. Who it is comes with its hello."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._pid: int | None = None
        self._handle: int | None = None

    @property
    def handle(self) -> int | None:
        return self._handle

    @property
    def has_lost_host(self) -> bool:
        """Whether it ended because what it was forked from did: that is gone, or it was never there."""
        return self._pid is None or self._host.has_ended

    def is_there(self, pid: int, handle: int) -> None:
        """It said who it is."""
        self._pid, self._handle = pid, handle

    def signal(self, number: int) -> None:
        """One that is not there yet has run no code of the project: it is signalled when it says hello."""
        if self._pid is not None and not self._has_ended():
            with contextlib.suppress(ProcessLookupError):  # it ended between the question and the signal
                os.killpg(self._pid, number)

    def wait(self, seconds: float | None) -> int | None:
        if self._pid is None:
            return _LOST  # its end of the socket closed before it said a word
        return self._host.code_of(self._pid, seconds)

    def close(self) -> None:
        if self._handle is not None:
            os.close(self._handle)

    def _has_ended(self) -> bool:
        if self._handle is None:
            return True
        poll = select.poll()
        poll.register(self._handle, select.POLLIN)
        return bool(poll.poll(0))
