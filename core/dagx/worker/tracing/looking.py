"""Looks at files that worker and engine take alike. Imports next to nothing: each command of dagx does it."""

from __future__ import annotations

import os
import stat

from dagx.worker.blake import blake2b

__all__ = ["executable_in", "file_digest", "mode_of", "stamp_at"]

_BLOCK = 1 << 20
_stat = os.stat  # from before it is wrapped: who asks here is not the project


def executable_in(name: str, path: str | None) -> str:
    """The file that is executed by this name; empty when there is none."""
    for folder in (os.defpath if path is None else path).split(os.pathsep):
        found = os.path.join(folder, name)
        try:
            mode = _stat(found).st_mode
        except (OSError, ValueError):
            continue
        if stat.S_ISREG(mode) and mode & 0o111:
            return found
    return ""


def mode_of(path: str) -> str:
    """Whether a file may be executed, in place of a digest."""
    try:
        return "executable" if _stat(path).st_mode & 0o111 else "not executable"
    except OSError:
        return "absent"


def stamp_at(path: str) -> list[int] | None:
    """What tells whether something there is another one, or was changed."""
    try:
        seen = _stat(path)
    except OSError:
        return None
    return [seen.st_mtime_ns, seen.st_size, seen.st_ino]


def file_digest(path: str) -> str:
    """What the part of a file that importing the project read has. Raises OSError."""
    hasher = blake2b(digest_size=16)
    with open(path, "rb", buffering=0) as stream:
        while block := stream.read(_BLOCK):
            hasher.update(block)
    return hasher.hexdigest()
