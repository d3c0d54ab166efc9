"""Sees which files a step opens and lists, by the interpreter's audit events.

It hears what Python opens; readers written in another language (polars, pyarrow, duckdb) open files unheard, so the
usual ones are wrapped in `readers`. Knows nothing of assets or manifests: it answers with paths.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import tempfile
import time
from dataclasses import dataclass, field
from types import FrameType
from typing import cast

__all__ = ["Seen", "Tracer"]

_HEARD = frozenset({"open", "os.listdir", "os.scandir", "os.rename"})
_CLOCK_GRAIN = 0.02
"""Seconds by which a file's time stamp may lag behind the clock: older kernels stamp by the tick."""

_NEVER = ("/proc/", "/sys/", "/dev/", "/usr/", "/etc/", "/lib/", "/lib64/", "/bin/")


@dataclass
class Seen:
    """Real paths that were read, written and listed while the tracer was on, in the order of first sight.

    `made` are those of `written` whose whole content is the step's own: opened anew, or renamed into place.
    """

    read: dict[str, None] = field(default_factory=dict[str, None])
    written: dict[str, None] = field(default_factory=dict[str, None])
    made: dict[str, None] = field(default_factory=dict[str, None])
    listed: dict[str, None] = field(default_factory=dict[str, None])
    opened: dict[str, object] = field(default_factory=dict[str, object])
    """Databases, which are opened to be read and changed alike, each with its state when it was first opened."""
    began: float = field(default=0.0, compare=False)

    def settle(self) -> None:
        """At the end: a database that stayed as it was has been read; files in a folder of the step's own were not."""
        for path, state in self.opened.items():
            (self.read if _state_of_database(path) == state else self.written)[path] = None
        self.opened.clear()
        for path in [path for path in self.read if self._is_own(path)]:
            del self.read[path]

    def _is_own(self, path: str) -> bool:
        folder = os.path.dirname(path)
        while folder not in self.written:
            if folder == (folder := os.path.dirname(folder)):
                return False
        return _changed_at(path) >= self.began - _CLOCK_GRAIN


class Tracer:
    """One per process: an audit hook can never be taken back, so it is switched."""

    def __init__(self, root: str, state: str) -> None:
        """`root` is the project, `state` its `.dagx`; both absolute."""
        self._root = os.path.realpath(root) + os.sep
        self._state = os.path.realpath(state) + os.sep
        self._seen: Seen | None = None
        paths = sysconfig.get_paths()
        skipped = {sys.prefix, sys.base_prefix, paths["stdlib"], paths["purelib"], paths["platlib"]}
        skipped |= {os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))}
        skipped = {os.path.realpath(path) + os.sep for path in skipped}
        # A project can lie in what is skipped elsewhere: /usr/src/app, a folder of /tmp.
        self._skipped_inside = tuple(path for path in skipped if path.startswith(self._root))
        self._skipped = (*skipped, *_NEVER, os.path.realpath(tempfile.gettempdir()) + os.sep)
        sys.addaudithook(self._hear)

    def start(self) -> Seen:
        self._seen = Seen(began=time.time())
        return self._seen

    def stop(self) -> None:
        if self._seen is not None:
            self._seen.settle()
        self._seen = None

    @property
    def is_on(self) -> bool:
        return self._seen is not None

    # What wrapped readers and writers were asked to do.

    def note_read(self, path: str) -> None:
        if self._seen is not None:
            self._note(self._seen.read, path)

    def note_written(self, path: str) -> None:
        if self._seen is not None:
            self._note(self._seen.written, path)

    def note_made(self, path: str) -> None:
        if self._seen is not None:
            self._note(self._seen.written, path)
            self._note(self._seen.made, path)

    def note_opened(self, path: str) -> None:
        """A database: whether the step changed it is seen at the end."""
        real = os.path.realpath(path)
        if self._seen is not None and self.counts(real):
            self._seen.opened.setdefault(real, _state_of_database(real))

    def _hear(self, event: str, args: tuple[object, ...]) -> None:
        seen = self._seen
        if seen is None or event not in _HEARD or _is_import(sys._getframe(1)):  # pyright: ignore[reportPrivateUsage]
            return
        if event == "open":
            path, mode, flags = args[0], args[1], args[2]
            if _writes(mode, flags):
                self._note(seen.written, path)
                if _makes(mode, flags):
                    self._note(seen.made, path)
            else:
                self._note(seen.read, path)
        elif event == "os.rename":
            self._note(seen.written, args[1])
            self._note(seen.made, args[1])
        else:
            self._note(seen.listed, args[0] if args[0] is not None else ".")

    def _note(self, where: dict[str, None], path: object) -> None:
        if isinstance(path, (bytes, os.PathLike)):
            path = os.fsdecode(cast("bytes | os.PathLike[str]", path))
        if not isinstance(path, str) or not path or "\0" in path:
            return
        real = os.path.realpath(path)
        if self.counts(real):
            where[real] = None

    def counts(self, real: str) -> bool:
        """Whether a real path is data: not of dagx, the interpreter, the system."""
        below = real + os.sep
        if below.startswith(self._state) or real.endswith((".pyc", ".pyo")):
            return False
        if "site-packages" in real or "__pycache__" in real:
            return False
        return not below.startswith(self._skipped_inside if below.startswith(self._root) else self._skipped)


def _is_import(frame: FrameType) -> bool:
    """Whether the import system itself is looking: what it lists and reads is code, not data."""
    return frame.f_code.co_filename.startswith("<frozen importlib")


def _makes(mode: object, flags: object) -> bool:
    if isinstance(mode, str) and mode:
        return "w" in mode or "x" in mode
    return isinstance(flags, int) and bool(flags & (os.O_TRUNC | os.O_EXCL))


def _writes(mode: object, flags: object) -> bool:
    if isinstance(mode, str) and mode:
        return any(letter in mode for letter in "wax+")
    if isinstance(flags, int):
        return flags & os.O_ACCMODE != os.O_RDONLY
    return False


def _state_of_database(path: str) -> tuple[tuple[int, int, int] | None, ...]:
    """Of the file and its write-ahead log."""
    found: list[tuple[int, int, int] | None] = []
    for part in (path, path + ".wal"):
        try:
            now = os.stat(part)
            found.append((now.st_ino, now.st_size, now.st_mtime_ns))
        except OSError:
            found.append(None)
    return tuple(found)


def _changed_at(path: str) -> float:
    try:
        now = os.stat(path)
    except OSError:
        return 0.0
    return max(now.st_mtime, now.st_ctime)
