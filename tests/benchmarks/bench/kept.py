"""The rows of the last full run as JSON, so that the page can be written again when only its words changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from bench.figures import Budget, Figures, NotMeasured, Row
from bench.machine import Machine

__all__ = ["keep", "kept", "renewed"]


def keep(path: Path, machine: Machine, rows: Sequence[Row]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"machine": asdict(machine), "rows": [asdict(row) for row in rows]}, indent=1))


def kept(path: Path) -> tuple[Machine, list[Row]]:
    body = json.loads(path.read_text())
    machine = Machine(**{**body["machine"], "rivals": tuple(body["machine"]["rivals"])})
    return machine, [_row(one) for one in body["rows"]]


def renewed(before: Sequence[Row], rows: Sequence[Row]) -> list[Row]:
    """The rows of a whole run with some of them taken later, each of which says so."""
    later = {
        row.name: replace(row, notes=(*row.notes, "Taken later than the other rows, alone.")) for row in rows
    }
    return [later.get(row.name, row) for row in before]


def _row(body: dict[str, Any]) -> Row:
    return Row(**{**body, "results": tuple(map(_result, body["results"])), "notes": tuple(body["notes"])})


def _result(body: dict[str, Any]) -> Figures | NotMeasured:
    if "why" in body:
        return NotMeasured(**body)
    budget = Budget(**body["budget"]) if body["budget"] else None
    return Figures(**{**body, "values": tuple(body["values"]), "budget": budget})
