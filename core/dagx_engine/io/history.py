"""What `state.db` says of what happened, in order: to assets, to checks, in runs. Each event has a number."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from dagx_engine.io.database import Database
from dagx_engine.pure.value import dataclass

__all__ = ["Happening", "HistoryRows", "RunTimes", "Wanted"]

_A_PAGE = 500
_PAGE_OF_TEXT = 64 * 1024
"""A page ends after so much text: a reader takes it in one go, and a socket holds it."""

_ABOUT_ASSETS = ("made", "seen")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which events: those that fit everything that is given. `after` and `before` are numbers, `since` and `until`
    times; all four are exclusive. In the order of their numbers, or in reverse.
    """

    kinds: Sequence[str]
    asset: str | None = None
    partitions: Sequence[str] | None = None
    name: str | None = None
    run: str | None = None
    numbers: Sequence[int] | None = None
    after: int | None = None
    before: int | None = None
    since: float | None = None
    until: float | None = None
    ascending: bool = False
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """One event. What is about no asset has none; `passed` and what follows are those of a check."""

    number: int
    at: float
    run: str
    step: str
    kind: str
    body: Mapping[str, object]
    asset: str | None
    partition: str
    name: str | None
    is_recorded: bool
    """Whether user code recorded it beside its outputs: the engine neither made nor saw anything."""
    metadata: Mapping[str, object]
    tags: Mapping[str, str]
    description: str
    data_version: str | None
    parts: tuple[tuple[str, str], ...]
    """Of the manifest of what was made."""
    passed: bool | None
    severity: str
    blocking: bool
    target: tuple[int, str, float] | None
    """The event of the materialization that a check looked at: its number, run and time."""


@dataclass(frozen=True, slots=True)
class RunTimes:
    """A run, its place among all, and when it ended. `assets` are those that were selected; None when all were."""

    number: int
    id: str
    status: str
    assets: tuple[str, ...] | None
    started_at: float
    ended_at: float | None


class HistoryRows:
    """The questions about events; `file` is the database of a store."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def page(self, wanted: Wanted) -> tuple[list[Happening], bool]:
        """The first of the events that are wanted, and whether there are more after them."""
        terms, values = _conditions(wanted)
        order = "ASC" if wanted.ascending else "DESC"
        most = _A_PAGE if wanted.limit is None else min(wanted.limit, _A_PAGE)
        rows = self._file.rows(
            f"{_EVENTS} WHERE {' AND '.join(terms)} ORDER BY e.seq {order} LIMIT ?", (*values, most)
        )
        found: list[Happening] = []
        length = 0
        for row in rows:
            if found and length > _PAGE_OF_TEXT:
                return found, True
            length += sum(len(text) for text in (row["body"], row["metadata"], row["tags"]) if text)
            found.append(_happening_of(row))
        return found, len(found) == _A_PAGE

    def newest(
        self, kind: str, asset: str, partition: str = "", before: int | None = None, name: str | None = None
    ) -> int | None:
        """The number of the newest event of this kind: of an asset, of one partition, of a check of it (`name`)."""
        some = [partition] if partition else None
        terms, values = _conditions(
            Wanted(kinds=[kind], asset=asset, partitions=some, before=before, name=name)
        )
        rows = self._file.rows(f"SELECT max(e.seq) FROM events e WHERE {' AND '.join(terms)}", values)
        return None if rows[0][0] is None else int(rows[0][0])

    def newest_of_partitions(self, wanted: Wanted) -> dict[str, int]:
        """For each partition that has such an event, the number of the newest."""
        terms, values = _conditions(wanted)
        rows = self._file.rows(
            f"SELECT e.partition, max(e.seq) FROM events e WHERE {' AND '.join(terms)} AND e.partition != '' "
            "GROUP BY e.partition",
            values,
        )
        return {row[0]: row[1] for row in rows}

    def assets(self) -> list[str]:
        """All assets that were made or seen."""
        rows = self._file.rows(
            "SELECT DISTINCT asset FROM events WHERE asset IS NOT NULL AND kind IN (?,?)", _ABOUT_ASSETS
        )
        return [row[0] for row in rows]

    def has_asset(self, asset: str) -> bool:
        """Whether the asset was made or seen."""
        rows = self._file.rows(
            "SELECT 1 FROM events WHERE asset = ? AND kind IN (?,?) LIMIT 1", (asset, *_ABOUT_ASSETS)
        )
        return bool(rows)

    def runs(self, run: str | None = None) -> list[RunTimes]:
        """All runs, the oldest first; or the one with this id."""
        rows = self._file.rows(
            "SELECT rowid, id, status, selection, started_at, seconds FROM runs WHERE ?1 IS NULL OR id = ?1 ORDER BY 1",
            (run,),
        )
        chosen = self._file.rows(
            "SELECT s.run, s.assets FROM steps s JOIN runs r ON r.id = s.run "
            "WHERE r.selection != '' AND (?1 IS NULL OR r.id = ?1)",
            (run,),
        )
        assets: dict[str, dict[str, None]] = {}
        for row in chosen:
            names = (name.partition("[")[0] for name in json.loads(row[1]))
            assets.setdefault(row[0], {}).update(dict.fromkeys(names))
        return [
            RunTimes(
                row[0],
                row[1],
                row[2],
                tuple(assets.get(row[1], ())) if row[3] else None,
                row[4],
                None if row[5] is None else row[4] + row[5],
            )
            for row in rows
        ]

    def recorded(self, asset: str, step: str, most: int) -> list[Happening]:
        """What user code recorded of an asset, and what the newest run of `step` recorded of others; newest first."""
        rows = self._file.rows(
            f"{_EVENTS} WHERE e.seq IN (SELECT seq FROM events WHERE asset = ?1 AND kind IN ('made', 'seen') "
            "AND row IS NULL UNION SELECT seq FROM events WHERE run = (SELECT s.run FROM steps s JOIN runs r "
            "ON r.id = s.run WHERE (s.step = ?2 OR (s.step > ?3 AND s.step < ?4)) AND s.started_at IS NOT NULL "
            "ORDER BY r.rowid DESC LIMIT 1) AND (step = ?2 OR (step > ?3 AND step < ?4)) "
            "AND asset IS NOT NULL AND kind IN ('made', 'seen') AND row IS NULL) ORDER BY e.seq DESC LIMIT ?5",
            (
                asset,
                step,
                f"{step}[",
                f"{step}\\",
                most,
            ),  # of partitions: `step[key]`, which stands before `step\`
        )
        return [_happening_of(row) for row in rows]


_EVENTS = """
SELECT e.seq, e.at, e.run, e.step, e.kind, e.body, e.asset, e.partition, e.name, e.row,
    coalesce(m.metadata, o.metadata, c.metadata) AS metadata, coalesce(m.tags, o.tags) AS tags,
    coalesce(m.data_version, o.data_version) AS data_version, k.parts, c.passed, c.severity, c.blocking, c.description,
    t.seq AS target, t.run AS target_run, t.at AS target_at
