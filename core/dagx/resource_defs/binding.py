"""`with_resources`: definitions that bring their resources along. Semantics: section 11."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from typing import Any, cast, overload

from dagx.assets.definition import AssetsDefinition
from dagx.assets.external import SourceAsset
from dagx.assets.specs import changed
from dagx.config.marks import kind_of
from dagx.errors import (
    InvalidArgumentError,
    InvalidDefinitionError,
    InvalidInvocationError,
    InvariantViolationError,
    Problem,
)
from dagx.functions.slots import DEFAULT_IO_MANAGER
from dagx.names import as_mapping
from dagx.nearest import did_you_mean
from dagx.resource_defs.functions import ResourceDefinition
from dagx.resource_defs.named import available_text

__all__ = ["with_resources"]


@overload
def with_resources(
    definitions: Iterable[AssetsDefinition],
    resource_defs: Mapping[str, Any],
    resource_config_by_key: Mapping[str, Any] | None = None,
) -> list[AssetsDefinition]: ...
@overload
def with_resources(
    definitions: Iterable[AssetsDefinition | SourceAsset],
    resource_defs: Mapping[str, Any],
    resource_config_by_key: Mapping[str, Any] | None = None,
) -> list[Any]: ...
def with_resources(
    definitions: Iterable[Any],
    resource_defs: Mapping[str, Any],
    resource_config_by_key: Mapping[str, Any] | None = None,
) -> list[Any]:
    """The definitions (assets, checks, SourceAssets), each with those of `resource_defs` that it requires.

    Resources that the required ones require come along. `resource_config_by_key` configures some of them:
    `{"db": {"config": {...}}}`. Nothing else has to be bound then: `materialize(with_resources(...))` runs.

    Raises InvalidDefinitionError for a required resource that is not among them, InvalidInvocationError when a
    definition has another object under that name already, InvariantViolationError for a config without "config".
    `Definitions(resources=...)` does the same for all members at once. Semantics: section 11.
    """
    given = cast("dict[str, Any]", as_mapping(resource_defs, "resource_defs"))
    bound = {**given, **_configured(given, resource_config_by_key or {})}
    made: list[Any] = []
    problems: list[Problem] = []
    for definition in definitions:
        if not isinstance(definition, (AssetsDefinition, SourceAsset)):
            raise InvalidArgumentError(
                f"{definition!r} brings no resources along", "give decorated functions and SourceAssets"
            )
        keys = _with_their_needs(_required(definition), {**bound, **definition.resource_defs})
        missing = sorted(keys - bound.keys() - definition.resource_defs.keys() - {DEFAULT_IO_MANAGER})
        problems += [_missing(name, definition, bound) for name in missing]
        _refuse_another(definition, {name: bound[name] for name in keys & bound.keys()})
        own = {name: bound[name] for name in sorted(keys) if name in bound}
        made.append(_bringing(definition, {**own, **definition.resource_defs}))
    if problems:
        raise InvalidDefinitionError.of(problems)
    return made


def _required(definition: AssetsDefinition | SourceAsset) -> set[str]:
    if isinstance(definition, AssetsDefinition):
        return definition.required_resource_keys
    return {definition.io_manager_key}


def _with_their_needs(names: Collection[str], bound: Mapping[str, object]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        kind = kind_of(bound.get(name))
        if kind is not None:
            waiting.extend(kind.required_keys(bound[name]))
    return found


def _configured(bound: Mapping[str, object], config: Mapping[str, Any]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, entry in config.items():
        if name not in bound:
            raise InvalidArgumentError(
                f'resource_config_by_key has "{name}", which is none of the resources',
                did_you_mean(name, bound) or available_text(bound),
            )
        if not isinstance(entry, Mapping) or "config" not in entry:
            raise InvariantViolationError(
                f'the config of the resource "{name}" has no entry "config"',
                f'write {{"{name}": {{"config": ...}}}}',
            )
        resource = bound[name]
        if not isinstance(resource, ResourceDefinition):
            raise InvalidArgumentError(
                f'the resource "{name}" takes no config: it is {resource!r}', "make it with its values"
            )
        found[name] = resource.configured(cast("Mapping[str, Any]", entry)["config"])
    return found


def _missing(name: str, definition: AssetsDefinition | SourceAsset, bound: Mapping[str, object]) -> Problem:
    near, listed = did_you_mean(name, bound), available_text(bound)
    return Problem(
        f'the resource "{name}" is not among those given (needed by {_shown(definition)})',
        definition.source,
        f"{near} ({listed})" if near else listed,
    )


def _refuse_another(definition: AssetsDefinition | SourceAsset, given: Mapping[str, object]) -> None:
    for name, resource in given.items():
        if definition.resource_defs.get(name, resource) is not resource:
            raise InvalidInvocationError(
                f'{definition.source}: {_shown(definition)} has another object as its resource "{name}" already',
                "bind it once",
            )


def _bringing(
    definition: AssetsDefinition | SourceAsset, resources: Mapping[str, object]
) -> AssetsDefinition | SourceAsset:
    if isinstance(definition, AssetsDefinition):
        return dataclasses.replace(definition, resource_defs=resources)
    return changed(definition, resource_defs=resources)


def _shown(definition: AssetsDefinition | SourceAsset) -> str:
    name = definition.name if isinstance(definition, AssetsDefinition) else definition.key.to_user_string()
    return f'"{name}"'
