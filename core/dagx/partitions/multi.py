"""MultiPartitionsDefinition: partitions with two dimensions. Semantics: section 12.5."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple, cast

from dagx.arguments import checked_text, checked_texts
from dagx.errors import (
    InvalidArgumentError,
    InvalidDefinitionError,
    InvalidInvocationError,
    InvariantViolationError,
)
from dagx.nearest import did_you_mean
from dagx.partitions.definition import PartitionsDefinition, unknown_key
from dagx.partitions.dynamic import DynamicPartitionsDefinition
from dagx.partitions.keys import (
    DIMENSION_TAG_PREFIX,
    PARTITION_TAG,
    SEPARATOR,
    MultiPartitionKey,
    PartitionKeyRange,
    TimeWindow,
)
from dagx.partitions.loading_context import DynamicPartitionsStore, loading_with
from dagx.partitions.product import PairsDefinition, Product
from dagx.partitions.static import StaticPartitionsDefinition
from dagx.partitions.time_windows import TimeWindowPartitionsDefinition

__all__ = ["MultiPartitionsDefinition"]


class PartitionDimensionDefinition(NamedTuple):
    """A dimension of multi-partitions: its name and its partitions."""

    name: str
    partitions_def: PartitionsDefinition


class MultiPartitionsDefinition(PairsDefinition):
    """The pairs of the partitions of two dimensions, given by name.

    Dimensions are sorted by name; the first is the outer one in the order of keys. Each is static, of time windows
    or dynamic with a name (InvalidDefinitionError). Raises InvalidInvocationError unless there are two.
    Semantics: section 12.5.
    """

    def __init__(self, partitions_defs: Mapping[str, PartitionsDefinition]) -> None:
        given = cast(object, partitions_defs)
        if not isinstance(given, Mapping):
            raise InvalidArgumentError(
                f"partitions_defs maps the names of dimensions to their partitions, and is no {given!r}"
            )
        if len(partitions_defs) != 2:
            raise InvalidInvocationError(
                f"multi-partitions have two dimensions, not {len(partitions_defs)}",
                'as in MultiPartitionsDefinition({"date": ..., "region": ...})',
            )
        for name, definition in partitions_defs.items():
            _check_dimension(name, definition)
        first, second = sorted(partitions_defs.items())
        self._outer = PartitionDimensionDefinition(*first)
        self._inner = PartitionDimensionDefinition(*second)

    @property
    def outer(self) -> PartitionDimensionDefinition:
        """The first dimension."""
        return self._outer

    @property
    def inner(self) -> PartitionDimensionDefinition:
        """The second dimension."""
        return self._inner

    @property
    def pivot_is_outer(self) -> bool:
        """Whether subsets are kept by keys of the outer dimension: the one that is not of time windows."""
        return isinstance(self.inner.partitions_def, TimeWindowPartitionsDefinition)

    @property
    def partitions_defs(self) -> list[PartitionDimensionDefinition]:
        """The dimensions, sorted by name: each with `name` and `partitions_def`."""
        return [self.outer, self.inner]

    @property
    def partition_dimension_names(self) -> list[str]:
        """The names of the dimensions, sorted."""
        return [self.outer.name, self.inner.name]

    def get_partitions_def_for_dimension(self, dimension_name: str) -> PartitionsDefinition:
        """The partitions of a dimension. Raises InvalidArgumentError for a name that there is not."""
        checked_text(dimension_name, "the name of a dimension")
        for dimension in self.partitions_defs:
            if dimension.name == dimension_name:
                return dimension.partitions_def
        names = self.partition_dimension_names
        raise InvalidArgumentError(
            f"there is no dimension {dimension_name!r}",
            did_you_mean(dimension_name, names) or f"there are {' and '.join(names)}",
        )

    @property
    def has_time_window_dimension(self) -> bool:
        """Whether exactly one dimension is of time windows."""
        return len(self._time_dimensions()) == 1

    @property
    def time_window_dimension(self) -> PartitionDimensionDefinition:
        """The dimension that is of time windows. Raises InvariantViolationError unless it is exactly one."""
        found = self._time_dimensions()
        if len(found) != 1:
            raise InvariantViolationError(
                f"{'both dimensions' if found else 'none of the dimensions'} "
                f"{' and '.join(self.partition_dimension_names)} {'are' if found else 'is'} of time windows",
                "ask has_time_window_dimension first",
            )
        return found[0]

    @property
    def primary_dimension(self) -> PartitionDimensionDefinition:
        """The one dimension of time windows, else the first."""
        return self.time_window_dimension if self.has_time_window_dimension else self.outer

    @property
    def secondary_dimension(self) -> PartitionDimensionDefinition:
        """The dimension that is not the primary one."""
        return self.inner if self.primary_dimension == self.outer else self.outer

    def time_window_for_partition_key(self, partition_key: str) -> TimeWindow:
        """The time window of the key's time dimension."""
        dimension = self.time_window_dimension
        definition = cast("TimeWindowPartitionsDefinition", dimension.partitions_def)
        key = self.get_partition_key_from_str(partition_key).keys_by_dimension[dimension.name]
        return definition.time_window_for_partition_key(key)

    def get_partition_key_from_str(self, partition_key_str: str) -> MultiPartitionKey:
        """The key that the text is. Raises UnknownPartitionError when it has not a part for each dimension."""
        return self.key(*self._known_parts(partition_key_str))

    def key(self, outer: str, inner: str) -> MultiPartitionKey:
        """The key of a pair."""
        return MultiPartitionKey.of_sorted({self.outer.name: outer, self.inner.name: inner})

    def parts(self, partition_key: str) -> tuple[str, str] | None:
        """The keys of the outer and the inner dimension, or None when the text is not of two parts."""
        if isinstance(partition_key, MultiPartitionKey):
            if list(partition_key.keys_by_dimension) != self.partition_dimension_names:
                return None
            outer, inner = partition_key.keys_by_dimension.values()
            return outer, inner
        parts = partition_key.split(SEPARATOR)
        return (parts[0], parts[1]) if len(parts) == 2 else None

    def has_partition_key(
        self,
        partition_key: str,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> bool:
        """Whether it is a pair of keys of the dimensions."""
        parts = self.parts(checked_text(partition_key, "a partition key"))
        if parts is None:
            return False
        with loading_with(current_time, dynamic_partitions_store):
            return all(
                dimension.partitions_def.has_partition_key(part)
                for dimension, part in zip(self.partitions_defs, parts, strict=True)
            )

    def get_first_partition_key(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> MultiPartitionKey | None:
        """The first key; None when there is no partition."""
        with loading_with(current_time, dynamic_partitions_store):
            outer = self.outer.partitions_def.get_first_partition_key()
            inner = self.inner.partitions_def.get_first_partition_key()
            return None if outer is None or inner is None else self.key(outer, inner)

    def get_last_partition_key(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> MultiPartitionKey | None:
        """The last key; None when there is no partition."""
        with loading_with(current_time, dynamic_partitions_store):
            outer = self.outer.partitions_def.get_last_partition_key()
            inner = self.inner.partitions_def.get_last_partition_key()
            return None if outer is None or inner is None else self.key(outer, inner)

    def keys_in_range(self, start: str, end: str) -> Iterator[str]:
        """The pairs of what is in range in each dimension."""
        return iter(self.subset_of_range(PartitionKeyRange(start, end)))

    def subset_of_range(self, chosen: PartitionKeyRange) -> Product:
        """The product of the ranges in each dimension. Raises InvalidInvocationError for an unknown end."""
        starts, ends = self.parts(chosen.start), self.parts(chosen.end)
        if starts is None or ends is None:
            wrong = chosen.start if starts is None else chosen.end
            raise InvalidInvocationError(
                f"the range {chosen.start!r} to {chosen.end!r} ends at {wrong!r}, which is no key of "
                f"{self.describe()}",
                f"write the keys of {' and '.join(self.partition_dimension_names)} with | between them",
            )
        outer = self.outer.partitions_def.subset_of_range(PartitionKeyRange(starts[0], ends[0]))
        inner = self.inner.partitions_def.subset_of_range(PartitionKeyRange(starts[1], ends[1]))
        return Product.of(self, [(outer, inner)])

    def subset_with_all_partitions(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> Product:
        """All partitions there are now."""
        with loading_with(current_time, dynamic_partitions_store):
            outer = self.outer.partitions_def.subset_with_all_partitions()
            inner = self.inner.partitions_def.subset_with_all_partitions()
        return Product.of(self, [(outer, inner)])

    def subset_with_partition_keys(self, partition_keys: Iterable[str]) -> Product:
        """The partitions with these keys. Raises UnknownPartitionError for what cannot be a key of these."""
        keys = checked_texts(partition_keys, "partition_keys", "a partition key")
        return Product.of_keys(self, (self._known_parts(key) for key in keys))

    def known_keys(self) -> list[str]:
        """All keys, in order, as far as they can be known without a store."""
        inner = self.inner.partitions_def.known_keys()
        return [self.key(one, other) for one in self.outer.partitions_def.known_keys() for other in inner]

    def get_tags_for_partition_key(self, partition_key: str) -> dict[str, str]:
        """The tags of a run for one partition: one for the key, one for each dimension."""
        key = self.get_partition_key_from_str(partition_key)
        dimensions = {f"{DIMENSION_TAG_PREFIX}{name}": part for name, part in key.keys_by_dimension.items()}
        return {**dimensions, PARTITION_TAG: str(key)}

    def validate_partition_definition(self) -> None:
        """Raise InvalidDefinitionError when keys do not tell partitions apart."""
        for dimension in self.partitions_defs:
            dimension.partitions_def.validate_partition_definition()

    def describe(self) -> str:
        """The partitions in words."""
        return f"the multi-partitions of {self.outer.name} and {self.inner.name}"

    def near(self, key: str) -> str | None:
        """A hint for a key that is wrong: which part of it, and why."""
        parts = self.parts(key)
        if parts is None:
            return f"write the keys of {' and '.join(self.partition_dimension_names)} with | between them"
        for dimension, part in zip(self.partitions_defs, parts, strict=True):
            if not dimension.partitions_def.has_partition_key(part):
                hint = dimension.partitions_def.near(part)
                return f"{dimension.name} has no {part!r}" + (f": {hint}" if hint else "")
        return None

    def _known_parts(self, partition_key: str) -> tuple[str, str]:
        parts = self.parts(partition_key)
        if parts is None:
            raise unknown_key(self, partition_key)
        return parts

    def _time_dimensions(self) -> list[PartitionDimensionDefinition]:
        return [
            dimension
            for dimension in self.partitions_defs
            if isinstance(dimension.partitions_def, TimeWindowPartitionsDefinition)
        ]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MultiPartitionsDefinition):
            return NotImplemented
        return self.partitions_defs == other.partitions_defs

    def __hash__(self) -> int:
        return hash((self.outer, self.inner))

    def __repr__(self) -> str:
        return f"MultiPartitionsDefinition({dict(self.partitions_defs)!r})"


def _check_dimension(name: object, definition: object) -> None:
    if not isinstance(name, str):
        raise InvalidArgumentError(f"the name of a dimension is a str, not {name!r}")
    if isinstance(definition, StaticPartitionsDefinition):
        definition.check_for_dimension(name)
        return
    is_dynamic = isinstance(definition, DynamicPartitionsDefinition) and definition.name is not None
    if not is_dynamic and not isinstance(definition, TimeWindowPartitionsDefinition):
        raise InvalidDefinitionError(
            f"the dimension {name!r} is {definition!r}",
            "a dimension is static, of time windows, or dynamic with a name",
        )
