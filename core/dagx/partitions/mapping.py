"""PartitionMapping, and the mappings that look at keys alone. Semantics: section 13."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, cast

from dagx.arguments import checked_mapping, checked_text, checked_texts
from dagx.errors import InvalidDefinitionError
from dagx.nearest import did_you_mean
from dagx.partitions.definition import PartitionsDefinition, PartitionsSubset
from dagx.partitions.key_set import KeySet
from dagx.partitions.loading_context import DynamicPartitionsStore, loading_with
from dagx.partitions.ordered import PlacesSubset
from dagx.partitions.static import StaticPartitionsDefinition
from dagx.partitions.time_windows import TimeWindowPartitionsDefinition
from dagx.record import Record

__all__ = [
    "AllPartitionMapping",
    "IdentityPartitionMapping",
    "LastPartitionMapping",
    "PartitionMapping",
    "SpecificPartitionsPartitionMapping",
    "StaticPartitionMapping",
]


class UpstreamPartitionsResult(NamedTuple):
    """What some partitions need upstream: `partitions_subset` is there, the other is needed and is not."""

    partitions_subset: PartitionsSubset
    required_but_nonexistent_subset: PartitionsSubset


class PartitionMapping(ABC):
    """Which partitions of an upstream asset a partition depends on, and the other way round.

    Subclass it for a rule of your own. A subset of an asset without partitions is None, and so is its definition.
    Semantics: section 13.
    """

    @abstractmethod
    def get_upstream_mapped_partitions_result_for_partitions(
        self,
        downstream_partitions_subset: PartitionsSubset | None,
        downstream_partitions_def: PartitionsDefinition | None,
        upstream_partitions_def: PartitionsDefinition,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> UpstreamPartitionsResult:
        """The upstream partitions that the downstream ones depend on."""

    @abstractmethod
    def get_downstream_partitions_for_partitions(
        self,
        upstream_partitions_subset: PartitionsSubset,
        upstream_partitions_def: PartitionsDefinition,
        downstream_partitions_def: PartitionsDefinition,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> PartitionsSubset:
        """The downstream partitions that depend on some of the upstream ones."""

    def validate_partition_mapping(  # noqa: B027  # most rules go with all partitions
        self,
        upstream_partitions_def: PartitionsDefinition | None,
        downstream_partitions_def: PartitionsDefinition | None,
    ) -> None:
        """Raise InvalidDefinitionError when the mapping does not go with these partitions."""

    @property
    def description(self) -> str:
        """The rule in words."""
        return (type(self).__doc__ or type(self).__name__).strip().partition("\n")[0]


class BuiltInMapping(PartitionMapping, Record):
    """A mapping of ours: compared by content, and written without the time and the store, which are ambient."""

    def get_upstream_mapped_partitions_result_for_partitions(
        self,
        downstream_partitions_subset: PartitionsSubset | None,
        downstream_partitions_def: PartitionsDefinition | None,
        upstream_partitions_def: PartitionsDefinition,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> UpstreamPartitionsResult:
        """The upstream partitions that the downstream ones depend on."""
        with loading_with(current_time, dynamic_partitions_store):
            return self.upstream(
                downstream_partitions_subset, downstream_partitions_def, upstream_partitions_def
            )

    def get_downstream_partitions_for_partitions(
        self,
        upstream_partitions_subset: PartitionsSubset,
        upstream_partitions_def: PartitionsDefinition,
        downstream_partitions_def: PartitionsDefinition,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> PartitionsSubset:
        """The downstream partitions that depend on some of the upstream ones."""
        with loading_with(current_time, dynamic_partitions_store):
            return self.downstream(
                upstream_partitions_subset, upstream_partitions_def, downstream_partitions_def
            )

    @abstractmethod
    def upstream(
        self,
        subset: PartitionsSubset | None,
        downstream_def: PartitionsDefinition | None,
        upstream_def: PartitionsDefinition,
    ) -> UpstreamPartitionsResult:
        """What `subset` needs upstream."""

    @abstractmethod
    def downstream(
        self,
        subset: PartitionsSubset,
        upstream_def: PartitionsDefinition,
        downstream_def: PartitionsDefinition,
    ) -> PartitionsSubset:
        """What needs some of `subset` downstream."""


class AllPartitionMapping(BuiltInMapping):
    """Each downstream partition depends on all upstream partitions. Semantics: section 13."""

    def upstream(
        self,
        subset: PartitionsSubset | None,
        downstream_def: PartitionsDefinition | None,
        upstream_def: PartitionsDefinition,
    ) -> UpstreamPartitionsResult:
        """All; none for no partition."""
        return _there(_all_or_none(upstream_def, is_all=subset is None or not subset.is_empty))

    def downstream(
        self,
        subset: PartitionsSubset,
        upstream_def: PartitionsDefinition,
        downstream_def: PartitionsDefinition,
    ) -> PartitionsSubset:
        """All if any is given."""
        return _all_or_none(downstream_def, is_all=not subset.is_empty)


class LastPartitionMapping(BuiltInMapping):
    """Each downstream partition depends on the last upstream partition. Semantics: section 13."""

    def upstream(
        self,
        subset: PartitionsSubset | None,
        downstream_def: PartitionsDefinition | None,
        upstream_def: PartitionsDefinition,
    ) -> UpstreamPartitionsResult:
        """The last; none when there is none."""
        last = None if subset is not None and subset.is_empty else upstream_def.get_last_partition_key()
        return _there(upstream_def.subset_with_partition_keys([] if last is None else [last]))

    def downstream(
        self,
        subset: PartitionsSubset,
        upstream_def: PartitionsDefinition,
        downstream_def: PartitionsDefinition,
    ) -> PartitionsSubset:
        """All if the last is given."""
        return _all_or_none(downstream_def, is_all=upstream_def.get_last_partition_key() in subset)


class SpecificPartitionsPartitionMapping(BuiltInMapping):
    """Each downstream partition depends on the same few upstream partitions, `partition_keys`.

    Semantics: section 13.
    """

    partition_keys: tuple[str, ...]

    def __init__(self, partition_keys: Sequence[str]) -> None:
        self._set(partition_keys=checked_texts(partition_keys, "partition_keys", "a partition key"))

    def upstream(
        self,
        subset: PartitionsSubset | None,
        downstream_def: PartitionsDefinition | None,
        upstream_def: PartitionsDefinition,
    ) -> UpstreamPartitionsResult:
        """The keys, those that are not there apart."""
        return split_by_existence(upstream_def, self.partition_keys)

    def downstream(
        self,
        subset: PartitionsSubset,
        upstream_def: PartitionsDefinition,
        downstream_def: PartitionsDefinition,
    ) -> PartitionsSubset:
        """All if one of the keys is given."""
        return _all_or_none(downstream_def, is_all=any(key in subset for key in self.partition_keys))


class IdentityPartitionMapping(BuiltInMapping):
    """Each downstream partition depends on the upstream partition with the same key. Semantics: section 13."""

    def upstream(
        self,
        subset: PartitionsSubset | None,
        downstream_def: PartitionsDefinition | None,
        upstream_def: PartitionsDefinition,
    ) -> UpstreamPartitionsResult:
        """The same keys, those that are not there apart."""
        if subset is None:
            return _there(upstream_def.empty_subset())
        renamed = _same_keys(subset, upstream_def)
        if renamed is None:
            # As plain text: a key of two dimensions also fits where they have other names.
            return split_by_existence(upstream_def, [str(key) for key in subset])
        everything = upstream_def.subset_with_all_partitions()
        return UpstreamPartitionsResult(renamed & everything, renamed - everything)

    def downstream(
        self,
        subset: PartitionsSubset,
        upstream_def: PartitionsDefinition,
        downstream_def: PartitionsDefinition,
    ) -> PartitionsSubset:
        """The same keys, as far as they are there."""
        return self.upstream(subset, upstream_def, downstream_def).partitions_subset

    def validate_partition_mapping(
        self,
        upstream_partitions_def: PartitionsDefinition | None,
        downstream_partitions_def: PartitionsDefinition | None,
    ) -> None:
        """Raise InvalidDefinitionError unless both partitions are of one kind."""
        if type(upstream_partitions_def) is not type(downstream_partitions_def):
            raise InvalidDefinitionError(
                "an IdentityPartitionMapping maps partitions of one kind, not "
                f"{in_words(upstream_partitions_def)} to {in_words(downstream_partitions_def)}",
                "give another partition_mapping",
            )


class StaticPartitionMapping(BuiltInMapping):
    """Static partitions depend on static partitions by a table: upstream key to downstream key or keys.

    Semantics: section 13.
    """

    downstream_keys_by_upstream_key: dict[str, tuple[str, ...]]

    def __init__(
        self, downstream_partition_keys_by_upstream_partition_key: Mapping[str, str | Collection[str]]
    ) -> None:
        given = checked_mapping(
            downstream_partition_keys_by_upstream_partition_key, "what a StaticPartitionMapping is made of"
        )
        table = {
            checked_text(up, "an upstream key"): (
                (down,) if isinstance(down, str) else checked_texts(down, f"what {up!r} is mapped to")
            )
            for up, down in given.items()
        }
        self._set(downstream_keys_by_upstream_key=table)

    def upstream(
        self,
        subset: PartitionsSubset | None,
        downstream_def: PartitionsDefinition | None,
        upstream_def: PartitionsDefinition,
    ) -> UpstreamPartitionsResult:
        """The keys that map to one of them."""
        table = self.downstream_keys_by_upstream_key
        needed = [
            up for up, downs in table.items() if subset is None or any(down in subset for down in downs)
        ]
        return split_by_existence(upstream_def, needed)

    def downstream(
        self,
        subset: PartitionsSubset,
        upstream_def: PartitionsDefinition,
        downstream_def: PartitionsDefinition,
    ) -> PartitionsSubset:
        """What the table has for them."""
        table = self.downstream_keys_by_upstream_key
        return downstream_def.subset_with_partition_keys(
            down for up, downs in table.items() if up in subset for down in downs
        )

    def validate_partition_mapping(
        self,
        upstream_partitions_def: PartitionsDefinition | None,
        downstream_partitions_def: PartitionsDefinition | None,
    ) -> None:
        """Raise InvalidDefinitionError unless both are static, ValueError for keys that they do not have."""
        both = (upstream_partitions_def, downstream_partitions_def)
        if not all(isinstance(definition, StaticPartitionsDefinition) for definition in both):
            raise InvalidDefinitionError(
                "a StaticPartitionMapping maps static partitions to static ones, not "
                f"{in_words(upstream_partitions_def)} to {in_words(downstream_partitions_def)}"
            )
        table = self.downstream_keys_by_upstream_key
        named = (list(table), [down for downs in table.values() for down in downs])
        for side, definition, keys in zip(("upstream", "downstream"), both, named, strict=True):
            known = cast("StaticPartitionsDefinition", definition).get_partition_keys()
            unknown = [key for key in keys if key not in known]
            if unknown:
                raise UnknownMappedKeyError(
                    f"the StaticPartitionMapping names {unknown[0]!r}, which is not an {side} partition"
                    if side == "upstream"
                    else f"the StaticPartitionMapping names {unknown[0]!r}, which is not a {side} partition",
                    did_you_mean(unknown[0], known),
                )


class UnknownMappedKeyError(InvalidDefinitionError, ValueError):
    """A mapping names a key that the partitions do not have."""


def split_by_existence(
    definition: PartitionsDefinition, keys: Collection[str] | PartitionsSubset
) -> UpstreamPartitionsResult:
    """The partitions with these keys: those that are there, and those that are not."""
    wanted = list(keys)
    there = [key for key in wanted if definition.has_partition_key(key)]
    missing = KeySet(definition, set(wanted).difference(there)) if len(there) < len(wanted) else None
    return UpstreamPartitionsResult(
        definition.subset_with_partition_keys(there),
        definition.empty_subset() if missing is None else missing,
    )


def in_words(definition: PartitionsDefinition | None) -> str:
    """Partitions for a message."""
    return "no partitions" if definition is None else definition.describe()


def _there(subset: PartitionsSubset) -> UpstreamPartitionsResult:
    return UpstreamPartitionsResult(subset, subset.partitions_def.empty_subset())


def _all_or_none(definition: PartitionsDefinition, *, is_all: bool) -> PartitionsSubset:
    return definition.subset_with_all_partitions() if is_all else definition.empty_subset()


def _same_keys(subset: PartitionsSubset, other: PartitionsDefinition) -> PartitionsSubset | None:
    """The subset with the same keys of another definition, when it can be told without looking at keys."""
    own = subset.partitions_def
    if own == other:
        return subset
    if (
        not isinstance(own, TimeWindowPartitionsDefinition)
        or not isinstance(other, TimeWindowPartitionsDefinition)
        or not isinstance(subset, PlacesSubset)
        or not own.names_alike(other)
    ):
        return None
    further = own.number_at(0) - other.number_at(0)
    return PlacesSubset(other, tuple((low + further, high + further) for low, high in subset.ranges))
