"""`build_schedule_from_partitioned_job`: a tick for each partition, and which partition a tick is for. Section 18."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from dagx.arguments import checked_text
from dagx.automation.requests import RunRequest, SkipReason
from dagx.automation.schedule_context import ScheduleEvaluationContext
from dagx.automation.schedules import DefaultScheduleStatus, ScheduleDefinition
from dagx.automation.targets import Job, job_named
from dagx.errors import InvalidArgumentError, InvalidDefinitionError
from dagx.names import check_name
from dagx.partitions.dynamic import DynamicPartitionsDefinition
from dagx.partitions.keys import MultiPartitionKey
from dagx.partitions.multi import MultiPartitionsDefinition
from dagx.partitions.time_windows import TimeWindowPartitionsDefinition
from dagx.record import Record
from dagx.source import SourceLocation, location_of_caller

if TYPE_CHECKING:
    from dagx.metadata.values import RawMetadataValue
    from dagx.partitions.definition import PartitionsDefinition

__all__ = ["build_schedule_from_partitioned_job"]


class UnresolvedPartitionedSchedule(Record):
    """A schedule whose job is known and its partitions are not: those of a job of assets, before it is resolved.

    `resolved(job)` is the schedule, once the job is known with its `partitions_def`.
    """

    name: str
    job: Job
    times: Mapping[str, int | None]
    cron_schedule: str | None
    execution_timezone: str | None
    tags: Mapping[str, Any] | None
    fields: Mapping[str, Any]
    _source: SourceLocation | None

    def __init__(
        self,
        name: str,
        job: Job,
        times: Mapping[str, int | None],
        cron_schedule: str | None,
        execution_timezone: str | None,
        tags: Mapping[str, Any] | None,
        fields: Mapping[str, Any],
    ) -> None:
        self._set(
            name=check_name(checked_text(name, "the name of a schedule"), f'schedule "{name}"'),
            job=job,
            times=times,
            cron_schedule=cron_schedule,
            execution_timezone=execution_timezone,
            tags=tags,
            fields=fields,
            _source=location_of_caller(),
        )

    @property
    def source(self) -> SourceLocation | None:
        """Where it was written."""
        return self._source

    @property
    def job_name(self) -> str:
        """The name of the job."""
        return str(self.job.name)

    def resolved(self, job: Job) -> ScheduleDefinition:
        """The schedule of `job`, which has `partitions_def`.

        Raises InvalidArgumentError when it has none, or for a field that its partitions do not have,
        InvalidDefinitionError for partitions that no schedule can follow.
        """
        partitions: PartitionsDefinition | None = getattr(job, "partitions_def", None)
        if partitions is None:
            raise InvalidArgumentError(
                f'schedule "{self.name}": the job "{job.name}" is not partitioned',
                "give the job, or its assets, partitions_def=..., or use ScheduleDefinition",
            )
        time = time_dimension(partitions, self.name)
        given = self.cron_schedule
        if given is not None and any(value is not None for value in self.times.values()):
            raise InvalidArgumentError(
                f'schedule "{self.name}" has cron_schedule and {", ".join(self._chosen())}',
                "give one of them",
            )
        if time is None:
            if given is None:
                raise InvalidArgumentError(
                    f'schedule "{self.name}": its partitions have no time', "give it cron_schedule=..."
                )
            cron, zone = given, self.execution_timezone
        else:
            cron = time.get_cron_schedule(**self.times) if given is None else given
            zone = self._zone(time)

        def ask(context: ScheduleEvaluationContext) -> list[RunRequest] | SkipReason:
            return requests_of(partitions, context, self.name, self.tags)

        found = ScheduleDefinition(
            self.name,
            cron_schedule=cron,
            execution_timezone=zone,
            execution_fn=ask,
            job=job,
            **self.fields,
        )
        return found.written_at(self.source)

    def _chosen(self) -> list[str]:
        return [name for name, value in self.times.items() if value is not None]

    def _zone(self, time: TimeWindowPartitionsDefinition) -> str:
        if self.execution_timezone not in (None, time.timezone):
            raise InvalidArgumentError(
                f'schedule "{self.name}": execution_timezone is {self.execution_timezone}, and that of its '
                f"partitions {time.timezone}",
                "leave execution_timezone out",
            )
        return time.timezone


def build_schedule_from_partitioned_job(
    job: Job,
    description: str | None = None,
    name: str | None = None,
    minute_of_hour: int | None = None,
    hour_of_day: int | None = None,
    day_of_week: int | None = None,
    day_of_month: int | None = None,
    default_status: DefaultScheduleStatus = DefaultScheduleStatus.STOPPED,
    tags: Mapping[str, Any] | None = None,
    cron_schedule: str | None = None,
    execution_timezone: str | None = None,
    metadata: Mapping[str, RawMetadataValue] | None = None,
    owners: Sequence[str] | None = None,
) -> ScheduleDefinition | UnresolvedPartitionedSchedule:
    """A schedule that runs a partitioned job for each partition, when it is complete.

    It ticks as the partitions do, in their time zone, at another minute, hour or day where one is given (a day of the
    week counts from Sunday, 0), and asks for the last partition as of the tick, whose key is the run key. Partitions
    without time need `cron_schedule`, and each tick asks for all; with a time dimension it asks for all keys of the
    last window. For a job of assets the schedule is made when definitions are resolved. Raises InvalidArgumentError for
    a field that the partitions do not have and for an unpartitioned job, InvalidDefinitionError for dynamic
    partitions and two dimensions of time. Semantics: section 18.
    """
    job_named(job, "build_schedule_from_partitioned_job")
    times = {
        "minute_of_hour": minute_of_hour,
        "hour_of_day": hour_of_day,
        "day_of_week": day_of_week,
        "day_of_month": day_of_month,
    }
    fields = {
        "description": description,
        "default_status": default_status,
        "metadata": metadata,
        "owners": owners,
    }
    schedule = UnresolvedPartitionedSchedule(
        name or f"{job.name}_schedule",
        job,
        times,
        cron_schedule,
        execution_timezone,
        tags,
        fields,
    )
    waits = getattr(job, "partitions_def", None) is None and hasattr(job, "selection")
    return schedule if waits else schedule.resolved(job)


def time_dimension(partitions: PartitionsDefinition, name: str) -> TimeWindowPartitionsDefinition | None:
    """The windows of time that the partitions follow, None for those without time.

    Raises InvalidDefinitionError for dynamic partitions and for two dimensions of time.
    """
    if isinstance(partitions, TimeWindowPartitionsDefinition):
        return partitions
    dimensions = (
        [one.partitions_def for one in partitions.partitions_defs]
        if isinstance(partitions, MultiPartitionsDefinition)
        else [partitions]
    )
    if any(isinstance(one, DynamicPartitionsDefinition) for one in dimensions):
        raise InvalidDefinitionError(
            f'schedule "{name}": its partitions are dynamic',
            "write a @schedule that asks the instance for them",
        )
    of_time = [one for one in dimensions if isinstance(one, TimeWindowPartitionsDefinition)]
    if len(of_time) > 1:
        raise InvalidDefinitionError(
            f'schedule "{name}": both dimensions of its partitions are time', "write a @schedule for them"
        )
    return of_time[0] if of_time else None


def requests_of(
    partitions: PartitionsDefinition,
    context: ScheduleEvaluationContext,
    name: str,
    tags: Mapping[str, Any] | None = None,
) -> list[RunRequest] | SkipReason:
    """What the tick of `context` asks for: the keys of the last window, or all keys where there is no time."""
    time = time_dimension(partitions, name)
    if time is None:
        keys = partitions.get_partition_keys()
        return [_request(key, tags) for key in keys] or SkipReason("there is no partition")
    at = context.moment or datetime.now(timezone.utc)
    last = time.get_last_partition_key(at)
    if last is None:
        return SkipReason(f"no partition is complete at {at.isoformat()}")
    if time.get_last_partition_key(just_before_window(time, at)) == last:
        return SkipReason(f"no partition became complete with {at.isoformat()}: its window is left out")
    if not isinstance(partitions, MultiPartitionsDefinition):
        return [_request(last, tags)]
    of_time = partitions.time_window_dimension.name
    other = next(one for one in partitions.partitions_defs if one.name != of_time)
    keys = [
        MultiPartitionKey({of_time: last, other.name: key})
        for key in other.partitions_def.get_partition_keys(at)
    ]
    return [_request(key, tags) for key in keys]


def _request(key: str, tags: Mapping[str, Any] | None) -> RunRequest:
    return RunRequest(run_key=key, partition_key=key, tags=tags)


def just_before_window(time: TimeWindowPartitionsDefinition, at: datetime) -> datetime:
    """The last second before the window ended that ended last, as of `at`."""
    ticks = time.ticks
    moment = at if at.tzinfo is not None else at.replace(tzinfo=ticks.zone.tzinfo)
    ended = ticks.zone.datetime(ticks.at(ticks.number(int(moment.timestamp()) + 1) - 1))
    return (ended.astimezone(timezone.utc) - timedelta(seconds=1)).astimezone(ticks.zone.tzinfo)
