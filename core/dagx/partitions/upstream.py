"""The door to partitions for the rest of dagx: which mapping holds, what depends on what, tags, time windows.

Functions that map take subsets or keys; for identity, all and time window mappings a subset is never walked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, cast

from dagx.errors import InvalidDefinitionError, InvariantViolationError
from dagx.partitions import ranges as sets
from dagx.partitions.definition import PartitionsDefinition, PartitionsSubset
from dagx.partitions.dynamic import DynamicPartitionsDefinition
from dagx.partitions.keys import MultiPartitionKey, TimeWindow
from dagx.partitions.mapping import (
    AllPartitionMapping,
    BuiltInMapping,
    IdentityPartitionMapping,
    PartitionMapping,
    UpstreamPartitionsResult,
)
from dagx.partitions.multi import MultiPartitionsDefinition
from dagx.partitions.multi_mapping import (
    MultiPartitionMapping,
    MultiToSingleDimensionPartitionMapping,
    pairing_of,
    shared_dimension,
)
from dagx.partitions.ordered import OrderedPartitions, PlacesSubset
from dagx.partitions.product import Product
from dagx.partitions.time_mapping import TimeWindowPartitionMapping
from dagx.partitions.time_windows import TimeWindowPartitionsDefinition


class UpstreamKeys(NamedTuple):
    """Upstream keys that partitions depend on, in partition order: those that are there, and those not."""

    keys: tuple[str, ...]
    nonexistent: tuple[str, ...]


def infer_mapping(
    given: PartitionMapping | None,
    downstream: PartitionsDefinition | None,
    upstream: PartitionsDefinition | None,
) -> PartitionMapping:
    """The mapping that holds between two assets: the one given, else that which section 13 infers."""
    if given is not None:
        return given
    if downstream is None or upstream is None:
        return AllPartitionMapping()
    pairing = pairing_of(upstream, downstream)
    if pairing is not None and shared_dimension(pairing[0], pairing[1]) is not None:
        return MultiToSingleDimensionPartitionMapping()
    if isinstance(downstream, TimeWindowPartitionsDefinition) and isinstance(
        upstream, TimeWindowPartitionsDefinition
    ):
        return TimeWindowPartitionMapping()
    return IdentityPartitionMapping()


def check_mapping(
    mapping: PartitionMapping,
    upstream: PartitionsDefinition | None,
    downstream: PartitionsDefinition | None,
) -> None:
    """Raise InvalidDefinitionError when the mapping does not go with the partitions of the two assets."""
    try:
        mapping.validate_partition_mapping(upstream, downstream)
    except InvalidDefinitionError:
        raise
    except ValueError as error:  # what mappings of users may raise
        raise InvalidDefinitionError(f"{type(mapping).__name__} does not fit: {error}") from error


def is_built_in(mapping: PartitionMapping) -> bool:
    """Whether the mapping is one of dagx's own classes."""
    return isinstance(mapping, BuiltInMapping) and type(mapping).__module__.startswith("dagx.")


def upstream_subset(
    mapping: PartitionMapping,
    subset: PartitionsSubset | None,
    downstream: PartitionsDefinition | None,
    upstream: PartitionsDefinition,
) -> UpstreamPartitionsResult:
    """What some partitions (None: an asset without any) depend on upstream."""
    return mapping.get_upstream_mapped_partitions_result_for_partitions(subset, downstream, upstream)


def downstream_subset(
    mapping: PartitionMapping,
    subset: PartitionsSubset,
    upstream: PartitionsDefinition,
    downstream: PartitionsDefinition,
) -> PartitionsSubset:
    """Which downstream partitions depend on some of the upstream ones."""
    return mapping.get_downstream_partitions_for_partitions(subset, upstream, downstream)


def unpartitioned_depends_on(
    mapping: PartitionMapping, subset: PartitionsSubset, upstream: PartitionsDefinition
) -> bool:
    """Whether a downstream asset without partitions depends on some of these."""
    return not (upstream_subset(mapping, None, None, upstream).partitions_subset & subset).is_empty


def upstream_keys(
    mapping: PartitionMapping,
    downstream_keys: Sequence[str],
    downstream: PartitionsDefinition | None,
    upstream: PartitionsDefinition | None,
) -> UpstreamKeys:
    """The upstream keys that partitions depend on; none when upstream has no partitions."""
    if upstream is None:
        return UpstreamKeys((), ())
    subset = None if downstream is None else downstream.subset_with_partition_keys(downstream_keys)
    there, missing = upstream_subset(mapping, subset, downstream, upstream)
    return UpstreamKeys(tuple(there), tuple(missing))


def downstream_keys(
    mapping: PartitionMapping,
    upstream_keys: Sequence[str],
    upstream: PartitionsDefinition | None,
    downstream: PartitionsDefinition | None,
) -> tuple[str, ...]:
    """The downstream keys that depend on upstream partitions; none when downstream has no partitions.

    When upstream has none, all.
    """
    if downstream is None:
        return ()
    if upstream is None:
        return tuple(downstream.subset_with_all_partitions())
    subset = upstream.subset_with_partition_keys(upstream_keys)
    return tuple(downstream_subset(mapping, subset, upstream, downstream))


