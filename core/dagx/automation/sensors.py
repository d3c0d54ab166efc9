"""SensorDefinition: a function that is asked again and again what to run, and what one tick of it comes to.

Section 19. When it is asked is not decided here, nothing is launched, and no cursor is stored.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dagx.arguments import checked_whole
from dagx.automation.parameters import Parameters, read_parameters
from dagx.automation.requests import SENSOR_TAG, RunRequest, SkipReason
from dagx.automation.resolving import Resolver
from dagx.automation.sensor_context import SensorEvaluationContext
from dagx.automation.sensor_result import SensorResult, SensorTick
from dagx.automation.targets import Job, Targets, targets_of
from dagx.automation.tick_definition import (
    TickDefinition,
    answers_of,
    checked_function,
    split_context,
    user_code,
)
from dagx.errors import (
    InvalidArgumentError,
    InvalidDefinitionError,
    InvalidInvocationError,
    InvariantViolationError,
    SensorExecutionError,
)
from dagx.metadata.values import RawMetadataValue

if TYPE_CHECKING:
    from dagx.selecting.asset_selection import AssetSelection

__all__ = ["DefaultSensorStatus", "SensorDefinition"]

Evaluation = Callable[..., Any]
MINIMUM_INTERVAL = 30
"""Seconds between two ticks, at least, unless the sensor says otherwise."""


class DefaultSensorStatus(enum.Enum):
    """Whether a sensor runs when it is first loaded; starting or stopping it by hand wins until it is reset."""

    RUNNING = "RUNNING"
    STOPPED = "STOPPED"


class SensorDefinition(TickDefinition):
    """A function that is asked every `minimum_interval_seconds` (30) or less often what to run.

    What may run is one of `job`, `jobs`, `job_name`, `asset_selection` and `target` (a selection, assets, or jobs), or
    nothing, for a sensor that only records events or partitions. `evaluation_fn` is what `@sensor` decorates. Raises
    InvalidDefinitionError for several targets. Semantics: section 19.
    """

    kind = "sensor"
    minimum_interval_seconds: int
    default_status: DefaultSensorStatus
    _function: Evaluation
    _read: Parameters
    _most_parameters = 1

    def __init__(
        self,
        name: str | None = None,
        *,
        evaluation_fn: Evaluation | None = None,
        job_name: str | None = None,
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
    ) -> None:
        if evaluation_fn is None:
            raise InvalidDefinitionError("a sensor without a function", "decorate one with @sensor")
        function = checked_function(evaluation_fn, "a sensor")
        named = name or str(getattr(function, "__name__", "sensor"))
        self._begin(
            named,
            targets_of(
                f'sensor "{named}"',
                named,
                job_name=job_name,
                job=job,
                jobs=jobs,
                selection=asset_selection,
                target=target,
            ),
            minimum_interval_seconds=minimum_interval_seconds,
            default_status=default_status,
            description=description,
            required_resource_keys=required_resource_keys,
            tags=tags,
            metadata=metadata,
            owners=owners,
        )
        self._take_function(function)

    def _begin(
        self,
        name: str,
        targets: Targets,
        *,
        minimum_interval_seconds: int | None,
        default_status: DefaultSensorStatus,
        description: str | None,
        required_resource_keys: set[str] | None,
        tags: Mapping[str, Any] | None,
        metadata: Mapping[str, RawMetadataValue] | None,
        owners: Sequence[str] | None,
    ) -> None:
        self._describe(
            name,
            targets,
            description=description,
            required_resource_keys=required_resource_keys,
            tags=tags,
            metadata=metadata,
            owners=owners,
        )
        self._set(
            minimum_interval_seconds=checked_interval(minimum_interval_seconds, self.what),
            default_status=checked_status(default_status, self.what),
        )

    def _take_function(self, function: Evaluation) -> None:
        read = read_parameters(function, self.what, self._most_parameters)
        self._set(_function=function, _read=read)

    @property
    def asset_selection(self) -> AssetSelection | None:
        """The assets that it may request, None when it targets jobs or nothing."""
        return self.targets.selection

    @property
    def _parameters(self) -> Parameters | None:
        return self._read

    # Called directly

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call its function, for a test: a context first if it takes one, resources by name or from the context.

        The answer is returned as it is. Raises InvalidInvocationError for a missing context or resource. Semantics:
        section 27.
        """
        own = self._read.own[0] if self._read.own else None
        context, rest, named = split_context(
            self.what, "build_sensor_context", SensorEvaluationContext, args, kwargs, own
        )
        if rest:
            raise InvalidInvocationError(f"{self.what} takes one context", "pass resources by name")
        return self._call(context or SensorEvaluationContext(sensor_name=self.name), named)

    def _call(self, context: SensorEvaluationContext, given: Mapping[str, object]) -> Any:
        own = (context,) if self._read.own else ()
        return self._function(*own, **self._resources(context, given))

    def _resources(
        self, context: SensorEvaluationContext, given: Mapping[str, object]
    ) -> Mapping[str, object]:
        self._check_resources(context)
        return self._read.resource_arguments(self.what, context, given)

    # One tick

    def evaluate_tick(self, context: SensorEvaluationContext) -> SensorTick:
        """What the tick of `context` asks for, every request with the tags of the sensor, its assets and partition
        checked; or why there is none.

        Raises SensorExecutionError when the function raised, InvariantViolationError for an answer that is none or
        that has no target, InvalidSubsetError, UnknownPartitionError. Nothing is to be kept of a tick that raises.
        Semantics: section 19.
        """
        with user_code(SensorExecutionError, self.what):
            answers = answers_of(self._call(context, {}))
        return self._tick(self._result_of(answers), context)

    def _result_of(self, answers: Sequence[object]) -> SensorResult:
        """The answers as one result. Raises InvariantViolationError for what cannot stand together."""
        for answer in answers:
            if not isinstance(answer, (RunRequest, SkipReason, SensorResult)):
                raise InvariantViolationError(
                    f"{self.what} answered with {answer!r}",
                    "return a RunRequest, a list of them, a SkipReason, a SensorResult or None",
                )
        if len(answers) == 1 and isinstance(answers[0], SensorResult):
            return answers[0]
        if len(answers) == 1 and isinstance(answers[0], SkipReason):
            return SensorResult(skip_reason=answers[0])
        requests = [answer for answer in answers if isinstance(answer, RunRequest)]
        if len(requests) != len(answers):
            kinds = sorted({type(answer).__name__ for answer in answers})
            raise InvariantViolationError(
                f"{self.what} answered {len(answers)} times, with {', '.join(kinds)}",
                "answer with RunRequests, or with one SkipReason, or with one SensorResult",
            )
        return SensorResult(run_requests=requests)

    def _tick(self, result: SensorResult, context: SensorEvaluationContext) -> SensorTick:
        if result.cursor is not None and context.cursor_updated:
            raise InvariantViolationError(
                f"{self.what} set its cursor twice: by update_cursor and in its SensorResult",
                "set it in one of the two ways",
            )
        dynamic = result.dynamic_partitions_requests or []
        resolver = Resolver(self.what, self.targets, context, dynamic)
        tags = {SENSOR_TAG: self.name}
        return SensorTick(
            [resolver.resolved(request, tags) for request in result.run_requests or ()],
            skip_message=self._skip_message(result),
            cursor=context.cursor if result.cursor is None else result.cursor,
            dynamic_partitions_requests=dynamic,
            asset_events=result.asset_events,
        )

    def _skip_message(self, result: SensorResult) -> str | None:
        if result.run_requests:
            return None
        if result.skip_reason is not None:
            return result.skip_reason.skip_message
        return f"{self.what} had an empty result"


def checked_interval(seconds: object, what: str) -> int:
    """The seconds between two ticks, at least; None is the usual. `what` opens the message."""
    if seconds is None:
        return MINIMUM_INTERVAL
    return checked_whole(seconds, f"{what}: minimum_interval_seconds", 0)


def checked_status(status: object, what: str) -> DefaultSensorStatus:
    """`status`, if it is one of a sensor. `what` opens the message."""
    if not isinstance(status, DefaultSensorStatus):
        raise InvalidArgumentError(f"{what}: default_status is a DefaultSensorStatus, not {status!r}")
    return status
