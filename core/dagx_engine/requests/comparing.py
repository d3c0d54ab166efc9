"""Two stored values compared by a worker: only there are values decoded, and only bytes that a row vouches for."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dagx.errors import DagxError
from dagx_engine.io.files import hash_file
from dagx_engine.io.news import Assignment, Done, Lost
from dagx_engine.io.rows import NewMaterialization
from dagx_engine.pure.errors import ProjectError
from dagx_engine.views.comparing import ChangedRow, ChangedRows, ColumnsView, ComparedView, SomeRows
from dagx_engine.workspace import Workspace

__all__ = ["compare", "compared_view", "comparison_message", "value_at", "value_of"]

Value = Mapping[str, Any]
"""A stored value for the worker: its codec, and its bytes or their path."""


def value_of(space: Workspace, item: NewMaterialization) -> Value | None:
    """The stored value of a materialization; None when its bytes are gone, or are not those that were stored."""
    if item.inline is not None:
        return {"codec": item.codec, "inline": base64.b64encode(item.inline).decode("ascii")}
    path = space.objects.path(item.object_digest or "")
    try:
        sound = hash_file(path)[0] == item.object_digest
    except OSError:
        return None
    return value_at(item.codec, path) if sound else None


def value_at(codec: str, path: Path) -> Value:
    return {"codec": codec, "path": str(path)}


def comparison_message(before: Value, after: Value, key: Sequence[str], rows: int) -> dict[str, Any]:
    """What a worker is asked."""
    return {"do": "compare", "a": before, "b": after, "key": list(key), "rows": rows}


def compare(
    space: Workspace, before: Value, after: Value, key: Sequence[str] = (), rows: int = 10
) -> ComparedView:
    """What differs. Raises DagxError when a value does not load, or the key is none."""
    generation = space.in_force()
    log = space.files.state / "logs" / "workers.log"
    message = comparison_message(before, after, key, rows)
    space.pool().run(Assignment("compare", generation.number, message, str(log)))
    while True:
        for news in space.receive(space.inbox.get()):
            if isinstance(news, Done) and news.token == "compare":
                return compared_view(news.result)
            if isinstance(news, Lost) and news.token == "compare":
                raise ProjectError(f"the worker {news.words} while it compared the values")


def compared_view(result: Mapping[str, Any]) -> ComparedView:
    """What a worker answered. Raises DagxError when it could not."""
    if not result["ok"]:
        raise DagxError(f"the values cannot be compared\n{result['problem']['text']}")
    found = result["comparison"]
    notes = tuple(found.get("notes", ()))
    match found["kind"]:
        case "table":
            return _table(found, notes)
        case "text" | "printed" as kind:
            lines = tuple(found["lines"])
            return ComparedView(
                kind,
                lines=lines,
                lines_left=found["left"],
                lines_added=found["added"],
                lines_removed=found["removed"],
                notes=notes,
            )
        case kind:
            place = found["first"]
            first = None if place is None else (place["at"], place["before"], place["after"])
            return ComparedView(kind, first=first, notes=notes)


def _table(found: Mapping[str, Any], notes: tuple[str, ...]) -> ComparedView:
    columns, changed = found["columns"], found["changed"]
    before, after = found["heights"]
    return ComparedView(
        "table",
        columns=ColumnsView(
            columns["before"],
            columns["after"],
            tuple((name, kind) for name, kind in columns["added"]),
            tuple((name, kind) for name, kind in columns["removed"]),
            tuple((name, was, now) for name, was, now in columns["retyped"]),
            columns["moved"],
        ),
        rows_before=before,
        rows_after=after,
        added=_some(found["added"]),
        removed=_some(found["removed"]),
        changed=None if changed is None else _changed(changed),
        moved=found["moved"],
        notes=notes,
    )


def _some(found: Mapping[str, Any]) -> SomeRows:
    rows = tuple(tuple(row) for row in found["rows"])
    return SomeRows(found["count"], tuple(found["columns"]), found["left"], rows)


def _changed(found: Mapping[str, Any]) -> ChangedRows:
    rows = tuple(
        ChangedRow(
            tuple((name, cell) for name, cell in row["key"]),
            tuple((name, was, now) for name, was, now in row["cells"]),
        )
        for row in found["rows"]
    )
    return ChangedRows(found["count"], dict(found["cells"]), rows)
