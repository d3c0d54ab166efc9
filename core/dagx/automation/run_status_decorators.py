"""`@run_status_sensor` and `@run_failure_sensor`: sensors from functions that react to runs. Section 19."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast, overload

from dagx.automation.run_status_sensor import RunStatusSensorDefinition
from dagx.automation.sensors import DefaultSensorStatus, Evaluation
from dagx.automation.targets import Job, one_of
from dagx.errors import InvalidArgumentError
from dagx.instance.run_status import DagsterRunStatus
from dagx.metadata.values import RawMetadataValue

__all__ = ["run_failure_sensor", "run_status_sensor"]

Made = Callable[[Evaluation], RunStatusSensorDefinition]


def run_status_sensor(
    run_status: DagsterRunStatus,
    *,
    name: str | None = None,
    minimum_interval_seconds: int | None = None,
    description: str | None = None,
    monitored_jobs: Sequence[Any] | None = None,
    job_selection: Sequence[Any] | None = None,
    monitor_all_code_locations: bool | None = None,
    default_status: DefaultSensorStatus = DefaultSensorStatus.STOPPED,
    request_job: Job | None = None,
    request_jobs: Sequence[Job] | None = None,
    tags: Mapping[str, Any] | None = None,
    metadata: Mapping[str, RawMetadataValue] | None = None,
) -> Made:
    """Make a function a sensor that is called for each run that comes to `run_status`.

    It may take a RunStatusSensorContext (its first parameter) and resources; see RunStatusSensorDefinition for what it
    may answer and for the parameters (`job_selection` is the older name of `monitored_jobs`). Raises
    InvalidDefinitionError. Semantics: section 19.
    """
    if not isinstance(run_status, DagsterRunStatus):  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a type checker
        raise InvalidArgumentError(
            f"@run_status_sensor takes a DagsterRunStatus first, not {run_status!r}",
            "write @run_status_sensor(run_status=DagsterRunStatus.SUCCESS)",
        )
    one_of("@run_status_sensor", monitored_jobs=monitored_jobs, job_selection=job_selection)

    def made(function: Evaluation) -> RunStatusSensorDefinition:
        return RunStatusSensorDefinition(
            name or str(getattr(function, "__name__", "sensor")),
            run_status,
            function,
            minimum_interval_seconds=minimum_interval_seconds,
            description=description or cast("str | None", getattr(function, "__doc__", None)),
            monitored_jobs=monitored_jobs or job_selection,
            monitor_all_code_locations=monitor_all_code_locations,
            default_status=default_status,
            request_job=request_job,
            request_jobs=request_jobs,
            tags=tags,
            metadata=metadata,
        )

    return made


@overload
def run_failure_sensor(name: Evaluation, /) -> RunStatusSensorDefinition: ...


@overload
def run_failure_sensor(
    name: str | None = None,
    *,
    minimum_interval_seconds: int | None = None,
    description: str | None = None,
    monitored_jobs: Sequence[Any] | None = None,
    job_selection: Sequence[Any] | None = None,
    monitor_all_code_locations: bool | None = None,
    default_status: DefaultSensorStatus = DefaultSensorStatus.STOPPED,
    request_job: Job | None = None,
    request_jobs: Sequence[Job] | None = None,
    tags: Mapping[str, Any] | None = None,
    metadata: Mapping[str, RawMetadataValue] | None = None,
) -> Made: ...


def run_failure_sensor(
    name: str | Evaluation | None = None, **fields: Any
) -> RunStatusSensorDefinition | Made:
    """Make a function a sensor that is called for each run that fails, with a RunFailureSensorContext.

    Used bare, or with the parameters of `@run_status_sensor`. Semantics: section 19.
    """
    if callable(name):
        return run_status_sensor(DagsterRunStatus.FAILURE)(name)
    return run_status_sensor(DagsterRunStatus.FAILURE, name=name, **fields)
