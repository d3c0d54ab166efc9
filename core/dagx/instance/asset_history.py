"""AssetHistory: what an instance knows of assets: events, partitions, versions. Semantics: sections 16, 27."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dagx.errors import InvalidArgumentError
from dagx.instance.data_versions import (
    CODE_VERSION_TAG,
    DataProvenance,
    extract_data_provenance_from_entry,
)
from dagx.instance.event_log import EventLogEntry, EventLogRecord, EventRecordsResult
from dagx.instance.event_makers import asset_wiped
from dagx.instance.event_types import DagsterEventType
from dagx.instance.events import DagsterEvent
from dagx.instance.filters import (
    AssetRecordsFilter,
    EventQuery,
    EventRecordsFilter,
    RunStatusChangeRecordsFilter,
)
from dagx.instance.partition_status import AssetPartitionStatus, statuses
from dagx.instance.run_history import page, records_of
from dagx.instance.store import EventStore
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.record import Record

_MADE = DagsterEventType.ASSET_MATERIALIZATION
_SEEN = DagsterEventType.ASSET_OBSERVATION
_PLANNED = DagsterEventType.ASSET_MATERIALIZATION_PLANNED
_A_PAGE = 1000


class AssetEntry(Record):
    """The latest that is known of an asset; None for what never happened."""

    asset_key: AssetKey
    last_materialization_record: EventLogRecord | None
    last_observation_record: EventLogRecord | None
    last_planned_materialization_record: EventLogRecord | None

    def __init__(
        self,
        asset_key: AssetKey,
        last_materialization_record: EventLogRecord | None,
        last_observation_record: EventLogRecord | None,
        last_planned_materialization_record: EventLogRecord | None,
    ) -> None:
        self._set(
            asset_key=asset_key,
            last_materialization_record=last_materialization_record,
            last_observation_record=last_observation_record,
            last_planned_materialization_record=last_planned_materialization_record,
        )

    @property
    def last_materialization(self) -> EventLogEntry | None:
        """The entry that it was last made."""
        record = self.last_materialization_record
        return None if record is None else record.event_log_entry

    @property
    def last_materialization_storage_id(self) -> int | None:
        """The number of the entry that it was last made."""
        record = self.last_materialization_record
        return None if record is None else record.storage_id

    @property
    def last_run_id(self) -> str | None:
        """The latest run that was to make it, or made it."""
        found = [self.last_materialization_record, self.last_planned_materialization_record]
        latest = max((r for r in found if r is not None), key=lambda r: r.storage_id, default=None)
        return None if latest is None else latest.run_id


class AssetRecord(Record):
    """An asset that was made or seen, and the latest that is known of it (`asset_entry`)."""

    storage_id: int
    asset_entry: AssetEntry

    def __init__(self, storage_id: int, asset_entry: AssetEntry) -> None:
        self._set(storage_id=storage_id, asset_entry=asset_entry)


class AssetHistory:
    """What an instance knows of assets."""

    _store: EventStore

    def report_dagster_event(self, event: DagsterEvent, run_id: str) -> EventLogEntry:
        """Keep an event."""
        raise NotImplementedError

    # Events

    def _latest(
        self, *types: DagsterEventType, key: AssetKey, partition: str | None = None
    ) -> EventLogEntry | None:
        partitions = None if partition is None else [partition]
        found = self._store.entries(EventQuery(types, asset=key, partitions=partitions, limit=1))
        return found[0] if found else None

    def get_latest_materialization_event(self, asset_key: CoercibleToAssetKey) -> EventLogEntry | None:
        """The entry that an asset, or any partition of it, was last made; None when it never was."""
        return self._latest(_MADE, key=AssetKey.from_coercible_or_definition(asset_key))

    def get_latest_materialization_record(self, asset_key: CoercibleToAssetKey) -> EventLogRecord | None:
        """As `get_latest_materialization_event`, as a record."""
        latest = self.get_latest_materialization_event(asset_key)
        return None if latest is None else records_of([latest])[0]

    def get_latest_materialization_events(
        self, asset_keys: Iterable[CoercibleToAssetKey]
    ) -> Mapping[AssetKey, EventLogEntry | None]:
        """As `get_latest_materialization_event`, for several assets."""
        keys = [AssetKey.from_coercible_or_definition(key) for key in asset_keys]
        return {key: self._latest(_MADE, key=key) for key in keys}

    def get_latest_materialization_code_versions(
        self, asset_keys: Iterable[CoercibleToAssetKey]
    ) -> Mapping[AssetKey, str | None]:
        """The code version that each asset was last made with; None when that is not known."""
        latest = self.get_latest_materialization_events(asset_keys)
        return {key: None if e is None else e.tags.get(CODE_VERSION_TAG) for key, e in latest.items()}

    def get_event_records(
        self, event_records_filter: EventRecordsFilter, limit: int | None = None, ascending: bool = False
    ) -> list[EventLogRecord]:
        """The events that fit, the newest first, at most `limit`."""
        return records_of(self._store.entries(event_records_filter.query(limit, ascending)))

    def fetch_materializations(
        self,
        records_filter: AssetKey | AssetRecordsFilter,
        limit: int = _A_PAGE,
        cursor: str | None = None,
        ascending: bool = False,
    ) -> EventRecordsResult:
        """A page of the events that an asset was made, the newest first: the first, or the one after `cursor`."""
        return self._page(_MADE, records_filter, limit, cursor, ascending)

    def fetch_observations(
        self,
        records_filter: AssetKey | AssetRecordsFilter,
        limit: int = _A_PAGE,
        cursor: str | None = None,
        ascending: bool = False,
    ) -> EventRecordsResult:
        """As `fetch_materializations`, the events that an asset was seen."""
        return self._page(_SEEN, records_filter, limit, cursor, ascending)

    def fetch_planned_materializations(
        self,
        records_filter: AssetKey | AssetRecordsFilter,
        limit: int = _A_PAGE,
        cursor: str | None = None,
        ascending: bool = False,
    ) -> EventRecordsResult:
        """As `fetch_materializations`, the events that a run was to make an asset."""
        return self._page(_PLANNED, records_filter, limit, cursor, ascending)

    def fetch_run_status_changes(
        self,
        records_filter: DagsterEventType | RunStatusChangeRecordsFilter,
        limit: int = _A_PAGE,
        cursor: str | None = None,
        ascending: bool = False,
    ) -> EventRecordsResult:
        """A page of the events that a run came to a status, the newest first.

        Raises InvalidArgumentError for a type that is not of runs.
        """
        wanted = records_filter
        if isinstance(wanted, DagsterEventType):
            wanted = RunStatusChangeRecordsFilter(wanted)
        query = EventQuery(
            [wanted.event_type],
            ids=wanted.storage_ids,
            jobs=wanted.job_names,
            after=wanted.after_storage_id,
            before=wanted.before_storage_id,
            since=wanted.after_timestamp,
            until=wanted.before_timestamp,
        )
        return page(self._store, query, limit, cursor, ascending)

    def _page(
        self,
        kind: DagsterEventType,
        wanted: AssetKey | AssetRecordsFilter,
        limit: int,
        cursor: str | None,
        ascending: bool,
    ) -> EventRecordsResult:
        fits = wanted if isinstance(wanted, AssetRecordsFilter) else AssetRecordsFilter(wanted)
        query = EventQuery(
            [kind],
            asset=fits.asset_key,
            partitions=fits.asset_partitions,
            ids=fits.storage_ids,
            after=fits.after_storage_id,
            before=fits.before_storage_id,
            since=fits.after_timestamp,
            until=fits.before_timestamp,
        )
        return page(self._store, query, limit, cursor, ascending)

    # Assets

    def get_asset_keys(
        self, prefix: Sequence[str] | None = None, limit: int | None = None, cursor: str | None = None
    ) -> list[AssetKey]:
        """The assets that were made or seen, in the order of their keys.

        `prefix` limits them to those that begin with these segments; `cursor` is the `to_string()` of a key, and only
        those after it come.
        """
        keys = sorted(key for key in self._store.known_assets() if key.has_prefix(prefix or []))
        keys = [key for key in keys if cursor is None or key.to_string() > cursor]
        return keys if limit is None else keys[:limit]

    def has_asset_key(self, asset_key: CoercibleToAssetKey) -> bool:
        """Whether the asset was made or seen."""
        return self._latest(_MADE, _SEEN, key=AssetKey.from_coercible_or_definition(asset_key)) is not None

    def get_asset_records(self, asset_keys: Iterable[CoercibleToAssetKey] | None = None) -> list[AssetRecord]:
        """The records of these assets, or of all, in the order of their keys; without those never made or seen."""
        wanted = self._store.known_assets()
        if asset_keys is not None:
            wanted &= {AssetKey.from_coercible_or_definition(key) for key in asset_keys}
        return [self._asset_record(key) for key in sorted(wanted)]

    def _asset_record(self, key: AssetKey) -> AssetRecord:
        found = [self._latest(kind, key=key) for kind in (_MADE, _SEEN, _PLANNED)]
        made, seen, planned = [None if e is None else records_of([e])[0] for e in found]
        number = max(record.storage_id for record in (made, seen) if record is not None)
        return AssetRecord(number, AssetEntry(key, made, seen, planned))

    def wipe_assets(self, asset_keys: Sequence[CoercibleToAssetKey]) -> None:
        """Put the history of these assets aside: to the instance they were never made. Logs of runs stay."""
        for given in _several(asset_keys):
            key = AssetKey.from_coercible_or_definition(given)
            self._store.forget(key)
            self.report_dagster_event(asset_wiped(key), "")

    def wipe_asset_partitions(self, asset_key: CoercibleToAssetKey, partition_keys: Sequence[str]) -> None:
        """Put the history of these partitions of an asset aside. Logs of runs stay."""
        key = AssetKey.from_coercible_or_definition(asset_key)
        gone = tuple(str(partition) for partition in _several(partition_keys))
        self._store.forget(key, gone)
        self.report_dagster_event(asset_wiped(key, gone), "")

    # Partitions

    def get_materialized_partitions(
        self,
        asset_key: CoercibleToAssetKey,
        before_cursor: int | None = None,
        after_cursor: int | None = None,
    ) -> set[str]:
        """The partitions of an asset that were made; the cursors are storage ids, both exclusive."""
        key = AssetKey.from_coercible_or_definition(asset_key)
        query = EventQuery([_MADE], asset=key, before=before_cursor, after=after_cursor)
        return {entry.partition for entry in self._store.entries(query) if entry.partition is not None}

    def get_latest_storage_id_by_partition(
        self,
        asset_key: CoercibleToAssetKey,
        event_type: DagsterEventType = _MADE,
        partitions: Iterable[str] | None = None,
    ) -> dict[str, int]:
        """The number of the latest event of this type of each partition that has one."""
        latest = self.latest_by_partition(
            AssetKey.from_coercible_or_definition(asset_key), event_type, partitions
        )
        return {partition: entry.storage_id or 0 for partition, entry in latest.items()}

    def latest_by_partition(
        self, key: AssetKey, kind: DagsterEventType, partitions: Iterable[str] | None = None
    ) -> dict[str, EventLogEntry]:
        """The latest event of this type of each partition that has one."""
        query = EventQuery([kind], asset=key, partitions=partitions, ascending=True)
        return {e.partition: e for e in self._store.entries(query) if e.partition is not None}

    def get_status_by_partition(
        self, asset_key: CoercibleToAssetKey, partition_keys: Sequence[str], partitions_def: object = None
    ) -> Mapping[str, AssetPartitionStatus | None]:
        """How each of these partitions stands; None for one that was never made. `partitions_def` is not needed."""
        key = AssetKey.from_coercible_or_definition(asset_key)
        made = self.latest_by_partition(key, _MADE, partition_keys)
        planned = self.latest_by_partition(key, _PLANNED, partition_keys)
        runs = {entry.run_id for entry in planned.values()}
        standing = {run_id: self._store.run(run_id) for run_id in runs}
        return statuses(partition_keys, made, planned, standing)

    # Versions

    def get_latest_data_version_record(
        self,
        key: CoercibleToAssetKey,
        is_source: bool | None = None,
        partition_key: str | None = None,
        before_cursor: int | None = None,
        after_cursor: int | None = None,
    ) -> EventLogRecord | None:
        """The record that tells the data version of an asset: it was last made, or if never, last seen.

        `is_source` True takes into account only that it was seen, False only that it was made.
        """
        for kind in (_MADE, _SEEN):
            if is_source is not None and is_source is not (kind is _SEEN):
                continue
            query = EventQuery(
                [kind],
                asset=AssetKey.from_coercible_or_definition(key),
                partitions=None if partition_key is None else [partition_key],
                before=before_cursor,
                after=after_cursor,
                limit=1,
            )
            for record in records_of(self._store.entries(query)):
                return record
        return None

    def get_asset_provenance(self, asset_key: CoercibleToAssetKey) -> DataProvenance | None:
        """What the latest materialization of an asset was made from; None when there is none, or it did not say."""
        latest = self.get_latest_materialization_event(asset_key)
        return None if latest is None else extract_data_provenance_from_entry(latest)


def _several(given: Sequence[CoercibleToAssetKey]) -> Sequence[CoercibleToAssetKey]:
    if isinstance(given, (str, AssetKey)):
        raise InvalidArgumentError(f"this takes a list, not {given!r}", "put it in [ ]")
    return given
