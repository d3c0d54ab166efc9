"""AssetSelection: a choice of assets and checks, made before it is known which there are. Section 15.1."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast

from dagx.arguments import checked_text, checked_whole, optional_text
from dagx.checks.specs import AssetCheckKey
from dagx.errors import InvalidArgumentError
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.record import Record
from dagx.selecting.evaluation import evaluate, evaluate_checks
from dagx.selecting.printing import text_of
from dagx.selecting.selectables import catalog_from, name_of, name_of_check
from dagx.selecting.terms import (
    And,
    Attribute,
    Checks,
    Down,
    Everything,
    Neighbors,
    Not,
    Or,
    Roots,
    Selection,
    Sinks,
    Up,
    UpstreamSources,
    WithExternal,
    united,
)
from dagx.selecting.text import parse

if TYPE_CHECKING:
    from dagx.assets.definition import AssetsDefinition

__all__ = ["AssetSelection"]


class AssetSelection(Record):
    """Which assets and checks are meant: made by the functions below, changed by the methods and `|`, `&`, `-`.

    It is a value: nothing is looked up before `resolve`. Selecting an asset selects its checks too. External
    assets, which are not materialized here, are meant by name, key pattern and owner; by `all`, groups, tags
    and kinds only with `include_sources=True`. `str()` is the selection as text, which `from_string` reads
    back. Semantics: section 15.
    """

    term: Selection

    def __init__(self, term: Selection) -> None:
        self._set(term=term)

    @staticmethod
    def all(include_sources: bool = False) -> AssetSelection:
        """All assets."""
        return _scoped(Everything(), include_sources)

    @staticmethod
    def assets(*assets_defs: CoercibleToAssetKey | AssetsDefinition | Any) -> AssetSelection:
        """These assets, given by definition, spec or key; a str is split at each `/`.

        Resolving raises InvalidSubsetError, with the near name, for one that does not exist.
        """
        return AssetSelection(_named(key for asset in assets_defs for key in _keys_of(asset)))

    @staticmethod
    def keys(*asset_keys: CoercibleToAssetKey) -> AssetSelection:
        """Deprecated: `assets` does the same."""
        warnings.warn(
            "AssetSelection.keys is deprecated: use AssetSelection.assets", DeprecationWarning, stacklevel=2
        )
        return AssetSelection.assets(*asset_keys)

    @staticmethod
    def key_prefixes(*key_prefixes: CoercibleToAssetKey, include_sources: bool = False) -> AssetSelection:
        """Assets whose keys begin with the segments of one of these prefixes; a str is one segment."""
        prefixes = [name_of(AssetKey.from_coercible(prefix)) for prefix in key_prefixes]
        return _scoped(united(Attribute("key_prefix", prefix) for prefix in prefixes), include_sources)

    @staticmethod
    def key_substring(key_substring: str, include_sources: bool = False) -> AssetSelection:
        """Assets whose key, shown with slashes, has this text in it."""
        return _scoped(
            Attribute("key_substring", checked_text(key_substring, "key_substring")), include_sources
        )

    @staticmethod
    def groups(*group_strs: str, include_sources: bool = False) -> AssetSelection:
        """Assets of one of these groups."""
        return _scoped(
            united(Attribute("group", checked_text(group, "a group")) for group in group_strs),
            include_sources,
        )

    @staticmethod
    def tag(key: str, value: str, include_sources: bool = False) -> AssetSelection:
        """Assets with this tag of exactly this value."""
        checked_text(key, "the key of a tag")
        return _scoped(
            Attribute("tag", key, checked_text(value, "the value of a tag") or None), include_sources
        )

    @staticmethod
    def tag_string(string: str, include_sources: bool = False) -> AssetSelection:
        """Assets with this tag: `"key=value"`, or `"key"` for one of empty value. Else InvalidArgumentError."""
        key, _, value = checked_text(string, "a tag").partition("=")
        if not key or "=" in value:
            raise InvalidArgumentError(f"{string!r} is no tag", 'write "key=value", or "key"')
        return AssetSelection.tag(key, value, include_sources)

    @staticmethod
    def kind(kind: str | None, include_sources: bool = False) -> AssetSelection:
        """Assets of this kind; of none, for None."""
        return _scoped(Attribute("kind", optional_text(kind, "a kind")), include_sources)

    @staticmethod
    def owner(owner: str | None) -> AssetSelection:
        """Assets of this owner, an e-mail address or `team:` and a name."""
        return AssetSelection(Attribute("owner", optional_text(owner, "an owner")))

    @staticmethod
    def all_asset_checks() -> AssetSelection:
        """All checks, and no assets."""
        return AssetSelection(Attribute("is", "check"))

    @staticmethod
    def checks(*assets_defs_or_check_keys: AssetCheckKey | Any) -> AssetSelection:
        """These checks, given by key or by the definition that gives their results, and no assets.

        Resolving raises InvalidSubsetError for one that does not exist.
        """
        keys = [key for given in assets_defs_or_check_keys for key in _check_keys_of(given)]
        return AssetSelection(united(Attribute("check", name_of_check(key)) for key in keys))

    @staticmethod
    def checks_for_assets(*assets_defs: CoercibleToAssetKey | AssetsDefinition | Any) -> AssetSelection:
        """All checks of these assets, given as for `assets`, and not the assets themselves."""
        return AssetSelection(Checks(AssetSelection.assets(*assets_defs).term))

    @staticmethod
    def from_string(string: str, include_sources: bool = False) -> AssetSelection:
        """The selection that a text means, as on the command line: `key:raw/* and not group:old`, `orders+`.

        Raises InvalidAssetSelectionError, pointing at what cannot be read.
        """
        return _scoped(parse(checked_text(string, "a selection")), include_sources)

    @staticmethod
    def from_coercible(selection: CoercibleToAssetSelection) -> AssetSelection:
        """A selection from what can stand for one: a selection, a text, a key, a definition, or a list of these.

        In a list all of them are meant, and a str is a text. Raises InvalidArgumentError for anything else.
        """
        if isinstance(selection, AssetSelection):
            return selection
        if isinstance(selection, str):
            return AssetSelection.from_string(selection)
        if isinstance(selection, AssetCheckKey):
            return AssetSelection.checks(selection)
        if isinstance(selection, (list, tuple, set, frozenset)):
            members = cast("Iterable[Any]", selection)
            return AssetSelection(united(AssetSelection.from_coercible(member).term for member in members))
        if isinstance(selection, AssetKey) or hasattr(selection, "specs") or hasattr(selection, "key"):
            return _of_definition(selection)
        raise InvalidArgumentError(
            f"{selection!r} is no selection of assets",
            'give AssetSelection, a text such as "group:raw", or a list of assets or keys',
        )

    def upstream(self, depth: int | None = None, include_self: bool = True) -> AssetSelection:
        """With all that these need, `depth` levels up (None: all), and without external assets.

        `include_self=False` leaves these themselves out.
        """
        return AssetSelection(_walked(Up(self.term, _checked_depth(depth)), include_self))

    def downstream(self, depth: int | None = None, include_self: bool = True) -> AssetSelection:
        """With all that needs these, `depth` levels down (None: all). `include_self=False` leaves these out."""
        return AssetSelection(_walked(Down(self.term, _checked_depth(depth)), include_self))

    def roots(self) -> AssetSelection:
        """Those that need no other of these, at any distance."""
        return AssetSelection(Roots(self.term))

    def sinks(self) -> AssetSelection:
        """Those that no other of these needs, at any distance."""
        return AssetSelection(Sinks(self.term))

    def sources(self) -> AssetSelection:
        """Deprecated: `roots` does the same."""
        warnings.warn(
            "AssetSelection.sources is deprecated: use AssetSelection.roots", DeprecationWarning, stacklevel=2
        )
        return self.roots()

    def upstream_source_assets(self) -> AssetSelection:
        """The external assets that these need, at any distance, and those among these."""
        return AssetSelection(UpstreamSources(self.term))

    def materializable(self) -> AssetSelection:
        """Those of these that are not external."""
        return AssetSelection(And(self.term, Attribute("is", "materializable")))

    def required_multi_asset_neighbors(self) -> AssetSelection:
        """With the assets that are made together with one of these and cannot be left out."""
        return AssetSelection(Neighbors(self.term))

    def without_checks(self) -> AssetSelection:
        """The assets of these, without any checks."""
        return self - AssetSelection.all_asset_checks()

    def __or__(self, other: AssetSelection) -> AssetSelection:
        """What is in one or both."""
        return AssetSelection(Or(self.term, _checked(other, "|").term))

    def __and__(self, other: AssetSelection) -> AssetSelection:
        """What is in both."""
        return AssetSelection(And(self.term, _checked(other, "&").term))

    def __sub__(self, other: AssetSelection) -> AssetSelection:
        """What is in this and not in `other`."""
        return AssetSelection(And(self.term, Not(_checked(other, "-").term)))

    def resolve(self, all_assets: Iterable[Any] | Any) -> set[AssetKey]:
        """The keys of the assets that are meant, among a list of definitions and specs or an asset graph.

        Raises InvalidSubsetError for a name that occurs nowhere, with the near one.
        """
        catalog = catalog_from(all_assets)
        return {catalog.keys[name] for name in evaluate(self.term, catalog.selectable)}

    def resolve_checks(self, asset_graph: Iterable[Any] | Any) -> set[AssetCheckKey]:
        """The keys of the checks that are meant; arguments and errors as for `resolve`."""
        catalog = catalog_from(asset_graph)
        return {catalog.check_keys[name] for name in evaluate_checks(self.term, catalog.selectable)}

    def to_selection_str(self) -> str:
        """The selection as text, which `from_string` reads back."""
        return text_of(self.term)

    __str__ = to_selection_str

    def __repr__(self) -> str:
        return f"AssetSelection.from_string({text_of(self.term)!r})"


CoercibleToAssetSelection = (
    AssetSelection | str | AssetKey | AssetCheckKey | Sequence[str] | Sequence[AssetKey] | Sequence[Any] | Any
)
"""What can stand for a selection: see `AssetSelection.from_coercible`."""


def _scoped(term: Selection, include_sources: bool) -> AssetSelection:
    return AssetSelection(WithExternal(term) if include_sources else term)


def _named(keys: Iterable[AssetKey]) -> Selection:
    return united(Attribute("key", name_of(key)) for key in dict.fromkeys(keys))


def _keys_of(asset: Any) -> list[AssetKey]:
    if isinstance(asset, str):
        return [AssetKey.from_user_string(asset)]
    specs = getattr(asset, "specs", None)
    if specs is not None:
        return [spec.key for spec in specs]
    return [AssetKey.from_coercible_or_definition(asset)]


def _check_keys_of(given: Any) -> Iterable[AssetCheckKey]:
    if isinstance(given, AssetCheckKey):
        return [given]
    if hasattr(given, "check_keys"):
        return sorted(given.check_keys)
    raise InvalidArgumentError(
        f"{given!r} is no check", "give AssetCheckKey(asset, name), or what @asset_check made"
    )


def _of_definition(given: Any) -> AssetSelection:
    """A definition's assets; its checks, when it makes no assets."""
    keys = _keys_of(given)
    return AssetSelection(_named(keys)) if keys else AssetSelection.checks(given)


def _walked(walk: Up | Down, include_self: bool) -> Selection:
    return walk if include_self else And(walk, Not(walk.of))


def _checked_depth(depth: int | None) -> int | None:
    return None if depth is None else checked_whole(depth, "depth, in levels,", 0)


def _checked(other: object, operator: str) -> AssetSelection:
    if not isinstance(other, AssetSelection):
        raise InvalidArgumentError(
            f"{operator} takes two selections, not {other!r}", "AssetSelection.assets(...) makes one"
        )
    return other
