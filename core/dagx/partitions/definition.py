"""PartitionsDefinition and PartitionsSubset: what every kind of partitions, and every set of keys, can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from dagx.arguments import checked_text
from dagx.errors import InvalidArgumentError, InvalidInvocationError, UnknownPartitionError
from dagx.partitions.keys import PARTITION_TAG, PartitionKeyRange
from dagx.partitions.loading_context import DynamicPartitionsStore, loading_with

__all__ = ["PartitionsDefinition"]


class PartitionsDefinition(ABC):
    """The partitions of an asset: keys, in an order. Compared by content. Semantics: section 12.

    `current_time` (naive: in the time zone of the partitions) and `dynamic_partitions_store` stand, in each method
    that takes them, for those of `partition_loading_context`.
    """

    @abstractmethod
    def subset_with_all_partitions(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> PartitionsSubset:
        """All partitions there are now."""

    @abstractmethod
    def subset_with_partition_keys(self, partition_keys: Iterable[str]) -> PartitionsSubset:
        """The partitions with these keys. Raises UnknownPartitionError for what cannot be a key of these."""

    @abstractmethod
    def has_partition_key(
        self,
        partition_key: str,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> bool:
        """Whether there is a partition with this key."""

    @abstractmethod
    def keys_in_range(self, start: str, end: str) -> Iterator[str]:
        """The keys from `start` to `end`, two keys that there are, in order."""

    def empty_subset(self) -> PartitionsSubset:
        """No partitions."""
        return self.subset_with_partition_keys(())

    def subset_of_range(self, chosen: PartitionKeyRange) -> PartitionsSubset:
        """The partitions of a range. Raises InvalidInvocationError for an end that there is not."""
        return self.subset_with_partition_keys(self.get_partition_keys_in_range(chosen))

    def get_partition_keys(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> list[str]:
        """All keys, in order."""
        return list(self.subset_with_all_partitions(current_time, dynamic_partitions_store))

    def get_first_partition_key(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> str | None:
        """The first key; None when there is no partition."""
        return next(iter(self.subset_with_all_partitions(current_time, dynamic_partitions_store)), None)

    @abstractmethod
    def get_last_partition_key(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> str | None:
        """The last key; None when there is no partition."""

    def get_num_partitions(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> int:
        """How many partitions there are."""
        return len(self.subset_with_all_partitions(current_time, dynamic_partitions_store))

    def get_partition_keys_in_range(
        self,
        partition_key_range: PartitionKeyRange,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> list[str]:
        """The keys of a range, both ends included; none when the end comes before the start.

        Raises InvalidInvocationError for an end that is not a partition.
        """
        if not isinstance(partition_key_range, PartitionKeyRange):  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a type checker
            raise InvalidArgumentError(
                f"a range of partitions is a PartitionKeyRange, not {partition_key_range!r}",
                "write PartitionKeyRange(first, last)",
            )
        with loading_with(None, dynamic_partitions_store):
            for key in partition_key_range:
                checked_text(key, "the end of a range of partitions")
                if not self.has_partition_key(key):
                    raise InvalidInvocationError(
                        f"the range {partition_key_range.start!r} to {partition_key_range.end!r} has no end "
                        f"{key!r}: {self.describe()} have no such partition",
                        self.near(key),
                    )
            return list(self.keys_in_range(partition_key_range.start, partition_key_range.end))

    def get_tags_for_partition_key(self, partition_key: str) -> Mapping[str, str]:
        """The tags of a run for one partition."""
        return {PARTITION_TAG: partition_key}

    def validate_partition_definition(self) -> None:  # noqa: B027  # for most there is nothing to check
        """Raise InvalidDefinitionError when keys do not tell partitions apart."""

    def check_key(
        self,
        partition_key: str,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> None:
        """Raise UnknownPartitionError when there is no such partition."""
        with loading_with(current_time, dynamic_partitions_store):
            if not self.has_partition_key(partition_key):
                raise UnknownPartitionError(
                    f"there is no partition {partition_key!r} among {self.describe()}",
                    self.near(partition_key),
                )

    @abstractmethod
    def describe(self) -> str:
        """The partitions in words, as in "the daily partitions from 2024-01-01"."""

    def near(self, key: str) -> str | None:
        """A hint for a key that is wrong: a near one, or which there are."""
        first, last = self.get_first_partition_key(), self.get_last_partition_key()
        return f"they go from {first} to {last}" if first is not None else "there is none yet"

    def known_keys(self) -> list[str]:
        """All keys, in order, as far as they can be known without a store."""
        return self.get_partition_keys()


class PartitionsSubset(ABC):
    """Some partitions of a definition: an immutable set of keys, in the order of the definition.

    `|`, `&`, `-`, `in`, `len`, iteration, equality. It may hold keys of partitions that are not there (yet).
    """

    __slots__ = ()

    partitions_def: PartitionsDefinition

    @abstractmethod
    def __contains__(self, key: object) -> bool: ...

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def __iter__(self) -> Iterator[str]: ...

    @abstractmethod
    def __or__(self, other: PartitionsSubset) -> PartitionsSubset: ...

    @abstractmethod
    def __and__(self, other: PartitionsSubset) -> PartitionsSubset: ...

    @abstractmethod
    def __sub__(self, other: PartitionsSubset) -> PartitionsSubset: ...

    @abstractmethod
    def key_ranges(self) -> list[PartitionKeyRange]:
        """Ranges that together are exactly these partitions, in order, as few as there are gaps for."""

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """As values for JSON. `subset_from_json` of a definition that has grown reads the same partitions."""

    @property
    @abstractmethod
    def token(self) -> object:
        """A hashable value that equal subsets of one definition, kept in the same way, have in common."""

    @property
    def is_empty(self) -> bool:
        """Whether there is no partition in it."""
        return len(self) == 0

    @property
    def size(self) -> int:
        """How many partitions are in it."""
        return len(self)

    def get_partition_keys(self) -> list[str]:
        """The keys, in order."""
        return list(self)

    def with_partition_keys(self, partition_keys: Iterable[str]) -> PartitionsSubset:
        """These and the ones with the keys given."""
        return self | self.partitions_def.subset_with_partition_keys(partition_keys)

    def _check(self, other: PartitionsSubset) -> None:
        if self.partitions_def is not other.partitions_def and self.partitions_def != other.partitions_def:
            raise InvalidArgumentError(
                f"partitions of two definitions cannot be put together: {self.partitions_def.describe()} and "
                f"{other.partitions_def.describe()}",
                "map them by a partition mapping first",
            )

    def __bool__(self) -> bool:
        return not self.is_empty

    def __repr__(self) -> str:
        ranges = self.key_ranges()
        shown = [r.start if r.start == r.end else f"{r.start}...{r.end}" for r in ranges[:5]]
        if len(ranges) > len(shown):
            shown.append(f"{len(ranges) - len(shown)} more")
        return f"<{len(self)} partitions: {', '.join(shown)}>"


def unknown_key(definition: PartitionsDefinition, key: object) -> UnknownPartitionError:
    """The error for what cannot be a key of the definition."""
    return UnknownPartitionError(f"{key!r} is not a partition key of {definition.describe()}")
