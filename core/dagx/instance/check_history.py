"""CheckHistory: how the checks of an instance came out. Semantics: section 21."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from dagx.checks.results import AssetCheckEvaluation
from dagx.checks.specs import AssetCheckKey
from dagx.instance.event_log import EventLogEntry, EventLogRecord
from dagx.instance.event_types import DagsterEventType
from dagx.instance.filters import EventQuery
from dagx.instance.run_history import records_of
from dagx.instance.store import EventStore
from dagx.record import Record

_PLANNED = DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED
_DONE = DagsterEventType.ASSET_CHECK_EVALUATION

if TYPE_CHECKING:
    from dagx.instance.runs import RunRecord


class CheckExecutionStatus(enum.Enum):
    """How an execution of a check stands: EXECUTION_FAILED and SKIPPED when it was planned and its run ended,
    failed or otherwise, before it.
    """

    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    IN_PROGRESS = "IN_PROGRESS"
    EXECUTION_FAILED = "EXECUTION_FAILED"
    SKIPPED = "SKIPPED"


class CheckExecution(Record):
    """One execution of a check, planned or done: `evaluation` is None until it is done."""

    key: AssetCheckKey
    storage_id: int
    run_id: str
    timestamp: float
    partition: str | None
    status: CheckExecutionStatus
    evaluation: AssetCheckEvaluation | None

    def __init__(
        self,
        key: AssetCheckKey,
        storage_id: int,
        run_id: str,
        timestamp: float,
        partition: str | None,
        status: CheckExecutionStatus,
        evaluation: AssetCheckEvaluation | None = None,
    ) -> None:
        self._set(
            key=key,
            storage_id=storage_id,
            run_id=run_id,
            timestamp=timestamp,
            partition=partition,
            status=status,
            evaluation=evaluation,
        )


class CheckHistory:
    """How the checks of an instance came out."""

    _store: EventStore

    def get_latest_asset_check_evaluation_record(
        self, asset_check_key: AssetCheckKey, partition: str | None = None
    ) -> EventLogRecord | None:
        """The record that the check was last executed to its end, or None."""
        partitions = None if partition is None else [partition]
        query = EventQuery(
            [_DONE],
            asset=asset_check_key.asset_key,
            check=asset_check_key.name,
            partitions=partitions,
            limit=1,
        )
        found = records_of(self._store.entries(query))
        return found[0] if found else None

    def get_latest_asset_check_evaluation_records(
        self, asset_check_keys: Iterable[AssetCheckKey]
    ) -> Mapping[AssetCheckKey, EventLogRecord | None]:
        """As `get_latest_asset_check_evaluation_record`, for several checks."""
        return {key: self.get_latest_asset_check_evaluation_record(key) for key in asset_check_keys}

    def get_asset_check_execution_history(
        self, check_key: AssetCheckKey, limit: int | None = None, cursor: int | None = None
    ) -> list[CheckExecution]:
        """The executions of a check, the newest first, at most `limit`: those before the storage id `cursor`."""
        query = EventQuery([_PLANNED, _DONE], asset=check_key.asset_key, check=check_key.name)
        done: set[tuple[str, str | None]] = set()
        found: list[CheckExecution] = []
        for entry in self._store.entries(query):
            if limit is not None and len(found) >= limit:
                break
            place = (entry.run_id, entry.partition)
            evaluation = entry.asset_check_evaluation
            if evaluation is None and entry.run_id and place in done:
                continue
            done.add(place)
            if cursor is None or (entry.storage_id or 0) < cursor:
                found.append(self._execution(check_key, entry, evaluation))
        return found

    def get_latest_asset_check_execution_by_key(
        self, check_keys: Iterable[AssetCheckKey]
    ) -> Mapping[AssetCheckKey, CheckExecution]:
        """The latest execution of each check that was ever planned or executed."""
        latest = {key: self.get_asset_check_execution_history(key, limit=1) for key in check_keys}
        return {key: found[0] for key, found in latest.items() if found}

    def _execution(
        self, key: AssetCheckKey, entry: EventLogEntry, evaluation: AssetCheckEvaluation | None
    ) -> CheckExecution:
        return CheckExecution(
            key,
            entry.storage_id or 0,
            entry.run_id,
            entry.timestamp,
            entry.partition,
            _standing(evaluation, None if evaluation is not None else self._store.run(entry.run_id)),
            evaluation,
        )


def _standing(evaluation: AssetCheckEvaluation | None, run: RunRecord | None) -> CheckExecutionStatus:
    if evaluation is not None:
        return CheckExecutionStatus.SUCCEEDED if evaluation.passed else CheckExecutionStatus.FAILED
    if run is None:
        return CheckExecutionStatus.SKIPPED
    if not run.dagster_run.is_finished:
        return CheckExecutionStatus.IN_PROGRESS
    return (
        CheckExecutionStatus.EXECUTION_FAILED if run.dagster_run.is_failure else CheckExecutionStatus.SKIPPED
    )
