"""The terms that a selection is made of, as values, and what they select from. Knows no text and no definitions.

Keys are strings here: the escaped user strings of asset keys; a check is its asset's, `:` and its name.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from dagx.graphs import invert
from dagx.record import Record


class Selectable(NamedTuple):
    """An asset as selections see it. An external one is not materialized here."""

    key: str
    group: str | None = None
    tags: Mapping[str, str] = {}
    kinds: Collection[str] = ()
    owners: Collection[str] = ()
    external: bool = False


class Catalog:
    """What can be selected: assets, their edges (key to the keys that it needs), checks (to their asset).

    `together` has, for each asset that cannot be made without others, all of them.
    """

    def __init__(
        self,
        assets: Iterable[Selectable],
        upstream: Mapping[str, Collection[str]],
        *,
        checks: Mapping[str, str] | None = None,
        together: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        self.assets: Mapping[str, Selectable] = {asset.key: asset for asset in assets}
        self.upstream: Mapping[str, Collection[str]] = {key: upstream.get(key, ()) for key in self.assets}
        self.downstream: Mapping[str, Collection[str]] = invert(self.upstream)
        self.checks: Mapping[str, str] = checks or {}
        self.together: Mapping[str, Collection[str]] = together or {}
        self.own = frozenset(key for key, asset in self.assets.items() if not asset.external)
        self.scope = self.own
        """Those that `*`, a group, a tag, a kind mean; all but the external ones, unless they are asked for."""

    def with_external(self) -> Catalog:
        """The same, where external assets are meant too."""
        other = copy.copy(self)
        other.scope = frozenset(self.assets)
        return other


class Everything(Record):
    """`*`: all assets that are not external."""


class Attribute(Record):
    """`name:value`, as in `group:raw`, or `tag:name=second`.

    `value` is None for `<null>`; `is_pattern` says that stars in it stand for any text, unless there is a
    backslash before them.
    """

    name: str
    value: str | None
    second: str | None
    is_pattern: bool

    def __init__(
        self, name: str, value: str | None, second: str | None = None, is_pattern: bool = False
    ) -> None:
        self._set(name=name, value=value, second=second, is_pattern=is_pattern)


class _OfOne(Record):
    of: Selection

    def __init__(self, of: Selection) -> None:
        self._set(of=of)


class Not(_OfOne):
    """All assets that are not external, without `of`; among the parts of an And, those without `of`."""


class Roots(_OfOne):
    """Those of `of` that need no other of it, at any distance."""


class Sinks(_OfOne):
    """Those of `of` that no other of it needs, at any distance."""


class Checks(_OfOne):
    """The checks of `of`, without its assets."""


class WithExternal(_OfOne):
    """`of`, where external assets are meant too."""


class UpstreamSources(_OfOne):
    """The external assets that `of` needs, at any distance, and those in it."""


class Neighbors(_OfOne):
    """`of`, and what is made together with it and cannot be left out."""


class _Walk(Record):
    of: Selection
    depth: int | None

    def __init__(self, of: Selection, depth: int | None = None) -> None:
        self._set(of=of, depth=depth)


class Up(_Walk):
    """`of` and what it needs, `depth` levels up (None: all); no external ones."""


class Down(_Walk):
    """`of` and what needs it, `depth` levels down (None: all)."""


class _OfSeveral(Record):
    parts: tuple[Selection, ...]

    def __init__(self, *parts: Selection) -> None:
        flat: list[Selection] = []
        for part in parts:
            flat.extend(part.parts if isinstance(part, _OfSeveral) and type(part) is type(self) else [part])
        self._set(parts=tuple(flat))


class And(_OfSeveral):
    """What is in all of its parts. `And(a, And(b, c))` is `And(a, b, c)`."""


class Or(_OfSeveral):
    """What is in one of its parts, or more. `Or(a, Or(b, c))` is `Or(a, b, c)`."""


Selection = (
    Everything
    | Attribute
    | Not
    | Roots
    | Sinks
    | Checks
    | WithExternal
    | UpstreamSources
    | Neighbors
    | Up
    | Down
    | And
    | Or
)

NOTHING: Selection = Not(Everything())

Call = Roots | Sinks | Checks | WithExternal | UpstreamSources | Neighbors

CALLS: Mapping[str, type[Call]] = {
    "roots": Roots,
    "sinks": Sinks,
    "checks": Checks,
    "with_external": WithExternal,
    "upstream_source_assets": UpstreamSources,
    "required_multi_asset_neighbors": Neighbors,
}
"""The terms that are written as a word with another in brackets."""


def united(parts: Iterable[Selection]) -> Selection:
    """What is in one of `parts`; nothing without any."""
    found = list(parts)
    if not found:
        return NOTHING
    return found[0] if len(found) == 1 else Or(*found)
