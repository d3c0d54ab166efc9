"""`dagx dev` on a terminal of our own: what comes out of it, when, and what it cost."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from bench.processes import Broken

__all__ = ["Screen"]

_CODES = re.compile(rb"\x1b(\[[0-9;?<>=]*[a-zA-Z$]|\][^\x07]*\x07)")


class Screen:
    """A terminal of 120 by 40. Nothing is drawn: what is printed is kept without its codes."""

    def __init__(self, command: list[str], environment: Mapping[str, str]) -> None:
        self.began = time.perf_counter()
        self._text = b""
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.execve(command[0], command, {**environment, "TERM": "xterm-256color"})
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

    def __enter__(self) -> Screen:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """Ended as a person ends it; killed if it does not."""
        os.kill(self.pid, signal.SIGTERM)
        until = time.monotonic() + 20
        while os.waitpid(self.pid, os.WNOHANG)[0] == 0:
            if time.monotonic() > until:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                break
            self._read(0.05)
        os.close(self._terminal)

    def press(self, key: bytes) -> None:
        self._text = b""
        os.write(self._terminal, key)

    def shows(self, text: str, patience: float) -> float:
        """Wait until it was printed since the last key; the moment."""
        until = time.perf_counter() + patience
        while text.encode() not in _CODES.sub(b"", self._text):
            if time.perf_counter() > until:
                raise Broken(f"the screen does not show {text!r} within {patience:.0f} s")
            self._read(until - time.perf_counter())
        return time.perf_counter()

    def rests(self, seconds: float) -> None:
        """Wait until nothing was printed for so long, or for twenty times that."""
        until = time.monotonic() + 20 * seconds
        while self._read(seconds) and time.monotonic() < until:
            pass

    def calms(self) -> None:
        """Wait until the program has done what follows on a load: until a second takes it hardly any time."""
        for _ in range(60):
            before = self.cpu()
            self.goes_on(1.0)
            if self.cpu() - before < 0.03:
                return

    def goes_on(self, seconds: float) -> None:
        """Let it do what it does for exactly so long."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            self._read(left)

    def cpu(self) -> float:
        """Seconds of processor time of the program alone, of all its threads, exact to a microsecond."""
        tasks = Path(f"/proc/{self.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def _read(self, patience: float) -> bool:
        if not select.select([self._terminal], [], [], max(0.0, patience))[0]:
            return False
        try:
            self._text += os.read(self._terminal, 1 << 16)
        except OSError:  # the other end is closed
            return False
        return True
