"""Which assets and checks a selection means. The text of one is read by `selection_text`. Section 15."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from dagx.graphs import reachable
from dagx.selecting.attributes import ATTRIBUTES, Finder, chosen_checks, unknown_attribute
from dagx.selecting.terms import (
    And,
    Attribute,
    Catalog,
    Checks,
    Down,
    Everything,
    Neighbors,
    Not,
    Or,
    Roots,
    Selection,
    Up,
    UpstreamSources,
    WithExternal,
)


def evaluate(
    selection: Selection, catalog: Catalog, attributes: Mapping[str, Finder] | None = None
) -> frozenset[str]:
    """The keys of the assets that `selection` means.

    `attributes` are the names that may stand before a colon, `ATTRIBUTES` by default; a caller that knows
    more of its assets gives more. Raises InvalidSubsetError for a name (of an asset, group, tag, kind, owner,
    check) that occurs nowhere, InvalidAssetSelectionError for an attribute that does not exist.
    """
    return frozenset(_Evaluation(catalog, ATTRIBUTES if attributes is None else attributes).assets(selection))


def evaluate_checks(
    selection: Selection, catalog: Catalog, attributes: Mapping[str, Finder] | None = None
) -> frozenset[str]:
    """The checks that `selection` means: those of its assets, but where it speaks of checks itself.

    Raises what `evaluate` raises.
    """
    return frozenset(_Evaluation(catalog, ATTRIBUTES if attributes is None else attributes).checks(selection))


class _Evaluation:
    def __init__(self, catalog: Catalog, attributes: Mapping[str, Finder]) -> None:
        self._catalog = catalog
        self._attributes = attributes

    def _with_external(self) -> _Evaluation:
        return _Evaluation(self._catalog.with_external(), self._attributes)

    def assets(self, selection: Selection) -> set[str]:
        catalog = self._catalog
        if isinstance(selection, Everything):
            return set(catalog.scope)
        if isinstance(selection, Attribute):
            finder = self._attributes.get(selection.name)
            if finder is None:
                raise unknown_attribute(selection.name, self._attributes)
            return finder(catalog, selection)
        if isinstance(selection, Or):
            return set[str]().union(*(self.assets(part) for part in selection.parts))
        if isinstance(selection, And):
            return _difference(
                [self.assets(part) for part in _kept(selection)],
                [self.assets(part) for part in _left_out(selection)],
                catalog.scope,
            )
        if isinstance(selection, WithExternal):
            return self._with_external().assets(selection.of)
        found = self.assets(selection.of)
        if isinstance(selection, Not):
            return set(catalog.scope - found)
        if isinstance(selection, Checks):
            return set()
        if isinstance(selection, Up):
            return reachable(catalog.upstream, found, selection.depth) & catalog.own
        if isinstance(selection, Down):
            return reachable(catalog.downstream, found, selection.depth)
        if isinstance(selection, UpstreamSources):
            return reachable(catalog.upstream, found) - catalog.own
        if isinstance(selection, Neighbors):
            return found.union(*(catalog.together.get(key, ()) for key in found))
        return _ends(found, catalog.downstream if isinstance(selection, Roots) else catalog.upstream)

    def checks(self, selection: Selection) -> set[str]:
        if isinstance(selection, Attribute):
            chosen = chosen_checks(self._catalog, selection)
            return self._checks_of(self.assets(selection)) if chosen is None else chosen
        if isinstance(selection, Or):
            return set[str]().union(*(self.checks(part) for part in selection.parts))
        if isinstance(selection, And):
            return _difference(
                [self.checks(part) for part in _kept(selection)],
                [self.checks(part) for part in _left_out(selection)],
                self._checks_of(self._catalog.scope),
            )
        if isinstance(selection, Not):
            return self._checks_of(self._catalog.scope) - self.checks(selection.of)
        if isinstance(selection, Checks):
            return self._checks_of(self.assets(selection.of))
        if isinstance(selection, WithExternal):
            return self._with_external().checks(selection.of)
        return self._checks_of(self.assets(selection))

    def _checks_of(self, keys: Collection[str]) -> set[str]:
        return {check for check, key in self._catalog.checks.items() if key in keys}


def _kept(selection: And) -> list[Selection]:
    return [part for part in selection.parts if not isinstance(part, Not)]


def _left_out(selection: And) -> list[Selection]:
    return [part.of for part in selection.parts if isinstance(part, Not)]


def _difference(kept: list[set[str]], left_out: list[set[str]], otherwise: Collection[str]) -> set[str]:
    """What is in all of `kept` (`otherwise` when there is none) and in none of `left_out`."""
    first = set[str].intersection(*kept) if kept else set(otherwise)
    return first.difference(*left_out)


def _ends(found: set[str], edges: Mapping[str, Collection[str]]) -> set[str]:
    """Those of `found` to which `edges` lead from no other of it, at any distance."""
    beyond: set[str] = reachable(edges, {other for key in found for other in edges[key] if other != key})
    return found - beyond
