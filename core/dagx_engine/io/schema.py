"""The tables of `state.db` and the steps from one version of them to the next.

sqlite-utils keeps the list of steps that were applied; it is imported only when one is due.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from sqlite_utils import Database, Migrations

__all__ = ["migrate"]

migrations = Migrations("dagx")
_step: Callable[[Callable[[Database], None]], Callable[[Database], None]] = migrations()


@_step
def first_tables(db: Database) -> None:
    """Runs, their steps, materializations with their manifests, and the log of events."""
    for statement in _FIRST:
        db.execute(statement)


@_step
def checks_and_observations(db: Database) -> None:
    """Results of checks, observed data versions of external assets, and what a materialization is worth."""
    for statement in _SECOND:
        db.execute(statement)


@_step
def stamps_of_files(db: Database) -> None:
    """The stamps that files had when they were hashed. A path may be no text in any encoding."""
    db.execute(
        "CREATE TABLE stamps (path BLOB PRIMARY KEY, stamp TEXT NOT NULL, digest TEXT NOT NULL) STRICT, WITHOUT ROWID"
    )


@_step
def retention_and_acceptance(db: Database) -> None:
    """What finds the rows that may go, and differences that somebody accepted."""
    for statement in _BOUNDS:
        db.execute(statement)


@_step
def texts_of_code(db: Database) -> None:
    """The source text of parts of code, by their digests: what the lines were that changed since."""
    db.execute("CREATE TABLE texts (digest TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID")


@_step
def what_happened_to_assets(db: Database) -> None:
    """Events say which asset, partition or check they are about, and number what was stored: one line of history."""
    for statement in _HAPPENED:
        db.execute(statement)


@_step
def learned_edges(db: Database) -> None:
    """What steps were seen to execute though no name leads there, each with the run that saw it first."""
    db.execute(
        "CREATE TABLE learned (step TEXT NOT NULL, part TEXT NOT NULL, run TEXT NOT NULL, at REAL NOT NULL, "
        "PRIMARY KEY (step, part)) STRICT, WITHOUT ROWID"
    )


@_step
def costs_of_steps(db: Database) -> None:
    """What the last attempt of a step cost beside its time; NULL where that was not measured."""
    for column in ("cpu_seconds REAL", "memory_bytes INTEGER", "read_bytes INTEGER", "written_bytes INTEGER"):
        db.execute(f"ALTER TABLE steps ADD COLUMN {column}")


@_step
def only_executed_steps_by_name(db: Database) -> None:
    """A run enters all its steps; an index of those it never executes grew by all of them with each."""
    db.execute("DROP INDEX steps_by_name")
    db.execute("CREATE INDEX steps_by_name ON steps(step, started_at) WHERE started_at IS NOT NULL")


_FIRST = (
    """
    CREATE TABLE runs (
        id TEXT PRIMARY KEY, status TEXT NOT NULL, selection TEXT NOT NULL, cause TEXT NOT NULL,
        started_at REAL NOT NULL, seconds REAL, pid INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE steps (
        run TEXT NOT NULL REFERENCES runs(id), step TEXT NOT NULL, place INTEGER NOT NULL, assets TEXT NOT NULL,
        state TEXT NOT NULL, attempt INTEGER NOT NULL DEFAULT 0, manifest_key TEXT, reasons TEXT NOT NULL DEFAULT '[]',
        started_at REAL, seconds REAL, error TEXT, error_line TEXT, because TEXT,
        PRIMARY KEY (run, step)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX steps_by_name ON steps(step, started_at)",
    "CREATE TABLE manifests (key TEXT PRIMARY KEY, parts TEXT NOT NULL) STRICT, WITHOUT ROWID",
    """
    CREATE TABLE materializations (
        id INTEGER PRIMARY KEY, asset TEXT NOT NULL, partition TEXT NOT NULL DEFAULT '', run TEXT NOT NULL,
        made_at REAL NOT NULL, seconds REAL, manifest_key TEXT NOT NULL REFERENCES manifests(key),
        data_version TEXT NOT NULL, codec TEXT NOT NULL, object TEXT, inline BLOB, size INTEGER NOT NULL,
        rows INTEGER, columns TEXT NOT NULL DEFAULT '[]', metadata TEXT NOT NULL DEFAULT '{}',
        written TEXT NOT NULL DEFAULT '[]', tags TEXT NOT NULL DEFAULT '{}', preview TEXT NOT NULL DEFAULT ''
    ) STRICT
    """,
    "CREATE INDEX materializations_by_asset ON materializations(asset, partition, id)",
    """
    CREATE TABLE current (
        asset TEXT NOT NULL, partition TEXT NOT NULL DEFAULT '',
        materialization INTEGER NOT NULL REFERENCES materializations(id), PRIMARY KEY (asset, partition)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE failures (
        step TEXT PRIMARY KEY, run TEXT NOT NULL, manifest_key TEXT NOT NULL, error_line TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE events (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, run TEXT, step TEXT, kind TEXT NOT NULL,
        body TEXT NOT NULL DEFAULT '{}'
    ) STRICT
    """,
    "CREATE INDEX events_by_run ON events(run, seq)",
)

_SECOND = (
    # `standing`: 'made'; 'left out' by a step that ran; 'unsure', by an attempt that failed after it.
    "ALTER TABLE materializations ADD COLUMN standing TEXT NOT NULL DEFAULT 'made'",
    "ALTER TABLE steps ADD COLUMN checks TEXT NOT NULL DEFAULT '[]'",
    # `passed` is NULL when the check ended without a result; `target` is the materialization that it looked at.
    """
    CREATE TABLE check_evaluations (
        id INTEGER PRIMARY KEY, asset TEXT NOT NULL, name TEXT NOT NULL, partition TEXT NOT NULL DEFAULT '',
        run TEXT NOT NULL, step TEXT NOT NULL, made_at REAL NOT NULL,
        manifest_key TEXT NOT NULL REFERENCES manifests(key), passed INTEGER, severity TEXT NOT NULL,
        blocking INTEGER NOT NULL, description TEXT NOT NULL, metadata TEXT NOT NULL DEFAULT '{}', target INTEGER
    ) STRICT
    """,
    "CREATE INDEX check_evaluations_by_check ON check_evaluations(asset, name, partition, id)",
    "CREATE INDEX check_evaluations_by_run ON check_evaluations(run)",
    """
    CREATE TABLE current_checks (
        asset TEXT NOT NULL, name TEXT NOT NULL, partition TEXT NOT NULL DEFAULT '',
        evaluation INTEGER NOT NULL REFERENCES check_evaluations(id), PRIMARY KEY (asset, name, partition)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE observations (
        id INTEGER PRIMARY KEY, asset TEXT NOT NULL, partition TEXT NOT NULL DEFAULT '', run TEXT NOT NULL,
        made_at REAL NOT NULL, data_version TEXT NOT NULL, metadata TEXT NOT NULL DEFAULT '{}',
        tags TEXT NOT NULL DEFAULT '{}'
    ) STRICT
    """,
    "CREATE INDEX observations_by_asset ON observations(asset, partition, id)",
)

_BOUNDS = (
    # The ways back from what rows refer to: whether anything still does is asked before it goes.
    "CREATE INDEX materializations_by_manifest ON materializations(manifest_key)",
    "CREATE INDEX materializations_by_object ON materializations(object, size) WHERE object IS NOT NULL",
    "CREATE INDEX check_evaluations_by_manifest ON check_evaluations(manifest_key)",
    "CREATE INDEX current_by_materialization ON current(materialization)",
    "CREATE INDEX current_checks_by_evaluation ON current_checks(evaluation)",
    # One part of a manifest that differs, and counts as if it did not: for one result, of an asset or of a check.
    """
    CREATE TABLE acceptances (
        id INTEGER PRIMARY KEY, materialization INTEGER REFERENCES materializations(id) ON DELETE CASCADE,
        evaluation INTEGER REFERENCES check_evaluations(id) ON DELETE CASCADE, part TEXT NOT NULL, before TEXT,
        after TEXT, words TEXT NOT NULL, made_at REAL NOT NULL
    ) STRICT
    """,
    "CREATE INDEX acceptances_by_materialization ON acceptances(materialization)",
    "CREATE INDEX acceptances_by_evaluation ON acceptances(evaluation)",
)

_HAPPENED = (
    # `asset` is the subject of 'made', 'seen' and 'checked', `name` the check; `row` is the number of the
    # materialization, observation or evaluation. Without a row user code recorded it, and `body` has what it said;
    # `body` also has what is left of a row that is gone.
    "ALTER TABLE events ADD COLUMN asset TEXT",
    "ALTER TABLE events ADD COLUMN partition TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE events ADD COLUMN name TEXT",
    "ALTER TABLE events ADD COLUMN row INTEGER",
    "CREATE INDEX events_by_asset ON events(asset, kind, seq) WHERE asset IS NOT NULL",
    "CREATE INDEX events_by_row ON events(row, kind) WHERE row IS NOT NULL",
    "CREATE INDEX events_by_partition ON events(asset, partition, kind, seq) WHERE partition != ''",
    """
    INSERT INTO events(at, run, step, kind, asset, partition, name, row)
    SELECT * FROM (
        SELECT made_at, run, NULL, 'made', asset, partition, NULL, id FROM materializations WHERE standing != 'left out'
        UNION ALL SELECT made_at, run, NULL, 'seen', asset, partition, NULL, id FROM observations
        UNION ALL SELECT made_at, run, step, 'checked', asset, partition, name, id FROM check_evaluations
        WHERE passed IS NOT NULL
    ) ORDER BY 1, 4 DESC, 8
    """,
)


def migrate(connection: sqlite3.Connection, *, before: str | None = None) -> None:
    """Bring the tables to the newest version, or to the one before the step of this name.

    The caller holds the project lock.
    """
    migrations.apply(Database(connection), stop_before=before)
