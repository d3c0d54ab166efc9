"""What `state.db` remembers of files: the stamp that each had when it was hashed, so that it is not read again."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping

from dagx_engine.io.database import Database
from dagx_engine.io.files import Known

__all__ = ["StampRows"]


class StampRows:
    """By path, as it stands in the names of parts; `file` is the database of a store."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def read(self) -> dict[str, Known]:
        """All of them."""
        found: dict[str, Known] = {}
        for path, stamp, digest in self._file.rows("SELECT path, stamp, digest FROM stamps"):
            device, inode, size, changed, touched = map(int, stamp.split())
            found[os.fsdecode(path)] = Known((device, inode, size, changed, touched), digest)
        return found

    def write(self, learned: Mapping[str, Known], forgotten: Collection[str]) -> None:
        """Put these in the place of what was known of the same files, and drop what is of no use."""
        with self._file.transaction() as db:
            db.executemany("DELETE FROM stamps WHERE path = ?", [(os.fsencode(path),) for path in forgotten])
            db.executemany(
                "INSERT OR REPLACE INTO stamps(path, stamp, digest) VALUES (?,?,?)",
                [
                    (os.fsencode(path), " ".join(map(str, known.stamp)), known.digest)
                    for path, known in learned.items()
                ],
            )
