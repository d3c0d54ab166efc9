"""The table `texts`: what is told of a part by its digest, written with the first result that is made of it: the source
text of code, the size of a file, the names in a folder.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping

from dagx_engine.io.database import Database

__all__ = ["TextRows", "keep_texts"]

_AT_ONCE = 500
"""SQLite takes so many values in one statement, and more."""


class TextRows:
    """`file` is the database of a store."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def digests(self) -> set[str]:
        """Of all that is stored."""
        return {row[0] for row in self._file.rows("SELECT digest FROM texts")}

    def of(self, digests: Collection[str]) -> dict[str, str]:
        """Those of these digests that are stored."""
        wanted, found = list(digests), dict[str, str]()
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            rows = self._file.rows(f"SELECT digest, text FROM texts WHERE digest IN ({marks})", some)
            found.update((row[0], row[1]) for row in rows)
        return found

    def drop_unused(self) -> int:
        """Take away the texts that no manifest names any more; returns how many."""
        with self._file.transaction() as db:
            cursor = db.execute(
                "DELETE FROM texts WHERE digest NOT IN "
                "(SELECT json_extract(part.value, '$[1]') FROM manifests, json_each(manifests.parts) AS part)"
            )
            return cursor.rowcount


def keep_texts(db: sqlite3.Connection, texts: Mapping[str, str]) -> None:
    """Write these down, within the caller's transaction."""
    if texts:
        db.executemany("INSERT OR IGNORE INTO texts(digest, text) VALUES (?,?)", list(texts.items()))
