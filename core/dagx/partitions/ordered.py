"""Partitions that have a place in a fixed order, and subsets of them as ranges of places."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from dagx.arguments import checked_text, checked_texts
from dagx.errors import InvalidInvocationError
from dagx.partitions import ranges as sets
from dagx.partitions.definition import PartitionsDefinition, PartitionsSubset, unknown_key
from dagx.partitions.key_set import KeySet
from dagx.partitions.keys import PartitionKeyRange
from dagx.partitions.loading_context import DynamicPartitionsStore, loading_with
from dagx.partitions.ranges import Ranges


class OrderedPartitions(PartitionsDefinition):
    """Partitions whose keys have places 0, 1, ... that stay the same while the definition grows at its end.

    Places of keys that do not exist may be known too: before 0, or from `count` on.
    """

    keeps_ranges = False
    """Whether keys never come between two others: then a range of keys always means the same partitions."""

    @abstractmethod
    def count(self) -> int:
        """How many partitions there are now."""

    @abstractmethod
    def place_of(self, key: str) -> int | None:
        """The place of a key, also of one that is not there; None for what is no key."""

    @abstractmethod
    def key_at(self, place: int) -> str:
        """The key with this place."""

    @abstractmethod
    def keys_between(self, low: int, high: int) -> Iterator[str]:
        """The keys with places from `low` up to, not including, `high`."""

    def subset_with_all_partitions(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> PlacesSubset:
        """All partitions there are now."""
        with loading_with(current_time, dynamic_partitions_store):
            return PlacesSubset(self, sets.normal([(0, self.count())]))

    def subset_with_partition_keys(self, partition_keys: Iterable[str]) -> PlacesSubset:
        """The partitions with these keys. Raises UnknownPartitionError for what cannot be a key of these."""
        places: list[int] = []
        for key in checked_texts(partition_keys, "partition_keys", "a partition key"):
            place = self.place_of(key)
            if place is None:
                raise unknown_key(self, key)
            places.append(place)
        return PlacesSubset(self, sets.of_numbers(places))

    def subset_of_range(self, chosen: PartitionKeyRange) -> PlacesSubset:
        """The partitions of a range. Raises InvalidInvocationError for an end that there is not."""
        first, last = (self._place_in_range(key, chosen) for key in chosen)
        return PlacesSubset(self, sets.normal([(first, last + 1)]))

    def has_partition_key(
        self,
        partition_key: str,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> bool:
        """Whether there is a partition with this key."""
        place = self.place_of(checked_text(partition_key, "a partition key"))
        if place is None or place < 0:
            return False
        with loading_with(current_time, dynamic_partitions_store):
            return place < self.count()

    def get_first_partition_key(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> str | None:
        """The first key; None when there is no partition."""
        with loading_with(current_time, dynamic_partitions_store):
            return self.key_at(0) if self.count() else None

    def get_last_partition_key(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> str | None:
        """The last key; None when there is no partition."""
        with loading_with(current_time, dynamic_partitions_store):
            count = self.count()
            return self.key_at(count - 1) if count else None

    def get_num_partitions(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> int:
        """How many partitions there are."""
        with loading_with(current_time, dynamic_partitions_store):
            return self.count()

    def keys_in_range(self, start: str, end: str) -> Iterator[str]:
        """The keys from `start` to `end`, two keys that there are, in order."""
        chosen = PartitionKeyRange(start, end)
        first, last = (self._place_in_range(key, chosen) for key in chosen)
        return self.keys_between(first, last + 1)

    def _place_in_range(self, key: str, chosen: PartitionKeyRange) -> int:
        place = self.place_of(key)
        if place is None or not 0 <= place < self.count():
            raise InvalidInvocationError(
                f"the range {chosen.start!r} to {chosen.end!r} ends at {key!r}, which is not a partition "
                f"of {self.describe()}",
                self.near(key),
            )
        return place


class PlacesSubset(PartitionsSubset):
    """Some of the partitions of an ordered definition, as ranges of their places."""

    __slots__ = ("_size", "ordered", "partitions_def", "ranges")

    def __init__(self, ordered: OrderedPartitions, ranges: Ranges) -> None:
        self.partitions_def = ordered
        self.ordered = ordered
        self.ranges = ranges
        self._size = sets.size(ranges)

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, str) or not self.ranges:
            return False
        place = self.ordered.place_of(key)
        return place is not None and sets.contains(self.ranges, place)

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[str]:
        for low, high in self.ranges:
            yield from self.ordered.keys_between(low, high)

    def __or__(self, other: PartitionsSubset) -> PartitionsSubset:
        self._check(other)
        if not isinstance(other, PlacesSubset):
            return KeySet(self.partitions_def, self) | other
        return PlacesSubset(self.ordered, sets.union(self.ranges, other.ranges))

    def __and__(self, other: PartitionsSubset) -> PartitionsSubset:
        self._check(other)
        if not isinstance(other, PlacesSubset):
            return other & self
        return PlacesSubset(self.ordered, sets.intersection(self.ranges, other.ranges))

    def __sub__(self, other: PartitionsSubset) -> PartitionsSubset:
        self._check(other)
        if not isinstance(other, PlacesSubset):
            return PlacesSubset(self.ordered, sets.difference(self.ranges, _places(self.ordered, other)))
        return PlacesSubset(self.ordered, sets.difference(self.ranges, other.ranges))

    def key_ranges(self) -> list[PartitionKeyRange]:
        """One for each run of partitions without a gap."""
        key_at = self.ordered.key_at
        return [PartitionKeyRange(key_at(low), key_at(high - 1)) for low, high in self.ranges]

    def to_json(self) -> dict[str, Any]:
        """`{"ranges": [[first, last], ...]}` with both keys included, or `{"keys": [...]}` where keys may come
        between others."""
        if not self.ordered.keeps_ranges:
            return {"keys": list(self)}
        return {"ranges": [list(chosen) for chosen in self.key_ranges()]}

    @property
    def token(self) -> Ranges:
        """A value that equal ones have in common."""
        return self.ranges

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PartitionsSubset):
            return NotImplemented
        if not isinstance(other, PlacesSubset):
            return other == self
        return self.ranges == other.ranges and self.partitions_def == other.partitions_def

    def __hash__(self) -> int:
        # A KeySet of the same keys is equal: their number is what both know.
        return hash(self._size)


def _places(ordered: OrderedPartitions, keys: Iterable[str]) -> Ranges:
    places = (ordered.place_of(key) for key in keys)
    return sets.of_numbers(place for place in places if place is not None)
