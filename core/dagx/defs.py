"""Definitions: what belongs to a project. Semantics: section 25."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, cast

from dagx.assets import AssetsDefinition
from dagx.errors import InvalidArgumentError, InvariantViolationError
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.names import as_mapping
from dagx.nearest import did_you_mean
from dagx.resolution import Asset, ResolvedDefinitions, resolved
from dagx.source import SourceLocation, location_of_caller
from dagx.specs import AssetSpec, map_asset_specs
from dagx.unbuilt import DEFINITIONS_ATTRIBUTES, DEFINITIONS_KEYWORDS, attribute_error, refuse

__all__ = ["Definitions"]


class Definitions:
    """The assets and resources of a project, or of a part of it.

    `assets` is an iterable of decorated functions and AssetSpec (external assets); `resources` maps names to
    any objects. Nothing is checked here but the kind of each member (InvalidArgumentError): whether all fits
    together is seen when the project is loaded, or by `validate_loadable`. Semantics: section 25.
    """

    def __init__(
        self,
        assets: Iterable[Asset] | None = None,
        resources: Mapping[str, Any] | None = None,
        **not_built: NoReturn,
    ) -> None:
        refuse("Definitions", not_built, DEFINITIONS_KEYWORDS)
        self._assets = tuple(_checked(assets))
        self._resources = dict(resources or {}) if as_mapping(resources, "resources") else {}
        self.source: SourceLocation | None = location_of_caller()

    @property
    def assets(self) -> tuple[Asset, ...]:
        """The members, in order."""
        return self._assets

    @property
    def resources(self) -> Mapping[str, Any]:
        """The resources by name."""
        return self._resources

    if not TYPE_CHECKING:  # checkers would take it to mean that every attribute exists

        def __getattr__(self, name: str) -> object:
            raise attribute_error(self, name, DEFINITIONS_ATTRIBUTES)

    def __repr__(self) -> str:
        return f"Definitions({len(self._assets)} assets, {len(self._resources)} resources)"

    @staticmethod
    def merge(*definitions: Definitions) -> Definitions:
        """All members of all of them.

        Raises InvariantViolationError when a resource name is bound to two different objects.
        """
        resources: dict[str, object] = {}
        for one in definitions:
            for name, resource in one.resources.items():
                if resources.setdefault(name, resource) is not resource:
                    raise InvariantViolationError(
                        f'the resource "{name}" is bound to two different objects',
                        "bind it once, or make it one object that both use",
                    )
        return Definitions(assets=[asset for one in definitions for asset in one.assets], resources=resources)

    @staticmethod
    def validate_loadable(defs: Definitions) -> None:
        """Raise InvalidDefinitionError, listing every problem, unless all members fit together."""
        defs.resolve()

    def resolve(self, *, strict: bool = True) -> ResolvedDefinitions:
        """All members fitted together; see `dagx.resolution.resolved`."""
        return resolved(self._assets, self._resources, strict=strict)

    def resolve_all_asset_specs(self) -> list[AssetSpec]:
        """The specs of all assets, external ones too, sorted by key."""
        specs = self.resolve().specs
        return [specs[key] for key in sorted(specs)]

    def resolve_all_asset_keys(self) -> list[AssetKey]:
        """The keys of all assets, external ones too, sorted."""
        return sorted(self.resolve().specs)

    def resolve_assets_def(self, key: CoercibleToAssetKey) -> AssetsDefinition:
        """The definition that makes an asset. Raises InvariantViolationError when none does."""
        found = self.resolve()
        asset_key = AssetKey.from_coercible(key)
        if asset_key not in found.step_of:
            shown = asset_key.to_user_string()
            near = did_you_mean(shown, [known.to_user_string() for known in found.step_of])
            raise InvariantViolationError(f'no definition makes the asset "{shown}"', near)
        return found.steps[found.step_of[asset_key]]

    get_all_asset_specs = resolve_all_asset_specs
    get_all_asset_keys = resolve_all_asset_keys
    get_assets_def = resolve_assets_def

    def map_asset_specs(self, *, func: Callable[[AssetSpec], AssetSpec]) -> Definitions:
        """Definitions with each spec as `func` returns it."""
        return Definitions(assets=map_asset_specs(func, self._assets), resources=self._resources)


def _checked(assets: object) -> Iterable[Asset]:
    if assets is None:
        return
    if isinstance(assets, (AssetsDefinition, AssetSpec, types.ModuleType, str)) or not isinstance(
        assets, Iterable
    ):
        hint = (
            "use load_assets_from_modules([...])"
            if isinstance(assets, types.ModuleType)
            else "write assets=[...]"
        )
        raise InvalidArgumentError(f"assets is a list of assets, not {assets!r}", hint)
    for asset in cast("Iterable[object]", assets):
        if not isinstance(asset, (AssetsDefinition, AssetSpec)):
            raise InvalidArgumentError(f"{asset!r} is no asset", _hint(asset))
        yield asset


def _hint(asset: object) -> str:
    if isinstance(asset, types.ModuleType):
        return "use load_assets_from_modules([...])"
    if isinstance(asset, (list, tuple)):
        return "write *list, to add the members of a list"
    return (
        "decorate the function with @asset" if callable(asset) else "give decorated functions and AssetSpecs"
    )
