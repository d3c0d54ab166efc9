"""RunStatusSensorDefinition: a sensor that is called for each run that came to a status. Section 19.

Its cursor is the number, in the log, of the last event that it saw.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from dagx.automation.parameters import read_parameters
from dagx.automation.run_status_context import RunFailureSensorContext, RunStatusSensorContext
from dagx.automation.selectors import CodeLocationSelector, JobSelector, RepositorySelector
from dagx.automation.sensor_context import SensorEvaluationContext
from dagx.automation.sensor_result import Reaction, SensorResult, SensorTick
from dagx.automation.sensors import DefaultSensorStatus, Evaluation, SensorDefinition
from dagx.automation.targets import Job, is_job, targets_of
from dagx.automation.tick_definition import answers_of, checked_function, split_context
from dagx.errors import (
    InvalidArgumentError,
    InvalidDefinitionError,
    InvalidInvocationError,
    InvariantViolationError,
)
from dagx.instance.event_types import STATUS_AFTER, DagsterEventType
from dagx.instance.filters import RunStatusChangeRecordsFilter
from dagx.instance.run_status import DagsterRunStatus
from dagx.metadata.values import RawMetadataValue

if TYPE_CHECKING:
    from dagx.instance.event_log import EventLogRecord
    from dagx.instance.runs import DagsterRun

__all__ = ["RunStatusSensorDefinition"]

MOST_RUNS = 5
"""Runs for which the function is called in one tick; the others wait for the next."""


class _Seen(NamedTuple):
    """What came of the runs of a tick: how far it got, the reactions, and the answer that ended it, if one did."""

    number: int
    reactions: list[Reaction]
    answers: list[object]


class RunStatusSensorDefinition(SensorDefinition):
    """A sensor whose function is called for each run that came to `run_status`, the oldest first.

    The first tick looks at no run: history is not replayed. A function that returns None has reacted, and the next run
    follows; one that answers (a RunRequest of `request_job` or `request_jobs`, a SkipReason, a SensorResult without
    cursor) ends the tick. What it raises is recorded as its reaction, and not tried again. `monitored_jobs` are jobs or
    selectors, by default all jobs of the project. Semantics: section 19.
    """

    run_status: DagsterRunStatus
    monitored_jobs: list[Any] | None
    monitor_all_code_locations: bool

    def __init__(
        self,
        name: str,
        run_status: DagsterRunStatus,
        run_status_sensor_fn: Evaluation,
        *,
        minimum_interval_seconds: int | None = None,
        description: str | None = None,
        monitored_jobs: Sequence[Any] | None = None,
        monitor_all_code_locations: bool | None = None,
        default_status: DefaultSensorStatus = DefaultSensorStatus.STOPPED,
        request_job: Job | None = None,
        request_jobs: Sequence[Job] | None = None,
        tags: Mapping[str, Any] | None = None,
        metadata: Mapping[str, RawMetadataValue] | None = None,
        required_resource_keys: set[str] | None = None,
    ) -> None:
        what = f'sensor "{name}"'
        if monitor_all_code_locations and monitored_jobs:
            raise InvalidDefinitionError(
                f"{what} has monitored_jobs and monitor_all_code_locations", "give one of them"
            )
        self._begin(
            name,
            targets_of(what, name, job=request_job, jobs=request_jobs),
            minimum_interval_seconds=minimum_interval_seconds,
            default_status=default_status,
            description=description,
            required_resource_keys=required_resource_keys,
            tags=tags,
            metadata=metadata,
            owners=None,
        )
        function = checked_function(run_status_sensor_fn, what)
        self._set(
            run_status=_checked_status(run_status, what),
            monitored_jobs=None if not monitored_jobs else _monitored(monitored_jobs, what),
            monitor_all_code_locations=bool(monitor_all_code_locations),
            _function=function,
            _read=read_parameters(function, what, 1),
        )

    def monitors(self, job_name: str) -> bool:
        """Whether runs of this job are looked at."""
        return self.monitored_jobs is None or any(
            isinstance(job, (CodeLocationSelector, RepositorySelector)) or _name_of(job) == job_name
            for job in self.monitored_jobs
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call its function, for a test, with what `build_run_status_sensor_context` made; resources by name, or from
        the context. Raises InvalidInvocationError for a missing context or resource. Semantics: section 27.
        """
        own = self._read.own[0] if self._read.own else None
        context, rest, named = split_context(
            self.what, "build_run_status_sensor_context", RunStatusSensorContext, args, kwargs, own
        )
        if rest:
            raise InvalidInvocationError(f"{self.what} takes one context", "pass resources by name")
        return self._react(context, named)

    def _react(self, context: RunStatusSensorContext | None, given: Mapping[str, object]) -> Any:
        arguments = self._read.resource_arguments(self.what, context, given)
        if not self._read.own:
            return self._function(**arguments)
        is_about_failure = self.run_status is DagsterRunStatus.FAILURE
        if context is not None and is_about_failure and not isinstance(context, RunFailureSensorContext):
            context = context.for_run_failure()
        return self._function(context, **arguments)

    def evaluate_tick(self, context: SensorEvaluationContext) -> SensorTick:
        """The reactions to the runs since the cursor, and what the last of them asked for.

        Raises InvariantViolationError for an answer that is none, and for a SensorResult with a cursor. Semantics:
        section 19.
        """
        self._check_resources(context)
        event_type = _EVENT_OF[self.run_status]
        if context.cursor is None:
            newest = context.instance.fetch_run_status_changes(
                RunStatusChangeRecordsFilter(event_type), limit=1
            )
            number = newest.records[0].storage_id if newest.records else 0
            return SensorTick(skip_message=f"{self.what} looks at runs from here on", cursor=str(number))
        seen = self._see(context, event_type, _number(context.cursor, self.what))
        result = self._result_of(seen.answers)
        if result.cursor is not None:
            raise InvariantViolationError(
                f"{self.what} answered with a cursor of its own", "it keeps its place among the runs there"
            )
        context.update_cursor(str(seen.number))
        tick = self._tick(result, context)
        return SensorTick(
            tick.run_requests,
            skip_message=None if seen.reactions and not seen.answers else tick.skip_message,
            cursor=tick.cursor,
            dynamic_partitions_requests=tick.dynamic_partitions_requests,
            asset_events=tick.asset_events,
            reactions=seen.reactions,
        )

    def _see(self, context: SensorEvaluationContext, event_type: DagsterEventType, number: int) -> _Seen:
        reactions: list[Reaction] = []
        for record, run in self._runs(context, event_type, number):
            number = record.storage_id
            if run is None or not self.monitors(run.job_name):
                continue
            event = record.event_log_entry.get_dagster_event()
            try:
                answers = answers_of(self._react(self._context_of(context, run, event), {}))
            except Exception as error:  # noqa: BLE001  # what user code raises is its reaction
                reactions.append(Reaction(run.run_id, error))
            else:
                reactions.append(Reaction(run.run_id))
                if answers:
                    return _Seen(number, reactions, answers)
            if len(reactions) == MOST_RUNS:
                break
        return _Seen(number, reactions, [])

    def _runs(
        self, context: SensorEvaluationContext, event_type: DagsterEventType, number: int
    ) -> Iterator[tuple[EventLogRecord, DagsterRun | None]]:
        while True:
            wanted = RunStatusChangeRecordsFilter(event_type, after_storage_id=number)
            found = context.instance.fetch_run_status_changes(wanted, limit=MOST_RUNS, ascending=True).records
            if not found:
                return
            for record in found:
                yield record, context.instance.get_run_by_id(record.run_id)
            number = found[-1].storage_id

    def _context_of(
        self, context: SensorEvaluationContext, run: DagsterRun, event: Any
    ) -> RunStatusSensorContext:
        return RunStatusSensorContext(
            sensor_name=self.name,
            dagster_run=run,
            dagster_event=event,
            instance=context.instance,
            context=context,
        )

    def _skip_message(self, result: SensorResult) -> str | None:
        if result.run_requests or result.skip_reason is not None:
            return super()._skip_message(result)
        return f"{self.what} found no new run"


