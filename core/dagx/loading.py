"""Assets from modules and packages. Semantics: section 25."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterable, Sequence
from types import ModuleType
from typing import NoReturn, cast

from dagx.assets import AssetsDefinition
from dagx.errors import InvalidArgumentError, InvalidDefinitionError, Problem
from dagx.keys import AssetKey
from dagx.names import DEFAULT_GROUP, check_group
from dagx.resolution import Asset
from dagx.resolve import assets_in
from dagx.unbuilt import LOADER_KEYWORDS, refuse

__all__ = [
    "load_assets_from_current_module",
    "load_assets_from_modules",
    "load_assets_from_package_module",
    "load_assets_from_package_name",
]


def load_assets_from_modules(
    modules: Iterable[ModuleType],
    group_name: str | None = None,
    key_prefix: str | Sequence[str] | None = None,
    *,
    include_specs: bool = False,
    **not_built: NoReturn,
) -> list[Asset]:
    """The assets among the attributes of `modules`, also those in lists and tuples; each object once.

    `group_name` puts all into that group (InvalidDefinitionError when one is in a group of its own).
    `key_prefix` goes before the key of each, and before references from one to another; other references
    stay. Bare AssetSpecs come along only with `include_specs`. Raises InvalidDefinitionError when two modules
    define one key. Section 25.
    """
    refuse("load_assets_from_modules", not_built, LOADER_KEYWORDS)
    check_group(group_name)
    found: dict[int, Asset] = {}
    for module in modules:
        if not isinstance(cast(object, module), ModuleType):
            raise InvalidArgumentError(f"load_assets_from_modules takes modules, not {module!r}")
        for value in list(vars(module).values()):
            for asset in assets_in(value):
                if include_specs or isinstance(asset, AssetsDefinition):
                    found[id(asset)] = asset
    assets = list(found.values())
    _check_keys(assets)
    replaced = (
        {key: key.with_prefix(key_prefix) for asset in assets for key in _keys(asset)} if key_prefix else {}
    )
    return [_changed(asset, replaced, group_name) for asset in assets]


def load_assets_from_current_module(
    group_name: str | None = None,
    key_prefix: str | Sequence[str] | None = None,
    *,
    include_specs: bool = False,
    **not_built: NoReturn,
) -> list[Asset]:
    """`load_assets_from_modules` for the module that calls this: what it has defined above the call."""
    module = _caller()
    return load_assets_from_modules(
        [module], group_name, key_prefix, include_specs=include_specs, **not_built
    )


def load_assets_from_package_module(
    package_module: ModuleType,
    group_name: str | None = None,
    key_prefix: str | Sequence[str] | None = None,
    *,
    include_specs: bool = False,
    **not_built: NoReturn,
) -> list[Asset]:
    """`load_assets_from_modules` for a package and all modules in it and below it, which are imported."""
    below = pkgutil.walk_packages(getattr(package_module, "__path__", []), package_module.__name__ + ".")
    modules = [
        package_module,
        *(importlib.import_module(name) for name in sorted(info.name for info in below)),
    ]
    return load_assets_from_modules(modules, group_name, key_prefix, include_specs=include_specs, **not_built)


def load_assets_from_package_name(
    package_name: str,
    group_name: str | None = None,
    key_prefix: str | Sequence[str] | None = None,
    *,
    include_specs: bool = False,
    **not_built: NoReturn,
) -> list[Asset]:
    """`load_assets_from_package_module` for the package of this name."""
    return load_assets_from_package_module(
        importlib.import_module(package_name),
        group_name,
        key_prefix,
        include_specs=include_specs,
        **not_built,
    )


def _caller() -> ModuleType:
    name = sys._getframe(2).f_globals["__name__"]  # pyright: ignore[reportPrivateUsage]  # as in `source`
    return sys.modules[name]


def _check_keys(assets: Sequence[Asset]) -> None:
    by_key: dict[AssetKey, Asset] = {}
    problems: list[Problem] = []
    for asset in assets:
        for key in _keys(asset):
            other = by_key.setdefault(key, asset)
            if other is not asset:
                message = f'asset "{key.to_user_string()}" is defined twice'
                problems.append(Problem(message, asset.source, f"the other is at {other.source}"))
    if problems:
        raise InvalidDefinitionError.of(problems)


def _keys(asset: Asset) -> list[AssetKey]:
    return [spec.key for spec in asset.specs] if isinstance(asset, AssetsDefinition) else [asset.key]


def _changed(asset: Asset, replaced: dict[AssetKey, AssetKey], group: str | None) -> Asset:
    """`asset` under its new key and group; itself when neither changes, so that it still counts once."""
    if not replaced and group is None:
        return asset
    for spec in asset.specs if isinstance(asset, AssetsDefinition) else (asset,):
        if group is not None and spec.group_name not in (None, DEFAULT_GROUP, group):
            problem = f'asset "{spec.key.to_user_string()}" is in the group "{spec.group_name}" already'
            raise InvalidDefinitionError.of(
                [
                    Problem(
                        problem,
                        spec.source,
                        f'it cannot be put into "{group}" as well; leave one of the two out',
                    )
                ]
            )
    groups = dict.fromkeys(_keys(asset), group) if group is not None else {}
    if isinstance(asset, AssetsDefinition):
        return asset.with_attributes(asset_key_replacements=replaced, group_names_by_key=groups)
    key = replaced.get(asset.key, asset.key)
    deps = [replaced.get(dep.asset_key, dep.asset_key) for dep in asset.deps]
    return asset.replace_attributes(key=key, deps=deps, group_name=groups.get(asset.key, asset.group_name))
