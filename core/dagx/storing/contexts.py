"""What an IO manager is told: of the value it stores (OutputContext), of the one it loads (InputContext).

Section 9.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dagx.assets.specs import AssetSpec
from dagx.contexts.partition_scope import PartitionScope
from dagx.errors import InvalidArgumentError, InvariantViolationError
from dagx.execution.recording import AssetEvent, Recording, add_once
from dagx.execution.runs import RunInfo
from dagx.functions.typecheck import ANY, ValueType
from dagx.keys import AssetKey
from dagx.metadata.values import MetadataValue, RawMetadataValue, normalized
from dagx.resource_defs.named import ScopedResources

if TYPE_CHECKING:
    from dagx.functions.op_definition import OpDefinition
    from dagx.partitions.definition import PartitionsDefinition
    from dagx.partitions.keys import PartitionKeyRange, TimeWindow

__all__ = ["InputContext", "OutputContext"]


class _Context:
    """What both have. `scope` are the partitions of the asset whose value it is."""

    def __init__(
        self,
        name: str,
        asset_key: AssetKey | None,
        run: RunInfo,
        resources: ScopedResources,
        log: logging.Logger,
        definition_metadata: Mapping[str, Any],
        value_type: ValueType,
        scope: PartitionScope | None,
        config: Any,
        resource_config: Any,
        op_def: OpDefinition | None,
        step_context: Any,
    ) -> None:
        self._asset_key = asset_key
        self._run = run
        self._scope = scope or PartitionScope(f'"{name}"')
        self.name = name
        self.resources = resources
        self.log = log
        self.definition_metadata = definition_metadata
        self.dagster_type = value_type
        self.config = config
        self.resource_config = resource_config
        self.op_def = op_def
        self.step_context = step_context

    @property
    def has_asset_key(self) -> bool:
        """Whether the value belongs to an asset."""
        return self._asset_key is not None

    @property
    def asset_key(self) -> AssetKey:
        """The key of the asset whose value it is. Raises InvariantViolationError when there is none."""
        if self._asset_key is None:
            raise InvariantViolationError(f'"{self.name}" belongs to no asset', "ask has_asset_key first")
        return self._asset_key

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The older name of `definition_metadata`."""
        return self.definition_metadata

    @property
    def storage_dir(self) -> str:
        """The folder for managers that have none of their own."""
        return self._run.storage_dir

    @property
    def run_id(self) -> str:
        """The id of the run."""
        return self._run.run_id

    @property
    def job_name(self) -> str:
        """The name of the run's job."""
        return self._run.job_name

    @property
    def has_partition_key(self) -> bool:
        """Whether the run is for one partition."""
        found = self._run.partition_range
        return found is not None and found[0] == found[1]

    @property
    def partition_key(self) -> str:
        """The partition of the run. Raises InvariantViolationError when it has none, or a range."""
        if self._run.partition_range is None or not self.has_partition_key:
            raise InvariantViolationError("this run is not for one partition", "ask has_partition_key first")
        return self._run.partition_range[0]

    @property
    def has_asset_partitions(self) -> bool:
        """Whether the asset whose value it is is partitioned."""
        return bool(self._scope)

    @property
    def asset_partition_key(self) -> str:
        """The partition of the asset. Raises InvariantViolationError when there is not exactly one."""
        return self._scope.key

    @property
    def asset_partition_keys(self) -> Sequence[str]:
        """The partitions of the asset, in order."""
        return list(self._scope.keys if self._scope else self._scope.some)

    @property
    def asset_partition_key_range(self) -> PartitionKeyRange:
        """From the first partition of the asset to the last."""
        return self._scope.range

    @property
    def asset_partitions_time_window(self) -> TimeWindow:
        """From the start of the first partition of the asset to the end of the last."""
        return self._scope.window

    @property
    def asset_partitions_def(self) -> PartitionsDefinition:
        """The partitions definition of the asset."""
        return self._scope.definition

    @property
    def asset_partitions_def_or_none(self) -> PartitionsDefinition | None:
        """The partitions definition of the asset, if it is known."""
        return self._scope.definition_or_none

    def get_asset_identifier(self) -> list[str]:
        """The segments of the asset's key, and its partition if it is partitioned: what to file the value under."""
        return [*self.asset_key.path, *([self.asset_partition_key] if self.has_asset_partitions else [])]


