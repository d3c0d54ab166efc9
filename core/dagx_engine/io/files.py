"""Files of the project as digests: reads and stats, and remembers what an unchanged file's digest was.

Decides nothing: it answers what is there now. A file whose stamp is the one that it was hashed under is not read again.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import xxhash

from dagx.worker.tracing.announcing import FILE, FOLDERS, announced, place_of
from dagx.worker.tracing.looking import mode_of
from dagx.worker.tracing.stamps import Stamp, is_racy, kind_at, listing_digest, stamp_of, target_of
from dagx_engine.io.leases import allow_leases, is_open_for_writing
from dagx_engine.io.matching import matching
from dagx_engine.pure.declared import Pattern
from dagx_engine.pure.manifest import ABSENT, SEEN, UNSEEN

__all__ = ["Files", "Known", "hash_file", "is_settled"]

_BLOCK = 1 << 17
"""What malloc takes from the heap: a larger buffer has new pages each time, and some systems are slow to give them."""
_MARGIN_NS = 20_000_000
"""A file changed this shortly before it was hashed may change again within one tick of the file system's clock."""
_PAUSES = (0.02, 0.05, 0.1)
_QUIET_NS = 2_000_000_000
"""Who holds a file open for writing and has not written for so long is a program that runs, not one that is at it."""
_SETTLE_SECONDS = 0.05
"""Where writers cannot be seen, a file that was changed in the last seconds is looked at twice, so far apart."""
_BEING_WRITTEN = "being written"
_LONGEST_LISTING = 64 << 10
"""Characters of the names in one folder that are kept."""


class Known(NamedTuple):
    """The digest of a file, and the stamp that it had then."""

    stamp: Stamp
    digest: str


Remembered = Mapping[str, Known]
"""By path, as it stands in the names of parts."""


def hash_file(path: str | os.PathLike[str] | int) -> tuple[str, int]:
    """XXH3-128 of a file's bytes in hex, and their number; of a descriptor it is left open.

    Never maps the file: it may be truncated meanwhile.
    """
    hasher = xxhash.xxh3_128()
    size = 0
    buffer = bytearray(_BLOCK)
    view = memoryview(buffer)
    with open(path, "rb", buffering=0, closefd=not isinstance(path, int)) as stream:
        while count := stream.readinto(buffer):
            hasher.update(view[:count])
            size += count
    return hasher.hexdigest(), size


def is_settled(digest: str) -> bool:
    """Whether it is the digest of a whole file: nobody was writing to it."""
    return not digest.startswith(_BEING_WRITTEN)


