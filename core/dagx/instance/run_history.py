"""RunHistory: the runs of an instance, and their logs. Semantics: section 27."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from dagx.errors import InvalidArgumentError
from dagx.execution.run_ids import new_run_id
from dagx.instance.event_log import EventLogEntry, EventLogRecord, EventRecordsResult
from dagx.instance.event_types import DagsterEventType
from dagx.instance.filters import EventQuery
from dagx.instance.run_status import DagsterRunStatus
from dagx.instance.runs import DagsterRun, RunRecord, RunsFilter
from dagx.instance.store import EventStore
from dagx.keys import AssetKey

if TYPE_CHECKING:
    from dagx.checks.specs import AssetCheckKey

TypesWanted = DagsterEventType | Collection[DagsterEventType]


class RunHistory:
    """The runs of an instance."""

    _store: EventStore

    # Making and changing

    def create_run(
        self,
        job_name: str,
        *,
        run_id: str | None = None,
        run_config: Mapping[str, Any] | None = None,
        tags: Mapping[str, str] | None = None,
        asset_selection: Collection[AssetKey] | None = None,
        asset_check_selection: Collection[AssetCheckKey] | None = None,
        op_selection: Sequence[str] | None = None,
        root_run_id: str | None = None,
        parent_run_id: str | None = None,
        status: DagsterRunStatus = DagsterRunStatus.NOT_STARTED,
    ) -> DagsterRun:
        """A new run of a job, which nothing executes by that alone; without `run_id` it gets a new one.

        Raises InvariantViolationError when there is a run of that id.
        """
        run = DagsterRun(
            job_name,
            run_id or new_run_id(),
            run_config,
            asset_selection,
            asset_check_selection,
            op_selection,
            status,
            _checked(tags or {}),
            root_run_id,
            parent_run_id,
        )
        return self.add_run(run)

    def create_run_for_job(
        self,
        job_def: Any,
        run_id: str | None = None,
        run_config: Mapping[str, Any] | None = None,
        status: DagsterRunStatus | None = None,
        tags: Mapping[str, str] | None = None,
        asset_selection: Collection[AssetKey] | None = None,
    ) -> DagsterRun:
        """A new run of the job `job_def`, as `create_run` makes it."""
        return self.create_run(
            job_def.name,
            run_id=run_id,
            run_config=run_config,
            tags=tags,
            asset_selection=asset_selection,
            status=status or DagsterRunStatus.NOT_STARTED,
        )

    def add_run(self, dagster_run: DagsterRun) -> DagsterRun:
        """Keep a run that was made by hand. Raises InvariantViolationError when there is one of its id."""
        return self._store.add_run(dagster_run, time.time()).dagster_run

    def add_run_tags(self, run_id: str, new_tags: Mapping[str, str]) -> None:
        """Give a run more tags; a known one takes the new value. Raises RunNotFoundError."""
        added, now = _checked(new_tags), time.time()

        def change(record: RunRecord) -> RunRecord:
            run = record.dagster_run
            return record.with_run(run.with_tags({**run.tags, **added}), now)

        self._store.change_run(run_id, change)

    def delete_run(self, run_id: str) -> None:
        """Take away a run and all that happened in it. Raises RunNotFoundError."""
        self._store.delete_run(run_id)

    # Asking

    def has_run(self, run_id: str) -> bool:
        """Whether there is a run with this id."""
        return self._store.run(run_id) is not None

    def get_run_by_id(self, run_id: str) -> DagsterRun | None:
        """The run with this id as it stands now, or None."""
        record = self._store.run(run_id)
        return None if record is None else record.dagster_run

    def get_run_record_by_id(self, run_id: str) -> RunRecord | None:
        """The record of the run with this id, or None."""
        return self._store.run(run_id)

    def get_run_records(
        self,
        filters: RunsFilter | None = None,
        limit: int | None = None,
        order_by: str | None = None,
        ascending: bool = False,
        cursor: str | None = None,
    ) -> list[RunRecord]:
        """The runs that fit, the newest first, at most `limit`; with `cursor`, a run id, those that come after it.

        `order_by` is "id", "create_timestamp", "update_timestamp", "start_time" or "end_time" (None is "id");
        anything else raises InvalidArgumentError.
        """
        records = [record for record in self._store.runs() if filters is None or filters.takes(record)]
        records.sort(key=lambda record: _order(record, order_by), reverse=not ascending)
        if cursor is not None:
            ids = [record.dagster_run.run_id for record in records]
            records = records[ids.index(cursor) + 1 :] if cursor in ids else []
        return records if limit is None else records[:limit]

    def get_runs(
        self,
        filters: RunsFilter | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        ascending: bool = False,
    ) -> list[DagsterRun]:
        """The runs that fit, as `get_run_records` gives them."""
        records = self.get_run_records(filters, limit, None, ascending, cursor)
        return [record.dagster_run for record in records]

    def get_run_ids(
        self, filters: RunsFilter | None = None, cursor: str | None = None, limit: int | None = None
    ) -> list[str]:
        """The ids of the runs that fit, the newest first."""
        return [run.run_id for run in self.get_runs(filters, cursor, limit)]

    def get_runs_count(self, filters: RunsFilter | None = None) -> int:
        """How many runs fit."""
        return len(self.get_run_records(filters))

    # Logs

    def all_logs(self, run_id: str, of_type: TypesWanted | None = None) -> list[EventLogEntry]:
        """All that happened in a run, in order: events of the type or types `of_type`, or everything.

        Empty for a run that is not there.
        """
        return self.logs_after(run_id, None, of_type)

    def logs_after(
        self,
        run_id: str,
        cursor: int | None = None,
        of_type: TypesWanted | None = None,
        limit: int | None = None,
    ) -> list[EventLogEntry]:
        """As `all_logs`, what came after the entry whose storage_id is `cursor`."""
        query = EventQuery(_types(of_type), run_id=run_id, after=cursor, ascending=True, limit=limit)
        return self._store.entries(query)

    def get_records_for_run(
        self,
        run_id: str,
        cursor: str | None = None,
        of_type: TypesWanted | None = None,
        limit: int | None = None,
        ascending: bool = True,
    ) -> EventRecordsResult:
        """A page of what happened in a run."""
        query = EventQuery(_types(of_type), run_id=run_id)
        return page(self._store, query, limit, cursor, ascending)


def page(
    store: EventStore, query: EventQuery, limit: int | None, cursor: str | None, ascending: bool
) -> EventRecordsResult:
    """One page of the entries that are wanted: those that come after `cursor` in this order."""
    at = _place(cursor)
    if ascending:
        bounds = {"after": max((n for n in (at, query.after) if n is not None), default=None)}
    else:
        bounds = {"before": min((n for n in (at, query.before) if n is not None), default=None)}
    asked = EventQuery.__new__(EventQuery)
    more = None if limit is None else limit + 1
    vars(asked).update(vars(query), **bounds, ascending=ascending, limit=more)
    entries = store.entries(asked)
    shown = records_of(entries if limit is None else entries[:limit])
    last = str(shown[-1].storage_id) if shown else cursor or "0"
    return EventRecordsResult(shown, last, len(entries) > len(shown))


def records_of(entries: Iterable[EventLogEntry]) -> list[EventLogRecord]:
    """Entries as records."""
    return [EventLogRecord(entry.storage_id or 0, entry) for entry in entries]


def _place(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    try:
        return int(cursor)
    except ValueError:
        raise InvalidArgumentError(
            f"{cursor!r} is no cursor", "give the cursor of the page before, or None for the first"
        ) from None


def _types(of_type: TypesWanted | None) -> list[DagsterEventType] | None:
    if of_type is None:
        return None
    return [of_type] if isinstance(of_type, DagsterEventType) else list(of_type)


def _checked(tags: Mapping[str, str]) -> dict[str, str]:
    for key, value in cast("Mapping[object, object]", tags).items():
        if not (isinstance(key, str) and isinstance(value, str)):
            raise InvalidArgumentError(f"tags of a run map str to str: {key!r} to {value!r} is none")
    return dict(tags)


_ORDERS = ("create_timestamp", "update_timestamp", "start_time", "end_time")


def _order(record: RunRecord, order_by: str | None) -> tuple[float, int]:
    if order_by is None or order_by == "id":
        return (0.0, record.storage_id)
    if order_by not in _ORDERS:
        raise InvalidArgumentError(f"{order_by!r} is no order of runs", f"use id, {', '.join(_ORDERS)}")
    value: Any = getattr(record, order_by)
    seconds = 0.0 if value is None else value if isinstance(value, float) else value.timestamp()
    return (seconds, record.storage_id)
