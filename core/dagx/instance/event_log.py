"""EventLogEntry and EventLogRecord: an event, or a line that was logged, as the instance keeps it. Section 27."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from dagx.checks.results import AssetCheckEvaluation
from dagx.execution.results import AssetMaterialization, AssetObservation
from dagx.instance.event_contents import asset_of
from dagx.instance.event_types import DagsterEventType
from dagx.instance.events import DagsterEvent
from dagx.instance.recorded_error import RecordedError
from dagx.keys import AssetKey
from dagx.record import Record

__all__ = ["EventLogEntry", "EventLogRecord", "EventRecordsResult"]


class EventLogEntry(Record):
    """One entry of the log of a run: an event (`dagster_event`), or a line that user code logged (then it is None).

    `timestamp` is in seconds since 1970 UTC, `level` as in `logging`. `run_id` is "" for an event that belongs to no
    run. `storage_id` is the number that the instance gave it, None before it did. Semantics: section 27.
    """

    run_id: str
    timestamp: float
    level: int
    user_message: str
    job_name: str | None
    step_key: str | None
    dagster_event: DagsterEvent | None
    error_info: RecordedError | None
    storage_id: int | None

    def __init__(
        self,
        run_id: str,
        timestamp: float,
        level: int | str = logging.INFO,
        user_message: str = "",
        job_name: str | None = None,
        step_key: str | None = None,
        dagster_event: DagsterEvent | None = None,
        error_info: RecordedError | None = None,
        storage_id: int | None = None,
    ) -> None:
        self._set(
            run_id=run_id,
            timestamp=timestamp,
            level=level if isinstance(level, int) else _level(level),
            user_message=user_message,
            job_name=job_name,
            step_key=step_key,
            dagster_event=dagster_event,
            error_info=error_info,
            storage_id=storage_id,
        )

    def numbered(self, storage_id: int) -> EventLogEntry:
        """This entry under the number that a store gave it."""
        other = EventLogEntry.__new__(EventLogEntry)
        vars(other).update(vars(self), storage_id=storage_id)
        return other

    @property
    def is_dagster_event(self) -> bool:
        """Whether this is an event, and not a line that user code logged."""
        return self.dagster_event is not None

    def get_dagster_event(self) -> DagsterEvent:
        """The event. Raises ValueError for a line that user code logged."""
        if self.dagster_event is None:
            raise ValueError("this entry is a line that user code logged, not an event")
        return self.dagster_event

    @property
    def dagster_event_type(self) -> DagsterEventType | None:
        """What happened; None for a line that user code logged."""
        return None if self.dagster_event is None else self.dagster_event.event_type

    @property
    def message(self) -> str:
        """The line that was logged, or what the event says."""
        if self.dagster_event is not None and not self.user_message:
            return self.dagster_event.message or ""
        return self.user_message

    @property
    def asset_key(self) -> AssetKey | None:
        """The asset that it is about, if it is about one."""
        return None if self.dagster_event is None else self.dagster_event.asset_key

    @property
    def partition(self) -> str | None:
        """The partition of the asset that it is about, if it is about one."""
        return None if self.dagster_event is None else self.dagster_event.partition

    @property
    def check_name(self) -> str | None:
        """The name of the check that it is about, if it is about one."""
        event = self.dagster_event
        return None if event is None else asset_of(event.event_specific_data)[2]

    @property
    def asset_materialization(self) -> AssetMaterialization | None:
        """What was made, or None."""
        event = self.dagster_event
        return event.materialization if event is not None and event.is_step_materialization else None

    @property
    def asset_observation(self) -> AssetObservation | None:
        """What was seen, or None."""
        event = self.dagster_event
        return event.asset_observation if event is not None and event.is_asset_observation else None

    @property
    def asset_check_evaluation(self) -> AssetCheckEvaluation | None:
        """How a check came out, or None."""
        event = self.dagster_event
        return (
            event.asset_check_evaluation_data
            if event is not None and event.is_asset_check_evaluation
            else None
        )

    @property
    def asset_event(self) -> AssetMaterialization | AssetObservation | None:
        """What was made or seen, or None."""
        return self.asset_materialization or self.asset_observation

    @property
    def tags(self) -> Mapping[str, str]:
        """The tags of what was made or seen."""
        return {} if self.asset_event is None else self.asset_event.tags


class EventLogRecord(Record):
    """An entry under the number that the instance gave it: later entries have higher numbers."""

    storage_id: int
    event_log_entry: EventLogEntry

    def __init__(self, storage_id: int, event_log_entry: EventLogEntry) -> None:
        self._set(storage_id=storage_id, event_log_entry=event_log_entry)

    @property
    def run_id(self) -> str:
        """The run that it belongs to; "" for none."""
        return self.event_log_entry.run_id

    @property
    def timestamp(self) -> float:
        """When it happened, in seconds since 1970 UTC."""
        return self.event_log_entry.timestamp

    @property
    def asset_key(self) -> AssetKey | None:
        """The asset that it is about, if it is about one."""
        return self.event_log_entry.asset_key

    @property
    def partition_key(self) -> str | None:
        """The partition of the asset that it is about, if it is about one."""
        return self.event_log_entry.partition

    @property
    def event_type(self) -> DagsterEventType | None:
        """What happened; None for a line that user code logged."""
        return self.event_log_entry.dagster_event_type

    @property
    def asset_materialization(self) -> AssetMaterialization | None:
        """What was made, or None."""
        return self.event_log_entry.asset_materialization

    @property
    def asset_observation(self) -> AssetObservation | None:
        """What was seen, or None."""
        return self.event_log_entry.asset_observation

    @property
    def asset_event(self) -> AssetMaterialization | AssetObservation | None:
        """What was made or seen, or None."""
        return self.event_log_entry.asset_event


class EventRecordsResult(Record):
    """One page of records: give its `cursor` to the next call, as long as it `has_more`."""

    records: Sequence[EventLogRecord]
    cursor: str
    has_more: bool

    def __init__(self, records: Sequence[EventLogRecord], cursor: str, has_more: bool) -> None:
        self._set(records=list(records), cursor=cursor, has_more=has_more)


def _level(name: str) -> int:
    found: object = getattr(logging, name.upper(), None)
    return found if isinstance(found, int) else logging.INFO
