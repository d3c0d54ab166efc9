"""The data versions of what an asset is made from, as an instance tells them now. Semantics: section 16.2."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dagx.execution.results import DataVersion
from dagx.instance.data_versions import (
    INITIAL,
    MOST_PARTITIONS_LOOKED_AT,
    ParentVersion,
    extract_data_version_from_entry,
    tags_for_materialization,
    version_of_partitions,
)
from dagx.instance.event_types import DagsterEventType
from dagx.keys import AssetKey

if TYPE_CHECKING:
    from dagx.assets.specs import AssetSpec
    from dagx.execution.runs import RunInfo
    from dagx.instance.instance import DagsterInstance


def tags_for_step_output(
    instance: DagsterInstance,
    run: RunInfo,
    specs: Mapping[AssetKey, AssetSpec],
    key: AssetKey,
    partition: str | None = None,
    version: str | None = None,
) -> dict[str, str]:
    """The tags of the event that a run made an asset, or one partition of it, out of what its inputs are now.

    `specs` has the asset and those that it needs; `version` is the data version that the user gave.
    """
    spec = specs[key]
    parents = {
        dep.asset_key: parent_version(
            instance, dep.asset_key, parent_partitions(specs, spec, dep.asset_key, partition)
        )
        for dep in spec.deps
    }
    given = None if version is None else DataVersion(version)
    return tags_for_materialization(run.run_id, spec.code_version, parents, given)


def parent_version(
    instance: DagsterInstance, key: AssetKey, partitions: Sequence[str] | None = None
) -> ParentVersion:
    """The version of an asset as an input, of these partitions together, or as a whole."""
    if partitions is None or len(partitions) >= MOST_PARTITIONS_LOOKED_AT:
        record = instance.get_latest_data_version_record(key)
        if record is None:
            return ParentVersion()
        version = extract_data_version_from_entry(record.event_log_entry)
        return ParentVersion(version or INITIAL, record.storage_id)
    found = {
        **instance.latest_by_partition(key, DagsterEventType.ASSET_OBSERVATION, partitions),
        **instance.latest_by_partition(key, DagsterEventType.ASSET_MATERIALIZATION, partitions),
    }
    versions = {name: extract_data_version_from_entry(entry) for name, entry in found.items()}
    known = {name: version.value for name, version in versions.items() if version is not None}
    pointer = max((entry.storage_id or 0 for entry in found.values()), default=None)
    return ParentVersion(DataVersion(version_of_partitions(known)) if known else INITIAL, pointer)


def parent_partitions(
    specs: Mapping[AssetKey, AssetSpec], spec: AssetSpec, parent: AssetKey, partition: str | None
) -> Sequence[str] | None:
    """The partitions of `parent` that a partition of an asset is made from; None when it has none."""
    above = specs.get(parent)
    if above is None or above.partitions_def is None:
        return None
    own = spec.partitions_def if partition is not None else None
    mapping = _upstream().infer_mapping(spec.partition_mappings.get(parent), own, above.partitions_def)
    keys = [] if partition is None else [partition]
    found: Sequence[str] = _upstream().upstream_keys(mapping, keys, own, above.partitions_def).keys
    return found


def checked_partitions(
    specs: Mapping[AssetKey, AssetSpec], spec: AssetSpec, parent: AssetKey, partition: str | None
) -> Sequence[str]:
    """Those of `parent_partitions` that staleness looks at: none when all of a parent over time are used."""
    above = specs[parent].partitions_def
    own = spec.partitions_def if partition is not None else None
    mapping = _upstream().infer_mapping(spec.partition_mappings.get(parent), own, above)
    if isinstance(mapping, _upstream().AllPartitionMapping) and hasattr(
        above, "time_window_for_partition_key"
    ):
        return ()
    return parent_partitions(specs, spec, parent, partition) or ()


def _upstream() -> Any:
    # Late: most assets have no partitions, and time zones and calendars cost milliseconds.
    return importlib.import_module("dagx.partitions.upstream")
