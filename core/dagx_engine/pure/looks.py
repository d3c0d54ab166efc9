"""What a selection may ask of how assets are now: their state, and when they were made. Knows not how that is found."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from dagx.errors import InvalidAssetSelectionError, InvalidSubsetError
from dagx.nearest import did_you_mean
from dagx.selecting.attributes import Finder
from dagx.selecting.terms import Attribute, Catalog

__all__ = ["Looks", "finders", "seconds_in"]

_LENGTH = re.compile(r"(\d{1,9})([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_HOUR = 3600


class Looks(NamedTuple):
    """How assets are now, by key. Times are seconds since 1970.

    `made_at` has those that have a current materialization; `words` are all states that there are.
    """

    states: Mapping[str, str]
    made_at: Mapping[str, float]
    words: Collection[str]
    now: float


def finders(look: Callable[[], Looks]) -> Mapping[str, Finder]:
    """The names that may stand before a colon, beside those of the grammar. `look` is called once, when one is used."""
    seen: list[Looks] = []

    def looks() -> Looks:
        if not seen:
            seen.append(look())
        return seen[0]

    def by_state(catalog: Catalog, term: Attribute) -> set[str]:
        now = looks()
        wanted = _state(term, now.words)
        return {key for key, state in now.states.items() if _as_word(state) == wanted}

    def changed(catalog: Catalog, term: Attribute) -> set[str]:
        now = looks()
        since = now.now - seconds_in(term.value or "", term.name)
        return {key for key, made in now.made_at.items() if made >= since}

    def not_materialized(catalog: Catalog, term: Attribute) -> set[str]:
        now = looks()
        since = now.now - _hours(term) * _HOUR
        return {key for key in catalog.scope if now.made_at.get(key, float("-inf")) < since}

    return {
        "state": by_state,
        "status": by_state,
        "changed": changed,
        "not_materialized_in_hours": not_materialized,
    }


def seconds_in(text: str, name: str) -> int:
    """The seconds of a length such as `90m`, which was written after `name:`. Raises InvalidAssetSelectionError."""
    found = _LENGTH.fullmatch(text)
    if found is None:
        raise InvalidAssetSelectionError(
            f'"{name}:{text}" names no length of time',
            f"write a number and s, m, h, d or w, as in {name}:90m",
        )
    return int(found[1]) * _SECONDS[found[2]]


def _state(term: Attribute, words: Collection[str]) -> str:
    known = {_as_word(word) for word in words}
    wanted = _as_word(term.value or "")
    if wanted not in known:
        raise InvalidSubsetError(
            f'no asset is ever "{term.value}"',
            did_you_mean(wanted, known) or f"there are: {', '.join(sorted(known))}",
        )
    return wanted


def _as_word(state: str) -> str:
    """A state as it is written in a selection: `upstream_stale`."""
    return re.sub(r"[\s-]", "_", state.casefold())


def _hours(term: Attribute) -> int:
    if term.value is None or not re.fullmatch(r"\d{1,7}", term.value):
        raise InvalidAssetSelectionError(
            f'"{term.name}:{term.value}" names no number of hours', f"write it as in {term.name}:24"
        )
    return int(term.value)
