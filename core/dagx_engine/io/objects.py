"""Stored bytes, named by their hash: staged, hashed, synced, renamed. A visible object is always whole.

Knows nothing of assets. Nothing here decides what is stored or when it goes.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from dagx_engine.io.files import hash_file
from dagx_engine.pure.manifest import digest_bytes

__all__ = ["INLINE_UP_TO", "Objects", "Stored"]

INLINE_UP_TO = 4096
"""Values of at most this many bytes live in the database row itself."""

_STAMP_NS = 1_000_000_000
"""Every published object bears this time of change. Whoever writes to one leaves another, and its bytes are hashed."""


@dataclass(frozen=True)
class Stored:
    """Bytes that are down: by name in the folder of objects, or small ones to be put in a row."""

    digest: str
    size: int
    inline: bytes | None


class Objects:
    """The folder `objects/ab/cdef...`."""

    def __init__(self, state: Path) -> None:
        self._folder = state / "objects"
        self._bad = state / "bad"
        self.staging = state / "staging"
        self._not_whole: set[tuple[str, int, int]] = set()

    def prepare(self) -> None:
        """Make the folders and drop what an earlier engine left half-written."""
        self._folder.mkdir(exist_ok=True)
        self.staging.mkdir(exist_ok=True)
        for left in self.staging.iterdir():
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left)
            else:
                left.unlink(missing_ok=True)

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
        target.parent.mkdir(exist_ok=True)
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
        try:
            found, _ = hash_file(path)
        except FileNotFoundError:
            return False
        if found == digest:
            return True
        self._bad.mkdir(exist_ok=True)
        os.replace(path, self._bad / f"{digest}.{found[:8]}")
        return False


def _sync(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
