"""Resolved definitions as selections see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from dagx.keys import AssetKey
from dagx.names import KIND_PREFIX
from dagx.resolution import ResolvedDefinitions
from dagx.selection import Catalog, Selectable


class KeyedCatalog(NamedTuple):
    """A catalog, and the key of each of its names."""

    selectable: Catalog
    keys: Mapping[str, AssetKey]


def catalog_of(resolved: ResolvedDefinitions) -> KeyedCatalog:
    """What can be selected among `resolved`."""
    assets = [
        Selectable(
            key=key.to_user_string(),
            group=spec.group_name,
            tags={tag: value for tag, value in spec.tags.items() if not tag.startswith(KIND_PREFIX)},
            kinds=frozenset(spec.kinds),
            owners=spec.owners,
            external=key not in resolved.step_of,
        )
        for key, spec in resolved.specs.items()
    ]
    upstream = {
        key.to_user_string(): {dep.asset_key.to_user_string() for dep in spec.deps}
        for key, spec in resolved.specs.items()
    }
    return KeyedCatalog(Catalog(assets, upstream), {key.to_user_string(): key for key in resolved.specs})
