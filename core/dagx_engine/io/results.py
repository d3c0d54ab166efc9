"""What an attempt leaves, written to the tables: rows, and the pointers that say which of them is current.

Each function is a part of a transaction that its caller has open.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence

from dagx_engine.io.events import write_event
from dagx_engine.io.learned import keep_learned
from dagx_engine.io.rows import (
    Evaluation,
    Materialization,
    NewEvaluation,
    NewMaterialization,
    NewObservation,
    NewRecord,
    Observation,
    Results,
    Written,
)
from dagx_engine.io.texts import keep_texts
from dagx_engine.pure.definitions import Key

__all__ = [
    "keep_manifest",
    "point",
    "point_check",
    "put_back",
    "storable",
    "told",
    "write_results",
]


_POINT = (
    "INSERT INTO current(asset, partition, materialization) VALUES (?,?,?) "
    "ON CONFLICT(asset, partition) DO UPDATE SET materialization = excluded.materialization"
)


def write_results(
    db: sqlite3.Connection, run: str, step: str, at: float, seconds: float, results: Results
) -> Written:
    """Write all of it; those materializations and results are current from now on."""
    manifests = {item.manifest_key: item.parts for item in results.made}
    manifests.update({item.manifest_key: item.parts for item in results.checks})
    for key, parts in manifests.items():
        keep_manifest(db, key, parts)
    for record in results.recorded:
        _add_record(db, run, step, at, record)
    made = [_add(db, run, step, at, seconds, item) for item in results.made]
    numbers = {item.key: item.id for item in made}
    checks = [_add_evaluation(db, run, step, at, item, numbers) for item in results.checks]
    observed = [_add_observation(db, run, step, at, item) for item in results.observed]
    keep_texts(db, results.texts)
    keep_learned(db, run, at, results.learned)
    return Written(made, checks, observed, tuple(results.texts))


def _add(
    db: sqlite3.Connection, run: str, step: str, at: float, seconds: float, item: NewMaterialization
) -> Materialization:
    cursor = db.execute(
        "INSERT INTO materializations(asset, partition, run, made_at, seconds, manifest_key, data_version, codec, "
        "object, inline, size, rows, columns, written, metadata, tags, preview, standing) "
        "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            item.asset,
            item.partition,
            run,
            at,
            seconds,
            item.manifest_key,
            item.data_version,
            item.codec,
            item.object_digest,
            item.inline,
            item.size,
            item.rows,
            _as_json(item.columns),
            _as_json(item.written),
            _as_json(item.metadata),
            _as_json(item.tags),
            storable(item.preview),
            item.standing,
        ),
    )
    number = cursor.lastrowid or 0
    db.execute(_POINT, (item.asset, item.partition, number))
    if item.standing != "left out":
        write_event(db, at, "made", run, step, asset=item.asset, partition=item.partition, row=number)
    return Materialization(**vars(item), id=number, run=run, made_at=at, seconds=seconds)


def _as_json(value: Collection[object]) -> str:
    """Most columns of most rows are empty."""
    return json.dumps(value) if value else "{}" if isinstance(value, Mapping) else "[]"


def _add_evaluation(
    db: sqlite3.Connection,
    run: str,
    step: str,
    at: float,
    item: NewEvaluation,
    made: Mapping[Key, int],
) -> Evaluation:
    target = made.get(item.check.asset, item.target)
    cursor = db.execute(
        "INSERT INTO check_evaluations(asset, name, partition, run, step, made_at, manifest_key, passed, severity, "
        "blocking, description, metadata, target) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            item.asset,
            item.name,
            item.partition,
            run,
            step,
            at,
            item.manifest_key,
            item.passed,
            item.severity,
            item.blocking,
            storable(item.description),
            _as_json(item.metadata),
            target,
        ),
    )
    number = cursor.lastrowid or 0
    point_check(db, number)
    if item.passed is not None:
        write_event(
            db,
            at,
            "checked",
            run,
            step,
            asset=item.asset,
            partition=item.partition,
            name=item.name,
            row=number,
        )
    return Evaluation(**{**vars(item), "target": target}, id=number, run=run, step=step, made_at=at)


def _add_observation(
    db: sqlite3.Connection, run: str, step: str, at: float, item: NewObservation
) -> Observation:
    cursor = db.execute(
        "INSERT INTO observations(asset, run, made_at, data_version, metadata, tags) VALUES (?,?,?,?,?,?)",
        (item.asset, run, at, item.data_version, _as_json(item.metadata), _as_json(item.tags)),
    )
    number = cursor.lastrowid or 0
    write_event(db, at, "seen", run, step, asset=item.asset, row=number)
    return Observation(**vars(item), id=number, run=run, made_at=at)


def _add_record(db: sqlite3.Connection, run: str, step: str, at: float, item: NewRecord) -> None:
    body = {"description": item.description, "metadata": item.metadata, "tags": item.tags}
    write_event(db, at, item.kind, run, step, body, asset=item.asset, partition=item.partition)


def keep_manifest(db: sqlite3.Connection, key: str, parts: Sequence[tuple[str, str]]) -> None:
    """Write a manifest down, once."""
    db.execute(
        "INSERT OR IGNORE INTO manifests(key, parts) VALUES (?,?)",
        (key, json.dumps(parts)),
    )


def point(db: sqlite3.Connection, materialization: int) -> None:
    """Make a materialization the current one of its asset, or of its partition."""
    db.execute(
        "INSERT INTO current(asset, partition, materialization) "
        "SELECT asset, partition, id FROM materializations WHERE id = ? "
        "ON CONFLICT(asset, partition) DO UPDATE SET materialization = excluded.materialization",
        (materialization,),
    )


def point_check(db: sqlite3.Connection, evaluation: int) -> None:
    """Make the result of a check the current one."""
    db.execute(
        "INSERT INTO current_checks(asset, name, partition, evaluation) "
        "SELECT asset, name, partition, id FROM check_evaluations WHERE id = ? "
        "ON CONFLICT(asset, name, partition) DO UPDATE SET evaluation = excluded.evaluation",
        (evaluation,),
    )


def put_back(
    db: sqlite3.Connection, at: float, run: str, step: str, made: Sequence[int], checks: Sequence[int]
) -> None:
    """Earlier materializations and results of checks are current again, and that has happened to their assets."""
    for number in made:
        point(db, number)
        db.execute(
            "INSERT INTO events(at, run, step, kind, asset, partition, row) SELECT ?,?,?,'made', asset, partition, id "
            "FROM materializations WHERE id = ? AND standing != 'left out'",
            (at, run, step, number),
        )
    for number in checks:
        point_check(db, number)
        db.execute(
            "INSERT INTO events(at, run, step, kind, asset, partition, name, row) SELECT ?,?,?,'checked', asset, "
            "partition, name, id FROM check_evaluations WHERE id = ? AND passed IS NOT NULL",
            (at, run, step, number),
        )


def told(results: Results) -> dict[str, object]:
    """What the event says of results."""
    found: dict[str, object] = {"data_versions": {item.key: item.data_version for item in results.made}}
    if results.checks:
        found["checks"] = {str(item.check): item.passed for item in results.checks}
    if results.observed:
        found["observed"] = {item.asset: item.data_version for item in results.observed}
    return found


def storable(text: str) -> str:
    """Without half surrogate pairs, which stand in names of files that are not UTF-8: SQLite takes none."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
