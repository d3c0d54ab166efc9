"""A subset that is a set of keys: for partitions whose order is known to the store alone, or that do not exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from dagx.partitions.definition import PartitionsDefinition, PartitionsSubset
from dagx.partitions.keys import PartitionKeyRange


class KeySet(PartitionsSubset):
    """Keys, whatever they are. Known ones come in the order of the definition, others after them."""

    __slots__ = ("_keys", "partitions_def")

    def __init__(self, partitions_def: PartitionsDefinition, keys: Iterable[str]) -> None:
        self.partitions_def = partitions_def
        self._keys = frozenset(keys)

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        return iter(in_order(self.partitions_def, self._keys))

    def __or__(self, other: PartitionsSubset) -> KeySet:
        self._check(other)
        return KeySet(self.partitions_def, self._keys.union(other))

    def __and__(self, other: PartitionsSubset) -> KeySet:
        self._check(other)
        return KeySet(self.partitions_def, (key for key in self._keys if key in other))

    def __sub__(self, other: PartitionsSubset) -> KeySet:
        self._check(other)
        return KeySet(self.partitions_def, (key for key in self._keys if key not in other))

    def key_ranges(self) -> list[PartitionKeyRange]:
        """One for each run of keys that stand together in the definition; keys not there, each its own."""
        everything = {key: index for index, key in enumerate(self.partitions_def.known_keys())}
        made: list[PartitionKeyRange] = []
        last: int | None = None
        for key in self:
            here = everything.get(key)
            if here is not None and last is not None and here == last + 1:
                made[-1] = PartitionKeyRange(made[-1].start, key)
            else:
                made.append(PartitionKeyRange(key, key))
            last = here
        return made

    def to_json(self) -> dict[str, Any]:
        """`{"keys": [...]}`."""
        return {"keys": list(self)}

    @property
    def token(self) -> frozenset[str]:
        """A value that equal ones have in common."""
        return self._keys

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PartitionsSubset):
            return NotImplemented
        return self.partitions_def == other.partitions_def and self._keys == frozenset(other)

    def __hash__(self) -> int:
        return hash(len(self._keys))


def in_order(definition: PartitionsDefinition, keys: Iterable[str]) -> list[str]:
    """Keys in the order of the definition; those that are not there follow, sorted."""
    chosen = set(keys)
    if len(chosen) < 2:
        return list(chosen)
    there = [key for key in definition.known_keys() if key in chosen]
    return [*there, *sorted(chosen.difference(there))]
