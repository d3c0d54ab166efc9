"""The logs of processes and of steps: one thread drains what they write into a file each, and passes the text on.

A process writes to one pipe all its life. While it executes a step, what comes is of that step: nothing is opened and
handed over for a step that writes nothing. A log is capped: its beginning and its end are kept, the middle is dropped
and the file says so. Knows nothing of runs.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import selectors
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

__all__ = ["LogPump", "Outlet"]

HEAD_BYTES = 16 << 20
TAIL_BYTES = 1 << 20
_LIVE_BYTES_PER_READ = 16 << 10
_READ = 1 << 18
_LAST_READS = 16
_MORE, _LATER, _OVER = "there may be more", "not now", "never again"


class _Log:
    """One file, which is made when the first byte comes."""

    def __init__(self, path: str, listener: Callable[[str], None]) -> None:
        self.path = path
        self._listener = listener
        self._stream: int | None = None
        self._written = 0
        self._dropped = 0
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self._full = False

    def take(self, data: bytes) -> None:
        """Put the data where it belongs. When the disk is full the log ends here, and the step goes on unheard."""
        if self._full:
            return
        try:
            self._take(data)
        except OSError:
            self._full = True

    def _take(self, data: bytes) -> None:
        if self._stream is None:
            os.makedirs(os.path.dirname(self.path), exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
            self._stream = os.open(self.path, flags, 0o600)
            self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        head = data[: max(0, HEAD_BYTES - self._written)]
        if head:
            _write_all(self._stream, head)
            self._written += len(head)
            self._tell(head[:_LIVE_BYTES_PER_READ])
        self._keep_tail(data[len(head) :])

    def _tell(self, data: bytes) -> None:
        text = self._decoder.decode(data)
        if text:
            self._listener(text)

    def _keep_tail(self, data: bytes) -> None:
        if not data:
            return
        self._tail.append(data)
        self._tail_size += len(data)
        while self._tail_size - len(self._tail[0]) >= TAIL_BYTES:
            gone = self._tail.popleft()
            self._tail_size -= len(gone)
            self._dropped += len(gone)

    def close(self) -> None:
        try:
            if self._stream is not None and not self._full:
                self._write_end(self._stream)
        except OSError:
            self._full = True
        finally:
            if self._stream is not None:
                os.close(self._stream)
                self._stream = None

    def _write_end(self, stream: int) -> None:
        if self._dropped:
            kept = f"a log keeps its first {HEAD_BYTES >> 20} MB and its end"
            _write_all(stream, f"\n... dagx left out {self._dropped:,} bytes here: {kept} ...\n".encode())
        for piece in self._tail:
            _write_all(stream, piece)
        if self._tail:
            self._tell(b"".join(self._tail)[-_LIVE_BYTES_PER_READ:])


def _write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


class Outlet:
    """The pipe that a process writes to, and the log that what comes through lands in."""

    def __init__(self, read: int, own: _Log, end: Callable[[Outlet], None]) -> None:
        """`end` has the thread that drains it end it."""
        self._read = read
        self._own = own
        self._have_ended = end
        self._now = own
        self._lock = threading.Lock()
        self._ended = threading.Event()

    def turn(self, path: str, listener: Callable[[str], None]) -> None:
        """What comes from now on is of a step with this log."""
        with self._lock:
            self._take_all()
            self._now = _Log(path, listener)

    def turn_back(self) -> None:
        """The step is over: all that has come is in its log, and what comes from now on is the process's own."""
        with self._lock:
            self._take_all()
            self._now_own()

    def finish(self) -> None:
        """Wait until all is in the file, briefly: what the process left behind may keep the pipe open for ever."""
        if not self._ended.wait(0.5):
            self._have_ended(self)
            self._ended.wait(5)

    # For the thread that drains it.

    @property
    def fd(self) -> int:
        return self._read

    def drain(self) -> bool:
        """Take some of what has come; False when nothing can come any more."""
        with self._lock:
            return self._ended.is_set() or self._take() is not _OVER

    def end(self) -> None:
        """Nothing more is read, whoever writes."""
        with self._lock:
            if not self._ended.is_set():
                os.close(self._read)
                self._now_own()
                self._own.close()
                self._ended.set()

    def last_words(self) -> None:
        """Take what has come, but do not wait for more, nor listen for ever to a writer that goes on."""
        with self._lock:
            self._take_all()
        self.end()

    # With the lock.

    def _take_all(self) -> None:
        for _ in range(_LAST_READS):
            if self._ended.is_set() or self._take() is not _MORE:
                return

    def _take(self) -> str:
        try:
            data = os.read(self._read, _READ)
        except BlockingIOError:
            return _LATER
        if not data:
            return _OVER
        self._now.take(data)
        return _MORE

    def _now_own(self) -> None:
        if self._now is not self._own:
            self._now.close()
            self._now = self._own


class LogPump:
    """`open` gives the write end of a pipe for a process; what comes through lands in the file."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._wake_read, self._wake_write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._selector.register(self._wake_read, selectors.EVENT_READ, None)
        self._todo: deque[Callable[[], None]] = deque()
        self._closing = False
        self._closed = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="dagx-logs", daemon=True)
        self._thread.start()

    def open(self, path: Path, listener: Callable[[str], None]) -> tuple[int, Outlet]:
        """A descriptor for the process to write to (close it once it was handed over), and what is at its other end."""
        read, write = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(read, False)
        outlet = Outlet(read, _Log(str(path), listener), lambda outlet: self._call(lambda: self._end(outlet)))
        self._call(lambda: self._selector.register(read, selectors.EVENT_READ, outlet) and None)
        return write, outlet

    def close(self) -> None:
        """End all logs with what has come so far. May be called twice."""
        self._call(self._begin_closing)
        self._thread.join(5)

    def _begin_closing(self) -> None:
        self._closing = True

    def _call(self, action: Callable[[], None]) -> None:
        """Have the thread do something. Nothing is done any more once it has ended."""
        with self._lock:
            if self._closed:
                return
            self._todo.append(action)
            with contextlib.suppress(BlockingIOError):  # a wake-up is under way already
                os.write(self._wake_write, b"!")

    def _work(self) -> None:
        while True:
            for found, _ in self._selector.select():
                if found.data is None:
                    os.read(self._wake_read, 4096)
                elif not found.data.drain():
                    self._end(found.data)
            while self._todo:
                self._todo.popleft()()
            if self._closing:
                break
        for found in list(self._selector.get_map().values()):
            if found.data is not None:
                found.data.last_words()
        with self._lock:
            self._closed = True
            self._selector.close()
            os.close(self._wake_read)
            os.close(self._wake_write)

    def _end(self, outlet: Outlet) -> None:
        if outlet.fd in self._selector.get_map():
            self._selector.unregister(outlet.fd)
        outlet.end()
