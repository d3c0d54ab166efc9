"""The table `learned`: what steps were seen to execute though no name leads there: holes in the analysis of code.

Manifests say which results rest on it; here stands what is to be looked up at each load, and since when.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from dagx_engine.io.database import Database
from dagx_engine.io.rows import LearnedRow

__all__ = ["LearnedRows", "keep_learned"]


class LearnedRows:
    """`file` is the database of a store."""

    def __init__(self, file: Database) -> None:
        self._file = file
        self._known: list[LearnedRow] | None = None

    def parts(self) -> list[str]:
        """The name of each such part, once."""
        return [row[0] for row in self._file.rows("SELECT DISTINCT part FROM learned ORDER BY part")]

    def rows(self) -> Sequence[LearnedRow]:
        """All of them, the oldest first. Each attempt asks for them: they are read once, and again after `forget`."""
        if self._known is None:
            found = self._file.rows("SELECT step, part, run, at FROM learned ORDER BY at, step, part")
            self._known = [LearnedRow(*row) for row in found]
        return self._known

    def forget(self) -> None:
        """There are others now."""
        self._known = None

    def drop_unused(self) -> int:
        """Take away what no manifest names any more; returns how many."""
        self.forget()
        with self._file.transaction() as db:
            cursor = db.execute(
                "DELETE FROM learned WHERE part NOT IN "
                "(SELECT json_extract(part.value, '$[0]') FROM manifests, json_each(manifests.parts) AS part)"
            )
            return cursor.rowcount


def keep_learned(db: sqlite3.Connection, run: str, at: float, learned: Sequence[tuple[str, str]]) -> None:
    """Write (step, part) down, within the caller's transaction; what is known stays as it is."""
    if learned:
        rows = [(step, part, run, at) for step, part in learned]
        db.executemany("INSERT OR IGNORE INTO learned(step, part, run, at) VALUES (?,?,?,?)", rows)
