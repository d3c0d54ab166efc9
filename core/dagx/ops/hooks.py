"""Hooks: functions that are called when a step has ended for good. It knows nothing of runs. Section 22."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast, overload

from dagx.errors import InvalidArgumentError, InvalidDefinitionError, InvalidInvocationError
from dagx.execution.runs import RunInfo
from dagx.functions.annotations import parameters_of
from dagx.logs.user_code import get_logger
from dagx.names import check_name
from dagx.ops.declarations import own_name
from dagx.record import Record
from dagx.resource_defs.named import ScopedResources
from dagx.source import SourceLocation, location_of

if TYPE_CHECKING:
    from dagx.functions.op_definition import OpDefinition
    from dagx.instance.instance import DagsterInstance

__all__ = [
    "HookContext",
    "HookDefinition",
    "HookExecutionResult",
    "build_hook_context",
    "failure_hook",
    "success_hook",
]

Occasion = Literal["success", "failure"]


class HookExecutionResult(Record):
    """What a hook did: `is_skipped` when the step's outcome was none of its business."""

    hook_name: str
    is_skipped: bool

    def __init__(self, hook_name: str, is_skipped: bool = False) -> None:
        self._set(hook_name=hook_name, is_skipped=is_skipped)


class HookDefinition:
    """A function to be called when a step has ended; made by `@success_hook` and `@failure_hook`.

    name: of the hook. hook_fn: `(context, event_list)`, called after every step that it is attached to, whatever its
    outcome; may answer a HookExecutionResult. required_resource_keys: what it finds at `context.resources`.
    Calling the hook with a HookContext calls the decorated function, for tests. Raises InvalidDefinitionError for
    the name. Semantics: section 22.
    """

    def __init__(
        self,
        *,
        name: str,
        hook_fn: Callable[[HookContext, Sequence[Any]], HookExecutionResult | None],
        required_resource_keys: Collection[str] | None = None,
        decorated_fn: Callable[[HookContext], object] | None = None,
    ) -> None:
        self.name = check_name(name, f'hook "{name}"')
        self.hook_fn = hook_fn
        self.required_resource_keys = frozenset(required_resource_keys or ())
        self.decorated_fn = decorated_fn
        self.occasion: Occasion | None = None
        self.source: SourceLocation | None = location_of(decorated_fn or hook_fn)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the decorated function with a context that `build_hook_context` made."""
        called = self.decorated_fn
        if called is None:
            raise InvalidInvocationError(
                f'the hook "{self.name}" has no decorated function', "call its hook_fn(context, event_list)"
            )
        given = [*args, *kwargs.values()]
        if len(given) != 1 or not isinstance(given[0], HookContext):
            raise InvalidInvocationError(
                f'the hook "{self.name}" takes one HookContext', "pass build_hook_context(...)"
            )
        return called(given[0])

    def __repr__(self) -> str:
        return f"HookDefinition({self.name!r})"


class HookContext:
    """What a hook is told of the step that has ended.

    `op`, `step_key`, `op_config`, `run_id`, `job_name`, `instance`, `log`, `resources` (those the hook requires),
    `op_exception` (what the step raised when it failed for good, else None), `op_output_values` and
    `op_output_metadata` (by output name; those of a dynamic output by mapping key below it). Semantics: section 22.
    """

    def __init__(
        self,
        hook_def: HookDefinition | None,
        *,
        run: RunInfo,
        resources: ScopedResources,
        log: logging.Logger,
        op: OpDefinition | None = None,
        step_key: str | None = None,
        op_config: Any = None,
        op_exception: BaseException | None = None,
        op_output_values: Mapping[str, Any] | None = None,
        op_output_metadata: Mapping[str, Any] | None = None,
    ) -> None:
        self._hook = hook_def
        self._run = run
        self._op = op
        self._step_key = step_key
        self.resources = resources
        self.log = log
        self.op_config = op_config
        self.op_exception = op_exception
        self.op_output_values: Mapping[str, Any] = op_output_values or {}
        self.op_output_metadata: Mapping[str, Any] = op_output_metadata or {}

    @property
    def hook_def(self) -> HookDefinition:
        """The hook that is called."""
        return _given(self._hook, "hook_def")

    @property
    def op(self) -> OpDefinition:
        """The op of the step. Raises InvalidInvocationError when a context built by hand was given none."""
        return _given(self._op, "op")

    @property
    def step_key(self) -> str:
        """The name of the step in its run."""
        return self._step_key or self.op.name

    @property
    def run_id(self) -> str:
        """The id of the run; "EPHEMERAL" in a direct call."""
        return self._run.run_id

    @property
    def job_name(self) -> str:
        """The name of the job."""
        return self._run.job_name

    @property
    def instance(self) -> DagsterInstance:
        """The history that the run is written to."""
        return _given(self._run.opened_instance(), "instance")

    @property
    def required_resource_keys(self) -> frozenset[str]:
        """The resources that the hook may use."""
        return self._hook.required_resource_keys if self._hook is not None else frozenset()


T = TypeVar("T")


def _given(value: T | None, name: str) -> T:
    if value is None:
        raise InvalidInvocationError(
            f"this hook context has no {name}", f"pass it: build_hook_context({name}=...)"
        )
    return value


def run_hook(
    hook: HookDefinition, context: HookContext, *, succeeded: bool, events: Sequence[Any] = ()
) -> HookExecutionResult:
    """Call a hook after its step has ended, if the outcome is its business. What the hook raises comes out."""
    if hook.occasion is not None and (hook.occasion == "success") is not succeeded:
        return HookExecutionResult(hook.name, is_skipped=True)
    answer: object = hook.hook_fn(context, events)
    return answer if isinstance(answer, HookExecutionResult) else HookExecutionResult(hook.name)


@overload
def success_hook(hook_fn: Callable[[HookContext], Any], /) -> HookDefinition: ...
@overload
def success_hook(
    hook_fn: None = None,
    /,
    *,
    name: str | None = None,
    required_resource_keys: Collection[str] | None = None,
) -> Callable[[Callable[[HookContext], Any]], HookDefinition]: ...
def success_hook(
    hook_fn: Callable[[HookContext], Any] | None = None,
    /,
    *,
    name: str | None = None,
    required_resource_keys: Collection[str] | None = None,
) -> HookDefinition | Callable[[Callable[[HookContext], Any]], HookDefinition]:
    """Make a hook of a function of one HookContext, called when a step has succeeded; bare or with arguments.

    name: the function's, unless given. required_resource_keys: what it finds at `context.resources`. Attach it with
    `hooks={...}` on jobs and assets or `with_hooks`. What it raises is recorded and does not touch the run. Raises
    InvalidDefinitionError. Semantics: section 22.
    """
    return _hook("success", hook_fn, name, required_resource_keys)


@overload
def failure_hook(hook_fn: Callable[[HookContext], Any], /) -> HookDefinition: ...
@overload
def failure_hook(
    hook_fn: None = None,
    /,
    *,
    name: str | None = None,
    required_resource_keys: Collection[str] | None = None,
) -> Callable[[Callable[[HookContext], Any]], HookDefinition]: ...
def failure_hook(
    hook_fn: Callable[[HookContext], Any] | None = None,
    /,
    *,
    name: str | None = None,
    required_resource_keys: Collection[str] | None = None,
) -> HookDefinition | Callable[[Callable[[HookContext], Any]], HookDefinition]:
    """As `success_hook`, called when a step has failed and is not tried again; not for steps that were skipped."""
    return _hook("failure", hook_fn, name, required_resource_keys)


def build_hook_context(
    resources: Mapping[str, Any] | None = None,
    op: OpDefinition | None = None,
    run_id: str | None = None,
    job_name: str | None = None,
    op_exception: BaseException | None = None,
    instance: DagsterInstance | None = None,
) -> HookContext:
    """A HookContext made by hand, to call a hook with in tests.

    What is not given and asked for raises InvalidInvocationError; `run_id` is "EPHEMERAL", `job_name` empty unless
    given. Semantics: sections 22, 27.
    """
    return HookContext(
        None,
        run=RunInfo(run_id or "EPHEMERAL", job_name=job_name or "", instance=instance),
        resources=ScopedResources(dict(resources or {})),
        log=get_logger(),
        op=op,
        op_exception=op_exception,
    )


def hook_set(hooks: object, what: str) -> frozenset[HookDefinition]:
    """The members of `hooks=`. Raises InvalidArgumentError, its message opened by `what`, for what is no hook."""
    if hooks is None:
        return frozenset()
    if not isinstance(hooks, (set, frozenset, list, tuple)):
        raise InvalidArgumentError(f"{what}: hooks is a set of hooks, not {hooks!r}", "write hooks={...}")
    found: set[HookDefinition] = set()
    for hook in cast("Collection[object]", hooks):
        if not isinstance(hook, HookDefinition):
            raise InvalidArgumentError(f"{what}: {hook!r} is no hook", "decorate it with @success_hook")
        found.add(hook)
    return frozenset(found)


def _hook(
    occasion: Occasion,
    hook_fn: Callable[[HookContext], Any] | None,
    name: str | None,
    required_resource_keys: Collection[str] | None,
) -> HookDefinition | Callable[[Callable[[HookContext], Any]], HookDefinition]:
    def define(function: Callable[[HookContext], Any]) -> HookDefinition:
        called = own_name(function, name, "hook")
        parameters = parameters_of(function)
        required = [parameter for parameter in parameters if parameter.default is inspect.Parameter.empty]
        if not parameters or len(required) > 1:
            raise InvalidDefinitionError(
                f'the hook "{called}" takes {len(required)} parameters', "a hook takes one: the HookContext"
            )

        def call(context: HookContext, _: Sequence[Any]) -> None:
            function(context)

        hook = HookDefinition(
            name=called,
            hook_fn=call,
            required_resource_keys=required_resource_keys,
            decorated_fn=function,
        )
        hook.occasion = occasion
        return hook

    return define if hook_fn is None else define(hook_fn)
