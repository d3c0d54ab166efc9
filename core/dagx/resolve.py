"""From loaded modules to definitions, and from those to what fits together. Semantics: section 25."""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType
from typing import cast

from dagx.assets import AssetsDefinition
from dagx.defs import Definitions
from dagx.resolution import Asset, ResolvedDefinitions
from dagx.specs import AssetSpec


def collect(modules: Iterable[ModuleType]) -> Definitions:
    """What the top level of these modules defines.

    From a module with Definitions objects, only those are taken; from another its assets and specs, also
    those in lists and tuples. An object that stands under several names, or in several modules, counts once.
    Raises InvariantViolationError when two Definitions bind one resource name to different objects.
    """
    found: dict[int, Definitions] = {}
    loose: dict[int, Asset] = {}
    for module in modules:
        values = list(vars(module).values())
        here = {id(value): value for value in values if isinstance(value, Definitions)}
        found.update(here)
        if not here:
            loose.update((id(asset), asset) for value in values for asset in assets_in(value))
    return Definitions.merge(*found.values(), Definitions(assets=loose.values()))


def assets_in(value: object) -> list[Asset]:
    """The assets that a module attribute holds: itself, or the members of a list or tuple."""
    members = cast("Iterable[object]", value) if isinstance(value, (list, tuple)) else (value,)
    return [member for member in members if isinstance(member, (AssetsDefinition, AssetSpec))]


def resolve(definitions: Definitions, *, strict: bool = True) -> ResolvedDefinitions:
    """Definitions fitted together; see `dagx.resolution.resolved`. Raises InvalidDefinitionError."""
    return definitions.resolve(strict=strict)
