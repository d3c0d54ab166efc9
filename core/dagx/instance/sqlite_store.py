"""SqliteStore: an EventStore in a file, which several objects and processes may have open at once.

Written and read by one connection of its own, in WAL mode; each change is one transaction.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import Any

from dagx.errors import DagxError
from dagx.instance.codec import from_text, to_text
from dagx.instance.event_log import EventLogEntry
from dagx.instance.event_types import HISTORY_EVENTS
from dagx.instance.filters import EventQuery
from dagx.instance.runs import DagsterRun, RunRecord, moment
from dagx.instance.store import RunChange, taken, unknown
from dagx.keys import AssetKey

# Of another process that is writing; its transactions take a few milliseconds.
_SECONDS_TO_WAIT = 60.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, type TEXT, job TEXT, at REAL NOT NULL,
    asset TEXT, partition TEXT, check_name TEXT, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS events_by_asset ON events (asset, type, id);
CREATE INDEX IF NOT EXISTS events_by_run ON events (run_id, id);
CREATE INDEX IF NOT EXISTS events_by_type ON events (type, id);
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL UNIQUE, body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS partitions (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, key TEXT NOT NULL, UNIQUE (name, key)
);
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, text TEXT NOT NULL);
"""


class SqliteStore:
    """An EventStore in the file `path`, which is made when it is not there. Raises DagxError when it is none."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._process = 0
        self._is_closed = False
        with self._writing() as connection:
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)

    def _connected(self) -> sqlite3.Connection:
        if self._is_closed:
            raise DagxError(f"the instance in {os.path.dirname(self._path)} was closed", "open it again")
        if self._connection is None or self._process != os.getpid():  # a connection must not cross a fork
            try:
                self._connection = _opened(self._path)
            except sqlite3.Error as error:
                raise DagxError(f"{self._path} cannot be opened: {error}") from error
            self._process = os.getpid()
            weakref.finalize(self, _close, self._connection, self._process)
        return self._connection

    @contextmanager
    def _reading(self) -> Generator[sqlite3.Connection, None, None]:
        with self._lock:
            try:
                yield self._connected()
            except sqlite3.Error as error:
                raise DagxError(f"{self._path}: {error}") from error

    @contextmanager
    def _writing(self) -> Generator[sqlite3.Connection, None, None]:
        with self._reading() as connection:
            if connection.in_transaction:  # a change inside a change
                yield connection
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    # Events

    def append(self, entry: EventLogEntry, change: RunChange | None = None) -> EventLogEntry:
        event, asset = entry.dagster_event, entry.asset_key
        row = (
            entry.run_id,
            None if event is None else event.event_type_value,
            entry.job_name,
            entry.timestamp,
            None if asset is None else asset.to_string(),
            None if entry.partition is None else str(entry.partition),
            entry.check_name,
            to_text(entry),
        )
        with self._writing() as connection:
            if change is not None:
                self.change_run(entry.run_id, change)
            done = connection.execute(
                "INSERT INTO events (run_id, type, job, at, asset, partition, check_name, body)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
            return entry.numbered(done.lastrowid or 0)

    def entries(self, query: EventQuery) -> list[EventLogEntry]:
        terms, values = _where(query)
        order = "ASC" if query.ascending else "DESC"
        where = " AND ".join(terms) or "1"
        limit = -1 if query.limit is None else query.limit
        with self._reading() as connection:
            rows = connection.execute(
                f"SELECT id, body FROM events WHERE {where} ORDER BY id {order} LIMIT ?", (*values, limit)
            ).fetchall()
        return [from_text(body).numbered(number) for number, body in rows]

    def known_assets(self) -> set[AssetKey]:
        marks = ", ".join("?" * len(HISTORY_EVENTS))
        with self._reading() as connection:
            rows = connection.execute(
                f"SELECT DISTINCT asset FROM events WHERE asset IS NOT NULL AND type IN ({marks})",
                tuple(HISTORY_EVENTS),
            ).fetchall()
        return {_key(text) for (text,) in rows}

    def forget(self, asset: AssetKey, partitions: Iterable[str] | None = None) -> None:
        with self._writing() as connection:
            if partitions is None:
                connection.execute("UPDATE events SET asset = NULL WHERE asset = ?", (asset.to_string(),))
                return
            connection.executemany(
                "UPDATE events SET asset = NULL WHERE asset = ? AND partition = ?",
                [(asset.to_string(), str(key)) for key in partitions],
            )

    # Runs

    def add_run(self, run: DagsterRun, now: float) -> RunRecord:
        with self._writing() as connection:
            if self.run(run.run_id) is not None:
                raise taken(run.run_id)
            record = RunRecord(0, run, moment(now), moment(now))
            done = connection.execute(
                "INSERT INTO runs (run_id, body) VALUES (?, ?)", (run.run_id, to_text(record))
            )
            return _numbered(record, done.lastrowid or 0)

    def change_run(self, run_id: str, change: RunChange) -> RunRecord:
        with self._writing() as connection:
            record = self.run(run_id)
            if record is None:
                raise unknown(run_id)
            changed = change(record)
            connection.execute("UPDATE runs SET body = ? WHERE run_id = ?", (to_text(changed), run_id))
            return changed

    def run(self, run_id: str) -> RunRecord | None:
        with self._reading() as connection:
            row = connection.execute("SELECT id, body FROM runs WHERE run_id = ?", (run_id,)).fetchone()
        return None if row is None else _numbered(from_text(row[1]), row[0])

    def runs(self) -> list[RunRecord]:
        with self._reading() as connection:
            rows = connection.execute("SELECT id, body FROM runs ORDER BY id").fetchall()
        return [_numbered(from_text(body), number) for number, body in rows]

    def delete_run(self, run_id: str) -> None:
        with self._writing() as connection:
            if not connection.execute("DELETE FROM runs WHERE run_id = ?", (run_id,)).rowcount:
                raise unknown(run_id)
            connection.execute("DELETE FROM events WHERE run_id = ?", (run_id,))

    # Dynamic partitions, notes

    def add_partitions(self, name: str, keys: Sequence[str]) -> None:
        with self._writing() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO partitions (name, key) VALUES (?, ?)", [(name, key) for key in keys]
            )

    def delete_partition(self, name: str, key: str) -> None:
        with self._writing() as connection:
            connection.execute("DELETE FROM partitions WHERE name = ? AND key = ?", (name, key))

    def partitions(self, name: str) -> list[str]:
        with self._reading() as connection:
            rows = connection.execute("SELECT key FROM partitions WHERE name = ? ORDER BY id", (name,))
            return [key for (key,) in rows.fetchall()]

    def set_note(self, name: str, text: str | None) -> None:
        with self._writing() as connection:
            connection.execute("DELETE FROM notes WHERE name = ?", (name,))
            if text is not None:
                connection.execute("INSERT INTO notes (name, text) VALUES (?, ?)", (name, text))

    def notes(self, prefix: str) -> dict[str, str]:
        with self._reading() as connection:
            rows = connection.execute("SELECT name, text FROM notes").fetchall()
        return {name: text for name, text in rows if name.startswith(prefix)}

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            if self._connection is not None and self._process == os.getpid():
                self._connection.close()
            self._connection = None


def _opened(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=_SECONDS_TO_WAIT, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _close(connection: sqlite3.Connection, process: int) -> None:
    if process == os.getpid():
        connection.close()


def _where(query: EventQuery) -> tuple[list[str], list[Any]]:
    """The conditions of a query, and the values for their marks."""
    terms: list[str] = []
    values: list[Any] = []
    # An index gives the newest entry of one type at once; of several types it gives all of them.
    kind = next(iter(query.types)) if query.types is not None and len(query.types) == 1 else None
    comparisons = {
        "type = ?": kind,
        "run_id = ?": query.run_id,
        "asset = ?": None if query.asset is None else query.asset.to_string(),
        "check_name = ?": query.check,
        "id > ?": query.after,
        "id < ?": query.before,
        "at > ?": query.since,
        "at < ?": query.until,
    }
    for term, value in comparisons.items():
        if value is not None:
            terms.append(term)
            values.append(value)
    # As one JSON text: the number of marks in a statement is limited.
    types = query.types if kind is None else None
    collections = {"type": types, "partition": query.partitions, "id": query.ids, "job": query.jobs}
    for column, wanted in collections.items():
        if wanted is not None:
            terms.append(f"{column} IN (SELECT value FROM json_each(?))")
            values.append(to_text([_bare(item) for item in wanted]))
    return terms, values


def _bare(item: str | int) -> str | int:
    return str(item) if isinstance(item, str) else item


def _key(text: str) -> AssetKey:
    parts: list[str] = from_text(text)
    return AssetKey(parts)


def _numbered(record: RunRecord, number: int) -> RunRecord:
    return RunRecord(
        number,
        record.dagster_run,
        record.create_timestamp,
        record.update_timestamp,
        record.start_time,
        record.end_time,
    )
