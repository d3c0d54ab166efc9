"""DagsterRun and what is kept of it: RunRecord, and RunsFilter to find it again. Semantics: sections 27, 30."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dagx.errors import InvalidArgumentError
from dagx.instance.run_status import FINISHED, DagsterRunStatus
from dagx.keys import AssetKey
from dagx.record import Record

if TYPE_CHECKING:
    from dagx.checks.specs import AssetCheckKey

__all__ = ["DagsterRun", "RunRecord", "RunsFilter"]

PARENT_RUN_TAG = "dagster/parent_run_id"
ROOT_RUN_TAG = "dagster/root_run_id"


class DagsterRun(Record):
    """A run as it stood when it was asked for: ask the instance again for how it stands now.

    `asset_selection` and `asset_check_selection` are what it was limited to, None when it was not.
    `parent_run_id` is the run that it repeats, `root_run_id` the first of that chain. Semantics: section 27.
    """

    job_name: str
    run_id: str
    run_config: Mapping[str, Any]
    status: DagsterRunStatus
    tags: Mapping[str, str]
    asset_selection: frozenset[AssetKey] | None
    asset_check_selection: frozenset[AssetCheckKey] | None
    op_selection: tuple[str, ...] | None
    root_run_id: str | None
    parent_run_id: str | None

    def __init__(
        self,
        job_name: str,
        run_id: str,
        run_config: Mapping[str, Any] | None = None,
        asset_selection: Collection[AssetKey] | None = None,
        asset_check_selection: Collection[AssetCheckKey] | None = None,
        op_selection: Sequence[str] | None = None,
        status: DagsterRunStatus = DagsterRunStatus.NOT_STARTED,
        tags: Mapping[str, str] | None = None,
        root_run_id: str | None = None,
        parent_run_id: str | None = None,
    ) -> None:
        own = dict(tags or {})
        self._set(
            job_name=job_name,
            run_id=run_id,
            run_config=dict(run_config or {}),
            asset_selection=None if asset_selection is None else frozenset(asset_selection),
            asset_check_selection=None if asset_check_selection is None else frozenset(asset_check_selection),
            op_selection=None if op_selection is None else tuple(op_selection),
            status=status,
            tags=own,
            root_run_id=root_run_id or own.get(ROOT_RUN_TAG),
            parent_run_id=parent_run_id or own.get(PARENT_RUN_TAG),
        )

    @property
    def is_finished(self) -> bool:
        """Whether it ended: with success, with a failure, or canceled."""
        return self.status in FINISHED

    @property
    def is_success(self) -> bool:
        """Whether it ended with success."""
        return self.status is DagsterRunStatus.SUCCESS

    @property
    def is_failure(self) -> bool:
        """Whether it ended with a failure."""
        return self.status is DagsterRunStatus.FAILURE

    @property
    def is_failure_or_canceled(self) -> bool:
        """Whether it ended without success."""
        return self.is_finished and not self.is_success

    @property
    def is_cancelable(self) -> bool:
        """Whether it is under way, or waits to be."""
        return not self.is_finished and self.status is not DagsterRunStatus.CANCELING

    @property
    def previous_run_id(self) -> str | None:
        """The older name of `parent_run_id`."""
        return self.parent_run_id

    def with_status(self, status: DagsterRunStatus) -> DagsterRun:
        """The same run with another status."""
        return self._with(status=status)

    def with_tags(self, tags: Mapping[str, str]) -> DagsterRun:
        """The same run with `tags` in place of those that it had."""
        return self._with(tags=dict(tags))

    def _with(self, **fields: Any) -> DagsterRun:
        other = DagsterRun.__new__(DagsterRun)
        vars(other).update(vars(self), **fields)
        return other


class RunRecord(Record):
    """A run with its number in the instance and its times.

    `create_timestamp` and `update_timestamp` are moments in UTC; `start_time` and `end_time` are seconds since 1970
    UTC, None when it has not started or ended.
    """

    storage_id: int
    dagster_run: DagsterRun
    create_timestamp: datetime.datetime
    update_timestamp: datetime.datetime
    start_time: float | None
    end_time: float | None

    def __init__(
        self,
        storage_id: int,
        dagster_run: DagsterRun,
        create_timestamp: datetime.datetime,
        update_timestamp: datetime.datetime,
        start_time: float | None = None,
        end_time: float | None = None,
    ) -> None:
        self._set(
            storage_id=storage_id,
            dagster_run=dagster_run,
            create_timestamp=create_timestamp,
            update_timestamp=update_timestamp,
            start_time=start_time,
            end_time=end_time,
        )

    def after(self, status: DagsterRunStatus, now: float) -> RunRecord:
        """This record, the run having come to `status` at `now`."""
        began = now if status is DagsterRunStatus.STARTED else self.start_time
        ended = now if status in FINISHED else self.end_time
        return RunRecord(
            self.storage_id,
            self.dagster_run.with_status(status),
            self.create_timestamp,
            moment(now),
            began,
            ended,
        )

    def with_run(self, run: DagsterRun, now: float) -> RunRecord:
        """This record of the run as it was changed at `now`."""
        return RunRecord(
            self.storage_id, run, self.create_timestamp, moment(now), self.start_time, self.end_time
        )


class RunsFilter(Record):
    """Which runs are wanted: those that fit everything that is given.

    `tags` maps a key to the value that the run has, or to a list of values of which it has one. The times are
    datetimes; those without a time zone are taken to be UTC. An empty `run_ids` or `statuses` asks for every run, as
    None does. Semantics: section 27.
    """

    run_ids: tuple[str, ...] | None
    job_name: str | None
    statuses: tuple[DagsterRunStatus, ...]
    tags: Mapping[str, str | Sequence[str]]
    updated_after: datetime.datetime | None
    updated_before: datetime.datetime | None
    created_after: datetime.datetime | None
    created_before: datetime.datetime | None

    def __init__(
        self,
        run_ids: Iterable[str] | None = None,
        job_name: str | None = None,
        statuses: Iterable[DagsterRunStatus] | None = None,
        tags: Mapping[str, str | Sequence[str]] | None = None,
        *,
        updated_after: datetime.datetime | None = None,
        updated_before: datetime.datetime | None = None,
        created_after: datetime.datetime | None = None,
        created_before: datetime.datetime | None = None,
    ) -> None:
        if isinstance(run_ids, str):
            raise InvalidArgumentError(
                f"run_ids is a list of str, not {run_ids!r}", f'write run_ids=["{run_ids}"]'
            )
        self._set(
            run_ids=None if run_ids is None else tuple(run_ids),
            job_name=job_name,
            statuses=tuple(statuses or ()),
            tags=dict(tags or {}),
            updated_after=_aware(updated_after),
            updated_before=_aware(updated_before),
            created_after=_aware(created_after),
            created_before=_aware(created_before),
        )

    def takes(self, record: RunRecord) -> bool:
        """Whether a run is one of those wanted."""
        run = record.dagster_run
        return (
            (not self.run_ids or run.run_id in self.run_ids)
            and self.job_name in (None, run.job_name)
            and (not self.statuses or run.status in self.statuses)
            and all(_has(run.tags.get(key), wanted) for key, wanted in self.tags.items())
            and _between(self.updated_after, record.update_timestamp, self.updated_before)
            and _between(self.created_after, record.create_timestamp, self.created_before)
        )


def moment(seconds: float) -> datetime.datetime:
    """The moment that is so many seconds after 1970, in UTC."""
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)


def _has(value: str | None, wanted: str | Sequence[str]) -> bool:
    return value == wanted if isinstance(wanted, str) else value in wanted


def _aware(when: datetime.datetime | None) -> datetime.datetime | None:
    return when if when is None or when.tzinfo is not None else when.replace(tzinfo=datetime.timezone.utc)


def _between(
    after: datetime.datetime | None, when: datetime.datetime, before: datetime.datetime | None
) -> bool:
    return (after is None or after < when) and (before is None or when < before)
