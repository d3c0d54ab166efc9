"""The log of events in `state.db`: appended in the transaction of what happened, never edited."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

__all__ = ["write_event"]


def write_event(
    db: sqlite3.Connection,
    at: float,
    kind: str,
    run: str | None,
    step: str | None = None,
    body: Mapping[str, object] = {},
    *,
    asset: str | None = None,
    partition: str = "",
    name: str | None = None,
    row: int | None = None,
) -> None:
    """Append to the log. What happened to an asset says which, and the row that has the rest, if there is one."""
    db.execute(
        "INSERT INTO events(at, run, step, kind, body, asset, partition, name, row) VALUES (?,?,?,?,?,?,?,?,?)",
        (at, run, step, kind, json.dumps(body) if body else "{}", asset, partition, name, row),
    )
