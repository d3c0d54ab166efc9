"""Which partitions of one asset a step is about: what contexts answer when they are asked for them. Section 8."""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dagx.errors import InvariantViolationError

if TYPE_CHECKING:
    from dagx.partitions.definition import PartitionsDefinition
    from dagx.partitions.keys import MultiPartitionKey, PartitionKeyRange, TimeWindow


class PartitionScope:
    """Some partitions of `what`, in the order of `definition`; none when it is not partitioned.

    In a context built by hand the keys may be known (`is_known`) and the definition not. Every question that has no
    answer raises InvariantViolationError.
    """

    def __init__(
        self,
        what: str = "this run",
        definition: PartitionsDefinition | None = None,
        keys: Sequence[str] = (),
        *,
        is_known: bool = False,
    ) -> None:
        self.what = what
        self._definition = definition
        self._is_known = is_known or definition is not None
        self.keys = tuple(dict.fromkeys(keys))  # the ends of a range may be one key

    def __bool__(self) -> bool:
        return self._is_known

    @property
    def definition(self) -> PartitionsDefinition:
        """The partitions definition."""
        if self._definition is None:
            raise InvariantViolationError(f"{self.what} is not partitioned", "ask has_partition_key first")
        return self._definition

    @property
    def definition_or_none(self) -> PartitionsDefinition | None:
        """The partitions definition, if it is known."""
        return self._definition

    @property
    def some(self) -> tuple[str, ...]:
        """The keys, of which there must be one at least."""
        if not self.keys:
            raise InvariantViolationError(
                f"{self.what} has no partition key", "ask has_partition_key first, or run it for a partition"
            )
        return self.keys

    @property
    def key(self) -> str:
        """The one key; of several dimensions, a MultiPartitionKey."""
        if len(self.some) != 1:
            raise InvariantViolationError(
                f"{self.what} is for {len(self.keys)} partitions, and one partition key was asked for",
                "ask for partition_keys, partition_key_range or partition_time_window",
            )
        if self._definition is None or not hasattr(self._definition, "partition_dimension_names"):
            return self.keys[0]
        found: str = _part("upstream").multi_key(self._definition, self.keys[0])
        return found

    @property
    def multi_key(self) -> MultiPartitionKey:
        """The one key, which must have several dimensions."""
        key: Any = self.key
        if not hasattr(key, "keys_by_dimension"):
            raise InvariantViolationError(
                f"the partition key {key!r} has one dimension", "ask for partition_key"
            )
        found: MultiPartitionKey = key
        return found

    @property
    def range(self) -> PartitionKeyRange:
        """From the first to the last, both inclusive, with none left out between them."""
        first, last = self.some[0], self.some[-1]
        if self._definition is not None:
            between = itertools.islice(self._definition.keys_in_range(first, last), len(self.keys) + 1)
            if sum(1 for _ in between) != len(self.keys):
                raise InvariantViolationError(
                    f"the partitions of {self.what} are no contiguous range: some between {first!r} and {last!r} are "
                    "left out",
                    "ask for the keys",
                )
        found: PartitionKeyRange = _part("keys").PartitionKeyRange(first, last)
        return found

    @property
    def window(self) -> TimeWindow:
        """From the start of the first to the end of the last."""
        found: TimeWindow = _part("upstream").spanning_window(self.definition, self.some)
        return found


def keys_between(partitions: PartitionsDefinition, first: str, last: str) -> tuple[str, ...]:
    """The keys from the first to the last, both inclusive. One alone is not looked up: it need not exist."""
    if first == last:
        return (first,)
    return tuple(partitions.get_partition_keys_in_range(_part("keys").PartitionKeyRange(first, last)))


def _part(module: str) -> Any:
    return importlib.import_module(f"dagx.partitions.{module}")
