"""MultiAssetSensorEvaluationContext: the unconsumed materializations of several assets. Sections 19 and 27."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from dagx.automation.asset_events import latest_record, records_after, records_numbered
from dagx.automation.multi_asset_cursor import Event, Position, read_cursor, written
from dagx.automation.sensor_context import SensorEvaluationContext
from dagx.errors import InvalidArgumentError, InvalidInvocationError, InvariantViolationError
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.partitions.loading_context import partition_loading_context
from dagx.selecting.asset_selection import AssetSelection

if TYPE_CHECKING:
    from dagx.instance.event_log import EventLogRecord
    from dagx.instance.instance import DagsterInstance

__all__ = ["MultiAssetSensorEvaluationContext", "build_multi_asset_sensor_context"]


class MultiAssetSensorEvaluationContext(SensorEvaluationContext):
    """The context of one tick of a multi-asset sensor: a SensorEvaluationContext that knows, for each monitored
    asset, which materializations were not consumed yet.

    A materialization is consumed by `advance_cursor`; partitions that were passed over stay unconsumed. In tests,
    `build_multi_asset_sensor_context` makes one. Semantics: section 19.
    """

    def __init__(
        self,
        *,
        monitored_assets: Sequence[CoercibleToAssetKey] | AssetSelection,
        instance: DagsterInstance | None = None,
        cursor: str | None = None,
        **fields: Any,
    ) -> None:
        super().__init__(instance=instance, cursor=cursor, **fields)
        self._keys = self._monitored(monitored_assets)
        self._positions: dict[AssetKey, Position] = read_cursor(cursor, self._keys)

    @classmethod
    def of(
        cls, context: SensorEvaluationContext, monitored: Sequence[CoercibleToAssetKey] | AssetSelection
    ) -> MultiAssetSensorEvaluationContext:
        """`context` as one of a multi-asset sensor over `monitored`."""
        if isinstance(context, MultiAssetSensorEvaluationContext):
            return context
        return cls(
            monitored_assets=monitored,
            instance=context._instance,
            cursor=context.cursor,
            repository_name=context._repository_name,
            repository_def=context._repository_def,
            definitions=context._definitions,
            sensor_name=context.sensor_name,
            lender=context,
            last_run_key=context.last_run_key,
            last_tick_completion_time=context.last_tick_completion_time,
            last_sensor_start_time=context.last_sensor_start_time,
        )

    def _monitored(self, assets: object) -> list[AssetKey]:
        if isinstance(assets, AssetSelection):
            if not self.knows_definitions:
                raise InvariantViolationError(
                    "the monitored assets are a selection, and the context knows no assets",
                    "build the context with definitions=... or repository_def=...",
                )
            return sorted(assets.resolve(self.asset_graph()))
        if isinstance(assets, str) or not isinstance(assets, Iterable):
            raise InvalidArgumentError(
                f"monitored_assets is a list of keys or a selection, not {assets!r}",
                'write [AssetKey("orders")]',
            )
        return [
            AssetKey.from_coercible_or_definition(key) for key in cast("Iterable[Any]", cast(object, assets))
        ]

    @property
    def asset_keys(self) -> list[AssetKey]:
        """The monitored assets."""
        return list(self._keys)

    def update_cursor(self, cursor: str | None) -> None:
        """Raises InvariantViolationError: the cursor has a place in the history of each asset."""
        raise InvariantViolationError(
            "the cursor of a multi-asset sensor is not set by hand",
            "call advance_cursor or advance_all_cursors",
        )

    # What was not consumed

    def latest_materialization_records_by_key(
        self, asset_keys: Sequence[CoercibleToAssetKey] | None = None
    ) -> Mapping[AssetKey, EventLogRecord | None]:
        """The newest unconsumed materialization of each asset, None where there is none."""
        keys = self._keys if asset_keys is None else [AssetKey.from_coercible(key) for key in asset_keys]
        return {key: latest_record(self.instance, key, self._at(key).number) for key in keys}

    def materialization_records_for_key(
        self, asset_key: CoercibleToAssetKey, limit: int | None = None
    ) -> list[EventLogRecord]:
        """The materializations of an asset after the cursor, the oldest first, `limit` at most."""
        key = AssetKey.from_coercible(asset_key)
        return list(records_after(self.instance, key, self._at(key).number, limit=limit))

    def get_trailing_unconsumed_events(self, asset_key: CoercibleToAssetKey) -> list[EventLogRecord]:
        """Materializations that the cursor passed over, each of another partition, the oldest first."""
        key = AssetKey.from_coercible(asset_key)
        return list(records_numbered(self.instance, key, sorted(self._at(key).trailing.values())))

    def latest_materialization_records_by_partition(
        self, asset_key: CoercibleToAssetKey, after_cursor_partition: bool = False
    ) -> Mapping[str, EventLogRecord]:
        """The newest unconsumed materialization of each partition of an asset, the oldest first.

        `after_cursor_partition` leaves out partitions whose keys sort up to that of the cursor.
        """
        key = AssetKey.from_coercible(asset_key)
        unconsumed = [*self.get_trailing_unconsumed_events(key), *self.materialization_records_for_key(key)]
        found: dict[str, EventLogRecord] = {}
        for record in unconsumed:
            partition = record.partition_key
            if partition is not None:
                found.pop(partition, None)
                found[partition] = record
        if not after_cursor_partition:
            return found
        start = self._at(key).partition
        return {
            partition: record for partition, record in found.items() if start is None or partition > start
        }

    def latest_materialization_records_by_partition_and_asset(
        self,
    ) -> Mapping[str, Mapping[AssetKey, EventLogRecord]]:
        """For each partition, the newest unconsumed materialization of each asset that has one."""
        found: dict[str, dict[AssetKey, EventLogRecord]] = {}
        for key in self._keys:
            for partition, record in self.latest_materialization_records_by_partition(key).items():
                found.setdefault(partition, {})[key] = record
        return found

    def get_cursor_partition(self, asset_key: CoercibleToAssetKey) -> str | None:
        """The partition of the last consumed materialization of an asset."""
        return self._at(AssetKey.from_coercible(asset_key)).partition

    def all_partitions_materialized(
        self, asset_key: CoercibleToAssetKey, partitions: Sequence[str] | None = None
    ) -> bool:
        """Whether each of `partitions` of an asset (by default, all that it has now) was ever materialized."""
        key = AssetKey.from_coercible(asset_key)
        if partitions is None:
            definition = self._graph("which partitions there are").get(key).partitions_def
            if definition is None:
                raise InvalidInvocationError(f'"{key.to_user_string()}" has no partitions')
            partitions = definition.get_partition_keys(dynamic_partitions_store=self.instance)
        return set(self.instance.get_materialized_partitions(key)).issuperset(partitions or ())

    def get_downstream_partition_keys(
        self, partition_key: str, from_asset_key: CoercibleToAssetKey, to_asset_key: CoercibleToAssetKey
    ) -> Sequence[str]:
        """The partitions of `to_asset_key` that need a partition of `from_asset_key`.

        Raises InvalidInvocationError when one of the two has no partitions or the one does not need the other,
        UnknownPartitionError, and InvariantViolationError when the context knows no definitions.
        """
        graph = self._graph("which partitions need which")
        upstream, downstream = graph.get(from_asset_key), graph.get(to_asset_key)
        dep = next((dep for dep in downstream.spec.deps if dep.asset_key == upstream.key), None)
        if dep is None or upstream.partitions_def is None or downstream.partitions_def is None:
            raise InvalidInvocationError(
                f'"{downstream.key.to_user_string()}" has no partitions that need partitions of '
                f'"{upstream.key.to_user_string()}"'
            )
        # Late: no other sensor needs to know of mappings.
        mappings = importlib.import_module("dagx.partitions.upstream")
        above, below = upstream.partitions_def, downstream.partitions_def
        with partition_loading_context(None, self._instance):
            above.check_key(partition_key)
            mapping = mappings.infer_mapping(dep.partition_mapping, below, above)
            subset = above.subset_with_partition_keys([partition_key])
            return list(mappings.downstream_subset(mapping, subset, above, below))

    def _graph(self, what: str) -> Any:
        if not self.knows_definitions:
            raise InvariantViolationError(
                f"{what} is said by the definitions, which the context does not have",
                "build the context with definitions=... or repository_def=...",
            )
        return self.asset_graph()

    # Consuming

    def advance_cursor(
        self, materialization_records_by_key: Mapping[AssetKey, EventLogRecord | None]
    ) -> None:
        """Mark a materialization of each asset as consumed, and those before it, but for other partitions.

        Assets that are not named, or are None, stay where they are. Raises InvalidArgumentError for an asset that is
        not monitored.
        """
        for key, record in materialization_records_by_key.items():
            position = self._at(key)
            if record is None:
                continue
            event = Event(record.storage_id, record.partition_key)
            between = records_after(self.instance, key, position.number, before=event.number)
            passed = [Event(one.storage_id, one.partition_key) for one in between]
            self._positions[key] = position.past(event, passed)
        self._keep()

    def advance_all_cursors(self) -> None:
        """Mark every materialization of every monitored asset as consumed."""
        for key, record in self.latest_materialization_records_by_key().items():
            newest = None if record is None else Event(record.storage_id, record.partition_key)
            self._positions[key] = self._at(key).past_all(newest)
        self._keep()

    def _keep(self) -> None:
        super().update_cursor(written(self._positions))

    def _at(self, key: AssetKey) -> Position:
        if key not in self._positions:
            raise InvalidArgumentError(
                f'"{key.to_user_string()}" is not monitored by this sensor',
                f"it monitors: {', '.join(known.to_user_string() for known in self._keys)}",
            )
        return self._positions[key]


def build_multi_asset_sensor_context(
    *,
    monitored_assets: Sequence[CoercibleToAssetKey] | AssetSelection,
    repository_def: Any = None,
    definitions: Any = None,
    instance: DagsterInstance | None = None,
    cursor: str | None = None,
    repository_name: str | None = None,
    cursor_from_latest_materializations: bool = False,
    resources: Mapping[str, object] | None = None,
    sensor_name: str | None = None,
    last_sensor_start_time: float | None = None,
) -> MultiAssetSensorEvaluationContext:
    """A context to call a multi-asset sensor with in a test, or to give to its `evaluate_tick`.

    `cursor_from_latest_materializations` (then without `cursor`) begins as if all that is in the instance were
    consumed. The rest as for `build_sensor_context`. Semantics: section 27.
    """
    if cursor is not None and cursor_from_latest_materializations:
        raise InvalidArgumentError(
            "build_multi_asset_sensor_context takes cursor or cursor_from_latest_materializations, not both"
        )
    fields: dict[str, Any] = {
        "monitored_assets": monitored_assets,
        "instance": instance,
        "repository_def": repository_def,
        "definitions": definitions,
        "repository_name": repository_name,
        "resources": resources,
        "sensor_name": sensor_name,
        "last_sensor_start_time": last_sensor_start_time,
    }
    if cursor_from_latest_materializations:
        past = MultiAssetSensorEvaluationContext(**fields)
        past.advance_all_cursors()
        cursor = past.cursor
    return MultiAssetSensorEvaluationContext(cursor=cursor, **fields)
