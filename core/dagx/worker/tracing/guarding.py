"""Keeps the user's files from a step that is executed again only to see what comes out.

What writes by Python is stopped before it writes, by the interpreter's audit events; writers of other libraries tell
the tracer, which asks here. What a program writes that the step starts cannot be stopped: so none is started.
"""

from __future__ import annotations

import _thread
import json
import os
import sys
from collections.abc import Callable, Collection
from typing import Any, cast

__all__ = ["Guard", "WritingRefused"]

_PROGRAMS = frozenset({"subprocess.Popen", "os.system", "os.posix_spawn", "os.exec", "os.startfile"})
_AT_PATH = {
    "os.remove": ((0, 1),),
    "os.rmdir": ((0, 1),),
    "os.mkdir": ((0, 2),),
    "os.truncate": ((0, None),),
    "os.rename": ((0, 2), (1, 3)),
    "os.link": ((1, 3),),
    "os.symlink": ((1, 2),),
    "shutil.rmtree": ((0, None),),
}
"""Where among the arguments of an event a path stands that is changed, and the descriptor of the folder it lies in."""


class WritingRefused(BaseException):
    """The step was about to change something that is not its scratch. No `except Exception` of its own swallows it."""


class Guard:
    """One a process, as an audit hook cannot be taken back: it is on while a step is executed that it is to watch."""

    def __init__(self, counts: Callable[[str], bool]) -> None:
        """`counts` says whether a real path is data of the user."""
        self._counts = counts
        self._on = False
        self._new: set[str] = set()
        self._noting: set[int] = set()
        self._may: frozenset[str] | None = None
        self._reads: frozenset[str] = frozenset()
        self._storage = ""
        self._made = ""
        self.refused: list[str] = []
        self.clues: dict[str, None] = {}
        """What it was seen to do of which dagx cannot say what comes back."""
        sys.addaudithook(self._hear)

    def begin(self, may: Collection[str] | None, reads: Collection[str], storage: str, made: str) -> None:
        """From now on nothing is written; unless `may` has the files that may be, and then others that are not there
        yet, too: those are noted in the file `made`. `reads` are databases that it only reads.
        """
        self._may = None if may is None else frozenset(may)
        self._reads = frozenset(reads)
        self._storage = os.path.join(storage, "")
        self._made = made
        self._new.clear()
        self.refused, self.clues = [], {}
        self._on = True

    def end(self) -> None:
        self._on = False

    def check(self, path: object, folder: object = None) -> None:
        """Raise WritingRefused unless the step may change what is there. Writers of other libraries are asked about
        here before they write.
        """
        if not self._on:
            return
        real = _real(path, folder)
        if real is None or not (self._counts(real) or real.startswith(self._storage)) or _is_cache(real):
            return
        if self._may is None:
            self._refuse(f"it writes {self._shown(real)}")
        elif real not in self._may and real not in self._new:
            if os.path.lexists(real):
                self._refuse(f"it changes {self._shown(real)}, which is not known as its own")
            self._note_made(real)

    def check_database(self, path: object) -> None:
        """A database is opened to be read and written alike: it may be, if all it did before was to read it."""
        real = _real(path, None)
        if self._on and real is not None and real not in self._reads and os.path.exists(real):
            self.check(path)

    def _refuse(self, words: str) -> None:
        self.refused.append(words)
        raise WritingRefused(words)

    def _note_made(self, real: str) -> None:
        thread = _thread.get_ident()
        self._noting.add(thread)
        try:
            with open(self._made, "a", encoding="utf-8") as stream:
                stream.write(json.dumps(real) + "\n")
        finally:
            self._noting.discard(thread)
        self._new.add(real)

    @staticmethod
    def _shown(real: str) -> str:
        inside = os.path.join(os.path.realpath(os.getcwd()), "")
        return real[len(inside) :] if real.startswith(inside) else real

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        if not self._on or _thread.get_ident() in self._noting:
            return
        if event == "open":
            if _writes(args[1], args[2]):
                self.check(args[0])
        elif event in _AT_PATH:
            for place, folder in _AT_PATH[event]:
                if event == "os.mkdir" and os.path.isdir(_real(args[0], args[2]) or ""):
                    continue
                given: object = args[folder] if folder is not None and folder < len(args) else None
                self.check(args[place], given)
        elif event == "sqlite3.connect":
            self._connects(args[0])
        elif event in _PROGRAMS:
            self._starts(args)
        elif event == "socket.connect":
            self._talks(args[1])

    def _connects(self, database: object) -> None:
        text = os.fsdecode(database) if isinstance(database, (str, bytes)) else str(database)
        if text in ("", ":memory:") or text.startswith("file:"):
            return
        self.check_database(text)

    def _starts(self, args: tuple[Any, ...]) -> None:
        program = args[0].decode("utf-8", "replace") if isinstance(args[0], bytes) else str(args[0])
        words = f"it starts the program {os.path.basename(program.split(' ')[0])}"
        self.clues[words] = None
        if self._may is None:
            self._refuse(words)

    def _talks(self, address: object) -> None:
        if isinstance(address, tuple) and len(cast("tuple[object, ...]", address)) >= 2:
            host, port = cast("tuple[object, ...]", address)[:2]
            self.clues[f"it talks to {host}:{port}"] = None


def _real(path: object, folder: object) -> str | None:
    if isinstance(path, (bytes, os.PathLike)):
        path = os.fsdecode(cast("bytes | os.PathLike[str]", path))
    if not isinstance(path, str) or not path or "\0" in path:
        return None
    if isinstance(folder, int) and folder >= 0 and not os.path.isabs(path):
        try:
            path = os.path.join(os.readlink(f"/proc/self/fd/{folder}"), path)
        except OSError:
            return None
    return os.path.realpath(path)


def _is_cache(real: str) -> bool:
    """What libraries keep for themselves: the same whenever it is written."""
    home = os.path.expanduser("~")
    caches = (os.environ.get("XDG_CACHE_HOME", os.path.join(home, ".cache")), os.path.join(home, ".config"))
    return any(real.startswith(os.path.join(cache, "")) for cache in caches)


def _writes(mode: object, flags: object) -> bool:
    if isinstance(mode, str) and mode:
        return any(letter in mode for letter in "wax+")
    if isinstance(flags, int):
        return flags & os.O_ACCMODE != os.O_RDONLY or bool(flags & (os.O_CREAT | os.O_TRUNC))
    return False
