"""Processes that run the project's code in the user's interpreter: started, told, heard, ended.

Each process has one end of a socket pair; a thread of its own passes what it says to one queue. Which step runs when is
decided elsewhere; here a step is a message that goes to a process that is free.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dagx.worker import wire
from dagx_engine.io.logs import LogPump
from dagx_engine.io.project import ProjectFiles
from dagx_engine.io.python import Interpreter

__all__ = ["Gone", "Heard", "Launch", "Worker", "environment_of"]

GRACE_SECONDS = 5.0
"""How long a step may clean up after it was asked to end."""

Message = Mapping[str, Any]


@dataclass(frozen=True)
class Launch:
    """What it takes to start a worker."""

    interpreter: Interpreter
    sdk: Path
    files: ProjectFiles

    def command(self) -> list[str]:
        if self.interpreter.bundled:
            return [self.interpreter.path]
        return [self.interpreter.path, str(self.sdk / "dagx" / "worker" / "boot.py")]

    def environment(self, fd: int) -> dict[str, str]:
        found = environment_of(self.files)
        found[wire.FD_VARIABLE] = str(fd)
        if self.interpreter.bundled:
            found[wire.MODE_VARIABLE] = "1"
        return found


def environment_of(files: ProjectFiles) -> dict[str, str]:
    """What the project's code finds in its environment."""
    found = {name: value for name, value in os.environ.items() if not name.startswith("_PYI_")}
    return {
        **files.environment,
        **found,
        "PYTHONHASHSEED": "0",
        "DAGX_ATTEMPT": str(files.root),
    }


@dataclass(frozen=True)
class Heard:
    """A worker said something."""

    worker: Worker
    message: Message


@dataclass(frozen=True)
class Gone:
    """A worker's process has ended; `words` says how."""

    worker: Worker
    words: str


@dataclass(eq=False)
class Worker:
    """One process. `post` is called from the worker's own thread, with what it said and once with how it ended."""

    launch: Launch
    post: Callable[[Heard | Gone], None]
    pump: LogPump
    log: Path
    said: list[str] = field(default_factory=list)
    """The last of what it wrote outside of steps: why it died, if it dies before it can speak."""

    def __post_init__(self) -> None:
        ours, theirs = socket.socketpair()
        out, self._finish_log = self.pump.open(self.log, self._remember)
        try:
            self._process = subprocess.Popen(
                self.launch.command(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=self.launch.files.root,
                env=self.launch.environment(theirs.fileno()),
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
            os.close(out)
        self._end = ours
        self._ending = False
        self._thread = threading.Thread(target=self._listen, name=f"dagx-worker-{self.pid}", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def tell(self, message: Message, fd: int | None = None) -> bool:
        """Send a message, and a descriptor with it. False: the process is gone; `Gone` tells the rest."""
        try:
            wire.send(self._end, {**message, "fds": 0 if fd is None else 1})
            if fd is not None:
                wire.send_fd(self._end, fd)
        except wire.BrokenWire:
            return False
        finally:
            if fd is not None:
                os.close(fd)
        return True

    def ask_to_stop(self) -> None:
        """TERM to the process group, and KILL when the grace is over."""
        self._signal(signal.SIGTERM)
        timer = threading.Timer(GRACE_SECONDS, self.kill)
        timer.daemon = True
        timer.start()

    def kill(self) -> None:
        self._ending = True
        self._signal(signal.SIGKILL)

    def join(self, seconds: float) -> None:
        self._thread.join(seconds)

    def _signal(self, number: int) -> None:
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # it ended between the question and the signal
                os.killpg(self._process.pid, number)

    def _remember(self, text: str) -> None:
        self.said.append(text[-4000:])
        del self.said[:-8]

    def _listen(self) -> None:
        """Pass on what the worker says, until its process ends: a pipe that a grandchild holds open says nothing."""
        trouble = ""
        handle = os.pidfd_open(self._process.pid)
        poll = select.poll()
        poll.register(self._end, select.POLLIN)
        poll.register(handle, select.POLLIN)
        try:
            while True:
                ready = {fd for fd, _ in poll.poll()}
                if self._end.fileno() in ready:
                    message = wire.receive(self._end)
                    if message is None:
                        break
                    self.post(Heard(self, message))
                elif handle in ready:
                    break
        except wire.BrokenWire as error:
            trouble = str(error)
        finally:
            os.close(handle)
        try:
            self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            trouble = trouble or "it closed its channel and went on"
            self._signal(signal.SIGKILL)
        code = self._process.wait()
        self._kill_group()
        self._end.close()
        self._finish_log()
        self.post(Gone(self, _how_it_ended(code, trouble)))

    def _kill_group(self) -> None:
        """What the process left behind in its group ends with it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):  # mostly it left nothing
            os.killpg(self._process.pid, signal.SIGKILL)


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
