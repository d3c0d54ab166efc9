"""Assets from modules and packages. Semantics: section 25."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from dagx.assets.definition import AssetsDefinition
from dagx.assets.external import SourceAsset
from dagx.assets.specs import AssetSpec, changed
from dagx.errors import InvalidDefinitionError, Problem
from dagx.keys import AssetKey
from dagx.names import DEFAULT_GROUP, check_group
from dagx.project.module_finding import caller_module, checked_modules, modules_of_package
from dagx.project.resolution import Asset

if TYPE_CHECKING:
    from dagx.automation.conditions import AutomationCondition
    from dagx.freshness.policies import FreshnessPolicy
    from dagx.partitions.backfill import BackfillPolicy

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
    automation_condition: AutomationCondition | None = None,
    backfill_policy: BackfillPolicy | None = None,
    source_key_prefix: str | Sequence[str] | None = None,
    freshness_policy: FreshnessPolicy | None = None,
) -> list[Asset]:
    """The assets among the attributes of `modules`, also those in lists and tuples; each object once.

    `group_name` puts all into that group (InvalidDefinitionError when one is in a group of its own). `key_prefix` goes
    before the key of each, and before references from one to another; other references stay; `source_key_prefix`
    goes before the keys of SourceAssets, which `key_prefix` leaves alone. Bare AssetSpecs come along only with
    `include_specs`. `automation_condition`, `backfill_policy` and `freshness_policy` hold for those that have none of
    their own. Raises InvalidDefinitionError when two modules define one key. Section 25.
    """
    check_group(group_name)
    found: dict[int, Asset] = {}
    for module in checked_modules(modules, "load_assets_from_modules"):
        for value in list(vars(module).values()):
            for asset in _assets_in(value):
                if include_specs or isinstance(asset, (AssetsDefinition, SourceAsset)):
                    found[id(asset)] = asset
    assets = list(found.values())
    _check(assets, group_name)
    replaced: dict[AssetKey, AssetKey] = {}
    for asset in assets:
        prefix = source_key_prefix if isinstance(asset, SourceAsset) else key_prefix
        replaced.update({key: key.with_prefix(prefix) for key in _keys(asset)} if prefix else {})
    more = {"automation_condition": automation_condition, "freshness_policy": freshness_policy}
    return [_with_defaults(_changed(asset, replaced, group_name), more, backfill_policy) for asset in assets]


def load_assets_from_current_module(
    group_name: str | None = None,
    key_prefix: str | Sequence[str] | None = None,
    *,
    include_specs: bool = False,
    **more: Any,
) -> list[Asset]:
    """`load_assets_from_modules` for the module that calls this: what it has defined above the call."""
    module = caller_module()
    return load_assets_from_modules([module], group_name, key_prefix, include_specs=include_specs, **more)


def load_assets_from_package_module(
    package_module: ModuleType,
    group_name: str | None = None,
    key_prefix: str | Sequence[str] | None = None,
    *,
    include_specs: bool = False,
    **more: Any,
) -> list[Asset]:
    """`load_assets_from_modules` for a package and all modules in it and below it, which are imported."""
    return load_assets_from_modules(
        modules_of_package(package_module), group_name, key_prefix, include_specs=include_specs, **more
    )


def load_assets_from_package_name(
    package_name: str,
    group_name: str | None = None,
    key_prefix: str | Sequence[str] | None = None,
    *,
    include_specs: bool = False,
    **more: Any,
) -> list[Asset]:
    """`load_assets_from_package_module` for the package of this name."""
    return load_assets_from_package_module(
        importlib.import_module(package_name),
        group_name,
        key_prefix,
        include_specs=include_specs,
        **more,
    )


def _assets_in(value: object) -> list[Asset]:
    """The assets that a module attribute holds: itself, or the members of a list or tuple; checks are none."""
    members = cast("Iterable[object]", value) if isinstance(value, (list, tuple)) else (value,)
    return [
        member
        for member in members
        if isinstance(member, AssetSpec) or (isinstance(member, AssetsDefinition) and bool(member.specs))
    ]


def _check(assets: Sequence[Asset], group: str | None) -> None:
    """No key may be defined twice, and none be in another group than all are to be put into."""
    by_key: dict[AssetKey, Asset] = {}
    problems: list[Problem] = []
    for asset in assets:
        for spec in asset.specs if isinstance(asset, AssetsDefinition) else (asset,):
            shown = f'asset "{spec.key.to_user_string()}"'
            other = by_key.setdefault(spec.key, asset)
            if other is not asset:
                problems.append(
                    Problem(f"{shown} is defined twice", asset.source, f"the other is at {other.source}")
                )
            if group is not None and spec.group_name not in (None, DEFAULT_GROUP, group):
                message = f'{shown} is in the group "{spec.group_name}" already'
                hint = f'it cannot be put into "{group}" as well; leave one of the two out'
                problems.append(Problem(message, spec.source, hint))
    if problems:
        raise InvalidDefinitionError.of(problems)


def _keys(asset: Asset) -> list[AssetKey]:
    return [spec.key for spec in asset.specs] if isinstance(asset, AssetsDefinition) else [asset.key]


def _with_defaults(
    asset: Asset, attributes: Mapping[str, object], backfill_policy: BackfillPolicy | None
) -> Asset:
    """`asset` with these attributes where its specs have none; itself when there is nothing to add."""
    given = {name: value for name, value in attributes.items() if value is not None}
    if not isinstance(asset, AssetsDefinition):
        return asset

    def added(spec: AssetSpec) -> AssetSpec:
        missing = {name: value for name, value in given.items() if getattr(spec, name) is None}
        return changed(spec, **missing) if missing else spec

    if given:
        asset = asset.map_asset_specs(added)
    if backfill_policy is not None and asset.backfill_policy is None:
        asset = asset.with_attributes(backfill_policy=backfill_policy)
    return asset


def _changed(asset: Asset, replaced: dict[AssetKey, AssetKey], group: str | None) -> Asset:
    """`asset` under its new key and group; itself when neither changes, so that it still counts once."""
    if not replaced and group is None:
        return asset
    groups = dict.fromkeys(_keys(asset), group) if group is not None else {}
    if isinstance(asset, AssetsDefinition):
        return asset.with_attributes(asset_key_replacements=replaced, group_names_by_key=groups)
    key = replaced.get(asset.key, asset.key)
    deps = [replaced.get(dep.asset_key, dep.asset_key) for dep in asset.deps]
    return asset.replace_attributes(key=key, deps=deps, group_name=groups.get(asset.key, asset.group_name))
