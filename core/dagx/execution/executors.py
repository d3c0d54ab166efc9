"""Executors as definitions. dagx schedules steps itself: what it takes from them are limits. Semantics: section 23."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, cast

from dagx.config.given import configured_schema, given_config
from dagx.config.legacy_types import ScalarUnion, Selector
from dagx.config.reading import ConfigType
from dagx.config.schema import Field, Noneable, config_type_of
from dagx.errors import InvalidConfigError, InvalidDefinitionError
from dagx.record import Record

__all__ = [
    "Executor",
    "ExecutorDefinition",
    "ExecutorRequirement",
    "InitExecutorContext",
    "executor",
    "in_process_executor",
    "multi_or_in_process_executor",
    "multiprocess_executor",
]

_INSTEAD = (
    "choose in_process_executor, or multiprocess_executor.configured({'max_concurrent': n}); to hold steps back by "
    "what they share, give them pool=..."
)


@dataclass(frozen=True)
class TagLimit:
    """At most `limit` steps at a time that have the tag: with this value, with any, or of each value."""

    key: str
    limit: int
    value: str | None = None
    is_per_value: bool = False


@dataclass(frozen=True)
class ExecutionSettings:
    """What an executor means to dagx.

    `max_workers` is how many steps run at once, None for as many as dagx does by itself. `is_in_process`: one after
    the other, in one process. `retries` is "enabled", "disabled" or "deferred".
    """

    max_workers: int | None
    is_in_process: bool
    retries: str = "enabled"
    tag_limits: tuple[TagLimit, ...] = ()


class ExecutorRequirement(enum.Enum):
    """What an executor needs of what it executes. dagx's own need nothing of it."""

    RECONSTRUCTABLE_JOB = "RECONSTRUCTABLE_JOB"
    NON_EPHEMERAL_INSTANCE = "NON_EPHEMERAL_INSTANCE"
    PERSISTENT_OUTPUTS = "PERSISTENT_OUTPUTS"


class InitExecutorContext(Record):
    """What the function of an executor would be told."""

    job: Any
    executor_def: ExecutorDefinition
    executor_config: Mapping[str, Any]
    instance: Any

    def __init__(
        self, job: Any, executor_def: ExecutorDefinition, executor_config: Mapping[str, Any], instance: Any
    ) -> None:
        self._set(job=job, executor_def=executor_def, executor_config=executor_config, instance=instance)


class Executor:
    """What would carry steps out. dagx does that itself: a class of one's own raises InvalidDefinitionError."""

    def __init_subclass__(cls, **_: Any) -> None:
        raise _not_taken(f"the executor {cls.__qualname__}")


class ExecutorDefinition:
    """A way to carry out the steps of a run: one of the three that dagx has, configured or not.

    Making another raises InvalidDefinitionError: dagx schedules steps itself. Semantics: section 23.
    """

    name: str
    description: str | None
    config_schema: ConfigType

    def __init__(self, name: str, *_: Any, **__: Any) -> None:
        raise _not_taken(f'the executor "{name}"')

    def configured(
        self,
        config_or_config_fn: Any,
        name: str | None = None,
        config_schema: object = None,
        description: str | None = None,
    ) -> ExecutorDefinition:
        """The executor with its config: raw, or a function of the config that `config_schema` describes."""
        what = f'the config of "{self.name}"'
        schema = configured_schema(self.config_schema, config_or_config_fn, config_schema, what)
        return _made(name or self.name, schema, self.description if description is None else description)

    def settings(self, raw: object = None) -> ExecutionSettings:
        """What it means to dagx with this raw config (`execution.config` of the run config; None: nothing said).

        Raises InvalidConfigError for config that does not fit.
        """
        if raw == {}:  # says nothing
            raw = None
        config = cast(
            "Mapping[str, Any]", given_config(self.config_schema, raw, f'the config of "{self.name}"')
        )
        # that of either executor alone, or below its name
        chosen: Mapping[str, Any] = config.get("multiprocess") or config.get("in_process") or config
        if "max_concurrent" not in chosen:
            return ExecutionSettings(None, is_in_process=True, retries=_retries(chosen))
        most: int | None = chosen["max_concurrent"]
        if most is not None and most < 0:
            raise InvalidConfigError(
                f'the config of "{self.name}": max_concurrent is {most}', "give 1 or more; 0 lets dagx decide"
            )
        limits: Sequence[Mapping[str, Any]] = chosen.get("tag_concurrency_limits") or ()
        return ExecutionSettings(
            most or None,
            is_in_process=False,
            retries=_retries(chosen),
            tag_limits=tuple(_tag_limit(limit) for limit in limits),
        )

    def __repr__(self) -> str:
        return f"ExecutorDefinition({self.name!r})"