FROM events e
LEFT JOIN materializations m ON e.kind = 'made' AND m.id = e.row
LEFT JOIN manifests k ON k.key = m.manifest_key
LEFT JOIN observations o ON e.kind = 'seen' AND o.id = e.row
LEFT JOIN check_evaluations c ON e.kind = 'checked' AND c.id = e.row
LEFT JOIN events t ON t.seq = (
    SELECT s.seq FROM events s WHERE s.row = c.target AND s.kind = 'made' AND s.seq < e.seq ORDER BY s.seq DESC LIMIT 1)
"""


def _conditions(wanted: Wanted) -> tuple[list[str], list[object]]:
    """The conditions of a question, and the values for their marks."""
    terms: list[str] = []
    values: list[object] = []
    kinds = list(dict.fromkeys(wanted.kinds))
    one = kinds[0] if len(kinds) == 1 else None  # an index gives the newest of one kind at once
    comparisons = {
        "e.asset = ?": wanted.asset,
        "e.kind = ?": one,
        "e.name = ?": wanted.name,
        "e.run = ?": wanted.run,
        "e.seq > ?": wanted.after,
        "e.seq < ?": wanted.before,
        "e.at > ?": wanted.since,
        "e.at < ?": wanted.until,
    }
    for term, value in comparisons.items():
        if value is not None:
            terms.append(term)
            values.append(value)
    if wanted.partitions is not None:
        terms.append("e.partition != ''")  # as the index of partitions is declared
    # As one JSON text: the number of marks in a statement is limited.
    several = {"e.kind": None if one else kinds, "e.partition": wanted.partitions, "e.seq": wanted.numbers}
    for column, chosen in several.items():
        if chosen is not None:
            terms.append(f"{column} IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(list(chosen)))
    return terms, values


def _happening_of(row: sqlite3.Row) -> Happening:
    body = json.loads(row["body"])
    # Of what user code recorded, and of a result that is gone, the event itself has what was said.
    said = body if row["asset"] is not None and row["metadata"] is None else {}

    def of(column: str, otherwise: Any) -> Any:
        return said.get(column, otherwise) if row[column] is None else row[column]

    passed = of("passed", None)
    return Happening(
        number=row["seq"],
        at=row["at"],
        run=row["run"] or "",
        step=row["step"] or "",
        kind=row["kind"],
        body=body,
        asset=row["asset"],
        partition=row["partition"],
        name=row["name"],
        is_recorded=row["asset"] is not None and row["row"] is None,
        metadata=json.loads(row["metadata"]) if row["metadata"] else said.get("metadata", {}),
        tags=json.loads(row["tags"]) if row["tags"] else said.get("tags", {}),
        description=of("description", ""),
        data_version=of("data_version", None),
        parts=tuple((name, digest) for name, digest in json.loads(row["parts"])) if row["parts"] else (),
        passed=None if passed is None else bool(passed),
        severity=of("severity", ""),
        blocking=bool(of("blocking", 0)),
        target=None if row["target"] is None else (row["target"], row["target_run"], row["target_at"]),
    )
