"""The life of resources in a run: set up in the order of their needs, torn down in reverse, whatever happens.

It knows no class of resources: each says by its kind what to do. Semantics: section 11.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Collection, Generator, Mapping
from contextlib import AbstractContextManager
from typing import cast

from dagx.config.marks import ResourceKind, is_resource_class, kind_of
from dagx.config.pending import variables_in
from dagx.config.reading import NO_CONFIG, ConfigType, Reading
from dagx.errors import (
    InvalidConfigError,
    InvalidDefinitionError,
    Problem,
    ResourceFunctionError,
)
from dagx.execution.runs import RunInfo
from dagx.nearest import did_you_mean
from dagx.resource_defs.init_context import InitResourceContext
from dagx.resource_defs.named import ScopedResources, available_text


@contextlib.contextmanager
def open_resources(
    bound: Mapping[str, object],
    wanted: Collection[str],
    *,
    config: Mapping[str, object] | None = None,
    run: RunInfo | None = None,
    instance: object | None = None,
    log: logging.Logger | None = None,
) -> Generator[Mapping[str, object], None, None]:
    """Set up the resources `wanted`, with all that they need, and give what their users get, by name.

    bound: all resources by name; plain objects are passed on. config: plain values for some of them, as
    `ValidatedConfig.resources` has them. `run` and `instance` are what their set-up is told; None outside of a run.

    Torn down in reverse order at the end, also when the body or a later set-up raises; what tearing down raises is
    logged as an error, and the others are torn down all the same. Raises ResourceFunctionError for an exception in a
    set-up (its cause), InvalidConfigError for config that does not fit or a variable that is not set,
    InvalidDefinitionError for a resource that is not there or needs itself.
    """
    opening = _Opening(bound, config or {}, run, instance, log)
    try:
        opening.check_variables(wanted)
        # In one order always: what is not there first, the rest as it is bound.
        names = set(wanted)
        for name in [*sorted(names - bound.keys()), *(name for name in bound if name in names)]:
            opening.named(name, "the run")
        yield {name: opening.values[name] for name in opening.values if name in bound}
    finally:
        opening.close()


class _Opening:
    def __init__(
        self,
        bound: Mapping[str, object],
        config: Mapping[str, object],
        run: RunInfo | None,
        instance: object | None,
        log: logging.Logger | None,
    ) -> None:
        self._bound = bound
        self._name_of = {id(resource): name for name, resource in reversed(list(bound.items()))}
        self._config = config
        self._context = InitResourceContext(run=run, log=log)
        self._instance = instance
        self._under_way: list[str] = []
        self._managers: list[tuple[str, AbstractContextManager[object]]] = []
        self.values: dict[str, object] = {}

    def check_variables(self, wanted: Collection[str]) -> None:
        """Raise InvalidConfigError that names every variable which is not set, before anything is set up."""
        reading = Reading()
        seen: set[str] = set()
        for name, resource in self._bound.items():
            if name in wanted:
                self._read_variables(resource, name, reading, seen)
        reading.raise_problems()

    def _read_variables(self, resource: object, place: str, reading: Reading, seen: set[str]) -> None:
        kind = kind_of(resource)
        if kind is None or not is_resource_class(type(resource)) or place in seen:
            return
        seen.add(place)
        fields, nested = kind.described(resource), kind.nested(resource)
        raw = self._config.get(place)
        said: Mapping[str, object] = cast("Mapping[str, object]", raw) if isinstance(raw, Mapping) else {}
        if said.keys() <= fields.keys():  # else run config names a field by its alias
            for field in fields.keys() - nested.keys() - said.keys():
                for variable in variables_in(fields[field]):
                    reading.variable(variable, ("resources", place, field))
        for field, inner in nested.items():
            self._read_variables(inner, self._name_of.get(id(inner), f"{place}.{field}"), reading, seen)

    def named(self, name: str, needed_by: str) -> object:
        """The initialised resource of this name."""
        if name in self.values:
            return self.values[name]
        if name not in self._bound:
            raise InvalidDefinitionError(
                f'the resource "{name}" is not defined (needed by {needed_by})',
                did_you_mean(name, self._bound) or available_text(self._bound),
            )
        if name in self._under_way:
            path = [*self._under_way[self._under_way.index(name) :], name]
            raise InvalidDefinitionError(f"resources need each other: {' -> '.join(path)}")
        self._under_way.append(name)
        value = self._opened(self._bound[name], name)
        self._under_way.pop()
        self.values[name] = value
        return value

    def _opened(self, resource: object, place: str) -> object:
        kind = kind_of(resource)
        if kind is None:
            return resource
        what = f'the resource "{place}"'
        nested = {
            field: self._held(inner, f"{place}.{field}") for field, inner in kind.nested(resource).items()
        }
        required = {name: self.named(name, what) for name in sorted(kind.required_keys(resource))}
        context = InitResourceContext(
            resource_config=self._plain_config(resource, kind, place),
            resources=ScopedResources(required),
            log=self._context.log,
            run=self._context.run,
            instance=self._instance,
            resource_def=resource,
        )
        try:
            manager = kind.opened(resource, context, nested, place)
            value = manager.__enter__()
        except InvalidConfigError:
            raise
        except Exception as error:
            raise ResourceFunctionError(
                f"setting up {what} raised {type(error).__name__}: {error}", user_exception=error
            ) from error
        self._managers.append((what, manager))
        return value

    def _held(self, resource: object, place: str) -> object:
        """A resource in a field of another: it may be bound as well, and is then one and the same."""
        name = self._name_of.get(id(resource))
        return self._opened(resource, place) if name is None else self.named(name, place)

    def _plain_config(self, resource: object, kind: ResourceKind, place: str) -> object:
        if place in self._config:
            return self._config[place]
        schema = kind.schema(resource)
        if schema is None:
            return None
        reading = Reading()
        value = schema.missing(("resources", place, "config"), reading)
        reading.raise_problems()
        return value

    def close(self) -> None:
        """Tear all down that was set up, the last first."""
        while self._managers:
            what, manager = self._managers.pop()
            try:
                manager.__exit__(None, None, None)
            except Exception:
                self._context.log.exception("tearing down %s raised", what)


def resource_schemas(bound: Mapping[str, object]) -> dict[str, ConfigType | None]:
    """What run config may say of each resource, for `validated_run_config`; None: anything."""
    kinds = {name: kind_of(resource) for name, resource in bound.items()}
    return {name: NO_CONFIG if kind is None else kind.schema(bound[name]) for name, kind in kinds.items()}


def check_nested(bound: Mapping[str, object]) -> list[Problem]:
    """What is wrong with the resources of a project by themselves.

    One that run config completes, held by another, must be bound too: else run config could not name it. A class in
    the place of an object is a slip.
    """
    known = {id(resource) for resource in bound.values()}
    problems: list[Problem] = []
    for name, resource in bound.items():
        if is_resource_class(resource):
            problems.append(
                Problem(
                    f'the resource "{name}" is the class {getattr(resource, "__qualname__", resource)} itself',
                    hint="make an object of it: write () behind it",
                )
            )
        problems += _unbound(resource, name, known, ())
    return problems


def _unbound(resource: object, place: str, known: Collection[int], above: tuple[int, ...]) -> list[Problem]:
    kind = kind_of(resource)
    if kind is None or id(resource) in above:
        return []
    problems: list[Problem] = []
    for field, inner in kind.nested(resource).items():
        inner_kind = kind_of(inner)
        if inner_kind is not None and inner_kind.is_at_launch(inner) and id(inner) not in known:
            problems.append(
                Problem(
                    f'the resource "{place}" holds {field!r}, which is configured at launch and is no resource itself',
                    hint=f'add the same object to the resources, such as "{field}"; run config then names it',
                )
            )
        problems += _unbound(inner, f"{place}.{field}", known, (*above, id(resource)))
    return problems


def needs_closing(bound: Mapping[str, object]) -> bool:
    """Whether one of these tears something down, so that whoever opens them must say when it is over."""
    return any(_closes(resource) for resource in bound.values())


def _closes(resource: object) -> bool:
    kind = kind_of(resource)
    return kind is not None and (
        kind.needs_closing(resource) or any(_closes(inner) for inner in kind.nested(resource).values())
    )
