"""Keys of partitions, ranges of them, and the tags by which runs and events name them. Sections 12, 14."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, cast

from dagx.errors import InvalidArgumentError

__all__ = ["MultiPartitionKey", "PartitionKeyRange", "TimeWindow"]

PARTITION_TAG = "dagster/partition"
DIMENSION_TAG_PREFIX = "dagster/partition/"
RANGE_START_TAG = "dagster/asset_partition_range_start"
RANGE_END_TAG = "dagster/asset_partition_range_end"
SEPARATOR = "|"


class PartitionKeyRange(NamedTuple):
    """The partitions from `start` to `end`, both included. Semantics: section 12."""

    start: str
    end: str


class TimeWindow(NamedTuple):
    """The time from `start` up to, not including, `end`; both know their time zone. Semantics: section 12.1."""

    start: datetime
    end: datetime


class MultiPartitionKey(str):
    """The key of a partition with several dimensions: a str, their keys joined by `|`.

    Dimensions stand in the alphabetical order of their names, whatever the order of the mapping from names to
    keys that it is made of. Semantics: section 12.5.
    """

    keys_by_dimension: dict[str, str]

    def __new__(cls, keys_by_dimension: Mapping[str, str]) -> MultiPartitionKey:
        given = cast("Mapping[object, object]", keys_by_dimension)
        if not isinstance(given, Mapping) or not all(  # pyright: ignore[reportUnnecessaryIsInstance]
            isinstance(name, str) and isinstance(key, str) for name, key in given.items()
        ):
            raise InvalidArgumentError(
                f"a MultiPartitionKey is made of the keys of its dimensions by name, not of {given!r}",
                'write MultiPartitionKey({"date": "2024-01-01", "region": "eu"})',
            )
        return cls.of_sorted(dict(sorted(keys_by_dimension.items())))

    @classmethod
    def of_sorted(cls, keys_by_dimension: dict[str, str]) -> MultiPartitionKey:
        """The key of dimensions that are in order, unchecked: there may be hundreds of thousands."""
        made = super().__new__(cls, SEPARATOR.join(keys_by_dimension.values()))
        made.keys_by_dimension = keys_by_dimension
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (self.keys_by_dimension,)


def range_tags(chosen: PartitionKeyRange) -> dict[str, str]:
    """The tags of a run over a range of partitions."""
    return {RANGE_START_TAG: chosen.start, RANGE_END_TAG: chosen.end}
