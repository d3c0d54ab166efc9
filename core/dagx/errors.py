"""What dagx raises.

An error says what is wrong, where, and the way out. The old `Dagster...` names are in `compat`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dagx.source import SourceLocation

__all__ = [
    "AssetCheckFailedError",
    "CircularDependencyError",
    "ConfigMappingFunctionError",
    "DagxError",
    "ExecutionInterruptedError",
    "InvalidArgumentError",
    "InvalidAssetSelectionError",
    "InvalidConfigDefinitionError",
    "InvalidConfigError",
    "InvalidDefinitionError",
    "InvalidInvocationError",
    "InvalidMetadataError",
    "InvalidSubsetError",
    "InvariantViolationError",
    "NotBuiltYetError",
    "ResourceFunctionError",
    "RunNotFoundError",
    "ScheduleExecutionError",
    "SensorExecutionError",
    "StepExecutionError",
    "StepNotFoundError",
    "StepOutputNotFoundError",
    "SubprocessError",
    "TypeCheckDidNotPass",
    "TypeCheckError",
    "UnknownPartitionError",
    "UnknownResourceError",
    "UnmetExecutorRequirementsError",
    "UserCodeExecutionError",
]


class DagxError(Exception):
    """Everything that dagx raises on purpose.

    `message` says what is wrong and where, `hint` the way out; `str()` shows the hint on lines of its own,
    indented.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return with_hint(self.message, self.hint)


def with_hint(message: str, hint: str | None) -> str:
    """A message and, when there is one, its hint: each line of it below, indented by two."""
    if not hint:
        return message
    return "\n".join([message, *(f"  {line}" for line in hint.splitlines())])


class Problem(NamedTuple):
    """One thing that is wrong with a set of definitions, and where."""

    message: str
    where: SourceLocation | None = None
    hint: str | None = None

    def __str__(self) -> str:
        return with_hint(f"{self.where}: {self.message}" if self.where else self.message, self.hint)


class InvalidDefinitionError(DagxError):
    """A definition is wrong by itself or does not fit the others: name, tag, group, dependency, resource,
    cycle.

    `problems` lists all that were found together, in the order of the text; it has one entry at least.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message, hint)
        self.problems: list[Problem] = [Problem(message, None, hint)]

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> InvalidDefinitionError:
        """One error for several problems, a paragraph each."""
        error = cls("\n\n".join(str(problem) for problem in problems))
        error.problems = list(problems)
        return error


class InvalidArgumentError(DagxError, TypeError):
    """An argument has a type or value that the function does not take."""


class InvariantViolationError(DagxError):
    """A rule of run time was broken: a wrong yield, an output missing, a context used out of place."""


class InvalidInvocationError(DagxError):
    """A definition was called directly with the wrong arguments."""


class InvalidConfigError(DagxError):
    """Run config does not fit its schema, or names an environment variable that is not set.

    `errors` has one text for each thing that is wrong.
    """

    def __init__(self, message: str, hint: str | None = None, errors: Sequence[str] = ()) -> None:
        super().__init__(message, hint)
        self.errors = list(errors) or [message]


class InvalidConfigDefinitionError(InvalidDefinitionError):
    """A config schema is wrong by itself."""


class UnknownPartitionError(DagxError):
    """A partition key is not one of its partitions definition."""


class InvalidSubsetError(DagxError):
    """A selection names assets that do not exist."""


class InvalidAssetSelectionError(DagxError):
    """The text of a selection cannot be read."""


class InvalidMetadataError(DagxError):
    """A value cannot be recorded as metadata, or a key was recorded twice by an IO manager."""


class TypeCheckDidNotPass(DagxError):
    """A value is not of the type that the function's annotation declares."""


class TypeCheckError(InvariantViolationError):
    """The function that checks a type answered something else than a check can."""


class UserCodeExecutionError(DagxError):
    """User code raised: `user_exception` is what. Only event logs have it; callers see the original."""

    def __init__(
        self, message: str, hint: str | None = None, *, user_exception: BaseException | None = None
    ) -> None:
        super().__init__(message, hint)
        self.user_exception = user_exception


class StepExecutionError(UserCodeExecutionError):
    """The function of a step raised."""


class ResourceFunctionError(UserCodeExecutionError):
    """Setting up a resource raised: the cause is what."""


class ConfigMappingFunctionError(UserCodeExecutionError):
    """A config mapping raised."""


class ScheduleExecutionError(UserCodeExecutionError):
    """The function of a schedule raised."""


class SensorExecutionError(UserCodeExecutionError):
    """The function of a sensor raised."""


class AssetCheckFailedError(DagxError):
    """A blocking check failed with the severity ERROR."""


class RunNotFoundError(DagxError):
    """No run has this id."""


class StepNotFoundError(DagxError):
    """A run was asked for a step that it does not have."""


class UnmetExecutorRequirementsError(DagxError):
    """An executor cannot run this as it was asked to."""


class SubprocessError(DagxError):
    """A process that a run started ended badly."""


class ExecutionInterruptedError(BaseException):
    """The execution was interrupted. Not an Exception: nothing but the one who interrupted should catch it."""


class CircularDependencyError(InvalidDefinitionError):
    """Assets, or ops, need each other."""


class StepOutputNotFoundError(DagxError):
    """A generator ended and had not yielded its output."""


class UnknownResourceError(DagxError, AttributeError):
    """`context.resources` was asked for a resource that the asset does not require."""


class NotBuiltYetError(DagxError, AttributeError, NotImplementedError):
    """What belongs to the public interface and this version of dagx does not have."""
