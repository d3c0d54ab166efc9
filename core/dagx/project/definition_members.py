"""What Definitions are given, each held to its kind, and several of them put together. Semantics: section 25."""

from __future__ import annotations

import operator
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

from dagx.assets.definition import AssetsDefinition
from dagx.assets.specs import AssetSpec
from dagx.errors import InvalidArgumentError, InvariantViolationError
from dagx.project.definition_kinds import WRITTEN, kind_of_definition, shown_kind
from dagx.project.resolution import Asset
from dagx.source import SourceLocation

T = TypeVar("T")
_FROM_MODULES = "use load_assets_from_modules([...])"


def assets_in(given: object, argument: str) -> tuple[Asset, ...]:
    """The members of `assets` or `asset_checks`. Raises InvalidArgumentError for anything that is no asset."""
    members = _listed(given, argument, "assets", AssetsDefinition, AssetSpec)
    for member in members:
        if not isinstance(member, (AssetsDefinition, AssetSpec)):
            raise InvalidArgumentError(f"{member!r} is no asset", _instead_of_asset(member))
        if argument == "asset_checks" and isinstance(member, AssetSpec):
            raise InvalidArgumentError(f"{member!r} is no asset check", "give it in assets=[...]")
    return cast("tuple[Asset, ...]", members)


def members_of(given: object, argument: str) -> tuple[Any, ...]:
    """The members of `jobs`, `schedules` or `sensors`. Raises InvalidArgumentError for one of another kind."""
    members = _listed(given, argument, argument)
    for member in members:
        kind = kind_of_definition(member)
        is_graph = argument == "jobs" and type(member).__name__ == "GraphDefinition"
        if kind != argument:
            hint = "write graph.to_job()" if is_graph else _where_it_belongs(member)
            raise InvalidArgumentError(f"{member!r} in {argument} is not {WRITTEN[argument]}", hint)
    return members


def each_once(members: Iterable[Sequence[T]]) -> list[T]:
    """All members of all of them, each object once."""
    return list({id(one): one for some in members for one in some}.values())


def united(
    what: str,
    given: Iterable[tuple[Mapping[str, Any], SourceLocation | None]],
    are_one: Callable[[Any, Any], bool] = operator.is_,
) -> dict[str, Any]:
    """One mapping out of several, each with the place where it was written.

    Raises InvariantViolationError when a name is bound to two objects that are not one: by default, two objects, be
    they equal or not.
    """
    found: dict[str, tuple[Any, SourceLocation | None]] = {}
    for mapping, place in given:
        for name, value in mapping.items():
            known, first = found.setdefault(name, (value, place))
            if not are_one(known, value):
                raise InvariantViolationError(
                    f'{place}: the {what} "{name}" is bound to two different objects',
                    f"bind it once, or make it one object that both use; the other is at {first}",
                )
    return {name: value for name, (value, _) in found.items()}


def _listed(given: object, argument: str, what: str, *single: type) -> tuple[Any, ...]:
    if given is None:
        return ()
    is_one = isinstance(given, (str, types.ModuleType, *single)) or kind_of_definition(given) is not None
    if is_one or not isinstance(given, Iterable):
        hint = _FROM_MODULES if isinstance(given, types.ModuleType) else f"write {argument}=[...]"
        raise InvalidArgumentError(f"{argument} is a list of {what}, not {given!r}", hint)
    return tuple(given)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]  # seen next


def _instead_of_asset(member: object) -> str:
    if isinstance(member, types.ModuleType):
        return _FROM_MODULES
    where = _where_it_belongs(member)
    if where is not None:
        return where
    if callable(member):
        return "decorate the function with @asset"
    return "give decorated functions and AssetSpecs"


def _where_it_belongs(member: object) -> str | None:
    """What to write for `member`, where that is known."""
    if isinstance(member, (list, tuple)):
        return "write *list, to add the members of a list"
    kind = kind_of_definition(member)
    return None if kind is None else f"it is {shown_kind(member)}: give it as {kind}=..."
