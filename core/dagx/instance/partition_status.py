"""AssetPartitionStatus: how a partition of an asset stands. Semantics: section 27."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence

from dagx.instance.event_log import EventLogEntry
from dagx.instance.runs import RunRecord

__all__ = ["AssetPartitionStatus"]


class AssetPartitionStatus(enum.Enum):
    """How a partition stands: the latest run that was to make it failed, is making it, or it is made."""

    FAILED = "FAILED"
    IN_PROGRESS = "IN_PROGRESS"
    MATERIALIZED = "MATERIALIZED"


def statuses(
    partition_keys: Sequence[str],
    made: Mapping[str, EventLogEntry],
    planned: Mapping[str, EventLogEntry],
    runs: Mapping[str, RunRecord | None],
) -> dict[str, AssetPartitionStatus | None]:
    """The status of each partition, from the latest entries that it was made and was to be made, and those runs."""
    return {key: _status(made.get(key), planned.get(key), runs) for key in partition_keys}


def _status(
    made: EventLogEntry | None, planned: EventLogEntry | None, runs: Mapping[str, RunRecord | None]
) -> AssetPartitionStatus | None:
    if planned is not None and (made is None or (made.storage_id or 0) < (planned.storage_id or 0)):
        run = runs.get(planned.run_id)
        if run is not None and not run.dagster_run.is_finished:
            return AssetPartitionStatus.IN_PROGRESS
        if run is not None and run.dagster_run.is_failure:
            return AssetPartitionStatus.FAILED
    return None if made is None else AssetPartitionStatus.MATERIALIZED
