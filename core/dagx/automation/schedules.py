"""ScheduleDefinition: a job at the ticks of a cron, and what one tick asks for. Section 18.

When a tick is due is not decided here (see `crons.due_ticks`), and nothing is launched.
"""

from __future__ import annotations

import enum
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

from dagx.arguments import optional_function
from dagx.automation.crons import checked_cron, checked_timezone
from dagx.automation.parameters import Parameters, read_parameters
from dagx.automation.requests import SCHEDULE_TAG, RunRequest, SkipReason, config_dict, schedule_tags
from dagx.automation.resolving import Resolver
from dagx.automation.schedule_context import ScheduleEvaluationContext
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
    ScheduleExecutionError,
)
from dagx.metadata.values import RawMetadataValue
from dagx.names import as_mapping
from dagx.record import Record
from dagx.time.cron import parse_cron

__all__ = ["DefaultScheduleStatus", "ScheduleDefinition"]

S = TypeVar("S", bound="ScheduleDefinition")
Evaluation = Callable[..., Any]


class DefaultScheduleStatus(enum.Enum):
    """Whether a schedule runs when it is first loaded; starting or stopping it by hand wins until it is reset."""

    RUNNING = "RUNNING"
    STOPPED = "STOPPED"


class ScheduleTick(Record):
    """What one tick of a schedule asks for: `run_requests`, or none and the `skip_message` that says why."""

    run_requests: list[RunRequest]
    skip_message: str | None

    def __init__(self, run_requests: Sequence[RunRequest] = (), skip_message: str | None = None) -> None:
        self._set(run_requests=list(run_requests), skip_message=skip_message)


