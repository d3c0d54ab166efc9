"""Mappings of partitions with two dimensions. Semantics: section 13."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, cast

from dagx.arguments import checked_text, optional_text
from dagx.errors import InvalidArgumentError, InvalidDefinitionError
from dagx.nearest import did_you_mean
from dagx.partitions.definition import PartitionsDefinition, PartitionsSubset
from dagx.partitions.mapping import (
    BuiltInMapping,
    IdentityPartitionMapping,
    PartitionMapping,
    UpstreamPartitionsResult,
    in_words,
)
from dagx.partitions.multi import MultiPartitionsDefinition, PartitionDimensionDefinition
from dagx.partitions.product import Product
from dagx.partitions.time_mapping import TimeWindowPartitionMapping
from dagx.partitions.time_windows import TimeWindowPartitionsDefinition
from dagx.record import Record

__all__ = ["DimensionPartitionMapping", "MultiPartitionMapping", "MultiToSingleDimensionPartitionMapping"]


class _Pairing(NamedTuple):
    """A definition with two dimensions, one with a single one, and the dimension that they share."""

    multi: MultiPartitionsDefinition
    multi_is_upstream: bool
    dimension: PartitionDimensionDefinition
    single: PartitionsDefinition

    @property
    def is_outer(self) -> bool:
        return self.dimension == self.multi.outer

    @property
    def mapping(self) -> BuiltInMapping:
        """How keys of the dimension and of the single definition go together."""
        shared = self.dimension.partitions_def
        both = isinstance(shared, TimeWindowPartitionsDefinition) and isinstance(
            self.single, TimeWindowPartitionsDefinition
        )
        return TimeWindowPartitionMapping() if both and shared != self.single else IdentityPartitionMapping()

    def whole(self, keys: PartitionsSubset) -> Product:
        """All pairs with one of these keys of the dimension."""
        other = self.multi.inner if self.is_outer else self.multi.outer
        everything = other.partitions_def.subset_with_all_partitions()
        return Product.of(self.multi, [(keys, everything) if self.is_outer else (everything, keys)])


class MultiToSingleDimensionPartitionMapping(BuiltInMapping):
    """Pairs go with single keys by one of their dimensions, whatever the other is.

    `partition_dimension_name` is the dimension; without it, the one with the same definition as the single side, or
    the one of time windows if that is of time windows too. It works in both directions. Semantics: section 13.
    """

    partition_dimension_name: str | None

    def __init__(self, partition_dimension_name: str | None = None) -> None:
        self._set(
            partition_dimension_name=optional_text(partition_dimension_name, "partition_dimension_name")
        )

    def upstream(
        self,
        subset: PartitionsSubset | None,
        downstream_def: PartitionsDefinition | None,
        upstream_def: PartitionsDefinition,
    ) -> UpstreamPartitionsResult:
        """The keys, or the pairs, that go with them."""
        pairing = self._pairing(upstream_def, downstream_def)
        shared = pairing.dimension.partitions_def
        if subset is None:
            return UpstreamPartitionsResult(upstream_def.empty_subset(), upstream_def.empty_subset())
        if not pairing.multi_is_upstream:
            keys = _product(subset, pairing.multi).of_dimension(outer=pairing.is_outer)
            return pairing.mapping.upstream(keys, shared, upstream_def)
        there, missing = pairing.mapping.upstream(subset, downstream_def, shared)
        return UpstreamPartitionsResult(pairing.whole(there), pairing.whole(missing))

    def downstream(
        self,
        subset: PartitionsSubset,
        upstream_def: PartitionsDefinition,
        downstream_def: PartitionsDefinition,
    ) -> PartitionsSubset:
        """The pairs, or the keys, that go with them."""
        pairing = self._pairing(upstream_def, downstream_def)
        shared = pairing.dimension.partitions_def
        if pairing.multi_is_upstream:
            keys = _product(subset, pairing.multi).of_dimension(outer=pairing.is_outer)
            return pairing.mapping.downstream(keys, shared, downstream_def)
        return pairing.whole(pairing.mapping.downstream(subset, upstream_def, shared))

    def validate_partition_mapping(
        self,
        upstream_partitions_def: PartitionsDefinition | None,
        downstream_partitions_def: PartitionsDefinition | None,
    ) -> None:
        """Raise InvalidDefinitionError when no dimension goes with the single side."""
        pairing = self._pairing(upstream_partitions_def, downstream_partitions_def)
        pairing.mapping.validate_partition_mapping(pairing.dimension.partitions_def, pairing.single)

    def _pairing(
        self, upstream: PartitionsDefinition | None, downstream: PartitionsDefinition | None
    ) -> _Pairing:
        found = pairing_of(upstream, downstream)
        if found is None:
            raise InvalidDefinitionError(
                "a MultiToSingleDimensionPartitionMapping maps multi-partitions to single ones or back, not "
                f"{in_words(upstream)} to {in_words(downstream)}"
            )
        multi, single, multi_is_upstream = found
        names = multi.partition_dimension_names
        if self.partition_dimension_name is None:
            dimension = shared_dimension(multi, single)
            if dimension is None:
                raise InvalidDefinitionError(
                    f"no single dimension of {multi.describe()} goes with {single.describe()}",
                    f"give partition_dimension_name: {' or '.join(names)}",
                )
        elif self.partition_dimension_name not in names:
            raise InvalidDefinitionError(
                f"{multi.describe()} have no dimension {self.partition_dimension_name!r}",
                did_you_mean(self.partition_dimension_name, names) or f"there are {' and '.join(names)}",
            )
        else:
            dimension = multi.partitions_defs[names.index(self.partition_dimension_name)]
        return _Pairing(multi, multi_is_upstream, dimension, single)


class DimensionPartitionMapping(Record):
    """For a MultiPartitionMapping: the downstream dimension, and the mapping to it. Semantics: section 13."""

    dimension_name: str
    partition_mapping: PartitionMapping

    def __init__(self, dimension_name: str, partition_mapping: PartitionMapping) -> None:
        if not isinstance(cast(object, partition_mapping), PartitionMapping):
            raise InvalidArgumentError(
                f"partition_mapping is a PartitionMapping, not {partition_mapping!r}",
                "such as IdentityPartitionMapping()",
            )
        self._set(
            dimension_name=checked_text(dimension_name, "dimension_name"), partition_mapping=partition_mapping
        )


class MultiPartitionMapping(BuiltInMapping):
    """Pairs depend on pairs, dimension by dimension: upstream dimension to DimensionPartitionMapping.

    A pair depends on the product of what its keys are mapped to; of a dimension that is not mapped, on all keys.
    Semantics: section 13.
    """

    downstream_mappings_by_upstream_dimension: dict[str, DimensionPartitionMapping]

    def __init__(
        self, downstream_mappings_by_upstream_dimension: Mapping[str, DimensionPartitionMapping]
    ) -> None:
        given = cast(object, downstream_mappings_by_upstream_dimension)
        if not isinstance(given, Mapping) or not all(
            isinstance(value, DimensionPartitionMapping)
            for value in cast("Mapping[object, object]", given).values()
        ):
            raise InvalidArgumentError(
                "a MultiPartitionMapping is made of DimensionPartitionMappings by upstream dimension, not "
                f"of {given!r}"
            )
        self._set(downstream_mappings_by_upstream_dimension=dict(downstream_mappings_by_upstream_dimension))

    def upstream(
        self,
        subset: PartitionsSubset | None,
        downstream_def: PartitionsDefinition | None,
        upstream_def: PartitionsDefinition,
    ) -> UpstreamPartitionsResult:
        """The product of what each dimension is mapped to."""
        below, above = _multi(downstream_def), _multi(upstream_def)
        there, wanted = above.empty_subset(), above.empty_subset()
        for keys in [] if subset is None else self._apart(_product(subset, below), below, above):
            results = [self._upstream_of(dimension, keys, below) for dimension in above.partitions_defs]
            there = there | Product.of(above, [(results[0][0], results[1][0])])
            wanted = wanted | Product.of(
                above, [(results[0][0] | results[0][1], results[1][0] | results[1][1])]
            )
        return UpstreamPartitionsResult(there, wanted - there)

    def downstream(
        self,
        subset: PartitionsSubset,
        upstream_def: PartitionsDefinition,
        downstream_def: PartitionsDefinition,
    ) -> PartitionsSubset:
        """The pairs of which each key depends on one of theirs."""
        above, below = _multi(upstream_def), _multi(downstream_def)
        found = below.empty_subset()
        for outer, inner in _product(subset, above).products():
            keys = {above.outer.name: outer, above.inner.name: inner}
            one, other = (self._downstream_of(dimension, keys, above) for dimension in below.partitions_defs)
            found = found | Product.of(below, [(one, other)])
        return found

    def validate_partition_mapping(
        self,
        upstream_partitions_def: PartitionsDefinition | None,
        downstream_partitions_def: PartitionsDefinition | None,
    ) -> None:
        """Raise InvalidDefinitionError unless both sides have two dimensions, and these names."""
        above, below = _multi(upstream_partitions_def), _multi(downstream_partitions_def)
        for name, target in self.downstream_mappings_by_upstream_dimension.items():
            for side, multi, named in (("up", above, name), ("down", below, target.dimension_name)):
                names = multi.partition_dimension_names
                if named not in names:
                    raise InvalidDefinitionError(
                        f"the MultiPartitionMapping names {named!r}, which is no {side}stream dimension",
                        did_you_mean(named, names) or f"there are {' and '.join(names)}",
                    )
            target.partition_mapping.validate_partition_mapping(
                above.get_partitions_def_for_dimension(name),
                below.get_partitions_def_for_dimension(target.dimension_name),
            )

    def _apart(
        self, subset: Product, below: MultiPartitionsDefinition, above: MultiPartitionsDefinition
    ) -> list[dict[str, PartitionsSubset]]:
        """Products of keys by dimension that may each be mapped as a whole.

        When both upstream dimensions follow the same downstream one, each of its keys must go alone.
        """
        names = below.partition_dimension_names
        products = [dict(zip(names, product, strict=True)) for product in subset.products()]
        targets = [
            target.dimension_name
            for name, target in self.downstream_mappings_by_upstream_dimension.items()
            if name in above.partition_dimension_names
        ]
        if len(targets) == len(set(targets)):
            return products
        name = targets[0]
        definition = below.get_partitions_def_for_dimension(name)
        return [
            {**product, name: definition.subset_with_partition_keys([key])}
            for product in products
            for key in product[name]
        ]

    def _upstream_of(
        self,
        dimension: PartitionDimensionDefinition,
        keys: Mapping[str, PartitionsSubset],
        below: MultiPartitionsDefinition,
    ) -> UpstreamPartitionsResult:
        target = self.downstream_mappings_by_upstream_dimension.get(dimension.name)
        if target is None:
            everything = dimension.partitions_def.subset_with_all_partitions()
            return UpstreamPartitionsResult(everything, dimension.partitions_def.empty_subset())
        return target.partition_mapping.get_upstream_mapped_partitions_result_for_partitions(
            keys[target.dimension_name],
            below.get_partitions_def_for_dimension(target.dimension_name),
            dimension.partitions_def,
        )

    def _downstream_of(
        self,
        dimension: PartitionDimensionDefinition,
        keys: Mapping[str, PartitionsSubset],
        above: MultiPartitionsDefinition,
    ) -> PartitionsSubset:
        found = dimension.partitions_def.subset_with_all_partitions()
        for name, target in self.downstream_mappings_by_upstream_dimension.items():
            if target.dimension_name == dimension.name:
                found = found & target.partition_mapping.get_downstream_partitions_for_partitions(
                    keys[name], above.get_partitions_def_for_dimension(name), dimension.partitions_def
                )
        return found


def pairing_of(
    upstream: PartitionsDefinition | None, downstream: PartitionsDefinition | None
) -> tuple[MultiPartitionsDefinition, PartitionsDefinition, bool] | None:
    """The side with two dimensions, the other, and whether the first is upstream; None when it is not so."""
    if upstream is None or downstream is None:
        return None
    if isinstance(upstream, MultiPartitionsDefinition):
        return None if isinstance(downstream, MultiPartitionsDefinition) else (upstream, downstream, True)
    return (downstream, upstream, False) if isinstance(downstream, MultiPartitionsDefinition) else None


def shared_dimension(
    multi: MultiPartitionsDefinition, single: PartitionsDefinition
) -> PartitionDimensionDefinition | None:
    """The dimension that has the single side's definition, or its kind if that is of time windows."""
    equal = [dimension for dimension in multi.partitions_defs if dimension.partitions_def == single]
    if len(equal) == 1:
        return equal[0]
    by_time = isinstance(single, TimeWindowPartitionsDefinition) and multi.has_time_window_dimension
    return multi.time_window_dimension if by_time else None


def _multi(definition: PartitionsDefinition | None) -> MultiPartitionsDefinition:
    if isinstance(definition, MultiPartitionsDefinition):
        return definition
    raise InvalidDefinitionError(
        f"a MultiPartitionMapping maps multi-partitions to multi-partitions, not {in_words(definition)}"
    )


def _product(subset: PartitionsSubset, multi: MultiPartitionsDefinition) -> Product:
    return subset if isinstance(subset, Product) else multi.subset_with_partition_keys(subset)
