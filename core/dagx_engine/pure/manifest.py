"""The manifest: everything that can change a result, as named parts with digests.

Its hash is the cache key, the difference of two is the reason; both come from the same parts and so cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

import xxhash

from dagx_engine.pure.value import dataclass

__all__ = [
    "ABSENT",
    "EDGES",
    "INCOMPLETE",
    "LEARNED",
    "OPENED",
    "SEEN",
    "UNSEEN",
    "Accepted",
    "Change",
    "Manifest",
    "difference",
    "digest_bytes",
    "incomplete",
]

ABSENT = "absent"
"""The digest of a file that was looked for and is not there."""

SEEN = "seen"
UNSEEN = "unseen"
"""What can only be noted once has the digest SEEN in the manifest of that time. If it makes a difference every time,
because nobody can tell whether it is the same again, it is UNSEEN in every later one."""

INCOMPLETE = "incomplete:"
OPENED = "opened:"
"""A part beside that of a file: it counts because somebody opened it while a program ran that the step had started."""

LEARNED = "learned:"
"""`learned:<module>:<unit>`: what a step was seen to execute though no name leads there. Its reach counts, as parts of
code beside it."""

EDGES = (LEARNED, "unpickled:")
"""`unpickled:<module>:<unit>`: what pickled data names that a step loaded, as the class of an object. Counts alike."""

_DOMAIN = b"dagx manifest 1\0"

_TRACED = frozenset(
    (
        *EDGES,
        "file:",
        "dir:",
        "exists:",
        "link:",
        "env:",
        "program:",
        "mode:",
        "kept:",
        "made:",
        "seen:",
        "checked:",
        "until:",
        "network:",
        OPENED,
        INCOMPLETE,
    )
)


_OWN = ("code:", "input:", "package:")
"""Most parts are of these kinds."""


def incomplete(why: str) -> str:
    """The part that says that not all inputs were seen, and why: no later manifest equals one that has it."""
    return INCOMPLETE + why


def digest_bytes(data: bytes) -> str:
    """XXH3-128 of bytes, in hex: the data version of what is stored."""
    return xxhash.xxh3_128_hexdigest(data)


@dataclass(frozen=True)
class Manifest:
    """Named parts in name order. Two manifests with equal parts have equal hashes, in every process."""

    parts: tuple[tuple[str, str], ...]

    @staticmethod
    def of(parts: Iterable[tuple[str, str]]) -> Manifest:
        """Sort the parts; a name that stands twice must have one digest."""
        pairs = list(parts)
        found = dict(pairs)
        if len(found) == len(pairs):
            return Manifest(tuple(sorted(pairs)))
        found = {}
        for name, digest in pairs:
            if found.setdefault(name, digest) != digest:
                raise ValueError(f"part {name!r} has two digests: {found[name]} and {digest}")
        return Manifest(tuple(sorted(found.items())))

    @cached_property
    def key(self) -> str:
        """The cache key: every name and digest enters with its length, so that no two lists of parts look alike."""
        pieces = [_DOMAIN]
        for part in self.parts:
            for text in part:
                data = text.encode("utf-8", "surrogatepass")
                pieces += (len(data).to_bytes(8, "little"), data)
        return digest_bytes(b"".join(pieces))

    @cached_property
    def traced(self) -> frozenset[str]:
        """The names of the outside things among its parts: what must be looked at to know whether it is so still."""
        found = [name for name, _ in self.parts if not name.startswith(_OWN)]  # which leaves few
        return frozenset(name for name in found if name[: name.find(":") + 1] in _TRACED)

    def as_dict(self) -> dict[str, str]:
        return dict(self.parts)


@dataclass(frozen=True)
class Change:
    """One part that differs. `before` is None for a part that is new, `after` for one that is gone."""

    part: str
    before: str | None
    after: str | None


class Accepted(NamedTuple):
    """A difference that a person said makes none: exactly this one, of one result. `words` told it to them."""

    change: Change
    words: str
    at: float


def difference(now: Manifest, then: Manifest) -> tuple[Change, ...]:
    """The parts that differ, in name order; empty exactly when the keys are equal."""
    new: Mapping[str, str] = now.as_dict()
    old: Mapping[str, str] = then.as_dict()
    names = sorted(new.keys() | old.keys())
    return tuple(Change(n, old.get(n), new.get(n)) for n in names if new.get(n) != old.get(n))
