"""StaticPartitionsDefinition: partitions that are listed. Semantics: section 12.3."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from dagx.arguments import checked_several
from dagx.errors import InvalidArgumentError, InvalidDefinitionError
from dagx.nearest import did_you_mean
from dagx.partitions.ordered import OrderedPartitions

__all__ = ["StaticPartitionsDefinition"]

# "..." stands for a range where partitions are written in one text.
_REFUSED = ("...", "\a", "\b", "\f", "\n", "\r", "\t", "\v", "\0")
_MULTI_REFUSED = ("|", ",", "[", "]")


class StaticPartitionsDefinition(OrderedPartitions):
    """The partitions with these keys, in this order. A str is taken as its characters.

    Raises InvalidDefinitionError for a key that is given twice, or has `...` or a control character in it.
    Semantics: section 12.3.
    """

    def __init__(self, partition_keys: Sequence[str]) -> None:
        # A set has another order in each process.
        if isinstance(partition_keys, (set, frozenset)):
            raise InvalidArgumentError(
                f"partition_keys is a list of str, not {partition_keys!r}",
                "partitions are in order: write sorted(...)",
            )
        given = (
            partition_keys
            if isinstance(partition_keys, str)
            else checked_several(partition_keys, "partition_keys", "str")
        )
        keys = tuple(_checked_key(key) for key in given)
        self._places = {key: place for place, key in enumerate(keys)}
        if len(self._places) < len(keys):
            twice = sorted(key for key, times in Counter(keys).items() if times > 1)
            shown = ", ".join(map(repr, twice[:5])) + (
                f" and {len(twice) - 5} more" if len(twice) > 5 else ""
            )
            raise InvalidDefinitionError(f"the partition keys {shown} are given twice", "leave one out")
        self._keys = keys

    def count(self) -> int:
        """How many partitions there are."""
        return len(self._keys)

    def place_of(self, key: str) -> int | None:
        """The place of a key; None for what is no key."""
        return self._places.get(key)

    def key_at(self, place: int) -> str:
        """The key with this place."""
        return self._keys[place]

    def keys_between(self, low: int, high: int) -> Iterator[str]:
        """The keys with places from `low` up to, not including, `high`."""
        return iter(self._keys[low:high])

    def check_for_dimension(self, dimension: str) -> None:
        """Raise InvalidDefinitionError for keys that cannot be part of the key of a multi-partition."""
        for key in self._keys:
            found = [mark for mark in _MULTI_REFUSED if mark in key]
            if found:
                raise InvalidDefinitionError(
                    f"the partition key {key!r} of the dimension {dimension!r} has {found[0]!r} in it",
                    "keys of the dimensions of multi-partitions are free of | , [ and ]",
                )

    def describe(self) -> str:
        """The partitions in words."""
        shown = ", ".join(self._keys[:4]) + (", ..." if len(self._keys) > 4 else "")
        return f"the {len(self._keys)} static partitions ({shown})"

    def near(self, key: str) -> str | None:
        """A hint for a key that is wrong."""
        return did_you_mean(key, self._keys) or f"there are {', '.join(self._keys[:20])}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, StaticPartitionsDefinition):
            return NotImplemented
        return self._keys == other._keys

    def __hash__(self) -> int:
        return hash(self._keys)

    def __repr__(self) -> str:
        return f"StaticPartitionsDefinition({list(self._keys)!r})"


def _checked_key(key: object) -> str:
    if not isinstance(key, str):
        raise InvalidArgumentError(f"a partition key is a str, not {key!r}", f'write "{key}"')
    found = [mark for mark in _REFUSED if mark in key]
    if found:
        raise InvalidDefinitionError(
            f"the partition key {key!r} has {found[0]!r} in it",
            "keys are free of ... (it stands for a range) and of control characters",
        )
    return key