class ScheduleDefinition(TickDefinition):
    """A job, or assets, at the ticks of a cron.

    `cron_schedule` has five fields, or is a name such as `@daily`, or a list of those (their ticks are united);
    `execution_timezone` is an IANA name, UTC when None. What runs is one of `job`, `job_name` and `target` (a
    selection, assets or a job; needs a `name`); the name is else `<job>_schedule`. The run has `run_config` and
    `tags`, or what `run_config_fn` and `tags_fn` make of the context, or `execution_fn` answers as a function under
    `@schedule` would. `should_execute(context)` false skips the tick. Raises InvalidDefinitionError for a bad cron or
    zone, for two targets or none, and for two sources of one thing. Semantics: section 18.
    """

    kind = "schedule"
    cron_schedule: str | list[str]
    execution_timezone: str | None
    default_status: DefaultScheduleStatus
    environment_vars: Mapping[str, str]
    run_config: Mapping[str, Any]
    _function: Evaluation | None
    _read: Parameters | None
    _should_execute: Evaluation | None
    _tags_fn: Evaluation | None
    _run_config_fn: Evaluation | None

    def __init__(
        self,
        name: str | None = None,
        *,
        cron_schedule: str | Sequence[str] | None = None,
        job_name: str | None = None,
        run_config: Any = None,
        run_config_fn: Evaluation | None = None,
        tags: Mapping[str, Any] | None = None,
        tags_fn: Evaluation | None = None,
        metadata: Mapping[str, RawMetadataValue] | None = None,
        should_execute: Evaluation | None = None,
        environment_vars: Mapping[str, str] | None = None,
        execution_timezone: str | None = None,
        execution_fn: Evaluation | None = None,
        description: str | None = None,
        job: Job | None = None,
        default_status: DefaultScheduleStatus = DefaultScheduleStatus.STOPPED,
        required_resource_keys: set[str] | None = None,
        target: object = None,
        owners: Sequence[str] | None = None,
    ) -> None:
        what = f'schedule "{name}"' if name else "a schedule"
        targets = targets_of(what, name, job_name=job_name, job=job, target=target)
        if not targets:
            raise InvalidDefinitionError(
                f"{what} runs nothing", "give it job=..., job_name=... or target=..."
            )
        if len(targets.job_names) != 1:
            raise InvalidDefinitionError(f"{what} runs one job, not {len(targets.job_names)}")
        self._describe(
            name or f"{targets.job_names[0]}_schedule",
            Targets(targets.job_names, targets.jobs),  # the job has the selection
            description=description,
            required_resource_keys=required_resource_keys,
            tags=schedule_tags(tags, "tags", what),
            metadata=metadata,
            owners=owners,
        )
        self._check_sources(
            {"run_config": run_config, "run_config_fn": run_config_fn, "tags": tags, "tags_fn": tags_fn},
            execution_fn,
        )
        self._set(
            cron_schedule=_crons(cron_schedule, self.what),
            execution_timezone=_timezone(execution_timezone, self.what),
            default_status=_status(default_status, self.what),
            environment_vars=as_mapping(environment_vars, "environment_vars"),
            run_config=config_dict(run_config),
            _function=None if execution_fn is None else checked_function(execution_fn, self.what),
            _read=None if execution_fn is None else read_parameters(execution_fn, self.what, 1),
            _should_execute=optional_function(should_execute, "should_execute"),
            _tags_fn=optional_function(tags_fn, "tags_fn"),
            _run_config_fn=optional_function(run_config_fn, "run_config_fn"),
        )

    def _check_sources(self, given: Mapping[str, object], execution_fn: object) -> None:
        for one in ("run_config", "tags"):
            if given[one] is not None and given[f"{one}_fn"] is not None:
                raise InvalidDefinitionError(f"{self.what} has {one} and {one}_fn", "give one of them")
        named = [name for name, value in given.items() if value is not None]
        if execution_fn is not None and named:
            raise InvalidDefinitionError(
                f"{self.what} has execution_fn and {', '.join(named)}", "let execution_fn return a RunRequest"
            )

    @property
    def crons(self) -> list[str]:
        """Its crons, one or more."""
        return [self.cron_schedule] if isinstance(self.cron_schedule, str) else list(self.cron_schedule)

    @property
    def _parameters(self) -> Parameters | None:
        return self._read

    def with_attributes(
        self: S, *, job: Job | None = None, metadata: Mapping[str, RawMetadataValue] | None = None
    ) -> S:
        """A copy with another job, or other metadata."""
        changed = self if job is None else self._copy(targets=targets_of(self.what, self.name, job=job))
        if metadata is None:
            return changed
        other = changed._copy()
        other._describe(
            self.name,
            changed.targets,
            description=self.description,
            required_resource_keys=self.required_resource_keys,
            tags=self.tags,
            metadata=metadata,
            owners=self.owners,
        )
        return other

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call its function, for a test: a context first if it takes one, resources by name or from the context.

        The answer is returned as it is. Raises InvalidInvocationError for a missing context or resource, and for a
        schedule without a function. Semantics: section 27.
        """
        if self._function is None or self._read is None:
            raise InvalidInvocationError(
                f"{self.what} has no function to call", "use evaluate_tick(build_schedule_context())"
            )
        own = self._read.own[0] if self._read.own else None
        context, rest, named = split_context(
            self.what, "build_schedule_context", ScheduleEvaluationContext, args, kwargs, own
        )
        if rest:
            raise InvalidInvocationError(f"{self.what} takes one context", "pass resources by name")
        return self._call(context or ScheduleEvaluationContext(schedule_name=self.name), named)

    def _call(self, context: ScheduleEvaluationContext, given: Mapping[str, object]) -> Any:
        if self._function is None or self._read is None:
            raise InvalidInvocationError(f"{self.what} has no function to call")
        self._check_resources(context)
        arguments = self._read.resource_arguments(self.what, context, given)
        return self._function(*((context,) if self._read.own else ()), **arguments)

    def evaluate_tick(self, context: ScheduleEvaluationContext) -> ScheduleTick:
        """What the tick of `context` asks for: requests with the tags of the schedule, or why there are none.

        Raises ScheduleExecutionError when a function of the schedule raised, InvariantViolationError for an answer
        that is none, UnknownPartitionError for a partition that does not exist. Semantics: section 18.
        """
        with user_code(ScheduleExecutionError, self.what):
            if self._should_execute is not None and not self._should_execute(context):
                return ScheduleTick(skip_message=f"should_execute of {self.what} said no")
            answers = answers_of(self._answer(context))
        if not answers:
            return ScheduleTick(skip_message=f"{self.what} had an empty result")
        if len(answers) == 1 and isinstance(answers[0], SkipReason):
            return ScheduleTick(skip_message=answers[0].skip_message)
        requests = [self._request(answer) for answer in answers]
        if len(requests) > 1 and any(request.run_key is None for request in requests):
            raise InvariantViolationError(
                f"{self.what} requested {len(requests)} runs, and not each has a run key",
                "give every RunRequest a run_key of its own",
            )
        resolver = Resolver(self.what, self.targets, context, moment=context.moment)
        tags = {SCHEDULE_TAG: self.name}
        return ScheduleTick([resolver.resolved(request, tags) for request in requests])

    def _answer(self, context: ScheduleEvaluationContext) -> object:
        if self._function is not None:
            return self._call(context, {})
        config: object = self.run_config
        if self._run_config_fn is not None:
            config = config_dict(self._run_config_fn(context), f"what run_config_fn of {self.what} returns")
        return RunRequest(run_config=config, tags=self._tags_for(context))

    def _tags_for(self, context: ScheduleEvaluationContext) -> Mapping[str, str]:
        if self._tags_fn is None:
            return self.tags
        returned = self._tags_fn(context)
        return schedule_tags(returned, f"what tags_fn of {self.what} returns", self.what)

    def _request(self, answer: object) -> RunRequest:
        if isinstance(answer, RunRequest):
            return answer
        if isinstance(answer, SkipReason):
            raise InvariantViolationError(
                f"{self.what} answered with a SkipReason beside something else", "answer with one of them"
            )
        raise InvariantViolationError(
            f"{self.what} answered with {answer!r}",
            "return a RunRequest, a list of them, a SkipReason, run config as a dict, or None",
        )


class DecoratedSchedule(ScheduleDefinition):
    """What `@schedule` makes: a dict that its function returns is run config, and the run has its tags."""

    @classmethod
    def of(
        cls,
        function: Evaluation,
        name: str | None,
        *,
        tags: Mapping[str, Any] | None,
        tags_fn: Evaluation | None,
        **fields: Any,
    ) -> DecoratedSchedule:
        """A schedule of `function`, named after it unless `name` is given."""
        checked_function(function, "@schedule")
        named = name or cast("str", getattr(function, "__name__", "schedule"))
        if tags is not None and tags_fn is not None:
            raise InvalidDefinitionError(f'schedule "{named}" has tags and tags_fn', "give one of them")
        made = cls(named, execution_fn=function, **fields)
        own = schedule_tags(tags, "tags", made.what)
        made._set(tags=own, _tags_fn=optional_function(tags_fn, "tags_fn"))
        return made

    def _answer(self, context: ScheduleEvaluationContext) -> object:
        answer = super()._answer(context)
        if not isinstance(answer, Mapping):
            return answer
        return RunRequest(run_config=cast("object", answer), tags=self._tags_for(context))


def _crons(crons: object, what: str) -> str | list[str]:
    def refused(message: str, hint: str | None) -> InvalidDefinitionError:
        return InvalidDefinitionError(f"{what}: {message}", hint)

    if crons is None:
        raise refused("it has no cron_schedule", 'give it cron_schedule="0 9 * * *" or another cron')
    several = isinstance(crons, (list, tuple))
    found = [
        checked_cron(cron, refused) for cron in (cast("Sequence[object]", crons) if several else [crons])
    ]
    if not found:
        raise refused("it has an empty list of crons", "give one or more")
    for cron in found:
        for doubt in parse_cron(cron).doubts:
            warnings.warn(f"{what}: {doubt}", stacklevel=2)
    return found if several else found[0]


def _timezone(name: object, what: str) -> str | None:
    if name is None:
        return None
    return checked_timezone(name, lambda message, hint: InvalidDefinitionError(f"{what}: {message}", hint))


def _status(status: object, what: str) -> DefaultScheduleStatus:
    if not isinstance(status, DefaultScheduleStatus):
        raise InvalidArgumentError(f"{what}: default_status is a DefaultScheduleStatus, not {status!r}")
    return status
