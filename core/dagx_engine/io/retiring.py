"""Rows of `state.db` that may go: which they are, and taking them away. A current row is never one of them.

Whoever drops rows is told which objects no row names any more, and removes those after.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from dagx_engine.io.database import Database
from dagx_engine.pure.retention import Retention, Weight

__all__ = ["Doomed", "RetiringRows"]

_EVER = 9e99
_AT_ONCE = 500


class Doomed(NamedTuple):
    """Numbers of the rows that are to go, and ids of the runs."""

    materializations: tuple[int, ...] = ()
    evaluations: tuple[int, ...] = ()
    observations: tuple[int, ...] = ()
    runs: tuple[str, ...] = ()
    with_current: bool = False
    """Also those that are current; else that one is among them is an error, and nothing goes."""

    def __bool__(self) -> bool:
        return bool(self.materializations or self.evaluations or self.observations or self.runs)


class RetiringRows:
    """`file` is the database of a store."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def last(self) -> tuple[int, int]:
        """The numbers of the newest materialization and of the newest result of a check."""
        (row,) = self._file.rows(
            "SELECT coalesce((SELECT max(id) FROM materializations), 0), "
            "coalesce((SELECT max(id) FROM check_evaluations), 0)"
        )
        return row[0], row[1]

    def expired(self, keep: Retention, now: float, after: tuple[int, int] | None = None) -> Doomed:
        """The results that nothing keeps any more; with `after`, of what got newer ones than these numbers alone."""
        newest = keep.newest or 0
        before = _EVER if keep.seconds is None else now - keep.seconds
        made = self._file.rows(
            "SELECT id FROM (SELECT m.id, m.made_at, row_number() OVER (PARTITION BY m.asset, m.partition "
            "ORDER BY m.id DESC) AS place FROM "
            + (
                "(SELECT DISTINCT asset, partition FROM materializations NOT INDEXED WHERE id > :after) AS t "
                "JOIN materializations m ON m.asset = t.asset AND m.partition = t.partition"
                if after
                else "materializations m"
            )
            + ") AS f WHERE place > :newest AND made_at < :before "
            "AND NOT EXISTS (SELECT 1 FROM current WHERE materialization = f.id)",
            {"after": after[0] if after else 0, "newest": newest, "before": before},
        )
        checks = self._file.rows(
            "SELECT id FROM (SELECT e.id, e.made_at, row_number() OVER (PARTITION BY e.asset, e.name, e.partition "
            "ORDER BY e.id DESC) AS place FROM "
            + (
                "(SELECT DISTINCT asset, name, partition FROM check_evaluations NOT INDEXED WHERE id > :after) AS t "
                "JOIN check_evaluations e ON e.asset = t.asset AND e.name = t.name AND e.partition = t.partition"
                if after
                else "check_evaluations e"
            )
            + ") AS f WHERE place > :newest AND made_at < :before "
            "AND NOT EXISTS (SELECT 1 FROM current_checks WHERE evaluation = f.id)",
            {"after": after[1] if after else 0, "newest": newest, "before": before},
        )
        return Doomed(_ids(made), _ids(checks))

    def expired_observations(self, keep: Retention, now: float) -> tuple[int, ...]:
        """The observations that nothing keeps any more; the newest of each asset stays."""
        rows = self._file.rows(
            "SELECT id FROM (SELECT id, made_at, row_number() OVER (PARTITION BY asset, partition ORDER BY id DESC) "
            "AS place FROM observations) WHERE place > max(?, 1) AND made_at < ?",
            (keep.newest or 0, _EVER if keep.seconds is None else now - keep.seconds),
        )
        return _ids(rows)

    def of_others(self, assets: Collection[str]) -> Doomed:
        """All rows of assets other than these, current ones too."""
        known = (json.dumps(list(assets)),)
        made, checks, seen = (
            self._file.rows(
                f"SELECT id FROM {table} WHERE asset NOT IN (SELECT value FROM json_each(?))", known
            )
            for table in ("materializations", "check_evaluations", "observations")
        )
        return Doomed(_ids(made), _ids(checks), _ids(seen), with_current=True)

    def old_runs(self, before: float, newest: int, going: Sequence[int] = ()) -> tuple[str, ...]:
        """The runs that began earlier, are not among the newest, and made nothing that is kept.

        `going` are materializations that are not.
        """
        rows = self._file.rows(
            "SELECT id FROM runs WHERE status != 'running' AND started_at < ? "
            "AND rowid <= (SELECT rowid FROM runs ORDER BY rowid DESC LIMIT 1 OFFSET ?) "
            "AND id NOT IN (SELECT run FROM materializations WHERE id NOT IN (SELECT value FROM json_each(?))) "
            "AND id NOT IN (SELECT run FROM check_evaluations) AND id NOT IN (SELECT run FROM failures)",
            (before, newest, json.dumps(list(going))),
        )
        return tuple(row[0] for row in rows)

    def started(self) -> float | None:
        """When the oldest run that is kept began."""
        rows = self._file.rows("SELECT started_at FROM runs ORDER BY rowid LIMIT 1")
        return rows[0][0] if rows else None

    def runs(self) -> set[str]:
        """The ids of all runs."""
        return {row[0] for row in self._file.rows("SELECT id FROM runs")}

    # Stored bytes.

    def total(self) -> int:
        """The bytes of all objects that rows name."""
        (row,) = self._file.rows(
            "SELECT coalesce(sum(size), 0) FROM "
            "(SELECT max(size) AS size FROM materializations WHERE object IS NOT NULL GROUP BY object)"
        )
        return int(row[0])

    def added(self, after: int) -> int:
        """The bytes of all objects that materializations after this number name: the total has grown by no more."""
        (row,) = self._file.rows(
            "SELECT coalesce(sum(size), 0) FROM materializations NOT INDEXED WHERE id > ? AND object IS NOT NULL",
            (after,),
        )
        return int(row[0])

    def weights(self) -> list[Weight]:
        """The objects that rows name."""
        rows = self._file.rows(
            "SELECT m.object, max(m.size), max(m.id), max(c.materialization IS NOT NULL) FROM materializations m "
            "LEFT JOIN current c ON c.materialization = m.id WHERE m.object IS NOT NULL GROUP BY m.object"
        )
        return [Weight(row[0], row[1], row[2], bool(row[3])) for row in rows]

    def naming(self, digests: Iterable[str]) -> tuple[int, ...]:
        """The materializations that name these objects."""
        found: list[int] = []
        for some in _in_lots(list(digests)):
            found += _ids(
                self._file.rows(
                    "SELECT id FROM materializations WHERE object IN (SELECT value FROM json_each(?))",
                    (some,),
                )
            )
        return tuple(found)

    def named(self, digests: Iterable[str]) -> list[tuple[str, str]]:
        """The assets, and the partitions of them, whose results name one of these objects."""
        rows = self._file.rows(
            "SELECT DISTINCT asset, partition FROM materializations WHERE object IN (SELECT value FROM json_each(?)) "
            "ORDER BY asset, partition",
            (json.dumps(list(digests)),),
        )
        return [(row[0], row[1]) for row in rows]

    def freed(self, materializations: Sequence[int]) -> dict[str, int]:
        """The objects, with their sizes, that no row would name any more without these rows."""
        rows = self._file.rows(
            "SELECT object, max(size) FROM materializations WHERE object IN (SELECT object FROM materializations "
            "WHERE id IN (SELECT value FROM json_each(:ids))) GROUP BY object "
            "HAVING sum(id NOT IN (SELECT value FROM json_each(:ids))) = 0",
            {"ids": json.dumps(list(materializations))},
        )
        return {row[0]: row[1] for row in rows}

    # Taking away.

    def drop(self, doomed: Doomed) -> None:
        """Take these rows away, and the manifests that nothing refers to without them.

        What happened stays known as long as its run: of a result that goes the event keeps what was said of it. Of each
        thing that happened to an asset the last time stays for ever, for results rest on when that was.

        On return that outlasts a power cut: what the rows named can be removed now, and no row will name it.
        """
        for some in _in_lots(doomed.materializations):
            with self._file.transaction(durable=True) as db:
                if doomed.with_current:
                    _unpoint(db, "current", "materialization", some)
                _leave_event(db, "made", some, forget=doomed.with_current)
                _drop(db, "materializations", some)
        for some in _in_lots(doomed.evaluations):
            with self._file.transaction(durable=True) as db:
                if doomed.with_current:
                    _unpoint(db, "current_checks", "evaluation", some)
                _leave_event(db, "checked", some, forget=doomed.with_current)
                _drop(db, "check_evaluations", some)
        for some in _in_lots(doomed.observations):
            with self._file.transaction() as db:
                _leave_event(db, "seen", some, forget=doomed.with_current)
                db.execute("DELETE FROM observations WHERE id IN (SELECT value FROM json_each(?))", (some,))
        for some in _in_lots(doomed.runs):
            with self._file.transaction() as db:
                db.execute(
                    "DELETE FROM events WHERE run IN (SELECT value FROM json_each(?)) AND (asset IS NULL OR EXISTS "
                    "(SELECT 1 FROM events n WHERE n.asset = events.asset AND n.kind = events.kind "
                    "AND n.partition = events.partition AND n.name IS events.name AND n.seq > events.seq))",
                    (some,),
                )
                for table, column in (("steps", "run"), ("runs", "id")):
                    db.execute(
                        f"DELETE FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))", (some,)
                    )