def is_legal_self_mapping(mapping: PartitionMapping | None, definition: PartitionsDefinition | None) -> bool:
    """Whether an asset may depend on itself so: on earlier windows of time only. Section 2."""
    if isinstance(definition, TimeWindowPartitionsDefinition):
        return _looks_back(mapping)
    if not isinstance(definition, MultiPartitionsDefinition) or not definition.has_time_window_dimension:
        return False
    name = definition.time_window_dimension.name
    if not isinstance(mapping, MultiPartitionMapping):
        return False
    target = mapping.downstream_mappings_by_upstream_dimension.get(name)
    return target is not None and target.dimension_name == name and _looks_back(target.partition_mapping)


def is_identity_like(mapping: PartitionMapping) -> bool:
    """Whether each partition depends on its own alone when both sides have the same definition. Section 14."""
    if isinstance(mapping, TimeWindowPartitionMapping):
        return mapping.start_offset == mapping.end_offset == 0
    return isinstance(mapping, IdentityPartitionMapping)


def partition_tags(definition: PartitionsDefinition, key: str) -> dict[str, str]:
    """The tags of a run for one partition: of the key, and of each dimension."""
    return dict(definition.get_tags_for_partition_key(key))


def multi_key(definition: MultiPartitionsDefinition, text: str) -> MultiPartitionKey:
    """The key that a text is. Raises UnknownPartitionError when it is none."""
    return text if isinstance(text, MultiPartitionKey) else definition.get_partition_key_from_str(text)


def typed_key(definition: PartitionsDefinition | None, text: str) -> str:
    """The key as user code gets it: a MultiPartitionKey for partitions with dimensions, else the str."""
    return multi_key(definition, text) if isinstance(definition, MultiPartitionsDefinition) else text


def spanning_window(definition: PartitionsDefinition | None, keys: Iterable[str]) -> TimeWindow:
    """The time from the start of the first to the end of the last of these partitions.

    Of multi-partitions their one time dimension counts. Raises InvariantViolationError for partitions that are not
    of time windows, and for no key.
    """
    subset: PartitionsSubset
    if isinstance(definition, MultiPartitionsDefinition):
        dimension = definition.time_window_dimension
        pairs = definition.subset_with_partition_keys(keys)
        windows, subset = (
            dimension.partitions_def,
            pairs.of_dimension(outer=dimension == definition.outer),
        )
    elif definition is not None:
        windows, subset = definition, definition.subset_with_partition_keys(keys)
    else:
        raise InvariantViolationError("there is no partition_time_window: the asset has no partitions")
    if not isinstance(windows, TimeWindowPartitionsDefinition):
        raise InvariantViolationError(
            f"there is no partition_time_window for {windows.describe()}: they are not windows of time"
        )
    if not isinstance(subset, PlacesSubset) or subset.is_empty:
        raise InvariantViolationError("there is no partition_time_window: no partition is being made")
    first, last = subset.ranges[0][0], subset.ranges[-1][1] - 1
    return windows.window_of_numbers(windows.number_at(first), windows.number_at(last) + 1)


def time_window_dimension_of(
    definition: PartitionsDefinition | None,
) -> TimeWindowPartitionsDefinition | None:
    """The time windows of partitions: themselves, or those of their one time dimension; else None."""
    if isinstance(definition, MultiPartitionsDefinition) and definition.has_time_window_dimension:
        definition = definition.time_window_dimension.partitions_def
    return definition if isinstance(definition, TimeWindowPartitionsDefinition) else None


def subset_from_json(definition: PartitionsDefinition, data: Any) -> PartitionsSubset:
    """The subset that `to_json` of a subset of this definition wrote, maybe when it had fewer partitions.

    What the definition has no keys for any more is left out.
    """
    if isinstance(definition, MultiPartitionsDefinition):
        products = cast("list[tuple[Any, Any]]", data.get("products", []))
        dimensions = (definition.outer.partitions_def, definition.inner.partitions_def)
        return Product.of(
            definition,
            [
                (subset_from_json(dimensions[0], outer), subset_from_json(dimensions[1], inner))
                for outer, inner in products
            ],
        )
    keys = cast("list[str]", data.get("keys", []))
    if isinstance(definition, DynamicPartitionsDefinition) or not isinstance(definition, OrderedPartitions):
        return definition.subset_with_partition_keys(keys)
    found = [(place, place + 1) for place in map(definition.place_of, keys) if place is not None]
    for first, last in cast("list[tuple[str, str]]", data.get("ranges", [])):
        low, high = definition.place_of(first), definition.place_of(last)
        if low is not None and high is not None:
            found.append((low, high + 1))
    return PlacesSubset(definition, sets.normal(found))


def _looks_back(mapping: PartitionMapping | None) -> bool:
    return (
        isinstance(mapping, TimeWindowPartitionMapping)
        and mapping.start_offset < 0
        and mapping.end_offset < 0
    )
