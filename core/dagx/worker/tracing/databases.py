"""Databases in a file: opened to be read and to be changed alike, so whether one was changed is seen at the end."""

from __future__ import annotations

import os

__all__ = ["State", "logs_of", "state_of_database"]

State = tuple["tuple[int, int, int] | None", ...]

_LOGS = (".wal", "-wal", "-journal")
"""What duckdb and sqlite keep beside the file while it is changed. An empty one says nothing."""


def logs_of(path: str) -> list[str]:
    """The logs beside a database that hold something: it is not all in its file then."""
    found = [path + ending for ending in _LOGS]
    return [log for log in found if os.path.isfile(log) and os.path.getsize(log)]


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
