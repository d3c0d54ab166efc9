"""`@sensor`: a sensor from a function. Section 19."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from dagx.automation.sensors import DefaultSensorStatus, Evaluation, SensorDefinition
from dagx.automation.targets import Job
from dagx.errors import InvalidArgumentError
from dagx.metadata.values import RawMetadataValue

__all__ = ["sensor"]


def sensor(
    job_name: str | None = None,
    *,
    name: str | None = None,
    minimum_interval_seconds: int | None = None,
    description: str | None = None,
    job: Job | None = None,
    jobs: Sequence[Job] | None = None,
    default_status: DefaultSensorStatus = DefaultSensorStatus.STOPPED,
    asset_selection: object = None,
    required_resource_keys: set[str] | None = None,
    tags: Mapping[str, Any] | None = None,
    metadata: Mapping[str, RawMetadataValue] | None = None,
    target: object = None,
    owners: Sequence[str] | None = None,
) -> Callable[[Evaluation], SensorDefinition]:
    """Make a function a sensor, named after it: it is asked again and again what to run.

    The function may take a context (its first parameter) and resources, and returns or yields a RunRequest or several,
    a SkipReason, a SensorResult, or nothing. The parameters are those of SensorDefinition. Raises
    InvalidDefinitionError. Semantics: section 19.
    """
    if callable(job_name):
        raise InvalidArgumentError("@sensor is called", "write @sensor(job=...), or @sensor()")

    def made(function: Evaluation) -> SensorDefinition:
        return SensorDefinition(
            name,
            evaluation_fn=function,
            job_name=job_name,
            minimum_interval_seconds=minimum_interval_seconds,
            description=description or cast("str | None", getattr(function, "__doc__", None)),
            job=job,
            jobs=jobs,
            default_status=default_status,
            asset_selection=asset_selection,
            required_resource_keys=required_resource_keys,
            tags=tags,
            metadata=metadata,
            target=target,
            owners=owners,
        )

    return made
