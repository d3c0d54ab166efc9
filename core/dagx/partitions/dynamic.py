"""DynamicPartitionsDefinition: partitions whose keys are added while the project runs. Semantics: section 12.4."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from dagx.arguments import checked_text, checked_texts, optional_function, optional_text
from dagx.errors import InvalidArgumentError, InvalidDefinitionError
from dagx.nearest import did_you_mean
from dagx.partitions.definition import PartitionsDefinition
from dagx.partitions.key_set import KeySet
from dagx.partitions.loading_context import (
    DynamicPartitionsStore,
    current_moment,
    current_store,
    loading_with,
)
from dagx.record import Record

__all__ = ["AddDynamicPartitionsRequest", "DeleteDynamicPartitionsRequest", "DynamicPartitionsDefinition"]


class AddDynamicPartitionsRequest(Record):
    """A sensor asks that keys be added to the dynamic partitions of a name. Semantics: section 12.4."""

    partitions_def_name: str
    partition_keys: tuple[str, ...]

    def __init__(self, partitions_def_name: str, partition_keys: Sequence[str]) -> None:
        _set_keys(self, partitions_def_name, partition_keys)


class DeleteDynamicPartitionsRequest(Record):
    """A sensor asks that keys be taken from the dynamic partitions of a name. Semantics: section 12.4."""

    partitions_def_name: str
    partition_keys: tuple[str, ...]

    def __init__(self, partitions_def_name: str, partition_keys: Sequence[str]) -> None:
        _set_keys(self, partitions_def_name, partition_keys)


class DynamicPartitionsDefinition(PartitionsDefinition):
    """The partitions whose keys an instance keeps under `name`, in the order in which they were added.

    `partition_fn`, deprecated, is a function from the current time (or None) to the keys. One of the two must be
    given (InvalidDefinitionError). Reading keys without an instance raises InvalidArgumentError.
    Semantics: section 12.4.
    """

    def __init__(
        self,
        partition_fn: Callable[[datetime | None], Sequence[str]] | None = None,
        name: str | None = None,
    ) -> None:
        if (partition_fn is None) == (name is None):
            raise InvalidDefinitionError(
                "a DynamicPartitionsDefinition has a name or a partition_fn, "
                + ("not both" if name is not None else "and neither is given"),
                'write DynamicPartitionsDefinition(name="...")',
            )
        self.partition_fn = optional_function(partition_fn, "partition_fn")
        self._name = optional_text(name, "the name of partitions")

    @property
    def name(self) -> str | None:
        """The name under which the instance keeps the keys."""
        return self._name

    def build_add_request(self, partition_keys: Sequence[str]) -> AddDynamicPartitionsRequest:
        """What a sensor returns so that these keys are added."""
        return AddDynamicPartitionsRequest(self._required_name(), partition_keys)

    def build_delete_request(self, partition_keys: Sequence[str]) -> DeleteDynamicPartitionsRequest:
        """What a sensor returns so that these keys are taken away."""
        return DeleteDynamicPartitionsRequest(self._required_name(), partition_keys)

    def get_partition_keys(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> list[str]:
        """All keys, in the order in which they were added. Raises InvalidArgumentError without a store."""
        with loading_with(current_time, dynamic_partitions_store):
            if self.partition_fn is not None:
                return list(self.partition_fn(current_moment()))
            return list(self._store().get_dynamic_partitions(self._required_name()))

    def known_keys(self) -> list[str]:
        """All keys, when there is a store; else none."""
        known = self.partition_fn is not None or current_store() is not None
        return self.get_partition_keys() if known else []

    def has_partition_key(
        self,
        partition_key: str,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> bool:
        """Whether the key is there. Raises InvalidArgumentError without a store."""
        checked_text(partition_key, "a partition key")
        with loading_with(current_time, dynamic_partitions_store):
            if self.partition_fn is not None:
                return partition_key in self.get_partition_keys()
            return self._store().has_dynamic_partition(self._required_name(), partition_key)

    def get_last_partition_key(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> str | None:
        """The key that was added last; None when there is none."""
        keys = self.get_partition_keys(current_time, dynamic_partitions_store)
        return keys[-1] if keys else None

    def keys_in_range(self, start: str, end: str) -> Iterator[str]:
        """The keys from `start` to `end`, two keys that there are, in order."""
        keys = self.get_partition_keys()
        return iter(keys[keys.index(start) : keys.index(end) + 1])

    def subset_with_all_partitions(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> KeySet:
        """All partitions there are now."""
        return KeySet(self, self.get_partition_keys(current_time, dynamic_partitions_store))

    def subset_with_partition_keys(self, partition_keys: Iterable[str]) -> KeySet:
        """The partitions with these keys, whether they are there or not."""
        return KeySet(self, partition_keys)

    def describe(self) -> str:
        """The partitions in words."""
        return f"the dynamic partitions {self._name!r}" if self._name else "the partitions of a function"

    def near(self, key: str) -> str | None:
        """A hint for a key that is wrong."""
        keys = self.get_partition_keys()
        if not keys:
            return "none has been added yet"
        return did_you_mean(key, keys) or f"there are {', '.join(keys[-20:])}"

    def _store(self) -> DynamicPartitionsStore:
        store = current_store()
        if store is None:
            raise InvalidArgumentError(
                f"the keys of {self.describe()} are kept by an instance, and there is none here",
                "pass dynamic_partitions_store=..., or open partition_loading_context with one",
            )
        return store

    def _required_name(self) -> str:
        if self._name is None:
            raise InvalidDefinitionError(
                "partitions of a function cannot be added or deleted", "give them a name= in its place"
            )
        return self._name

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DynamicPartitionsDefinition):
            return NotImplemented
        return (self._name, self.partition_fn) == (other._name, other.partition_fn)

    def __hash__(self) -> int:
        return hash((self._name, self.partition_fn))

    def __repr__(self) -> str:
        given = f"name={self._name!r}" if self._name else f"partition_fn={self.partition_fn!r}"
        return f"DynamicPartitionsDefinition({given})"


def _set_keys(
    request: AddDynamicPartitionsRequest | DeleteDynamicPartitionsRequest, name: object, keys: object
) -> None:
    vars(request).update(
        partitions_def_name=checked_text(name, "partitions_def_name"),
        partition_keys=checked_texts(keys, "partition_keys", "a partition key"),
    )
