"""Which assets a selection means: its terms as frozen values, and their answer over a graph. Section 15.

The text of a selection is read by `selection_text`. Keys are user strings here; nothing of assets is known
but what `Selectable` has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from dagx.errors import InvalidAssetSelectionError, InvalidSubsetError
from dagx.graphs import invert, reachable
from dagx.names import KIND_PREFIX
from dagx.nearest import did_you_mean


class Selectable(NamedTuple):
    """An asset as selections see it. `key` is its user string; an external one is made elsewhere."""

    key: str
    group: str | None = None
    tags: Mapping[str, str] = {}
    kinds: Collection[str] = ()
    owners: Collection[str] = ()
    external: bool = False


@dataclass(frozen=True)
class Everything:
    """`*`: all assets that are not external."""


@dataclass(frozen=True)
class Named:
    """One asset by its exact key, which must exist (the bare name of the short syntax)."""

    key: str


@dataclass(frozen=True)
class Attribute:
    """`name:value`, as in `group:raw`, or `tag:name=second`.

    `value` is None for `<null>`; `is_pattern` says that stars in it stand for any text.
    """

    name: str
    value: str | None
    second: str | None = None
    is_pattern: bool = False


@dataclass(frozen=True)
class Up:
    """What `of` needs, `depth` levels up (None: all)."""

    of: Selection
    depth: int | None = None


@dataclass(frozen=True)
class Down:
    """What needs `of`, `depth` levels down (None: all)."""

    of: Selection
    depth: int | None = None


@dataclass(frozen=True)
class Not:
    """All assets that are not external, without `of`."""

    of: Selection


@dataclass(frozen=True)
class And:
    """What is in both."""

    left: Selection
    right: Selection


@dataclass(frozen=True)
class Or:
    """What is in one or both."""

    left: Selection
    right: Selection


@dataclass(frozen=True)
class Roots:
    """Those of `of` that need no other of it."""

    of: Selection


@dataclass(frozen=True)
class Sinks:
    """Those of `of` that no other of it needs."""

    of: Selection


Selection = Everything | Named | Attribute | Up | Down | Not | And | Or | Roots | Sinks

Finder = Callable[["Catalog", Attribute], "set[str]"]


class Catalog:
    """The assets that can be selected, and their edges (key to the keys that it needs)."""

    def __init__(self, assets: Iterable[Selectable], upstream: Mapping[str, Collection[str]]) -> None:
        self.assets: Mapping[str, Selectable] = {asset.key: asset for asset in assets}
        self.upstream: Mapping[str, Collection[str]] = {key: upstream.get(key, ()) for key in self.assets}
        self.downstream: Mapping[str, Collection[str]] = invert(self.upstream)
        self.own = frozenset(key for key, asset in self.assets.items() if not asset.external)


def evaluate(
    selection: Selection, catalog: Catalog, attributes: Mapping[str, Finder] | None = None
) -> frozenset[str]:
    """The keys that `selection` means.

    `attributes` are the names that may stand before a colon, `ATTRIBUTES` by default; a caller that knows
    more of its assets gives more. Raises InvalidSubsetError for a name (of an asset, group, tag, kind, owner)
    that occurs nowhere, InvalidAssetSelectionError for an attribute that does not exist.
    """
    return frozenset(_Evaluation(catalog, ATTRIBUTES if attributes is None else attributes).of(selection))


class _Evaluation:
    def __init__(self, catalog: Catalog, attributes: Mapping[str, Finder]) -> None:
        self._catalog = catalog
        self._attributes = attributes

    def of(self, selection: Selection) -> set[str]:
        catalog = self._catalog
        if isinstance(selection, Everything):
            return set(catalog.own)
        if isinstance(selection, Named):
            return {_existing(catalog, selection.key)}
        if isinstance(selection, Attribute):
            return self._attribute(selection)
        if isinstance(selection, And):
            return self.of(selection.left) & self.of(selection.right)
        if isinstance(selection, Or):
            return self.of(selection.left) | self.of(selection.right)
        found = self.of(selection.of)
        if isinstance(selection, Up):
            return reachable(catalog.upstream, found, selection.depth) & catalog.own
        if isinstance(selection, Down):
            return reachable(catalog.downstream, found, selection.depth)
        if isinstance(selection, Not):
            return set(catalog.own - found)
        edges = catalog.upstream if isinstance(selection, Roots) else catalog.downstream
        return {key for key in found if found.isdisjoint(edges[key])}

    def _attribute(self, term: Attribute) -> set[str]:
        finder = self._attributes.get(term.name)
        if finder is not None:
            return finder(self._catalog, term)
        if term.name in _NOT_BUILT:
            raise InvalidAssetSelectionError(f"{term.name}: is not built yet in dagx")
        raise InvalidAssetSelectionError(
            f'a selection knows no "{term.name}:"',
            did_you_mean(term.name, self._attributes) or f"there are: {', '.join(sorted(self._attributes))}",
        )


_NOT_BUILT = frozenset(
    [
        "status",
        "column",
        "table_name",
        "column_tag",
        "code_location",
        "changed_in_branch",
        "partitions",
        "automation_type",
        "sensor",
        "schedule",
        "job",
    ]
)


def matching(names: Iterable[str], term: Attribute, what: str) -> set[str]:
    """Those of `names` that the value of `term` means.

    A value without stars must be one of them: else InvalidSubsetError, with the near name. `what` says what
    they are.
    """
    known = set(names)
    value = term.value or ""
    if term.is_pattern:
        pattern = re.compile(".*".join(re.escape(part) for part in value.split("*")), re.DOTALL)
        return {name for name in known if pattern.fullmatch(name)}
    if value not in known:
        raise InvalidSubsetError(f'no {what} "{value}"', did_you_mean(value, known))
    return {value}


def _existing(catalog: Catalog, key: str) -> str:
    if key not in catalog.assets:
        raise InvalidSubsetError(f'no asset "{key}"', did_you_mean(key, catalog.assets))
    return key


def _by_key(catalog: Catalog, term: Attribute) -> set[str]:
    return matching(catalog.assets, term, "asset")


def _by_group(catalog: Catalog, term: Attribute) -> set[str]:
    if term.value is None:
        return set()
    chosen = matching((asset.group for asset in catalog.assets.values() if asset.group), term, "group")
    return {key for key in catalog.own if catalog.assets[key].group in chosen}


def _by_kind(catalog: Catalog, term: Attribute) -> set[str]:
    if term.value is None:
        return {key for key in catalog.own if not catalog.assets[key].kinds}
    chosen = matching((kind for asset in catalog.assets.values() for kind in asset.kinds), term, "kind")
    return {key for key in catalog.own if not chosen.isdisjoint(catalog.assets[key].kinds)}


def _by_owner(catalog: Catalog, term: Attribute) -> set[str]:
    if term.value is None:
        return set()
    chosen = matching((owner for asset in catalog.assets.values() for owner in asset.owners), term, "owner")
    return {key for key, asset in catalog.assets.items() if not chosen.isdisjoint(asset.owners)}


def _by_tag(catalog: Catalog, term: Attribute) -> set[str]:
    if term.value is None:
        return set()
    chosen = matching(
        (tag for asset in catalog.assets.values() for tag in asset.tags if not tag.startswith(KIND_PREFIX)),
        term,
        "tag",
    )
    wanted = term.second or ""
    return {key for key in catalog.own if any(catalog.assets[key].tags.get(tag) == wanted for tag in chosen)}


def _by_nature(catalog: Catalog, term: Attribute) -> set[str]:
    if term.value == "external":
        return set(catalog.assets) - catalog.own
    if term.value == "materializable":
        return set(catalog.own)
    raise InvalidSubsetError(f'no asset is "{term.value}"', "there are: is:external, is:materializable")


ATTRIBUTES: Mapping[str, Finder] = {
    "key": _by_key,
    "group": _by_group,
    "kind": _by_kind,
    "owner": _by_owner,
    "tag": _by_tag,
    "is": _by_nature,
}
