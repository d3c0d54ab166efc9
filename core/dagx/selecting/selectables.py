"""Definitions as selections see them. Section 15."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from dagx.assets.specs import AssetSpec
from dagx.checks.specs import AssetCheckKey
from dagx.errors import InvalidArgumentError
from dagx.keys import AssetKey
from dagx.names import DEFAULT_GROUP, KIND_PREFIX
from dagx.selecting.terms import Catalog, Selectable

if TYPE_CHECKING:
    from dagx.assets.definition import AssetsDefinition
    from dagx.project.resolution import ResolvedDefinitions


class KeyedCatalog(NamedTuple):
    """A catalog, and the key of each of its names: of assets, and of checks."""

    selectable: Catalog
    keys: Mapping[str, AssetKey]
    check_keys: Mapping[str, AssetCheckKey]


def catalog_of(resolved: ResolvedDefinitions) -> KeyedCatalog:
    """What can be selected among `resolved`."""
    return _catalog(resolved.specs.values(), resolved.steps.values())


def catalog_from(assets: object) -> KeyedCatalog:
    """What can be selected among `assets`: a list of definitions and specs, what was resolved, or a graph of it.

    What the members of a list need and is not among them counts as external. Raises InvalidArgumentError for
    anything else.
    """
    resolved: Any = getattr(assets, "resolved", assets)
    if hasattr(resolved, "step_of"):
        return catalog_of(resolved)
    if isinstance(assets, str) or not isinstance(assets, Iterable):
        raise InvalidArgumentError(
            f"a selection is resolved among assets, not {assets!r}",
            "give a list of assets, or Definitions(...).resolve_asset_graph()",
        )
    external: list[AssetSpec] = []
    steps: list[AssetsDefinition] = []
    for member in cast("Iterable[object]", assets):
        if isinstance(member, AssetSpec):
            external.append(member)
        elif hasattr(member, "specs"):
            steps.append(cast("AssetsDefinition", member))
        else:
            raise InvalidArgumentError(f"{member!r} is no asset", "give decorated functions and AssetSpecs")
    return _catalog([*external, *(spec for step in steps for spec in step.specs)], steps)


def name_of(key: AssetKey) -> str:
    """The name that an asset has in a catalog: slashes within segments have a backslash before them."""
    return key.to_escaped_user_string()


def name_of_check(key: AssetCheckKey) -> str:
    """The name that a check has in a catalog."""
    return f"{name_of(key.asset_key)}:{key.name}"


def _catalog(specs: Iterable[AssetSpec], steps: Iterable[AssetsDefinition]) -> KeyedCatalog:
    made: set[AssetKey] = set()
    together: dict[str, Sequence[str]] = {}
    check_keys: dict[str, AssetCheckKey] = {}
    for step in steps:
        keys = [spec.key for spec in step.specs]
        if not step.is_observation:
            made.update(keys)
        if not step.can_subset and len(keys) > 1:
            names = [name_of(key) for key in keys]
            together.update(dict.fromkeys(names, names))
        check_keys.update({name_of_check(spec.key): spec.key for spec in step.check_specs})
    found = {spec.key: spec for spec in specs}
    undefined = {dep.asset_key for spec in found.values() for dep in spec.deps} - found.keys()
    assets = [_selectable(spec, external=spec.key not in made) for spec in found.values()]
    assets += [Selectable(name_of(key), DEFAULT_GROUP, external=True) for key in sorted(undefined)]
    upstream = {name_of(key): {name_of(dep.asset_key) for dep in spec.deps} for key, spec in found.items()}
    checks = {name: name_of(key.asset_key) for name, key in check_keys.items()}
    return KeyedCatalog(
        Catalog(assets, upstream, checks=checks, together=together),
        {name_of(key): key for key in (*found, *undefined)},
        check_keys,
    )


def _selectable(spec: AssetSpec, *, external: bool) -> Selectable:
    return Selectable(
        key=name_of(spec.key),
        group=spec.group_name or DEFAULT_GROUP,
        tags={tag: value for tag, value in spec.tags.items() if not tag.startswith(KIND_PREFIX)},
        kinds=frozenset(spec.kinds),
        owners=spec.owners,
        external=external,
    )
