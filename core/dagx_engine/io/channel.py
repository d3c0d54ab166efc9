"""The socket in the state folder by which one command reaches the engine that holds the project, and the lines over it.

Frames are those of the workers' wire. Nothing here waits for the other side in the engine's thread: each line has a
thread that reads and one that writes. What the frames mean is not known here.
"""

from __future__ import annotations

import contextlib
import os
import queue
import select
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from dagx.worker.wire import BrokenWire, receive, send

__all__ = ["BrokenWire", "Call", "Door", "Left", "Line", "Said"]

_NAME = "engine.sock"
_LONGEST_ADDRESS = 100
"""An address has 108 bytes on Linux and 104 elsewhere, with a zero at its end."""
_MOST_LINES = 64
_MOST_WAITING = 50_000
"""A command that reads nothing is hung up on, when so many frames wait for it."""
_LONGEST_ASKED = 1 << 20
_FIRST_SECONDS = 10.0
"""Who says nothing so long after coming in is no dagx."""
_CREDENTIALS = struct.Struct("3i")


class Said(NamedTuple):
    """A frame came over a line."""

    line: Line
    message: Mapping[str, Any]


class Left(NamedTuple):
    """The other side of a line is gone."""

    line: Line


@contextlib.contextmanager
def _address(state: Path) -> Iterator[str]:
    """A name of the socket that is short enough, however deep the project lies. Raises OSError."""
    path = state / _NAME
    if len(os.fsencode(path)) <= _LONGEST_ADDRESS or sys.platform != "linux":
        yield str(path)
        return
    folder = os.open(state, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{_NAME}"
    finally:
        os.close(folder)


def _peer(end: socket.socket) -> tuple[int, int]:
    """The pid and the user of the other side; 0 and our own where the system does not tell."""
    if sys.platform != "linux":
        return 0, os.geteuid()
    pid, uid, _ = _CREDENTIALS.unpack(
        end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    )
    return pid, uid


class Line:
    """The engine's end: what is said is sent by a thread, in order."""

    def __init__(self, end: socket.socket, post: Callable[[Said | Left], None]) -> None:
        self._end = end
        self._post = post
        self._is_cut = False
        self._out: queue.SimpleQueue[Mapping[str, Any] | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, name="line-in", daemon=True)
        self._writer = threading.Thread(target=self._write, name="line-out", daemon=True)
        self._reader.start()
        self._writer.start()

    def say(self, message: Mapping[str, Any]) -> None:
        if self._out.qsize() > _MOST_WAITING:
            self.cut()
        if not self._is_cut:
            self._out.put(message)

    def end(self) -> None:
        """Hang up when all is said."""
        self._out.put(None)

    def cut(self) -> None:
        """Hang up at once."""
        self._is_cut = True
        with contextlib.suppress(OSError):
            self._end.shutdown(socket.SHUT_RDWR)
        self._out.put(None)

    def join(self, seconds: float) -> None:
        """Wait until all is said."""
        self._writer.join(seconds)

    @property
    def is_gone(self) -> bool:
        """Whether the other side has hung up, also if nobody has got to posting that yet."""
        try:
            return not self._end.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True

    @property
    def is_over(self) -> bool:
        return not self._reader.is_alive() and not self._writer.is_alive()

    def _read(self) -> None:
        try:
            self._end.settimeout(_FIRST_SECONDS)
            while (message := receive(self._end, _LONGEST_ASKED)) is not None:
                self._end.settimeout(None)
                self._post(Said(self, message))
        except (BrokenWire, OSError):
            pass  # it is gone, or was no dagx: either way there is nobody to talk to
        self.cut()
        self._post(Left(self))

    def _write(self) -> None:
        try:
            while (message := self._out.get()) is not None:
                send(self._end, dict(message))
        except BrokenWire:
            pass  # the reader sees it, too
        with contextlib.suppress(OSError):
            self._end.shutdown(socket.SHUT_RDWR)
        self._reader.join()
        self._end.close()


class Door:
    """Lets in other commands of the same person; each becomes a line, and what they say is posted."""

    def __init__(self, state: Path, post: Callable[[Said | Left], None], *, user: int | None = None) -> None:
        """Raises OSError where the file system has no sockets. Needs the project lock."""
        self._state = state
        self._post = post
        self._user = os.geteuid() if user is None else user
        self._lines: list[Line] = []
        self._listener = socket.socket(socket.AF_UNIX)
        (state / _NAME).unlink(missing_ok=True)
        try:
            with _address(state) as address:
                self._listener.bind(address)
            (state / _NAME).chmod(0o600)
            self._listener.listen()
        except OSError:
            self._listener.close()
            raise
        self._thread = threading.Thread(target=self._accept, name="door", daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                end, _ = self._listener.accept()
            except OSError:
                return  # it was closed
            self._lines = [line for line in self._lines if not line.is_over]
            if _peer(end)[1] != self._user or len(self._lines) >= _MOST_LINES:
                end.close()
                continue
            self._lines.append(Line(end, self._post))

    def close(self) -> None:
        """Let nobody in any more, and let those who are in hear what was said to them."""
        (self._state / _NAME).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(1)
        for line in self._lines:
            line.end()
        for line in self._lines:
            line.join(1)


class Call:
    """A command's end. Raises OSError when nobody listens."""

    def __init__(self, state: Path) -> None:
        self._end = socket.socket(socket.AF_UNIX)
        try:
            with _address(state) as address:
                self._end.connect(address)
            self.pid = _peer(self._end)[0]
        except OSError:
            self._end.close()
            raise

    def say(self, message: Mapping[str, Any]) -> None:
        """Raises BrokenWire when the engine is gone."""
        send(self._end, dict(message))

    def hear(self, seconds: float) -> tuple[bool, Mapping[str, Any] | None]:
        """Whether anything came in this time, and the next message; None when the engine has hung up.

        Raises BrokenWire.
        """
        ready, _, _ = select.select([self._end], [], [], seconds)
        return (True, receive(self._end)) if ready else (False, None)

    def close(self) -> None:
        self._end.close()
