"""Which assets are stale by the record of an instance, and why. Semantics: section 16.3.

The engine judges by content and does not use this: it is for what is asked of an instance in process.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from dagx.execution.results import DataVersion
from dagx.instance.data_versions import (
    DATA_VERSION_TAG,
    INITIAL,
    MOST_PARTITIONS_LOOKED_AT,
    NULL,
    USER_PROVIDED_TAG,
    DataProvenance,
    extract_data_provenance_from_entry,
    extract_data_version_from_entry,
)
from dagx.instance.event_log import EventLogRecord
from dagx.instance.input_versions import checked_partitions
from dagx.instance.stale_cause import (
    PartitionsOf,
    StaleCause,
    StaleCauseCategory,
    StaleStatus,
    VersionedAsset,
)
from dagx.keys import AssetKey

if TYPE_CHECKING:
    from dagx.assets.specs import AssetSpec
    from dagx.instance.instance import DagsterInstance

Slot = tuple[AssetKey, "str | None"]


class Staleness:
    """The staleness of assets by the record of `instance`, as it was when each question was first asked."""

    def __init__(self, assets: Mapping[AssetKey, VersionedAsset], instance: DagsterInstance) -> None:
        self._assets = assets
        self._instance = instance
        self._latest: dict[Slot, EventLogRecord | None] = {}
        self._causes: dict[Slot, tuple[StaleCause, ...]] = {}

    def status(self, key: AssetKey, partition: str | None = None) -> StaleStatus:
        """How an asset, or one partition of it, stands; a partitioned asset as a whole is FRESH."""
        asset = self._assets[key]
        if asset.partitions is not None and partition is None:
            return StaleStatus.FRESH
        if self.current_data_version(key, partition) == NULL:
            return StaleStatus.MISSING
        if asset.is_external or asset.is_observable:
            return StaleStatus.FRESH
        return StaleStatus.STALE if self.causes(key, partition) else StaleStatus.FRESH

    def stale_or_missing(self, keys: Collection[AssetKey], partition: str | None = None) -> set[AssetKey]:
        """Those of `keys` that are not fresh."""
        return {
            key
            for key in keys
            if self.status(key, None if self._assets[key].partitions is None else partition)
            is not StaleStatus.FRESH
        }

    def causes(self, key: AssetKey, partition: str | None = None) -> tuple[StaleCause, ...]:
        """Why an asset is stale; empty when it is not."""
        slot = (key, partition)
        if slot not in self._causes:
            self._causes[slot] = self._found(self._assets[key], partition)
        return self._causes[slot]

    def root_causes(self, key: AssetKey, partition: str | None = None) -> tuple[StaleCause, ...]:
        """Where it began: the causes below the causes."""
        leaves: list[StaleCause] = []
        open_causes = list(self.causes(key, partition))
        while open_causes:
            cause = open_causes.pop(0)
            open_causes.extend(cause.children)
            if not cause.children and cause not in leaves:
                leaves.append(cause)
        return tuple(leaves)

    def current_data_version(self, key: AssetKey, partition: str | None = None) -> DataVersion:
        """The data version of an asset now.

        NULL when it was never recorded, INITIAL when it was without a version, or is external and was never recorded.
        """
        record = self._record(key, partition)
        if record is None:
            return INITIAL if self._assets[key].is_external else NULL
        return extract_data_version_from_entry(record.event_log_entry) or INITIAL

    # What is recorded

    def _record(self, key: AssetKey, partition: str | None) -> EventLogRecord | None:
        """The record that tells the current version: of an observable asset also that it was seen."""
        slot = (key, partition)
        if slot not in self._latest:
            self._latest[slot] = self._newest(key, partition)
        return self._latest[slot]

    def _newest(
        self, key: AssetKey, partition: str | None, *, before: int | None = None, after: int | None = None
    ) -> EventLogRecord | None:
        asset = self._assets.get(key)
        kinds = (False, True) if asset is not None and asset.is_observable else (False,)
        found = [
            self._instance.get_latest_data_version_record(key, is_seen, partition, before, after)
            for is_seen in kinds
        ]
        return max((r for r in found if r is not None), key=lambda r: r.storage_id, default=None)

    # Why

    def _found(self, asset: VersionedAsset, partition: str | None) -> tuple[StaleCause, ...]:
        record = self._record(asset.key, partition)
        is_whole = asset.partitions is not None and partition is None
        if record is None or is_whole or asset.is_external or asset.is_observable:
            return ()
        provenance = extract_data_provenance_from_entry(record.event_log_entry)
        if provenance is None:
            return tuple(self._newer_parents(asset, partition, record))
        return (
            *_code_cause(asset, partition, provenance),
            *_removed_deps(asset, partition, provenance),
            *self._changed_parents(asset, partition, provenance),
        )

    def _parents(self, asset: VersionedAsset, partition: str | None) -> list[Slot]:
        """What is looked at of what the asset is made from, in the order of keys."""
        found: list[Slot] = []
        for key in sorted(asset.deps):
            if key == asset.key and (asset.partitions or 0) >= MOST_PARTITIONS_LOOKED_AT:
                continue
            of = asset.deps[key]
            partitions = None if of is None else of(partition)
            if partitions is None:
                found.append((key, None))
            elif len(partitions) < MOST_PARTITIONS_LOOKED_AT:
                found.extend((key, one) for one in partitions)
        return found

    def _changed_parents(
        self, asset: VersionedAsset, partition: str | None, provenance: DataProvenance
    ) -> list[StaleCause]:
        causes: list[StaleCause] = []
        for key in sorted(asset.deps):
            if _as_recorded(key) not in provenance.input_data_versions:
                reason = f"has a new dependency on {key.to_user_string()}"
                causes.append(_cause(asset, partition, StaleCauseCategory.DEPENDENCIES, reason, key))
        for key, above in self._parents(asset, partition):
            if _as_recorded(key) in provenance.input_data_versions and self._has_changed(
                key, above, provenance
            ):
                causes.append(self._data_cause(asset, partition, key, above))
        return causes

    def _has_changed(self, key: AssetKey, partition: str | None, provenance: DataProvenance) -> bool:
        known = _as_recorded(key)
        if partition is not None:
            return self._has_changed_since(key, partition, provenance.input_storage_ids.get(known))
        above = self._assets[key]
        if above.is_external and not above.is_observable and self._record(key, None) is None:
            return False  # what was only seen does not count, whatever its version was when it was used
        now = self.current_data_version(key)
        return _told(now) != _told(provenance.input_data_versions[known])

    def _has_changed_since(self, key: AssetKey, partition: str, pointer: int | None) -> bool:
        """Whether a partition has another version than before the event that was used."""
        later = self._newest(key, partition, after=pointer or 0)
        if later is None:
            return False
        earlier = None if pointer is None else self._newest(key, partition, before=pointer + 1)
        return _version_of(later) != _version_of(earlier)

    def _data_cause(
        self, asset: VersionedAsset, partition: str | None, key: AssetKey, above: str | None
    ) -> StaleCause:
        what = "data version" if self._has_version_of_its_own(key, above) else "materialization"
        child = StaleCause(key, StaleCauseCategory.DATA, f"new {what}", partition=above)
        return StaleCause(
            asset.key,
            StaleCauseCategory.DATA,
            f"new dependency {what}",
            key,
            (child,),
            partition=partition,
            dependency_partition=above,
        )

    def _has_version_of_its_own(self, key: AssetKey, partition: str | None) -> bool:
        """Whether its versions say something: not another one with every run."""
        asset = self._assets[key]
        if asset.code_version is not None or asset.is_observable:
            return True
        record = self._record(key, partition)
        if record is None:
            return False
        tags = record.event_log_entry.tags
        return tags.get(USER_PROVIDED_TAG) == "true" or (asset.is_external and DATA_VERSION_TAG in tags)

    def _newer_parents(
        self, asset: VersionedAsset, partition: str | None, record: EventLogRecord
    ) -> list[StaleCause]:
        """The causes of what did not record what it was made from: parents that are newer, or were never made."""
        causes: list[StaleCause] = []
        for key, above in self._parents(asset, partition):
            if self._assets[key].is_external:
                continue
            latest = self._newest(key, above)
            if latest is None:
                causes.append(_cause(asset, partition, StaleCauseCategory.DATA, "new input", key, above))
            elif latest.storage_id > record.storage_id:
                causes.append(self._data_cause(asset, partition, key, above))
        return causes


def versioned_assets(
    specs: Mapping[AssetKey, AssetSpec],
    external: Collection[AssetKey] = (),
    observable: Collection[AssetKey] = (),
) -> dict[AssetKey, VersionedAsset]:
    """What staleness needs to know of the assets of `specs`, which include those that they need.

    `external` are those that are made elsewhere, `observable` those that a function observes.
    """
    return {
        key: VersionedAsset(
            key,
            spec.code_version,
            {dep.asset_key: _partitions_of(specs, spec, dep.asset_key) for dep in spec.deps},
            is_external=key in external or key in observable,
            is_observable=key in observable,
            partitions=None if spec.partitions_def is None else spec.partitions_def.get_num_partitions(),
        )
        for key, spec in specs.items()
    }


def _partitions_of(
    specs: Mapping[AssetKey, AssetSpec], spec: AssetSpec, parent: AssetKey
) -> PartitionsOf | None:
    above = specs.get(parent)
    if above is None or above.partitions_def is None:
        return None

    def of(partition: str | None) -> Sequence[str]:
        if partition is None and spec.partitions_def is not None:
            return ()
        return checked_partitions(specs, spec, parent, partition)

    return of


def _code_cause(asset: VersionedAsset, partition: str | None, provenance: DataProvenance) -> list[StaleCause]:
    if asset.code_version is None or asset.code_version == provenance.code_version:
        return []
    return [_cause(asset, partition, StaleCauseCategory.CODE, "new code version")]


def _removed_deps(
    asset: VersionedAsset, partition: str | None, provenance: DataProvenance
) -> list[StaleCause]:
    now = {_as_recorded(key) for key in asset.deps}
    return [
        _cause(
            asset,
            partition,
            StaleCauseCategory.DEPENDENCIES,
            f"removed dependency on {key.to_user_string()}",
            key,
        )
        for key in sorted(provenance.input_data_versions)
        if key not in now
    ]


def _cause(
    asset: VersionedAsset,
    partition: str | None,
    category: StaleCauseCategory,
    reason: str,
    dependency: AssetKey | None = None,
    dependency_partition: str | None = None,
) -> StaleCause:
    return StaleCause(
        asset.key,
        category,
        reason,
        dependency,
        partition=partition,
        dependency_partition=dependency_partition,
    )


def _as_recorded(key: AssetKey) -> AssetKey:
    """A key as it is read back from a tag, which has its segments joined by slashes."""
    return AssetKey.from_user_string(key.to_user_string())


def _version_of(record: EventLogRecord | None) -> DataVersion:
    version = None if record is None else extract_data_version_from_entry(record.event_log_entry)
    return version or INITIAL


def _told(version: DataVersion) -> DataVersion:
    return INITIAL if version == NULL else version
