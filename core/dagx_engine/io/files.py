"""Files of the project as digests: reads and stats, and remembers what an unchanged file's digest was.

Decides nothing: it answers what is there now. Unchanged large files are not read again.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import xxhash

from dagx_engine.pure.manifest import ABSENT, digest_bytes

__all__ = ["Files", "hash_file"]

_BLOCK = 1 << 20
_RACY_SECONDS = 0.05
"""A file changed this shortly before it was hashed may change again within one tick of the file system's clock."""


def hash_file(path: str | os.PathLike[str]) -> tuple[str, int]:
    """XXH3-128 of a file's bytes in hex, and their number. Never maps the file: it may be truncated meanwhile."""
    hasher = xxhash.xxh3_128()
    size = 0
    buffer = bytearray(_BLOCK)
    view = memoryview(buffer)
    with open(path, "rb", buffering=0) as stream:
        while count := stream.readinto(buffer):
            hasher.update(view[:count])
            size += count
    return hasher.hexdigest(), size


@dataclass(frozen=True)
class _Stamp:
    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int

    @staticmethod
    def of(found: os.stat_result) -> _Stamp:
        return _Stamp(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


class Files:
    """What traced names (`file:<path>`, `dir:<path>`) are now; paths in the project are relative to it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._memo: dict[str, tuple[_Stamp, str]] = {}

    def name_of(self, path: str) -> str:
        """The path as it stands in a part's name: relative to the project if it lies in it, `.` for the project."""
        base = str(self._root) + os.sep
        if path == str(self._root):
            return "."
        return path[len(base) :] if path.startswith(base) else path

    def observe(self, names: Iterable[str]) -> dict[str, str]:
        """The digest of each traced name as it is now."""
        return {name: self.digest(name) for name in names}

    def digest(self, name: str) -> str:
        kind, _, path = name.partition(":")
        where = os.path.join(self._root, path)
        if kind == "file":
            return self._file(where)
        if kind == "dir":
            return self._listing(where)
        raise ValueError(f"{name!r} names nothing that can be looked at")

    def _file(self, path: str) -> str:
        try:
            before = os.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            self._memo.pop(path, None)
            return ABSENT
        except OSError as error:
            return f"unreadable: {error.strerror}"
        if not stat.S_ISREG(before.st_mode):
            return f"not a file: {stat.S_IFMT(before.st_mode):o}"
        stamp = _Stamp.of(before)
        known = self._memo.get(path)
        if known is not None and known[0] == stamp:
            return known[1]
        return self._hashed(path, stamp)

    def _hashed(self, path: str, stamp: _Stamp) -> str:
        for _ in range(5):
            started = time.time()
            try:
                digest, size = hash_file(path)
                after = _Stamp.of(os.stat(path))
            except FileNotFoundError:
                return ABSENT
            except OSError as error:
                return f"unreadable: {error.strerror}"
            if after == stamp and size == stamp.size:
                if stamp.ctime_ns < (started - _RACY_SECONDS) * 1e9:
                    self._memo[path] = (stamp, digest)
                return digest
            stamp = after
        return f"being written: {stamp.size} {stamp.mtime_ns}"

    def _listing(self, path: str) -> str:
        try:
            names = sorted(os.listdir(path))
        except FileNotFoundError:
            return ABSENT
        except OSError as error:
            return f"unreadable: {error.strerror}"
        return digest_bytes(b"\0".join(os.fsencode(name) for name in names if name != "__pycache__"))