class Files:
    """What `file:<path>`, `dir:<path>`, `exists:<path>`, `link:<path>` are now; paths in the project begin there.

    `recall` is called once, when something is looked at first: what was known when the last engine ended.
    """

    def __init__(self, root: Path, recall: Callable[[], Remembered] = dict) -> None:
        self._root = root
        self._announcements = place_of(str(root / ".dagx"))
        self._recall: Callable[[], Remembered] | None = recall
        self._memo: dict[str, Known] = {}
        self._learned: dict[str, Known] = {}
        self._asked: set[str] = set()
        allow_leases()

    def name_of(self, path: str) -> str:
        """The path as it stands in a part's name: relative to the project if it lies in it, `.` for the project."""
        base = str(self._root) + os.sep
        if path == str(self._root):
            return "."
        return path[len(base) :] if path.startswith(base) else path

    def matching(self, pattern: Pattern) -> list[str]:
        """The names of the files that a pattern matches now."""
        with announced(self._announcements, FOLDERS):
            return matching(self._root, pattern)

    def edited(self, path: str) -> tuple[int, float] | None:
        """The size of a file and when it was written last; None when it is not there."""
        try:
            found = os.stat(os.path.join(self._root, path))
        except OSError:
            return None
        return found.st_size, found.st_mtime

    def told_of(self, name: str, digest: str) -> str | None:
        """What is kept of a part beside its digest: the size of a file; the names in a folder, with a slash between."""
        kind, _, path = name.partition(":")
        if kind in ("file", "import"):
            found = self.edited(path)
            return None if found is None else str(found[0])
        names = self.names(path)
        if names is None or listing_digest(names) != digest:
            return None
        text = "/".join(names).encode("utf-8", "backslashreplace").decode("utf-8")
        return text if len(text) <= _LONGEST_LISTING else None

    def names(self, path: str) -> list[str] | None:
        """What is in a folder, but for what Python keeps there for itself; None when it cannot be listed."""
        try:
            return sorted(name for name in os.listdir(self._place(path)) if name != "__pycache__")
        except OSError:
            return None

    def digest(self, name: str, *, patience: float = 0.0) -> str:
        """Of a part of a manifest. For a file that is being written it waits a moment, or `patience`."""
        kind, _, path = name.partition(":")
        if kind == "file":
            return self.look(path, patience=patience)[0]
        if kind == "dir":
            with announced(self._announcements, FOLDERS):
                return self._listing(self._place(path))
        if kind in ("exists", "kept"):
            return kind_at(self._place(path))
        if kind == "link":
            return target_of(self._place(path))
        if kind == "mode":
            return mode_of(self._place(path))
        if kind == "opened":
            return SEEN
        if kind == "incomplete":
            return UNSEEN
        if kind == "network":
            return SEEN  # whatever is there now, nobody looks
        raise ValueError(f"{name!r} names nothing that can be looked at")

    def look(self, path: str, *, patience: float = 0.0) -> tuple[str, Stamp | None]:
        """The digest of a file, and the stamp that it has with it; None for what is no file or cannot be had whole."""
        try:
            before = os.stat(self._place(path))
        except (FileNotFoundError, NotADirectoryError):
            self._memo.pop(path, None)
            return ABSENT, None
        except OSError as error:
            return f"unreadable: {error.strerror}", None
        if not stat.S_ISREG(before.st_mode):
            return f"not a file: {stat.S_IFMT(before.st_mode):o}", None
        known = self._known(path)
        stamp = stamp_of(before)
        if known is not None and known.stamp == stamp:
            return known.digest, stamp
        return self._hashed(path, patience)

    def is_being_written(self, path: str) -> bool:
        """Whether somebody is at it now, as far as the system tells.

        Who holds a file open and lets it be is not: else what reads the database of a running program were never fresh.
        """
        try:
            descriptor = self._open(path)
        except OSError:
            return False
        try:
            held = is_open_for_writing(descriptor)
            return held is True and is_racy(stamp_of(os.fstat(descriptor)), _QUIET_NS)
        finally:
            os.close(descriptor)

    def learned(self) -> tuple[dict[str, Known], set[str]]:
        """What was found out since this was last asked; and what was recalled and nobody has asked for."""
        learned, self._learned = self._learned, {}
        return learned, self._memo.keys() - self._asked

    def _open(self, path: str) -> int:
        """Never waits: what was a file a moment ago may be a pipe now. Who listens to what a step opens is told."""
        with announced(self._announcements, FILE):
            return os.open(self._place(path), os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)

    def _place(self, path: str) -> str:
        return os.path.join(self._root, path)

    def _known(self, path: str) -> Known | None:
        if self._recall is not None:
            recall, self._recall = self._recall, None
            self._memo = dict(recall())
        self._asked.add(path)
        return self._memo.get(path)

    def _hashed(self, path: str, patience: float) -> tuple[str, Stamp | None]:
        """Try until nobody is writing and nothing changed from before to after; not for ever."""
        deadline = time.monotonic() + patience
        pauses = iter(_PAUSES)
        while True:
            try:
                found = self._attempt(path)
            except FileNotFoundError:
                return ABSENT, None
            except OSError as error:
                return f"unreadable: {error.strerror}", None
            if found is not None:
                return found.digest, found.stamp
            pause = next(pauses, _PAUSES[-1] if time.monotonic() < deadline else None)
            if pause is None:
                return self._unsettled(path), None
            time.sleep(pause)

    def _attempt(self, path: str) -> Known | None:
        """Hash the file between two looks at it; None when they differ, or somebody is writing."""
        place = self._place(path)
        descriptor = self._open(path)
        try:
            before = stamp_of(os.fstat(descriptor))
            is_held = is_open_for_writing(descriptor)
            if is_held and is_racy(before, _QUIET_NS):
                return None
            is_young = is_racy(before, _MARGIN_NS if is_held is False else _QUIET_NS)
            digest, size = hash_file(descriptor)
            if is_held is None and is_young:
                time.sleep(_SETTLE_SECONDS)
            after = stamp_of(os.fstat(descriptor))
            if not is_held and is_open_for_writing(descriptor):
                return None
        finally:
            os.close(descriptor)
        if not before == after == stamp_of(os.stat(place)) or size != before[2]:
            return None
        found = Known(before, digest)
        self._memo.pop(path, None)
        if not is_held and not is_young:
            self._memo[path] = self._learned[path] = found
        return found

    def _unsettled(self, path: str) -> str:
        try:
            found = os.stat(self._place(path))
        except OSError:
            return ABSENT
        return f"{_BEING_WRITTEN}: {found.st_size} {found.st_mtime_ns}"

    @staticmethod
    def _listing(path: str) -> str:
        try:
            return listing_digest(os.listdir(path))
        except FileNotFoundError:
            return ABSENT
        except OSError as error:
            return f"unreadable: {error.strerror}"
