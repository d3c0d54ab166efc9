"""The near name: what a typing mistake probably meant."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any

# Comparing costs some 10 µs a name: beyond this many, only names of like length that begin or end alike are
# tried.
_COMPARE_ALL = 5_000


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one of `names` most like `name`, or None when none is near. Case counts least.

    A key that has the name as its last part is nearer than any other.
    """
    candidates = sorted(set(names))
    prefixed = [candidate for candidate in candidates if name and candidate.endswith(f"/{name}")]
    if prefixed:
        return prefixed[0]
    if len(candidates) > _COMPARE_ALL:
        candidates = [c for c in candidates if abs(len(c) - len(name)) <= 2 and _share_an_end(c, name)]
    by_folded = {candidate.casefold(): candidate for candidate in reversed(candidates)}
    cutoff = 0.6 if len(name) > 3 else 0.5  # one wrong letter of two is still near
    difflib: Any = importlib.import_module("difflib")  # only mistakes need it
    found: list[str] = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=cutoff)
    return by_folded[found[0]] if found else None


def did_you_mean(name: str, names: Iterable[str]) -> str | None:
    """`did you mean "..."?`, or None when no name is near."""
    found = nearest(name, names)
    return None if found is None else f'did you mean "{found}"?'


def _share_an_end(one: str, other: str) -> bool:
    return one[:1] == other[:1] or one[-1:] == other[-1:]
