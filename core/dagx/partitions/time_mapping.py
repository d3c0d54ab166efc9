"""TimeWindowPartitionMapping: windows of time depend on the windows that they overlap. Semantics: section 13."""

from __future__ import annotations

from collections.abc import Iterable

from dagx.arguments import checked_whole
from dagx.errors import InvalidDefinitionError
from dagx.partitions import ranges as sets
from dagx.partitions.definition import PartitionsDefinition, PartitionsSubset
from dagx.partitions.mapping import BuiltInMapping, UpstreamPartitionsResult, in_words
from dagx.partitions.ordered import PlacesSubset
from dagx.partitions.time_windows import TimeWindowPartitionsDefinition

__all__ = ["TimeWindowPartitionMapping"]


class TimeWindowPartitionMapping(BuiltInMapping):
    """Each downstream window depends on the upstream windows that it overlaps.

    start_offset, end_offset: move the start and the end of the downstream window first, by so many of its own kind;
        what a start moved back reaches before the first upstream partition, or an end moved on after the last, is not
        missed.
    allow_nonexistent_upstream_partitions: nor is anything else.

    Both sides need time windows in one time zone. Semantics: section 13.
    """

    start_offset: int
    end_offset: int
    allow_nonexistent_upstream_partitions: bool

    def __init__(
        self,
        start_offset: int = 0,
        end_offset: int = 0,
        allow_nonexistent_upstream_partitions: bool = False,
    ) -> None:
        self._set(
            start_offset=checked_whole(start_offset, "start_offset"),
            end_offset=checked_whole(end_offset, "end_offset"),
            allow_nonexistent_upstream_partitions=allow_nonexistent_upstream_partitions,
        )

    def upstream(
        self,
        subset: PartitionsSubset | None,
        downstream_def: PartitionsDefinition | None,
        upstream_def: PartitionsDefinition,
    ) -> UpstreamPartitionsResult:
        """The windows that overlap, those that are not there apart."""
        below, above = _windows(downstream_def), _windows(upstream_def)
        everything = above.subset_with_all_partitions()
        moved = [self._moved(below, first, after) for first, after in _runs(below, subset)]
        there = _overlapped(above, moved) & everything
        if self.allow_nonexistent_upstream_partitions:
            return UpstreamPartitionsResult(there, above.empty_subset())
        required = [self._clipped(above, everything, *span) for span in moved]
        return UpstreamPartitionsResult(there, _overlapped(above, required) - everything)

    def downstream(
        self,
        subset: PartitionsSubset,
        upstream_def: PartitionsDefinition,
        downstream_def: PartitionsDefinition,
    ) -> PartitionsSubset:
        """The windows whose moved ones overlap."""
        above, below = _windows(upstream_def), _windows(downstream_def)
        everything = below.subset_with_all_partitions()
        if self.start_offset > self.end_offset:
            return below.empty_subset()
        found: list[tuple[int, int]] = []
        for first, after in _runs(above, subset):
            start, end = above.ticks.at(first), above.ticks.at(after)
            lowest = below.ticks.number(start + 1) - 1 - self.end_offset
            highest = below.ticks.number(end) - self.start_offset
            found.append(below.places_of_numbers(lowest, highest))
        return PlacesSubset(below, sets.normal(found)) & everything

    def validate_partition_mapping(
        self,
        upstream_partitions_def: PartitionsDefinition | None,
        downstream_partitions_def: PartitionsDefinition | None,
    ) -> None:
        """Raise InvalidDefinitionError unless both sides are of time windows in one time zone."""
        above, below = upstream_partitions_def, downstream_partitions_def
        if not isinstance(above, TimeWindowPartitionsDefinition) or not isinstance(
            below, TimeWindowPartitionsDefinition
        ):
            raise InvalidDefinitionError(
                "a TimeWindowPartitionMapping maps windows of time to windows of time, not "
                f"{in_words(above)} to {in_words(below)}"
            )
        if above.timezone != below.timezone:
            raise InvalidDefinitionError(
                f"a TimeWindowPartitionMapping maps windows in one time zone, not in {above.timezone} and "
                f"{below.timezone}",
                "give both partitions definitions the same timezone",
            )

    def _moved(self, below: TimeWindowPartitionsDefinition, first: int, after: int) -> tuple[int, int]:
        """From when to when a run of windows reaches once they are moved."""
        if self.start_offset > self.end_offset:
            return 0, 0
        return below.ticks.at(first + self.start_offset), below.ticks.at(after + self.end_offset)

    def _clipped(
        self, above: TimeWindowPartitionsDefinition, everything: PlacesSubset, start: int, end: int
    ) -> tuple[int, int]:
        """Some time without what an offset reached beyond the partitions that there are."""
        if everything and self.start_offset < 0:
            start = max(start, above.ticks.at(above.number_at(0)))
        if everything and self.end_offset > 0:
            end = min(end, above.ticks.at(above.number_at(len(everything) - 1) + 1))
        return start, end


def _overlapped(above: TimeWindowPartitionsDefinition, spans: Iterable[tuple[int, int]]) -> PlacesSubset:
    """The windows that have some of these spans of time in them."""
    return PlacesSubset(above, sets.normal(_overlapping(above, *span) for span in spans))


def _overlapping(above: TimeWindowPartitionsDefinition, start: int, end: int) -> tuple[int, int]:
    """The places of the windows that have some of the time from `start` to `end` in them."""
    if start >= end:
        return 0, 0
    return above.places_of_numbers(above.ticks.number(start + 1) - 1, above.ticks.number(end))


def _runs(
    definition: TimeWindowPartitionsDefinition, subset: PartitionsSubset | None
) -> list[tuple[int, int]]:
    """The numbers of the windows in the subset, as runs."""
    if subset is None:
        return []
    if not isinstance(subset, PlacesSubset):
        subset = definition.subset_with_partition_keys(subset)
    return [run for low, high in subset.ranges for run in definition.number_runs(low, high)]


def _windows(definition: PartitionsDefinition | None) -> TimeWindowPartitionsDefinition:
    if not isinstance(definition, TimeWindowPartitionsDefinition):
        raise InvalidDefinitionError(
            f"a TimeWindowPartitionMapping maps windows of time, not {in_words(definition)}"
        )
    return definition