_SAID = {
    "made": "SELECT json_object('metadata', json(metadata), 'tags', json(tags), 'data_version', data_version) "
    "FROM materializations",
    "seen": "SELECT json_object('metadata', json(metadata), 'tags', json(tags), 'data_version', data_version) "
    "FROM observations",
    "checked": "SELECT json_object('metadata', json(metadata), 'passed', passed, 'severity', severity, 'blocking', "
    "blocking, 'description', description) FROM check_evaluations",
}
"""What stays of a row in the event that tells of it."""


def _leave_event(db: sqlite3.Connection, kind: str, ids: str, *, forget: bool) -> None:
    """These rows are about to go: their events take over what they say, or go too."""
    some = "kind = ? AND row IN (SELECT value FROM json_each(?))"
    if forget:
        db.execute(f"DELETE FROM events WHERE {some}", (kind, ids))
    else:
        db.execute(
            f"UPDATE events SET body = ({_SAID[kind]} WHERE id = events.row) WHERE {some}", (kind, ids)
        )


def _unpoint(db: sqlite3.Connection, pointers: str, column: str, ids: str) -> None:
    db.execute(f"DELETE FROM {pointers} WHERE {column} IN (SELECT value FROM json_each(?))", (ids,))


def _drop(db: sqlite3.Connection, table: str, ids: str) -> None:
    manifests = db.execute(
        f"SELECT DISTINCT manifest_key FROM {table} WHERE id IN (SELECT value FROM json_each(?))", (ids,)
    ).fetchall()
    db.execute(f"DELETE FROM {table} WHERE id IN (SELECT value FROM json_each(?))", (ids,))
    db.executemany(
        "DELETE FROM manifests WHERE key = ?1 AND NOT EXISTS (SELECT 1 FROM materializations WHERE manifest_key = ?1) "
        "AND NOT EXISTS (SELECT 1 FROM check_evaluations WHERE manifest_key = ?1) "
        "AND NOT EXISTS (SELECT 1 FROM failures WHERE manifest_key = ?1)",
        [tuple(row) for row in manifests],
    )


def _ids(rows: Iterable[sqlite3.Row]) -> tuple[int, ...]:
    return tuple(row[0] for row in rows)


def _in_lots(values: Sequence[object]) -> list[str]:
    return [json.dumps(values[first : first + _AT_ONCE]) for first in range(0, len(values), _AT_ONCE)]
