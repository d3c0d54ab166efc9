"""Databases in a file: opened to be read and to be changed alike, so whether one was changed is seen at the end."""

from __future__ import annotations

import os

__all__ = ["State", "state_of_database"]

State = tuple["tuple[int, int, int] | None", ...]

_LOGS = (".wal", "-wal", "-journal")
"""What duckdb and sqlite keep beside the file while it is changed. An empty one says nothing."""


def state_of_database(path: str) -> State:
    """Of the file and of the logs beside it: equal when nothing was written between two looks."""
    found: list[tuple[int, int, int] | None] = []
    for part in (path, *(path + ending for ending in _LOGS)):
        try:
            now = os.stat(part)
        except OSError:
            found.append(None)
        else:
            is_log = part is not path
            found.append(None if is_log and not now.st_size else (now.st_ino, now.st_size, now.st_mtime_ns))
    return tuple(found)