class OutputContext(_Context):
    """What `handle_output` is told. Semantics: section 9.

    `name` is the output ("result" for @asset), `step_key` the step, `definition_metadata` what the asset
    declares, `output_metadata` what came with the value, `asset_spec` the whole definition, `dagster_type`
    the checked type, `mapping_key` that of a dynamic output. `run_id` is the run that stored the value.
    """

    def __init__(
        self,
        *,
        name: str,
        step_key: str,
        asset_spec: AssetSpec | None,
        run: RunInfo,
        resources: ScopedResources,
        log: logging.Logger,
        value_type: ValueType = ANY,
        output_metadata: Mapping[str, MetadataValue] | None = None,
        recording: Recording | None = None,
        definition_metadata: Mapping[str, Any] | None = None,
        asset_key: AssetKey | None = None,
        mapping_key: str | None = None,
        scope: PartitionScope | None = None,
        config: Any = None,
        resource_config: Any = None,
        op_def: OpDefinition | None = None,
        step_context: Any = None,
        version: str | None = None,
    ) -> None:
        key = asset_spec.key if asset_spec is not None else asset_key
        declared: Mapping[str, Any] = asset_spec.metadata if asset_spec is not None else {}
        super().__init__(
            name,
            key,
            run,
            resources,
            log,
            declared if definition_metadata is None else definition_metadata,
            value_type,
            scope,
            config,
            resource_config,
            op_def,
            step_context,
        )
        self.step_key = step_key
        self.asset_spec = asset_spec
        self.output_metadata: Mapping[str, MetadataValue] = output_metadata or {}
        self.mapping_key = mapping_key
        self.version = version or (asset_spec.code_version if asset_spec is not None else None)
        self._recording = recording or Recording()
        self._added: dict[str, MetadataValue] = {}

    @property
    def has_asset_partitions(self) -> bool:
        """Whether this value is of partitions; that of a partitioned asset is not, in a run for none of them."""
        return super().has_asset_partitions and bool(self._scope.keys)

    @property
    def asset_partition_keys(self) -> Sequence[str]:
        """The partitions of the asset that this value is of, in order. Raises InvariantViolationError for none."""
        return list(self._scope.some)

    def get_identifier(self) -> list[str]:
        """Run, step and output (and mapping key): what a value may be filed under that lives as long as the run."""
        mapped = [] if self.mapping_key is None else [self.mapping_key]
        return [self.run_id, self.step_key, self.name, *mapped]

    def add_output_metadata(self, metadata: Mapping[str, RawMetadataValue]) -> None:
        """Record metadata of the materialization. Raises InvalidMetadataError for a name that comes twice."""
        add_once(self._added, metadata)

    def added_metadata(self) -> dict[str, MetadataValue]:
        """What `add_output_metadata` recorded."""
        return dict(self._added)

    get_logged_metadata = added_metadata
    consume_logged_metadata = added_metadata

    def log_event(self, event: AssetEvent) -> None:
        """Record an event of its own."""
        self._recording.add_event(event)


class InputContext(_Context):
    """What `load_input` is told. Semantics: section 9.

    `name` is the parameter, `asset_key` the upstream asset, `upstream_output` how its value was stored,
    `definition_metadata` what `AssetIn.metadata` says. `partition_key` is that of the run, `asset_partition_keys` are
    the upstream partitions after the mapping.
    """

    def __init__(
        self,
        *,
        name: str,
        upstream_output: OutputContext | None,
        run: RunInfo,
        resources: ScopedResources,
        log: logging.Logger,
        definition_metadata: Mapping[str, Any] | None = None,
        value_type: ValueType = ANY,
        asset_key: AssetKey | None = None,
        scope: PartitionScope | None = None,
        config: Any = None,
        resource_config: Any = None,
        op_def: OpDefinition | None = None,
        step_context: Any = None,
    ) -> None:
        if asset_key is None and upstream_output is not None and upstream_output.has_asset_key:
            asset_key = upstream_output.asset_key
        super().__init__(
            name,
            asset_key,
            run,
            resources,
            log,
            definition_metadata or {},
            value_type,
            scope,
            config,
            resource_config,
            op_def,
            step_context,
        )
        self.upstream_output = upstream_output
        self._added: dict[str, MetadataValue] = {}

    @property
    def has_input_name(self) -> bool:
        """Whether the value goes to a parameter."""
        return bool(self.name)

    @property
    def instance(self) -> Any:
        """The history that the run is written to. Raises InvalidArgumentError where there is none."""
        instance = self._run.opened_instance()
        if instance is None:
            raise InvalidArgumentError("this context has no instance", "pass instance=")
        return instance

    def get_identifier(self) -> list[str]:
        """The identifier of the upstream output."""
        if self.upstream_output is None:
            raise InvariantViolationError(f'the input "{self.name}" has no upstream output')
        return self.upstream_output.get_identifier()

    def add_input_metadata(
        self, metadata: Mapping[str, RawMetadataValue], description: str | None = None
    ) -> None:
        """Record metadata as an observation of the upstream asset."""
        self._added.update(normalized(metadata))

    def added_metadata(self) -> dict[str, MetadataValue]:
        """What `add_input_metadata` recorded."""
        return dict(self._added)
