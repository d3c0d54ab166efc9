"""What is stored, as values: a row of each table that others than the store see."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from dagx_engine.pure.costs import UNKNOWN, Cost
from dagx_engine.pure.definitions import CheckKey, Key, part_key
from dagx_engine.pure.value import dataclass

__all__ = [
    "Evaluation",
    "FailureRow",
    "Kept",
    "Materialization",
    "NewEvaluation",
    "NewMaterialization",
    "NewObservation",
    "NewOp",
    "NewRecord",
    "Observation",
    "PartitionRow",
    "Results",
    "RunRow",
    "StepRow",
    "Written",
    "evaluation_of",
    "materialization_of",
    "partition_row_of",
    "step_of",
    "was_made",
]

Parts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class NewMaterialization:
    """`manifest_key` and `parts` are what it was made from.

    `standing` is "made"; or "left out", for an asset that its step did not make this time; or "unsure", for one whose
    step failed after it.
    """

    asset: str
    manifest_key: str
    parts: Parts
    standing: str = "made"
    partition: str = ""
    """Which partition of the asset; empty for an asset that has none."""
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

    @property
    def key(self) -> Key:
        """The asset, or the partition of it."""
        return part_key(self.asset, self.partition)


@dataclass(frozen=True, kw_only=True)
class Materialization(NewMaterialization):
    id: int
    run: str
    made_at: float
    seconds: float | None


@dataclass(frozen=True, kw_only=True)
class NewEvaluation:
    """What a check found. `passed` is None when it ended without a result."""

    asset: str
    name: str
    manifest_key: str
    parts: Parts
    passed: bool | None
    severity: str
    blocking: bool
    description: str
    metadata: Mapping[str, object]
    target: int | None = None
    """The materialization that it looked at."""
    partition: str = ""
    """Which partition of the asset it looked at; empty for the whole."""

    @property
    def check(self) -> CheckKey:
        """The check, of one partition if it looked at one."""
        return CheckKey(part_key(self.asset, self.partition), self.name)


@dataclass(frozen=True, kw_only=True)
class Evaluation(NewEvaluation):
    id: int
    run: str
    step: str
    made_at: float


@dataclass(frozen=True, kw_only=True)
class NewObservation:
    """The data version that an external asset was seen to have."""

    asset: str
    data_version: str
    metadata: Mapping[str, object]
    tags: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Observation(NewObservation):
    id: int
    run: str
    made_at: float


@dataclass(frozen=True, kw_only=True)
class NewRecord:
    """That an asset was made or seen (`kind`), as user code recorded it beside its outputs."""

    kind: str
    asset: str
    partition: str = ""
    description: str = ""
    metadata: Mapping[str, object]
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PartitionRow:
    """What is current of one partition of an asset, as far as a verdict on it needs that."""

    asset: str
    partition: str
    id: int
    manifest_key: str
    parts: Parts
    data_version: str
    standing: str
    object_digest: str | None
    size: int
    written: tuple[tuple[str, str], ...]
    made_at: float


@dataclass(frozen=True)
class NewOp:
    """How an op of a job went: `line` is its error, or why it did not run; `tries` how often it was tried."""

    op: str
    state: str
    seconds: float | None = None
    line: str = ""
    tries: int = 0


@dataclass(frozen=True)
class Results:
    """What an attempt leaves to be written."""

    made: Sequence[NewMaterialization] = ()
    checks: Sequence[NewEvaluation] = ()
    observed: Sequence[NewObservation] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    """The source text of parts of code, by their digests."""
    recorded: Sequence[NewRecord] = ()
    learned: Sequence[tuple[str, str]] = ()
    """The steps and the `learned:` parts that they were seen to execute."""


@dataclass(frozen=True)
class LearnedRow:
    """What a step was seen to execute though no name leads there, first in this run."""

    step: str
    part: str
    run: str
    at: float


@dataclass(frozen=True)
class Written:
    """The same, as it stands in the store."""

    made: Sequence[Materialization] = ()
    checks: Sequence[Evaluation] = ()
    observed: Sequence[Observation] = ()
    texts: Sequence[str] = ()
    """The digests of parts of code whose text was stored."""


def partition_row_of(item: Materialization) -> PartitionRow:
    return PartitionRow(
        item.asset,
        item.partition,
        item.id,
        item.manifest_key,
        item.parts,
        item.data_version,
        item.standing,
        item.object_digest,
        item.size,
        item.written,
        item.made_at,
    )


def was_made(stored: Sequence[Materialization]) -> bool:
    """Whether among these materializations of an asset is one that made it, and did not leave it out."""
    return any(item.standing != "left out" for item in stored)


@dataclass(frozen=True)
class Kept:
    """What is stored: of each asset, of each check by its asset and name, the current row first; and what was seen."""

    history: Mapping[Key, Sequence[Materialization]]
    evaluations: Mapping[CheckKey, Sequence[Evaluation]]
    observations: Mapping[Key, Observation]
    partitions: Mapping[Key, PartitionRow] = field(default_factory=dict)


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
    checks: tuple[str, ...] = ()
    cost: Cost = UNKNOWN


@dataclass(frozen=True)
class FailureRow:
    step: str
    run: str
    line: str
    parts: tuple[tuple[str, str], ...]


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Most columns of most rows are empty."""
    return () if text == "[]" else tuple(map(tuple, json.loads(text)))


def _said(text: str) -> dict[str, Any]:
    if text == "{}":
        return {}
    found: dict[str, Any] = json.loads(text)
    return found


def materialization_of(row: sqlite3.Row) -> Materialization:
    return Materialization(
        asset=row["asset"],
        data_version=row["data_version"],
        codec=row["codec"],
        object_digest=row["object"],
        inline=row["inline"],
        size=row["size"],
        rows=row["rows"],
        columns=_pairs(row["columns"]),
        written=_pairs(row["written"]),
        metadata=_said(row["metadata"]),
        tags=_said(row["tags"]),
        preview=row["preview"],
        standing=row["standing"],
        partition=row["partition"],
        id=row["id"],
        run=row["run"],
        made_at=row["made_at"],
        seconds=row["seconds"],
        manifest_key=row["manifest_key"],
        parts=_pairs(row["parts"]),
    )


def evaluation_of(row: sqlite3.Row) -> Evaluation:
    return Evaluation(
        asset=row["asset"],
        name=row["name"],
        manifest_key=row["manifest_key"],
        parts=_pairs(row["parts"]),
        passed=None if row["passed"] is None else bool(row["passed"]),
        severity=row["severity"],
        blocking=bool(row["blocking"]),
        description=row["description"],
        metadata=_said(row["metadata"]),
        target=row["target"],
        partition=row["partition"],
        id=row["id"],
        run=row["run"],
        step=row["step"],
        made_at=row["made_at"],
    )


def step_of(row: sqlite3.Row) -> StepRow:
    return StepRow(
        run=row["run"],
        step=row["step"],
        assets=tuple(json.loads(row["assets"])),
        state=row["state"],
        attempt=row["attempt"],
        reasons=_pairs(row["reasons"]),
        started_at=row["started_at"],
        seconds=row["seconds"],
        error=row["error"],
        error_line=row["error_line"],
        because=row["because"],
        checks=tuple(json.loads(row["checks"])),
        cost=Cost(row["cpu_seconds"], row["memory_bytes"], row["read_bytes"], row["written_bytes"]),
    )
