"""The log of events in `state.db`: appended in the transaction of what happened, never edited."""

from __future__ import annotations

import json
import sqlite3

__all__ = ["append_event"]


def append_event(
    db: sqlite3.Connection, at: float, kind: str, run: str | None, step: str | None = None, **body: object
) -> None:
    """A part of a transaction that its caller has open."""
    db.execute(
        "INSERT INTO events(at, run, step, kind, body) VALUES (?,?,?,?,?)",
        (at, run, step, kind, json.dumps(body)),
    )
