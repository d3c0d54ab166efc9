"""Which events are wanted: the filters that users write, and EventQuery, which stores understand. Section 27."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import cast

from dagx.errors import InvalidArgumentError
from dagx.instance.event_log import EventLogEntry
from dagx.instance.event_types import RUN_EVENTS, DagsterEventType
from dagx.keys import AssetKey
from dagx.record import Record

__all__ = ["AssetRecordsFilter", "EventRecordsFilter", "RunStatusChangeRecordsFilter"]


class EventQuery(Record):
    """Which entries are wanted: those that fit everything that is not None.

    `after` and `before` are storage ids, `since` and `until` times in seconds; all four are exclusive. Entries come
    in the order of their ids, or in the reverse order, at most `limit` of them.
    """

    types: frozenset[str] | None
    run_id: str | None
    asset: AssetKey | None
    partitions: frozenset[str] | None
    check: str | None
    ids: frozenset[int] | None
    jobs: frozenset[str] | None
    after: int | None
    before: int | None
    since: float | None
    until: float | None
    ascending: bool
    limit: int | None

    def __init__(
        self,
        types: Iterable[str | DagsterEventType] | None = None,
        *,
        run_id: str | None = None,
        asset: AssetKey | None = None,
        partitions: Iterable[str] | None = None,
        check: str | None = None,
        ids: Iterable[int] | None = None,
        jobs: Iterable[str] | None = None,
        after: int | None = None,
        before: int | None = None,
        since: float | None = None,
        until: float | None = None,
        ascending: bool = False,
        limit: int | None = None,
    ) -> None:
        self._set(
            types=None if types is None else frozenset(DagsterEventType(kind).value for kind in types),
            run_id=run_id,
            asset=asset,
            partitions=None if partitions is None else frozenset(partitions),
            check=check,
            ids=None if ids is None else frozenset(ids),
            jobs=None if jobs is None else frozenset(jobs),
            after=after,
            before=before,
            since=since,
            until=until,
            ascending=ascending,
            limit=limit,
        )

    def takes(self, entry: EventLogEntry) -> bool:
        """Whether an entry is wanted, apart from `asset` and `check`, which a store knows of by its index."""
        event = entry.dagster_event
        number = entry.storage_id or 0
        return (
            (self.types is None or (event is not None and event.event_type_value in self.types))
            and self.run_id in (None, entry.run_id)
            and (self.partitions is None or entry.partition in self.partitions)
            and (self.ids is None or number in self.ids)
            and (self.jobs is None or entry.job_name in self.jobs)
            and (self.after is None or number > self.after)
            and (self.before is None or number < self.before)
            and (self.since is None or entry.timestamp > self.since)
            and (self.until is None or entry.timestamp < self.until)
        )


class AssetRecordsFilter(Record):
    """Which events of one asset are wanted: those that fit everything that is given.

    Timestamps are in seconds since 1970 UTC, storage ids as in EventLogRecord; all bounds are exclusive. Semantics:
    section 27.
    """

    asset_key: AssetKey
    asset_partitions: tuple[str, ...] | None
    after_timestamp: float | None
    before_timestamp: float | None
    after_storage_id: int | None
    before_storage_id: int | None
    storage_ids: tuple[int, ...] | None

    def __init__(
        self,
        asset_key: AssetKey,
        asset_partitions: Iterable[str] | None = None,
        after_timestamp: float | None = None,
        before_timestamp: float | None = None,
        after_storage_id: int | None = None,
        before_storage_id: int | None = None,
        storage_ids: Iterable[int] | None = None,
    ) -> None:
        self._set(
            asset_key=AssetKey.from_coercible_or_definition(asset_key),
            asset_partitions=_partitions(asset_partitions),
            after_timestamp=after_timestamp,
            before_timestamp=before_timestamp,
            after_storage_id=after_storage_id,
            before_storage_id=before_storage_id,
            storage_ids=None if storage_ids is None else tuple(storage_ids),
        )


class EventRecordsFilter(Record):
    """Which events of one type are wanted, as AssetRecordsFilter; the bounds are `after_cursor`, `before_cursor`.

    With `asset_key` or `asset_partitions`, the type must be one that is about an asset. Semantics: section 27.
    """

    event_type: DagsterEventType
    asset_key: AssetKey | None
    asset_partitions: tuple[str, ...] | None
    after_cursor: int | None
    before_cursor: int | None
    after_timestamp: float | None
    before_timestamp: float | None
    storage_ids: tuple[int, ...] | None

    def __init__(
        self,
        event_type: DagsterEventType,
        asset_key: AssetKey | None = None,
        asset_partitions: Iterable[str] | None = None,
        after_cursor: int | None = None,
        before_cursor: int | None = None,
        after_timestamp: float | None = None,
        before_timestamp: float | None = None,
        storage_ids: Iterable[int] | None = None,
    ) -> None:
        _check_type(event_type)
        if asset_partitions is not None and asset_key is None:
            raise InvalidArgumentError("asset_partitions needs asset_key", "say of which asset they are")
        self._set(
            event_type=event_type,
            asset_key=None if asset_key is None else AssetKey.from_coercible_or_definition(asset_key),
            asset_partitions=_partitions(asset_partitions),
            after_cursor=after_cursor,
            before_cursor=before_cursor,
            after_timestamp=after_timestamp,
            before_timestamp=before_timestamp,
            storage_ids=None if storage_ids is None else tuple(storage_ids),
        )

    def query(self, limit: int | None, ascending: bool) -> EventQuery:
        """What to ask a store."""
        return EventQuery(
            [self.event_type],
            asset=self.asset_key,
            partitions=self.asset_partitions,
            ids=self.storage_ids,
            after=self.after_cursor,
            before=self.before_cursor,
            since=self.after_timestamp,
            until=self.before_timestamp,
            limit=limit,
            ascending=ascending,
        )


class RunStatusChangeRecordsFilter(Record):
    """Which changes of the status of runs are wanted; bounds as in AssetRecordsFilter.

    `event_type` is that of a run, such as RUN_SUCCESS (InvalidArgumentError for others); `job_names` None is all jobs.
    Semantics: section 27.
    """

    event_type: DagsterEventType
    after_timestamp: float | None
    before_timestamp: float | None
    after_storage_id: int | None
    before_storage_id: int | None
    storage_ids: tuple[int, ...] | None
    job_names: tuple[str, ...] | None

    def __init__(
        self,
        event_type: DagsterEventType,
        after_timestamp: float | None = None,
        before_timestamp: float | None = None,
        after_storage_id: int | None = None,
        before_storage_id: int | None = None,
        storage_ids: Iterable[int] | None = None,
        job_names: Iterable[str] | None = None,
    ) -> None:
        _check_type(event_type)
        if event_type.value not in RUN_EVENTS:
            raise InvalidArgumentError(
                f"{event_type.name} does not change the status of a run",
                "use RUN_SUCCESS or another RUN_ type",
            )
        self._set(
            event_type=event_type,
            after_timestamp=after_timestamp,
            before_timestamp=before_timestamp,
            after_storage_id=after_storage_id,
            before_storage_id=before_storage_id,
            storage_ids=None if storage_ids is None else tuple(storage_ids),
            job_names=None if job_names is None else tuple(job_names),
        )


def _check_type(event_type: object) -> None:
    if not isinstance(event_type, DagsterEventType):
        raise InvalidArgumentError(f"event_type is a DagsterEventType, not {event_type!r}")


def _partitions(keys: Iterable[str] | None) -> tuple[str, ...] | None:
    if isinstance(keys, str):
        raise InvalidArgumentError(
            f"asset_partitions is a list of str, not {keys!r}", f'write asset_partitions=["{keys}"]'
        )
    return None if keys is None else tuple(cast("Collection[str]", keys))
