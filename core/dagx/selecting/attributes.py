"""What may stand before a colon in a selection, and which assets it finds. Sections 15.1, 15.2."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from dagx.errors import DagxError, InvalidAssetSelectionError, InvalidSubsetError, NotBuiltYetError
from dagx.names import KIND_PREFIX
from dagx.nearest import did_you_mean
from dagx.selecting.terms import Attribute, Catalog

Finder = Callable[[Catalog, Attribute], "set[str]"]

_PIECES = re.compile(r"\\.|\*|[^\\*]+|\\", re.DOTALL)


def matching(names: Iterable[str], term: Attribute, what: str) -> set[str]:
    """Those of `names` that the value of `term` means.

    A value without stars must be one of them: else InvalidSubsetError, with the near name. `what` says what
    they are.
    """
    known = set(names)
    value = term.value or ""
    if term.is_pattern:
        pattern = re.compile("".join(_as_regex(piece) for piece in _PIECES.findall(value)), re.DOTALL)
        return {name for name in known if pattern.fullmatch(name)}
    if value not in known:
        raise InvalidSubsetError(f'no {what} "{value}"', did_you_mean(value, known))
    return {value}


def _as_regex(piece: str) -> str:
    if piece == "*":
        return ".*"
    return re.escape(piece[1:] if piece in (r"\*", r"\\") else piece)


def _by_key(catalog: Catalog, term: Attribute) -> set[str]:
    if not term.is_pattern and term.value is not None and term.value in catalog.assets:
        return {term.value}
    shown: dict[str, set[str]] = {}
    for key in catalog.assets:
        shown.setdefault(key, set()).add(key)
        if "\\" in key:  # a slash within a segment: it may be written without its backslash too
            shown.setdefault(re.sub(r"\\(.)", r"\1", key), set()).add(key)
    return {key for name in matching(shown, term, "asset") for key in shown[name]}


def _by_prefix(catalog: Catalog, term: Attribute) -> set[str]:
    prefixes: dict[str, set[str]] = {}
    for key in catalog.assets:
        for end in (*(found.start() for found in re.finditer(r"(?<!\\)/", key)), len(key)):
            prefixes.setdefault(key[:end], set()).add(key)
    chosen = matching(prefixes, term, "asset key begins with")
    return {key for prefix in chosen for key in prefixes[prefix]} & catalog.scope


def _by_part(catalog: Catalog, term: Attribute) -> set[str]:
    return {key for key in catalog.scope if (term.value or "") in key}


def _by_group(catalog: Catalog, term: Attribute) -> set[str]:
    if term.value is None:
        return set()
    chosen = matching((asset.group for asset in catalog.assets.values() if asset.group), term, "group")
    return {key for key in catalog.scope if catalog.assets[key].group in chosen}


def _by_kind(catalog: Catalog, term: Attribute) -> set[str]:
    if term.value is None:
        return {key for key in catalog.scope if not catalog.assets[key].kinds}
    chosen = matching((kind for asset in catalog.assets.values() for kind in asset.kinds), term, "kind")
    return {key for key in catalog.scope if not chosen.isdisjoint(catalog.assets[key].kinds)}


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
    return {
        key for key in catalog.scope if any(catalog.assets[key].tags.get(tag) == wanted for tag in chosen)
    }


def _by_nature(catalog: Catalog, term: Attribute) -> set[str]:
    if term.value == "external":
        return set(catalog.assets) - catalog.own
    if term.value == "materializable":
        return set(catalog.own)
    if term.value == "check":
        return set()
    raise InvalidSubsetError(
        f'no asset is "{term.value}"', "there are: is:external, is:materializable, is:check"
    )


def _by_check(catalog: Catalog, term: Attribute) -> set[str]:
    chosen_checks(catalog, term)
    return set()


def chosen_checks(catalog: Catalog, term: Attribute) -> set[str] | None:
    """The checks that `check:...` or `is:check` names; None for another term, which means assets."""
    if term.name == "check":
        return matching(catalog.checks, term, "check")
    return set(catalog.checks) if term.name == "is" and term.value == "check" else None


ATTRIBUTES: Mapping[str, Finder] = {
    "key": _by_key,
    "group": _by_group,
    "kind": _by_kind,
    "owner": _by_owner,
    "tag": _by_tag,
    "is": _by_nature,
    "key_prefix": _by_prefix,
    "key_substring": _by_part,
    "check": _by_check,
}

# How assets are now: what is defined does not tell.
_OF_NOW = frozenset(["state", "status", "changed", "not_materialized_in_hours"])

_NOT_BUILT: Mapping[str, str] = {
    "column": "select by key, group, tag, kind or owner",
    "table_name": "select by key, group, tag, kind or owner",
    "column_tag": "select by key, group, tag, kind or owner",
    "code_location": "a project is one code location: select by key, group, tag, kind or owner",
    "changed_in_branch": "what is stale since the code changed is state:stale, on the command line",
    "partitions": "select by key, group, tag, kind or owner",
    "automation_type": "select by key, group, tag, kind or owner",
    "sensor": "select by key, group, tag, kind or owner",
    "schedule": "select by key, group, tag, kind or owner",
    "job": "select by key, group, tag, kind or owner",
}


def unknown_attribute(name: str, known: Iterable[str]) -> DagxError:
    """The error for a name before a colon that is not among the `known` ones."""
    if name in _OF_NOW:
        return InvalidAssetSelectionError(
            f'"{name}:" asks how assets are now, which only the engine knows',
            f"use it on the command line, as in: dagx ls '{name}:...'",
        )
    if name in _NOT_BUILT:
        return NotBuiltYetError(f'"{name}:" in a selection is not built yet in dagx', _NOT_BUILT[name])
    names = sorted({*known, *_NOT_BUILT})
    return InvalidAssetSelectionError(
        f'a selection knows no "{name}:"',
        did_you_mean(name, names) or f"there are: {', '.join(sorted(known))}",
    )
