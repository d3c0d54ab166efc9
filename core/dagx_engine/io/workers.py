"""Processes that run the project's code in the user's interpreter: started, told, heard, ended.

Each process has one end of a socket pair; a thread of its own passes what it says to one queue. Which step runs when is
decided elsewhere; here a step is a message that goes to a process that is free.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dagx.worker import wire
from dagx_engine.io.host import Forked, Host
from dagx_engine.io.launch import Launch
from dagx_engine.io.logs import LogPump
from dagx_engine.io.processes import Process, spawn
from dagx_engine.pure.value import dataclass

__all__ = ["Gone", "Heard", "Worker"]

GRACE_SECONDS = 5.0
"""How long a step may clean up after it was asked to end."""

Message = Mapping[str, Any]


@dataclass(frozen=True)
class Heard:
    """A worker said something."""

    worker: Worker
    message: Message


@dataclass(frozen=True)
class Gone:
    """A worker's process has ended; `words` says how. `with_host`: what it was to be forked from did, too."""

    worker: Worker
    words: str
    with_host: bool = False


class Worker:
    """One process. `post` is called from the worker's own thread, with what it said and once with how it ended.

    It is forked from the `host`, if there is one, else started afresh. Raises OSError when it cannot be started.
    """

    def __init__(
        self,
        launch: Launch,
        post: Callable[[Heard | Gone], None],
        pump: LogPump,
        log: Path,
        host: Host | None = None,
    ) -> None:
        self._post = post
        self.said: list[str] = []
        """The last of what it wrote outside of steps: why it died, if it dies before it can speak."""
        self._ending = False
        self._end, theirs = socket.socketpair()
        out, self.output = pump.open(log, self._remember)
        try:
            if host is not None:
                self._process: Process = host.fork(theirs, out)
            else:
                number = theirs.fileno()
                self._process = spawn(
                    launch.command(), launch.files.root, launch.environment(number), number, out
                )
        except OSError:
            self._end.close()
            raise
        finally:
            theirs.close()
            os.close(out)
        self._thread = threading.Thread(target=self._listen, name="dagx-worker", daemon=True)
        self._thread.start()

    def tell(self, message: Message, *fds: int) -> bool:
        """Send a message, and descriptors with it. False: the process is gone; `Gone` tells the rest."""
        try:
            wire.send(self._end, {**message, "fds": len(fds)})
            for fd in fds:
                wire.send_fd(self._end, fd)
        except wire.BrokenWire:
            return False
        finally:
            for fd in fds:
                os.close(fd)
        return True

    def ask_to_stop(self) -> None:
        """TERM to the process group, and KILL when the grace is over."""
        self._process.signal(signal.SIGTERM)
        timer = threading.Timer(GRACE_SECONDS, self.kill)
        timer.daemon = True
        timer.start()

    def kill(self) -> None:
        self._ending = True
        self._process.signal(signal.SIGKILL)

    def join(self, seconds: float) -> None:
        self._thread.join(seconds)

    def _remember(self, text: str) -> None:
        self.said.append(text[-4000:])
        del self.said[:-8]

    def _listen(self) -> None:
        """Pass on what the worker says, until its process ends."""
        trouble = self._pass_on()
        code = self._process.wait(1.0)
        if code is None:
            trouble = trouble or "it closed its channel and went on"
            self._process.signal(signal.SIGKILL)
            code = self._process.wait(None)
        with_host = isinstance(self._process, Forked) and self._process.has_lost_host
        self._process.close()
        self._end.close()
        self.output.finish()
        self._post(Gone(self, _how_it_ended(code or 0, trouble), with_host))

    def _pass_on(self) -> str:
        """What is wrong with the channel, if something is. A pipe that a grandchild holds open says nothing."""
        poll = select.poll()
        poll.register(self._end, select.POLLIN)
        watched = None
        try:
            while True:
                if watched is None and self._process.handle is not None:
                    watched = self._process.handle
                    poll.register(watched, select.POLLIN)
                ready = {fd for fd, _ in poll.poll()}
                if self._end.fileno() in ready:
                    message = wire.receive(self._end)
                    if message is None:
                        return ""
                    self._heard(message)
                    del message  # one that describes a project is large, and the next may not come for hours
                elif watched in ready:
                    return ""
        except wire.BrokenWire as error:
            return str(error)

    def _heard(self, message: Message) -> None:
        if message.get("did") == "hello" and isinstance(self._process, Forked):
            self._process.is_there(message["pid"], wire.receive_fd(self._end))
            if self._ending:
                self.kill()
        self._post(Heard(self, message))


def _how_it_ended(code: int, trouble: str) -> str:
    if trouble and not trouble.startswith("cannot receive"):
        return f"broke its channel to the engine ({trouble})"
    if code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        more = " (perhaps out of memory)" if -code == signal.SIGKILL else ""
        return f"was killed by {name}{more}"
    if code == wire.LOST_CHANNEL:
        return "lost its channel to the engine (the step closed descriptors that are not its own)"
    return f"exited with code {code}"


if sys.platform == "win32":
    raise ImportError("dagx needs process groups and socket pairs: Windows is not supported yet")
