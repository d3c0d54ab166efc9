"""The materializations of an asset that came after a moment in the log, as sensors ask for them. Section 19."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagx.instance.filters import AssetRecordsFilter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dagx.instance.event_log import EventLogRecord
    from dagx.instance.instance import DagsterInstance
    from dagx.keys import AssetKey

ALL = 1_000_000_000


def latest_record(instance: DagsterInstance, key: AssetKey, after: int | None) -> EventLogRecord | None:
    """The newest materialization of `key` whose number in the log is beyond `after`, if there is one."""
    found = instance.fetch_materializations(AssetRecordsFilter(key, after_storage_id=after), limit=1)
    return found.records[0] if found.records else None


def records_after(
    instance: DagsterInstance,
    key: AssetKey,
    after: int | None,
    before: int | None = None,
    limit: int | None = None,
) -> Sequence[EventLogRecord]:
    """The materializations of `key` between two numbers in the log, both exclusive, the oldest first."""
    chosen = AssetRecordsFilter(key, after_storage_id=after, before_storage_id=before)
    return instance.fetch_materializations(
        chosen, limit=ALL if limit is None else limit, ascending=True
    ).records


def records_numbered(
    instance: DagsterInstance, key: AssetKey, numbers: Sequence[int]
) -> Sequence[EventLogRecord]:
    """The materializations of `key` with these numbers in the log, the oldest first."""
    if not numbers:
        return []
    chosen = AssetRecordsFilter(key, storage_ids=numbers)
    return instance.fetch_materializations(chosen, limit=len(numbers), ascending=True).records