def executor(
    name: Any = None, config_schema: object = None, requirements: object = None
) -> Callable[..., NoReturn]:
    """Raises InvalidDefinitionError: dagx schedules steps itself and takes no executor of one's own."""
    shown = f'"{name}"' if isinstance(name, str) else getattr(name, "__qualname__", "of one's own")
    raise _not_taken(f"the executor {shown}")


def _not_taken(what: str) -> InvalidDefinitionError:
    return InvalidDefinitionError(f"{what} would schedule steps, which dagx does itself", _INSTEAD)


def _made(name: str, schema: ConfigType, description: str | None) -> ExecutorDefinition:
    found = ExecutorDefinition.__new__(ExecutorDefinition)
    found.name, found.config_schema, found.description = name, schema, description
    return found


def _retries(config: Mapping[str, Any]) -> str:
    chosen: Mapping[str, object] = config["retries"]
    return next(iter(chosen))


def _tag_limit(limit: Mapping[str, Any]) -> TagLimit:
    value = limit.get("value")
    if isinstance(value, Mapping):
        per_value = cast("Mapping[str, bool]", value).get("applyLimitPerUniqueValue", False)
        return TagLimit(limit["key"], limit["limit"], None, per_value)
    return TagLimit(limit["key"], limit["limit"], value)


_RETRIES = Field(Selector({"enabled": {}, "disabled": {}, "deferred": {}}), default_value={"enabled": {}})
_TAG_LIMIT = {
    "key": str,
    "value": Field(ScalarUnion(str, {"applyLimitPerUniqueValue": bool}), is_required=False),
    "limit": int,
}
_START = Selector(
    {"spawn": {}, "forkserver": {"preload_modules": Field([str], is_required=False)}, "fork": {}}
)
_IN_PROCESS = {"retries": _RETRIES, "marker_to_close": Field(str, is_required=False)}
_MULTIPROCESS = {
    "max_concurrent": Field(Noneable(int), description="how many steps run at once; 0 or None: dagx decides"),
    "tag_concurrency_limits": Noneable([_TAG_LIMIT]),
    "retries": _RETRIES,
    "start_method": Field(
        Noneable(_START), description="taken and not needed: dagx starts its workers in its own way"
    ),
}

in_process_executor = _made(
    "in_process", config_type_of(_IN_PROCESS), "One step after the other, in one process."
)
"""One step after the other, in one process. Config: `retries`. Semantics: section 23."""

multi_or_in_process_executor = _made(
    "multi_or_in_process_executor",
    Field(
        Selector({"multiprocess": _MULTIPROCESS, "in_process": _IN_PROCESS}),
        default_value={"multiprocess": {}},
    ),
    "What holds when nothing is said: several steps at once, each in a worker.",
)
"""What holds when nothing is said. Config: `multiprocess` or `in_process`, with that of either. Semantics: section
23."""

multiprocess_executor = _made(
    "multiprocess",
    config_type_of(_MULTIPROCESS),
    "Several steps at once, each in a worker.",
)
"""Several steps at once, each in a worker. Config: `max_concurrent` (0 or None: dagx decides),
`tag_concurrency_limits`, `retries`, `start_method` (taken and not needed). Semantics: section 23."""
