"""Checks from modules and packages. Semantics: section 25."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence
from types import ModuleType

from dagx.assets.definition import AssetsDefinition
from dagx.keys import AssetKey
from dagx.project.collecting import collected
from dagx.project.module_finding import caller_module, checked_modules, modules_of_package

__all__ = [
    "load_asset_checks_from_current_module",
    "load_asset_checks_from_modules",
    "load_asset_checks_from_package_module",
    "load_asset_checks_from_package_name",
]


def load_asset_checks_from_modules(
    modules: Iterable[ModuleType], asset_key_prefix: str | Sequence[str] | None = None
) -> list[AssetsDefinition]:
    """The checks among the attributes of `modules`, also those in lists and tuples; each object once.

    `asset_key_prefix` goes before the keys of the assets that they check, as `key_prefix` does for the assets
    themselves. Section 25.
    """
    found = collected(checked_modules(modules, "load_asset_checks_from_modules")).asset_checks.values()
    if asset_key_prefix is None:
        return list(found)
    return [_with_prefix(check, asset_key_prefix) for check in found]


def load_asset_checks_from_current_module(
    asset_key_prefix: str | Sequence[str] | None = None,
) -> list[AssetsDefinition]:
    """`load_asset_checks_from_modules` for the module that calls this: what it has defined above the call."""
    return load_asset_checks_from_modules([caller_module()], asset_key_prefix)


def load_asset_checks_from_package_module(
    package_module: ModuleType, asset_key_prefix: str | Sequence[str] | None = None
) -> list[AssetsDefinition]:
    """`load_asset_checks_from_modules` for a package and all modules in it and below it, which are imported."""
    return load_asset_checks_from_modules(modules_of_package(package_module), asset_key_prefix)


def load_asset_checks_from_package_name(
    package_name: str, asset_key_prefix: str | Sequence[str] | None = None
) -> list[AssetsDefinition]:
    """`load_asset_checks_from_package_module` for the package of this name."""
    return load_asset_checks_from_package_module(importlib.import_module(package_name), asset_key_prefix)


def _with_prefix(check: AssetsDefinition, prefix: str | Sequence[str]) -> AssetsDefinition:
    keys: dict[AssetKey, AssetKey] = {}
    for spec in check.check_specs:
        keys[spec.asset_key] = spec.asset_key.with_prefix(prefix)
    return check.with_attributes(asset_key_replacements=keys)
