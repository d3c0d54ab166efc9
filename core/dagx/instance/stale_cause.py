"""What staleness speaks of: statuses, causes, and what must be known of an asset. Plain values. Section 16.3."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from dagx.keys import AssetKey
from dagx.record import Record

PartitionsOf = Callable[["str | None"], Sequence[str]]


class StaleStatus(enum.Enum):
    """How an asset stands: never made, made and something changed since, or neither."""

    MISSING = "MISSING"
    STALE = "STALE"
    FRESH = "FRESH"


class StaleCauseCategory(enum.Enum):
    """What changed: its code, the data of what it needs, or what it needs."""

    CODE = "CODE"
    DATA = "DATA"
    DEPENDENCIES = "DEPENDENCIES"


class StaleCause(Record):
    """Why an asset, or one partition of it, is stale.

    `dependency` is what changed, with `dependency_partition`; `children` are the causes at that dependency.
    """

    key: AssetKey
    partition: str | None
    category: StaleCauseCategory
    reason: str
    dependency: AssetKey | None
    dependency_partition: str | None
    children: tuple[StaleCause, ...]

    def __init__(
        self,
        key: AssetKey,
        category: StaleCauseCategory,
        reason: str,
        dependency: AssetKey | None = None,
        children: Sequence[StaleCause] = (),
        *,
        partition: str | None = None,
        dependency_partition: str | None = None,
    ) -> None:
        self._set(
            key=key,
            partition=partition,
            category=category,
            reason=reason,
            dependency=dependency,
            dependency_partition=dependency_partition,
            children=tuple(children),
        )


@dataclass(frozen=True)
class VersionedAsset:
    """What staleness needs to know of an asset.

    `deps` are the assets it needs; for a partitioned one, the function that tells which of its partitions a partition
    (None: the whole) of this asset is made from, none to leave them unchecked. `partitions` is how many it has, None
    when it is not partitioned. An observable asset is external too.
    """

    key: AssetKey
    code_version: str | None = None
    deps: Mapping[AssetKey, PartitionsOf | None] = field(
        default_factory=dict["AssetKey", "PartitionsOf | None"]
    )
    is_external: bool = False
    is_observable: bool = False
    partitions: int | None = None
