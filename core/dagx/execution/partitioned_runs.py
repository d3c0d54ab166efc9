"""Which partitions a run is for: by a key, or by tags. It knows definitions, not how they run. Sections 13, 14, 30."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from dagx.assets.definition import AssetsDefinition
from dagx.errors import InvalidArgumentError, InvalidDefinitionError

if TYPE_CHECKING:
    from dagx.partitions.definition import PartitionsDefinition

PARTITION = "dagster/partition"
RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"


def partitions_of_run(
    chosen: Iterable[AssetsDefinition], partition_key: str | None, tags: Mapping[str, str]
) -> tuple[tuple[str, str] | None, dict[str, str]]:
    """The first and last partition that a run is for, and the tags that say so.

    Raises UnknownPartitionError, InvalidArgumentError when nothing is partitioned or the range is none,
    InvalidDefinitionError when assets are partitioned in different ways.
    """
    asked = _asked(partition_key, tags)
    if asked is None:
        return None, {}
    partitions = _one_definition(chosen)
    if partitions is None:
        raise InvalidArgumentError(
            f"the run is for the partition {asked[0]!r}, and nothing in it is partitioned",
            "leave out partition_key, or give an asset a partitions_def",
        )
    for key in dict.fromkeys(asked):
        partitions.check_key(key)
    if asked[0] != asked[1]:
        if next(iter(partitions.keys_in_range(*asked)), None) is None:
            raise InvalidArgumentError(
                f"the run is for the partitions from {asked[0]!r} to {asked[1]!r}, and the latter comes before the "
                "former",
                f"exchange the tags {RANGE_START} and {RANGE_END}",
            )
        return asked, {RANGE_START: asked[0], RANGE_END: asked[1]}
    upstream: Any = importlib.import_module("dagx.partitions.upstream")
    found: dict[str, str] = upstream.partition_tags(partitions, asked[0])
    return asked, found


def _asked(partition_key: str | None, tags: Mapping[str, str]) -> tuple[str, str] | None:
    """The ends of what is asked for, in whichever way; asked in two ways, they must say the same."""
    ends = {name: tags[name] for name in (RANGE_START, RANGE_END) if name in tags}
    if len(ends) == 1:
        (there,) = ends
        raise InvalidArgumentError(
            f"the run has the tag {there} alone", f"give both {RANGE_START} and {RANGE_END}"
        )
    ways: dict[str, tuple[str, str]] = {}
    if partition_key is not None:
        ways["partition_key"] = (partition_key, partition_key)
    if PARTITION in tags:
        ways[f"the tag {PARTITION}"] = (tags[PARTITION], tags[PARTITION])
    if ends:
        ways[f"the tags {RANGE_START} and ..._end"] = (ends[RANGE_START], ends[RANGE_END])
    if len(set(ways.values())) > 1:
        raise InvalidArgumentError(
            f"the run is asked for different partitions by {' and '.join(ways)}", "keep one of them"
        )
    return next(iter(ways.values()), None)


def _one_definition(chosen: Iterable[AssetsDefinition]) -> PartitionsDefinition | None:
    found: PartitionsDefinition | None = None
    for definition in chosen:
        selected = {slot.key for slot in definition.outputs if slot.name in definition.selected_outputs}
        own = [spec.partitions_def for spec in definition.specs if spec.key in selected]
        checks = [spec.partitions_def for spec in definition.check_specs if spec.asset_key in selected]
        for partitions in (*own, *checks):
            if partitions is None:
                continue
            if found is not None and found != partitions:
                raise InvalidDefinitionError(
                    "the run is for assets that are partitioned in different ways",
                    "run those of one partitions definition, and unpartitioned ones, together",
                )
            found = partitions
    return found
