"""The data versions of what an asset was made from, read from the history of an instance. Semantics: section 16.2.

For runs in this process only: the engine knows the contents, and needs no history for it.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dagx.instance.data_versions import (
    ParentVersion,
    extract_data_version_from_entry,
    tags_for_materialization,
    version_of_partitions,
)
from dagx.keys import AssetKey
from dagx.results import DataVersion
from dagx.runs import RunInfo
from dagx.specs import AssetSpec

if TYPE_CHECKING:
    from dagx.instance.instance import DagsterInstance

# From so many upstream partitions on, the version of the latest event stands for all of them.
MOST_PARTITIONS = 100


def version_tags(
    instance: DagsterInstance,
    run: RunInfo,
    specs: Mapping[AssetKey, AssetSpec],
    key: AssetKey,
    partition: str | None,
    given: str | None,
) -> dict[str, str]:
    """The tags of the event that an asset (or one partition of it) was made, with its version and its parents'."""
    spec = specs.get(key)
    parents: dict[AssetKey, ParentVersion] = {}
    for dep in spec.deps if spec is not None else ():
        parents[dep.asset_key] = _parent_version(instance, specs, key, partition, dep.asset_key)
    return tags_for_materialization(
        run.run_id,
        spec.code_version if spec is not None else None,
        parents,
        None if given is None else DataVersion(given),
    )


def _parent_version(
    instance: DagsterInstance,
    specs: Mapping[AssetKey, AssetSpec],
    child: AssetKey,
    partition: str | None,
    parent: AssetKey,
) -> ParentVersion:
    above = specs.get(parent)
    if above is None or above.partitions_def is None or parent == child:
        return _latest(instance, parent, None)
    upstream: Any = importlib.import_module("dagx.partitions.upstream")
    own = specs[child].partitions_def
    mapping = upstream.infer_mapping(specs[child].partition_mappings.get(parent), own, above.partitions_def)
    subset = upstream.upstream_subset_of(
        mapping, () if partition is None else (partition,), own, above.partitions_def
    )
    if len(subset) >= MOST_PARTITIONS:
        return _latest(instance, parent, None)
    found = {name: _latest(instance, parent, name) for name in subset}
    if len(found) == 1:
        return next(iter(found.values()))
    pointers = [one.storage_id for one in found.values() if one.storage_id is not None]
    together = version_of_partitions({name: one.version.value for name, one in found.items()})
    return ParentVersion(DataVersion(together), max(pointers, default=None))


def _latest(instance: DagsterInstance, key: AssetKey, partition: str | None) -> ParentVersion:
    record = instance.get_latest_data_version_record(key, partition_key=partition)
    if record is None:
        return ParentVersion()
    version = extract_data_version_from_entry(record.event_log_entry)
    return ParentVersion(version or ParentVersion().version, record.storage_id)
