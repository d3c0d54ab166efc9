"""`state.db`: runs, steps, materializations, events. All SQL of dagx stands here and in `schema`.

One writer, `BEGIN IMMEDIATE`, one transaction for each thing that happened; readers use connections of their own and
exhaust their cursors. Nothing else may open these files: closing such a descriptor drops SQLite's locks.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from dagx.errors import DagxError
from dagx_engine.io.rows import (
    FailureRow,
    Materialization,
    NewMaterialization,
    RunRow,
    StepRow,
    materialization_of,
    step_of,
)

__all__ = ["Store"]

_APPLICATION = 0x64616758  # "dagX"
_VERSION = 1


class Store:
    """A connection to the project's state. `write=True` is for the holder of the project lock alone.

    `is_empty`: nothing had been written when it was opened, not even tables.
    """

    def __init__(self, folder: Path, *, write: bool) -> None:
        """Raises DagxError when the file is not ours, is newer than this dagx, or cannot be opened."""
        self.path = folder / "state.db"
        self._db = self._connect(write)
        found = os.stat(self.path)
        self._identity = (found.st_dev, found.st_ino)

    def _connect(self, write: bool) -> sqlite3.Connection:
        where = str(self.path) if write else f"{self.path.as_uri()}?mode=ro"
        try:
            db = sqlite3.connect(where, uri=not write, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise self._unusable(str(error)) from error
        try:
            self._open(db, write)
        except sqlite3.Error as error:
            db.close()
            raise self._unusable(str(error)) from error
        except BaseException:
            db.close()
            raise
        return db

    def _open(self, db: sqlite3.Connection, write: bool) -> None:
        db.execute("PRAGMA busy_timeout = 10000")
        (version,) = db.execute("PRAGMA user_version").fetchone()
        (application,) = db.execute("PRAGMA application_id").fetchone()
        tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables and application != _APPLICATION:
            raise self._unusable("it is not a dagx database")
        if version > _VERSION:
            raise DagxError(
                f"{self.path} was written by a newer dagx (version {version} of the tables; this one knows {_VERSION})",
                hint="upgrade dagx, or move the .dagx folder aside to start over",
            )
        self.is_empty = not tables
        if write:
            self._prepare(db, version)
        elif tables and version < _VERSION:
            raise DagxError(
                f"{self.path} was written by an older dagx (version {version} of the tables; this one has {_VERSION})",
                hint="`dagx run` or `dagx dev` brings it up to date",
            )

    def _prepare(self, db: sqlite3.Connection, version: int) -> None:
        for pragma in (
            "journal_mode = WAL",
            "synchronous = NORMAL",
            "foreign_keys = ON",
            "trusted_schema = OFF",
            "journal_size_limit = 16777216",
        ):
            db.execute(f"PRAGMA {pragma}").fetchall()
        if version < _VERSION:
            from dagx_engine.io import schema  # noqa: PLC0415 - sqlite-utils costs 90 ms, needed once a project

            # The name first: killed on the way to the tables, the next start must know that they are its own.
            db.execute(f"PRAGMA application_id = {_APPLICATION}")
            schema.migrate(db)
            db.execute(f"PRAGMA user_version = {_VERSION}")

    def _unusable(self, reason: str) -> DagxError:
        return DagxError(
            f"{self.path} cannot be used: {reason}",
            hint="move the .dagx folder aside to start over; everything in it can be made again",
        )

    def close(self) -> None:
        self._db.close()

    @property
    def is_in_place(self) -> bool:
        """Whether the file that was opened is still the one in the project."""
        try:
            found = os.stat(self.path)
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == self._identity

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise DagxError(
                f"{self.path} cannot be written: {error}",
                hint="nothing was lost; free some space and run again",
            ) from error

    def _event(self, at: float, kind: str, run: str | None, step: str | None = None, **body: object) -> None:
        self._db.execute(
            "INSERT INTO events(at, run, step, kind, body) VALUES (?,?,?,?,?)",
            (at, run, step, kind, json.dumps(body)),
        )

    # What the run writes, each in one transaction with its event.

    def recover(self, at: float) -> tuple[str, ...]:
        """Mark what an engine that is gone left running as crashed; returns those runs. Needs the project lock."""
        with self._transaction() as db:
            lost = [row[0] for row in db.execute("SELECT id FROM runs WHERE status = 'running'").fetchall()]
            for run in lost:
                db.execute("UPDATE runs SET status = 'crashed' WHERE id = ?", (run,))
                db.execute(
                    "UPDATE steps SET state = 'cancelled' WHERE run = ? "
                    "AND state IN ('waiting','examined','ready','running','retrying')",
                    (run,),
                )
                self._event(at, "run_crashed", run)
        return tuple(lost)

    def begin_run(
        self,
        run: str,
        at: float,
        selection: str,
        cause: str,
        steps: Sequence[tuple[str, Sequence[str]]],
        pid: int,
    ) -> None:
        with self._transaction() as db:
            db.execute(
                "INSERT INTO runs(id, status, selection, cause, started_at, pid) VALUES (?,?,?,?,?,?)",
                (run, "running", selection, cause, at, pid),
            )
            db.executemany(
                "INSERT INTO steps(run, step, place, assets, state) VALUES (?,?,?,?,'waiting')",
                [(run, step, place, json.dumps(list(assets))) for place, (step, assets) in enumerate(steps)],
            )
            self._event(at, "run_started", run, selection=selection, cause=cause, steps=len(steps))

    def start_step(
        self,
        run: str,
        step: str,
        at: float,
        attempt: int,
        manifest_key: str,
        reasons: Sequence[tuple[str, str]],
    ) -> None:
        with self._transaction() as db:
            db.execute(
                "UPDATE steps SET state='running', attempt=?, started_at=?, manifest_key=?, reasons=? "
                "WHERE run=? AND step=?",
                (attempt, at, manifest_key, json.dumps([list(r) for r in reasons]), run, step),
            )
            self._event(at, "step_started", run, step, attempt=attempt)

    def finish_step(
        self,
        run: str,
        step: str,
        at: float,
        state: str,
        seconds: float,
        manifest_key: str,
        parts: Sequence[tuple[str, str]],
        made: Sequence[NewMaterialization],
    ) -> list[Materialization]:
        """The step made what it makes: rows, pointers and event in one transaction, after the bytes are down."""
        rows = []
        with self._transaction() as db:
            self._settle(db, run, step, state, seconds, None, None)
            self._keep_manifest(db, manifest_key, parts)
            for item in made:
                number = self._add(db, run, at, seconds, manifest_key, item)
                rows.append(
                    Materialization(
                        **vars(item),
                        id=number,
                        run=run,
                        made_at=at,
                        seconds=seconds,
                        manifest_key=manifest_key,
                        parts=tuple(parts),
                    )
                )
            db.execute("DELETE FROM failures WHERE step = ?", (step,))
            versions = {item.asset: item.data_version for item in made}
            self._event(at, "step_" + state, run, step, seconds=seconds, data_versions=versions)
        return rows

    def _add(
        self, db: sqlite3.Connection, run: str, at: float, seconds: float, key: str, item: NewMaterialization
    ) -> int:
        cursor = db.execute(
            "INSERT INTO materializations(asset, run, made_at, seconds, manifest_key, data_version, codec, object, "
            "inline, size, rows, columns, written, metadata, tags, preview) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                item.asset,
                run,
                at,
                seconds,
                key,
                item.data_version,
                item.codec,
                item.object_digest,
                item.inline,
                item.size,
                item.rows,
                json.dumps(item.columns),
                json.dumps(item.written),
                json.dumps(item.metadata),
                json.dumps(item.tags),
                _storable(item.preview),
            ),
        )
        number = cursor.lastrowid or 0
        self._point(db, item.asset, number)
        return number

    def _keep_manifest(self, db: sqlite3.Connection, key: str, parts: Sequence[tuple[str, str]]) -> None:
        db.execute(
            "INSERT OR IGNORE INTO manifests(key, parts) VALUES (?,?)",
            (key, json.dumps([list(part) for part in parts])),
        )

    def _point(self, db: sqlite3.Connection, asset: str, materialization: int) -> None:
        db.execute(
            "INSERT INTO current(asset, materialization) VALUES (?,?) "
            "ON CONFLICT(asset, partition) DO UPDATE SET materialization = excluded.materialization",
            (asset, materialization),
        )

    def reuse_step(
        self, run: str, step: str, at: float, state: str, pointers: Sequence[tuple[str, int]] = ()
    ) -> None:
        """The step did not run: it was fresh, or earlier materializations became current again."""
        with self._transaction() as db:
            self._settle(db, run, step, state, 0.0, None, None)
            for asset, materialization in pointers:
                self._point(db, asset, materialization)
            if pointers:
                db.execute("DELETE FROM failures WHERE step = ?", (step,))
                self._event(at, "step_" + state, run, step)

    def fresh_steps(self, run: str, steps: Sequence[str]) -> None:
        """These steps were found fresh."""
        with self._transaction() as db:
            db.executemany(
                "UPDATE steps SET state='fresh', seconds=0 WHERE run=? AND step=?",
                [(run, step) for step in steps],
            )
            db.executemany("DELETE FROM failures WHERE step = ?", [(step,) for step in steps])

    def fail_step(
        self,
        run: str,
        step: str,
        at: float,
        seconds: float,
        manifest_key: str,
        parts: Sequence[tuple[str, str]],
        error: str,
        line: str,
    ) -> None:
        """The attempt failed for good; from which manifest is kept, so that nobody tries the same again unasked."""
        with self._transaction() as db:
            error, line = _storable(error), _storable(line)
            self._settle(db, run, step, "failed", seconds, error, line)
            self._keep_manifest(db, manifest_key, parts)
            db.execute(
                "INSERT OR REPLACE INTO failures(step, run, manifest_key, error_line) VALUES (?,?,?,?)",
                (step, run, manifest_key, line),
            )
            self._event(at, "step_failed", run, step, seconds=seconds, error=line)

    def close_step(self, run: str, step: str, at: float, state: str, because: str | None) -> None:
        """Skipped or cancelled before it ran."""
        with self._transaction() as db:
            db.execute(
                "UPDATE steps SET state=?, because=? WHERE run=? AND step=?", (state, because, run, step)
            )
            self._event(at, "step_" + state, run, step, because=because)

    def _settle(
        self,
        db: sqlite3.Connection,
        run: str,
        step: str,
        state: str,
        seconds: float,
        error: str | None,
        line: str | None,
    ) -> None:
        db.execute(
            "UPDATE steps SET state=?, seconds=?, error=?, error_line=? WHERE run=? AND step=?",
            (state, seconds, error, line, run, step),
        )

    def end_run(self, run: str, at: float, status: str, seconds: float) -> None:
        with self._transaction() as db:
            db.execute("UPDATE runs SET status=?, seconds=? WHERE id=?", (status, seconds, run))
            self._event(at, "run_" + status, run, seconds=seconds)

    # What is asked.

    def history(self, most: int = 8) -> dict[str, list[Materialization]]:
        """For each asset its materializations, the current one first, then the newest others."""
        current = {row[0]: row[1] for row in self._rows("SELECT asset, materialization FROM current")}
        found: dict[str, list[Materialization]] = {asset: [] for asset in current}
        rows = self._rows(
            "SELECT * FROM (SELECT m.*, k.parts, row_number() OVER (PARTITION BY m.asset ORDER BY m.id DESC) AS place "
            "FROM materializations m JOIN manifests k ON k.key = m.manifest_key) "
            "WHERE place <= ? OR id IN (SELECT materialization FROM current) ORDER BY id DESC",
            (most,),
        )
        for row in rows:
            item = materialization_of(row)
            if current.get(item.asset) == item.id:
                found[item.asset].insert(0, item)
            else:
                found.setdefault(item.asset, []).append(item)
        return found

    def failures(self) -> list[FailureRow]:
        """The steps whose last attempt failed."""
        rows = self._rows(
            "SELECT f.step, f.run, f.error_line, m.parts FROM failures f JOIN manifests m ON m.key = f.manifest_key"
        )
        return [FailureRow(r[0], r[1], r[2], tuple((n, d) for n, d in json.loads(r[3]))) for r in rows]

    def expected_seconds(self) -> dict[str, float]:
        """Step to the median duration of its last five successful runs."""
        rows = self._rows(
            "SELECT step, seconds FROM (SELECT s.step, s.seconds, row_number() OVER "
            "(PARTITION BY s.step ORDER BY r.rowid DESC) AS place FROM steps s JOIN runs r ON r.id = s.run "
            "WHERE s.state IN ('succeeded','unchanged') AND s.seconds IS NOT NULL) WHERE place <= 5"
        )
        found: dict[str, list[float]] = {}
        for step, seconds in rows:
            found.setdefault(step, []).append(seconds)
        return {step: sorted(values)[len(values) // 2] for step, values in found.items()}

    def runs(self, limit: int) -> list[RunRow]:
        """The newest runs first."""
        rows = self._rows(
            "SELECT id, status, selection, cause, started_at, seconds FROM runs ORDER BY rowid DESC LIMIT ?",
            (limit,),
        )
        return [RunRow(*row) for row in rows]

    def find_run(self, prefix: str) -> list[RunRow]:
        """The runs whose id starts so."""
        rows = self._rows(
            "SELECT id, status, selection, cause, started_at, seconds FROM runs WHERE substr(id, 1, ?) = ? LIMIT 5",
            (len(prefix), prefix),
        )
        return [RunRow(*row) for row in rows]

    def steps(self, run: str) -> list[StepRow]:
        """The steps of a run, in dependency order."""
        rows = self._rows(
            "SELECT run, step, assets, state, attempt, reasons, started_at, seconds, error, error_line, because "
            "FROM steps WHERE run = ? ORDER BY place",
            (run,),
        )
        return [step_of(row) for row in rows]

    def unfinished_steps(self) -> dict[str, str]:
        """The steps of runs that are not over, with their state."""
        rows = self._rows(
            "SELECT s.step, s.state FROM steps s JOIN runs r ON r.id = s.run "
            "WHERE r.status = 'running' AND s.state IN ('waiting', 'examined', 'ready', 'running', 'retrying')"
        )
        return {row[0]: row[1] for row in rows}

    def last_run_that_worked(self) -> RunRow | None:
        """The newest run in which some step was tried."""
        rows = self._rows(
            "SELECT id, status, selection, cause, started_at, seconds FROM runs "
            "WHERE id IN (SELECT run FROM steps WHERE attempt > 0) ORDER BY rowid DESC LIMIT 1"
        )
        return RunRow(*rows[0]) if rows else None

    def last_attempt(self, step: str) -> tuple[str, int] | None:
        """(run, attempt) of the newest attempt of a step."""
        rows = self._rows(
            "SELECT s.run, s.attempt FROM steps s JOIN runs r ON r.id = s.run "
            "WHERE s.step = ? AND s.attempt > 0 ORDER BY r.rowid DESC LIMIT 1",
            (step,),
        )
        return (rows[0][0], rows[0][1]) if rows else None

    def _rows(self, sql: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        cursor = self._db.cursor()
        cursor.row_factory = sqlite3.Row
        try:
            return cursor.execute(sql, tuple(values)).fetchall()
        except sqlite3.Error as error:
            raise self._unusable(str(error)) from error
        finally:
            cursor.close()


def _storable(text: str) -> str:
    """Without half surrogate pairs, which stand in names of files that are not UTF-8: SQLite takes none."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
