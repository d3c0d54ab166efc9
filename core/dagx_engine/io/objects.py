"""Stored bytes, named by their hash: staged, hashed, synced, renamed. A visible object is always whole.

Knows nothing of assets. Nothing here decides what is stored or when it goes.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from dagx_engine.io.files import hash_file
from dagx_engine.late import late
from dagx_engine.pure.manifest import digest_bytes
from dagx_engine.pure.value import dataclass

__all__ = ["INLINE_UP_TO", "Objects", "Removed", "Stored", "remove", "size_of"]

INLINE_UP_TO = 4096
"""Values of at most this many bytes live in the database row itself."""
_NAME = 32
"""Letters of a digest."""
_RACY_SECONDS = 0.05
"""A file that was changed this shortly before it was looked at may change again within one tick of its clock."""

_STAMP_NS = 1_000_000_000
"""Every published object bears this time of change. Whoever writes to one leaves another, and its bytes are hashed."""


@dataclass(frozen=True)
class Stored:
    """Bytes that are down: by name in the folder of objects, or small ones to be put in a row."""

    digest: str
    size: int
    inline: bytes | None


class Removed(NamedTuple):
    """How much was taken away."""

    files: int
    size: int


class Objects:
    """The folder `objects/ab/cdef...`."""

    def __init__(self, state: Path) -> None:
        self._checked: dict[str, tuple[int, ...]] = {}
        self._folder = state / "objects"
        self._bad = state / "bad"
        self.staging = state / "staging"
        self._not_whole: set[tuple[str, int, int]] = set()

    def prepare(self) -> Removed:
        """Make the folders and drop what an earlier engine left half-written; returns what that was."""
        self._folder.mkdir(exist_ok=True)
        self.staging.mkdir(exist_ok=True)
        return remove(self.staging.iterdir())

    def path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest[2:]

    def put_bytes(self, data: bytes) -> Stored:
        """Keep small bytes as they are; publish large ones."""
        digest = digest_bytes(data)
        if len(data) <= INLINE_UP_TO:
            return Stored(digest, len(data), data)
        staged = self.staging / f"{digest}.{os.getpid()}"
        staged.write_bytes(data)
        return self.publish(staged)

    def publish(self, staged: Path) -> Stored:
        """Hash a staged file and give it its name. On return bytes and name are on disk, synced."""
        digest, size = hash_file(staged)
        target = self.path(digest)
        if self.is_whole(digest, size) and hash_file(target)[0] == digest:
            staged.unlink()
            return Stored(digest, size, None)
        _sync(staged)
        if not target.parent.is_dir():
            target.parent.mkdir(exist_ok=True)
            _sync(self._folder)
        staged.chmod(0o444)
        os.utime(staged, ns=(_STAMP_NS, _STAMP_NS))
        os.replace(staged, target)
        _sync(target.parent)
        return Stored(digest, size, None)

    def is_whole(self, digest: str, size: int) -> bool:
        """Whether the object is there with the right length and nobody wrote to it since it was published.

        One that bears another time is hashed, once. All bytes are checked when they are handed on (`check`).
        """
        path = self.path(digest)
        try:
            found = path.stat()
        except FileNotFoundError:
            return False
        if found.st_size != size:
            return False
        return found.st_mtime_ns == _STAMP_NS or self._is_still_whole(digest, path, found)

    def _is_still_whole(self, digest: str, path: Path, found: os.stat_result) -> bool:
        """An object that was touched, copied, or written to; a sound one gets its stamp again."""
        known = (digest, found.st_mtime_ns, found.st_ctime_ns)
        if known in self._not_whole:
            return False
        if hash_file(path)[0] != digest:
            self._not_whole.add(known)
            return False
        with contextlib.suppress(
            OSError
        ):  # of another user, or on a disk that is read only: hashed again next time
            os.utime(path, ns=(_STAMP_NS, _STAMP_NS))
        return True

    def check(self, digest: str) -> bool:
        """Whether the bytes hash to their name. A bad object is set aside and counts as absent."""
        path = self.path(digest)
        began = time.time()
        try:
            stamp = _stamp(path)
            if self._checked.get(digest) == stamp:
                return True
            found, _ = hash_file(path)
        except FileNotFoundError:
            return False
        if found == digest:
            if stamp[-1] < (began - _RACY_SECONDS) * 1e9:
                self._checked[digest] = stamp
            return True
        self._bad.mkdir(exist_ok=True)
        os.replace(path, self._bad / f"{digest}.{found[:8]}")
        return False

    def everything(self) -> Iterator[tuple[str, int]]:
        """The digests of all objects that are there, with their sizes."""
        for folder in sorted(self._folder.glob("??")):
            with os.scandir(folder) as entries:
                for entry in entries:
                    if len(entry.name) == _NAME - 2:
                        yield folder.name + entry.name, entry.stat().st_size

    def remove(self, digests: Iterable[str]) -> Removed:
        """Take objects away. No row names them any more; one that is gone already does not count."""
        return remove(self.path(digest) for digest in digests)

    def set_aside(self) -> list[Path]:
        """The files of objects that did not match their name."""
        return sorted(self._bad.iterdir()) if self._bad.is_dir() else []


def remove(paths: Iterable[Path]) -> Removed:
    """Take files and folders away; one that is gone already does not count."""
    count = size = 0
    for path in list(paths):
        bytes_of = size_of(path)
        try:
            if path.is_dir() and not path.is_symlink():
                _rmtree(path)
            else:
                path.unlink()
        except FileNotFoundError:
            continue
        count, size = count + 1, size + bytes_of
    return Removed(count, size)


def _rmtree(path: Path) -> None:
    shutil: Any = late("shutil")  # it costs 2 ms
    shutil.rmtree(path)


def size_of(path: Path) -> int:
    """The bytes of a file, or of all files in a folder; links are not followed, and what vanishes meanwhile is none."""
    try:
        if path.is_symlink() or not path.is_dir():
            return path.lstat().st_size
        return sum(size_of(child) for child in path.iterdir())
    except FileNotFoundError:
        return 0


def _stamp(path: Path) -> tuple[int, ...]:
    found = os.stat(path)
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _sync(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
