"""What is stored, as values: a row of each table that others than the store see."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = [
    "FailureRow",
    "Materialization",
    "NewMaterialization",
    "RunRow",
    "StepRow",
    "materialization_of",
    "step_of",
]


@dataclass(frozen=True)
class NewMaterialization:
    asset: str
    data_version: str
    codec: str
    object_digest: str | None
    inline: bytes | None
    size: int
    rows: int | None
    columns: tuple[tuple[str, str], ...]
    written: tuple[tuple[str, str], ...]
    """Files that the step wrote itself, with their digests: `file:<path>`, digest."""
    metadata: Mapping[str, object]
    tags: Mapping[str, str]
    preview: str


@dataclass(frozen=True)
class Materialization(NewMaterialization):
    id: int
    run: str
    made_at: float
    seconds: float | None
    manifest_key: str
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RunRow:
    id: str
    status: str
    selection: str
    cause: str
    started_at: float
    seconds: float | None


@dataclass(frozen=True)
class StepRow:
    run: str
    step: str
    assets: tuple[str, ...]
    state: str
    attempt: int
    reasons: tuple[tuple[str, str], ...]
    started_at: float | None
    seconds: float | None
    error: str | None
    error_line: str | None
    because: str | None


@dataclass(frozen=True)
class FailureRow:
    step: str
    run: str
    line: str
    parts: tuple[tuple[str, str], ...]


def materialization_of(row: sqlite3.Row) -> Materialization:
    return Materialization(
        asset=row["asset"],
        data_version=row["data_version"],
        codec=row["codec"],
        object_digest=row["object"],
        inline=row["inline"],
        size=row["size"],
        rows=row["rows"],
        columns=tuple((name, kind) for name, kind in json.loads(row["columns"])),
        written=tuple((name, digest) for name, digest in json.loads(row["written"])),
        metadata=json.loads(row["metadata"]),
        tags=json.loads(row["tags"]),
        preview=row["preview"],
        id=row["id"],
        run=row["run"],
        made_at=row["made_at"],
        seconds=row["seconds"],
        manifest_key=row["manifest_key"],
        parts=tuple((name, digest) for name, digest in json.loads(row["parts"])),
    )


def step_of(row: sqlite3.Row) -> StepRow:
    return StepRow(
        run=row["run"],
        step=row["step"],
        assets=tuple(json.loads(row["assets"])),
        state=row["state"],
        attempt=row["attempt"],
        reasons=tuple((part, text) for part, text in json.loads(row["reasons"])),
        started_at=row["started_at"],
        seconds=row["seconds"],
        error=row["error"],
        error_line=row["error_line"],
        because=row["because"],
    )
