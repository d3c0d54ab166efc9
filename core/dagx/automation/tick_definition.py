"""What schedules and sensors have in common: a name, targets, resources, and a function of a context."""

from __future__ import annotations

import copy
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from dagx.arguments import checked_text, checked_texts, optional_text
from dagx.automation.parameters import Parameters
from dagx.automation.targets import Job, Targets
from dagx.automation.tick_context import TickContext
from dagx.errors import (
    DagxError,
    InvalidArgumentError,
    InvalidDefinitionError,
    InvalidInvocationError,
    UserCodeExecutionError,
)
from dagx.execution.run_tags import run_tags
from dagx.metadata.values import MetadataValue, RawMetadataValue, normalized
from dagx.names import as_mapping, check_name, check_owners
from dagx.record import Record
from dagx.source import SourceLocation, location_of_caller

D = TypeVar("D", bound="TickDefinition")


class TickDefinition(Record):
    """A schedule or a sensor. `kind` is which; two are the same only if they are one object."""

    kind: str = "automation"
    name: str
    description: str | None
    targets: Targets
    required_resource_keys: frozenset[str]
    tags: Mapping[str, str]
    metadata: Mapping[str, MetadataValue]
    owners: tuple[str, ...]
    source: SourceLocation | None

    def _describe(
        self,
        name: str,
        targets: Targets,
        *,
        description: str | None,
        required_resource_keys: object,
        tags: object,
        metadata: Mapping[str, RawMetadataValue] | None,
        owners: Sequence[str] | None,
    ) -> None:
        as_mapping(metadata, "metadata")
        self._set(
            name=check_name(checked_text(name, f"the name of a {self.kind}"), f'{self.kind} "{name}"'),
            description=optional_text(description, f'{self.kind} "{name}": description'),
            targets=targets,
            required_resource_keys=_resource_keys(required_resource_keys),
            tags=run_tags(tags),
            metadata=normalized(metadata),
            owners=check_owners(owners),
            source=location_of_caller(),
        )

    @property
    def what(self) -> str:
        """How messages name it."""
        return f'{self.kind} "{self.name}"'

    # What it launches

    @property
    def job_names(self) -> tuple[str, ...]:
        """The names of the jobs that it may launch; empty for a selection of assets, or without targets."""
        return self.targets.job_names

    @property
    def job_name(self) -> str:
        """The name of its one job. Raises InvalidDefinitionError when it has none or several."""
        if len(self.job_names) != 1:
            raise InvalidDefinitionError(f"{self.what} has {len(self.job_names)} jobs, not one")
        return self.job_names[0]

    @property
    def jobs(self) -> list[Job]:
        """The jobs that were given themselves, not by name."""
        return list(self.targets.jobs)

    @property
    def job(self) -> Job:
        """Its one job. Raises InvalidDefinitionError unless exactly one was given itself."""
        if len(self.targets.jobs) != 1:
            raise InvalidDefinitionError(
                f"{self.what} was not given one job itself", "ask for job_names, or give job=..."
            )
        return self.targets.jobs[0]

    def with_jobs(self: D, jobs: Sequence[Job]) -> D:
        """A copy with these jobs in place of those of the same names: resolved for unresolved ones."""
        by_name = {job.name: job for job in jobs}
        new = Targets(
            self.targets.job_names,
            [by_name.get(job.name, job) for job in self.targets.jobs],
            self.targets.selection,
        )
        return self._copy(targets=new)

    def written_at(self: D, source: SourceLocation | None) -> D:
        """A copy that says to be written there."""
        return self._copy(source=source)

    def _copy(self: D, **fields: object) -> D:
        other = copy.copy(self)
        vars(other).update(fields)
        return other

    # Calling

    @property
    def all_resource_keys(self) -> set[str]:
        """The resources that its function may use: as parameters, and through the context."""
        parameters = self._parameters
        return {*self.required_resource_keys, *(parameters.resources if parameters else ())}

    @property
    def _parameters(self) -> Parameters | None:
        return None

    def _check_resources(self, context: TickContext) -> None:
        there = dir(context.resources) if self.required_resource_keys else []
        missing = sorted(self.required_resource_keys.difference(there))
        if missing:
            raise InvalidInvocationError(
                f"{self.what} requires the resource {missing[0]!r}, which the context does not have",
                f"build the context with resources={{{missing[0]!r}: ...}}",
            )

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"


def split_context(
    what: str, build: str, kind: type[Any], args: tuple[Any, ...], kwargs: dict[str, Any], name: str | None
) -> tuple[Any, tuple[Any, ...], dict[str, Any]]:
    """The context among the arguments of a direct call (by position, or as `name`), and the other arguments."""
    named = dict(kwargs)
    found: object = None
    given = True
    if name is not None and name in named:
        found = named.pop(name)
    elif args:
        found, args = args[0], args[1:]
    else:
        given = False
    if found is not None and not isinstance(found, kind):
        raise InvalidInvocationError(
            f"{what} is called with a {kind.__name__}, not {type(found).__qualname__}", f"pass {build}()"
        )
    if name is not None and not given:
        raise InvalidInvocationError(f"{what} takes a context and was called without one", f"pass {build}()")
    return found, args, named


def checked_function(function: object, what: str) -> Callable[..., Any]:
    """`function`, if it can be called; else raises InvalidArgumentError."""
    if not callable(function):
        raise InvalidArgumentError(f"{what} takes a function, not {function!r}")
    return cast("Callable[..., Any]", function)


@contextmanager
def user_code(error: type[UserCodeExecutionError], what: str) -> Generator[None, None, None]:
    """What user code raises becomes `error`, with the original as cause; errors of dagx pass as they are."""
    try:
        yield
    except DagxError:
        raise
    except Exception as raised:
        raise error(f"{what} raised {type(raised).__name__}: {raised}", user_exception=raised) from raised


def answers_of(answer: object) -> list[object]:
    """What a function returned or yielded, one by one; None is nothing. Draws from a generator here."""
    if answer is None:
        return []
    if isinstance(answer, (list, Generator)):
        found = list(cast("list[object]", answer))
        return [] if found == [None] else found
    return [answer]


def _resource_keys(keys: object) -> frozenset[str]:
    return frozenset(() if keys is None else checked_texts(keys, "required_resource_keys"))
