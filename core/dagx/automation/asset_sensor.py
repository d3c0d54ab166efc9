"""`@asset_sensor`: a sensor that is asked when an asset was materialized. Section 19."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from dagx.automation.asset_events import latest_record
from dagx.automation.parameters import Parameters
from dagx.automation.requests import SkipReason
from dagx.automation.sensor_context import SensorEvaluationContext
from dagx.automation.sensors import DefaultSensorStatus, Evaluation, SensorDefinition
from dagx.automation.targets import Job
from dagx.automation.tick_definition import answers_of, split_context
from dagx.errors import InvalidArgumentError, InvalidInvocationError
from dagx.instance.event_log import EventLogEntry
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.metadata.values import RawMetadataValue

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["AssetSensorDefinition", "asset_sensor"]

EVENT_NAMES = ("asset_event", "event", "event_log_entry", "asset_event_log_entry", "asset_materialization")


class AssetSensorDefinition(SensorDefinition):
    """A sensor whose function is called with the latest materialization of `asset_key` after the cursor.

    Several new ones are one call. The cursor is the number of that event in the log, and moves on whatever the function
    answers. Without a new one the tick skips. Semantics: section 19.
    """

    asset_key: AssetKey
    _most_parameters = 2

    def __init__(
        self,
        name: str,
        asset_key: CoercibleToAssetKey,
        job_name: str | None = None,
        asset_materialization_fn: Evaluation | None = None,
        *,
        required_resource_keys: set[str] | None = None,
        minimum_interval_seconds: int | None = None,
        description: str | None = None,
        job: Job | None = None,
        jobs: Sequence[Job] | None = None,
        default_status: DefaultSensorStatus = DefaultSensorStatus.STOPPED,
        tags: Mapping[str, Any] | None = None,
        metadata: Mapping[str, RawMetadataValue] | None = None,
    ) -> None:
        self._set(asset_key=AssetKey.from_coercible_or_definition(asset_key))
        super().__init__(
            name,
            evaluation_fn=asset_materialization_fn,
            job_name=job_name,
            minimum_interval_seconds=minimum_interval_seconds,
            description=description,
            job=job,
            jobs=jobs,
            default_status=default_status,
            required_resource_keys=required_resource_keys,
            tags=tags,
            metadata=metadata,
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call its function, for a test: with a context and an event (an EventLogEntry), or with a context whose
        instance has the event.

        Raises InvalidInvocationError for a missing context or resource. Semantics: section 27.
        """
        context_name, event_name = _roles(self._read)
        if event_name is not None and event_name in kwargs:
            args, kwargs = (*args, kwargs[event_name]), {k: v for k, v in kwargs.items() if k != event_name}
        if len(args) == 1 and context_name is None and isinstance(args[0], EventLogEntry):
            return self._answer(None, args[0], kwargs)
        context, rest, named = split_context(
            self.what, "build_sensor_context", SensorEvaluationContext, args, kwargs, context_name
        )
        if len(rest) > 1:
            raise InvalidInvocationError(f"{self.what} takes a context and an event")
        return self._answer(context, rest[0], named) if rest else self._call(context, named)

    def _call(self, context: SensorEvaluationContext, given: Mapping[str, object]) -> Any:
        record = latest_record(context.instance, self.asset_key, _after(context.cursor, self.what))
        if record is None:
            return SkipReason(f'"{self.asset_key.to_user_string()}" was not materialized since the last tick')
        answer = self._answer(context, record.event_log_entry, given)
        if hasattr(answer, "send"):  # the body of a generator belongs to this call
            answer = answers_of(cast("Generator[object]", answer))
        context.update_cursor(str(record.storage_id))
        return answer

    def _answer(
        self, context: SensorEvaluationContext | None, event: EventLogEntry, given: Mapping[str, object]
    ) -> Any:
        context_name, event_name = _roles(self._read)
        own = [value for name, value in ((context_name, context), (event_name, event)) if name is not None]
        resources = self._resources(context or SensorEvaluationContext(sensor_name=self.name), given)
        return self._function(*own, **resources)


def asset_sensor(
    asset_key: CoercibleToAssetKey,
    *,
    job_name: str | None = None,
    name: str | None = None,
    minimum_interval_seconds: int | None = None,
    description: str | None = None,
    job: Job | None = None,
    jobs: Sequence[Job] | None = None,
    default_status: DefaultSensorStatus = DefaultSensorStatus.STOPPED,
    required_resource_keys: set[str] | None = None,
    tags: Mapping[str, Any] | None = None,
    metadata: Mapping[str, RawMetadataValue] | None = None,
) -> Callable[[Evaluation], AssetSensorDefinition]:
    """Make a function a sensor that is called when the asset was materialized.

    It takes a context first and then the event, an EventLogEntry; either may be left out (a single parameter is the
    event when it is annotated EventLogEntry or called `asset_event`). What it may answer, and the other parameters, are
    those of `@sensor`. Semantics: section 19.
    """

    def made(function: Evaluation) -> AssetSensorDefinition:
        return AssetSensorDefinition(
            name or str(getattr(function, "__name__", "sensor")),
            asset_key,
            job_name,
            function,
            required_resource_keys=required_resource_keys,
            minimum_interval_seconds=minimum_interval_seconds,
            description=description or cast("str | None", getattr(function, "__doc__", None)),
            job=job,
            jobs=jobs,
            default_status=default_status,
            tags=tags,
            metadata=metadata,
        )

    return made


def _roles(read: Parameters) -> tuple[str | None, str | None]:
    """Which of its parameters is the context, and which the event."""
    if len(read.own) == 2:
        return read.own[0], read.own[1]
    if not read.own:
        return None, None
    only = read.own[0]
    annotation = read.annotations.get(only)
    is_event = annotation is EventLogEntry or str(annotation).endswith("EventLogEntry") or only in EVENT_NAMES
    return (None, only) if is_event else (only, None)


def _after(cursor: str | None, what: str) -> int | None:
    if cursor is None:
        return None
    if not cursor.lstrip("-").isdigit():
        raise InvalidArgumentError(
            f"the cursor of {what} is the number of an event, not {cursor!r}",
            "reset the cursor of the sensor",
        )
    return int(cursor)
