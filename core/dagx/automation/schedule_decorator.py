"""`@schedule`: a schedule from a function. Section 18."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dagx.automation.schedules import DecoratedSchedule, DefaultScheduleStatus, Evaluation, ScheduleDefinition
from dagx.automation.targets import Job
from dagx.metadata.values import RawMetadataValue

__all__ = ["schedule"]


def schedule(
    cron_schedule: str | Sequence[str],
    *,
    job_name: str | None = None,
    name: str | None = None,
    tags: Mapping[str, Any] | None = None,
    tags_fn: Evaluation | None = None,
    metadata: Mapping[str, RawMetadataValue] | None = None,
    should_execute: Evaluation | None = None,
    environment_vars: Mapping[str, str] | None = None,
    execution_timezone: str | None = None,
    description: str | None = None,
    job: Job | None = None,
    default_status: DefaultScheduleStatus = DefaultScheduleStatus.STOPPED,
    required_resource_keys: set[str] | None = None,
    target: object = None,
    owners: Sequence[str] | None = None,
) -> Callable[[Evaluation], ScheduleDefinition]:
    """Make a function a schedule, named after it: at each tick of the cron it says what to run.

    The function may take a context (its first parameter) and resources, and returns or yields a RunRequest, several
    (each with a run key), a SkipReason, run config as a dict (with `tags`, or what `tags_fn(context)` returns), or
    nothing. The other parameters are those of ScheduleDefinition. Raises InvalidDefinitionError. Semantics: section 18.
    """

    def made(function: Evaluation) -> ScheduleDefinition:
        return DecoratedSchedule.of(
            function,
            name,
            cron_schedule=cron_schedule,
            job_name=job_name,
            tags=tags,
            tags_fn=tags_fn,
            metadata=metadata,
            should_execute=should_execute,
            environment_vars=environment_vars,
            execution_timezone=execution_timezone,
            description=description or getattr(function, "__doc__", None),
            job=job,
            default_status=default_status,
            required_resource_keys=required_resource_keys,
            target=target,
            owners=owners,
        )

    return made
