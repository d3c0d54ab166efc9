"""How long results are kept, and how much of them: what settings say, and what goes when there is too much."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

__all__ = ["CACHE_SIZE", "RETENTION", "Retention", "Weight", "bytes_of", "evicted", "retention_of"]

_SECONDS = {"m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_BYTES = {
    "": 1,
    "b": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "tb": 10**12,
    "kib": 1 << 10,
    "mib": 1 << 20,
    "gib": 1 << 30,
    "tib": 1 << 40,
}
_ROOM = 0.9
"""Down to so much of its limit a cache is emptied, so that not every run has to do it again."""


class Retention(NamedTuple):
    """A result that is not current is kept while one of these keeps it; None keeps nothing."""

    newest: int | None = None
    """So many of the newest results of each asset, or of each partition."""
    seconds: float | None = None
    """What is younger than this."""


RETENTION = Retention(newest=20)
CACHE_SIZE = 10 * 10**9


def retention_of(said: object) -> Retention:
    """`20` results of each asset, `"30d"`, or `["30d", 20]`. Raises ValueError with what is wrong, in words."""
    found = Retention()
    for item in said if isinstance(said, list) else [said]:
        age = re.fullmatch(r"\s*(\d+)\s*([mhdw])\s*", item) if isinstance(item, str) else None
        count = int(item) if isinstance(item, str) and item.strip().isdecimal() else item
        if age is not None and found.seconds is None:
            found = Retention(found.newest, int(age[1]) * _SECONDS[age[2]])
        elif isinstance(count, int) and not isinstance(count, bool) and count >= 0 and found.newest is None:
            found = Retention(count, found.seconds)
        else:
            raise ValueError(
                f'must be an age such as "30d", a number of results of each asset, or both in a list, not {said!r}'
            )
    if found == Retention():
        raise ValueError("must not be empty")
    return found


def bytes_of(said: object) -> int:
    """`"10 GB"`, `"500 MiB"`, or a number of bytes. Raises ValueError with what is wrong, in words."""
    if isinstance(said, int) and not isinstance(said, bool) and said >= 0:
        return said
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]*)\s*", said) if isinstance(said, str) else None
    if found is None or found[2].lower() not in _BYTES:
        raise ValueError(f'must be a size such as "10 GB", not {said!r}')
    return int(float(found[1]) * _BYTES[found[2].lower()])


class Weight(NamedTuple):
    """Stored bytes that rows name. `newest` is the number of the newest of those rows."""

    digest: str
    size: int
    newest: int
    is_current: bool
    """Whether one of them is the current result of something: then it never goes."""


def evicted(weights: Iterable[Weight], limit: int, gone: Collection[str] = ()) -> tuple[Weight, ...]:
    """What goes so that what stays is no more than the limit: first what was made first, never what is current.

    `gone` are digests that go anyway.
    """
    here = [weight for weight in weights if weight.digest not in gone]
    total = sum(weight.size for weight in here)
    if total <= limit:
        return ()
    found: list[Weight] = []
    for weight in sorted((w for w in here if not w.is_current), key=lambda w: w.newest):
        if total <= limit * _ROOM:
            break
        found.append(weight)
        total -= weight.size
    return tuple(found)