_EVENT_OF: Mapping[DagsterRunStatus, DagsterEventType] = {
    status: DagsterEventType(value) for value, status in STATUS_AFTER.items()
}


def _checked_status(status: object, what: str) -> DagsterRunStatus:
    if isinstance(status, DagsterRunStatus) and status in _EVENT_OF:
        return status
    known = ", ".join(one.name for one in _EVENT_OF)
    raise InvalidDefinitionError(f"{what}: no event brings a run to {status!r}", f"use one of {known}")


def _monitored(jobs: object, what: str) -> list[Any]:
    if isinstance(jobs, str) or not isinstance(jobs, Iterable):
        raise InvalidArgumentError(
            f"{what}: monitored_jobs is a list, not {jobs!r}", "write monitored_jobs=[...]"
        )
    found = list(cast("Iterable[object]", jobs))
    for job in found:
        if not (is_job(job) or isinstance(job, (CodeLocationSelector, RepositorySelector, JobSelector))):
            raise InvalidArgumentError(f"{what}: monitored_jobs has jobs and selectors, not {job!r}")
    return found


def _name_of(job: Any) -> str:
    return job.job_name if isinstance(job, JobSelector) else str(job.name)


def _number(cursor: str, what: str) -> int:
    if not cursor.isdigit():
        raise InvalidArgumentError(
            f"the cursor of {what} is the number of an event, not {cursor!r}",
            "reset the cursor of the sensor",
        )
    return int(cursor)
