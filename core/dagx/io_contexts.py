"""What an IO manager is told: of the value it stores (OutputContext), of the one it loads (InputContext).

Section 9.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from dagx.errors import InvariantViolationError
from dagx.keys import AssetKey
from dagx.metadata import MetadataValue, RawMetadataValue, normalized
from dagx.named_resources import ScopedResources
from dagx.recording import AssetEvent, Recording, add_once
from dagx.runs import RunInfo
from dagx.specs import AssetSpec
from dagx.typecheck import ANY, ValueType

__all__ = ["InputContext", "OutputContext"]


class _Context:
    def __init__(
        self,
        name: str,
        asset_key: AssetKey | None,
        run: RunInfo,
        resources: ScopedResources,
        log: logging.Logger,
        definition_metadata: Mapping[str, Any],
        value_type: ValueType,
    ) -> None:
        self._asset_key = asset_key
        self._run = run
        self.name = name
        self.resources = resources
        self.log = log
        self.definition_metadata = definition_metadata
        self.dagster_type = value_type

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
    def job_name(self) -> str:
        """The name of the run's job."""
        return self._run.job_name

    @property
    def has_partition_key(self) -> bool:
        """Whether the run is for one partition: no, there are none yet."""
        return False

    @property
    def has_asset_partitions(self) -> bool:
        """Whether the asset is partitioned: no, there are none yet."""
        return False

    def get_asset_identifier(self) -> list[str]:
        """The segments of the asset's key: what its value may be filed under, whatever the run."""
        return self.asset_key.path


class OutputContext(_Context):
    """What `handle_output` is told. Semantics: section 9.

    `name` is the output ("result" for @asset), `step_key` the step, `definition_metadata` what the asset
    declares, `output_metadata` what came with the value, `asset_spec` the whole definition, `dagster_type`
    the checked type.
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
    ) -> None:
        key = asset_spec.key if asset_spec is not None else asset_key
        declared: Mapping[str, Any] = asset_spec.metadata if asset_spec is not None else {}
        super().__init__(name, key, run, resources, log, definition_metadata or declared, value_type)
        self.step_key = step_key
        self.asset_spec = asset_spec
        self.output_metadata: Mapping[str, MetadataValue] = output_metadata or {}
        self.mapping_key: str | None = None
        self.version: str | None = asset_spec.code_version if asset_spec is not None else None
        self._recording = recording or Recording()
        self._added: dict[str, MetadataValue] = {}

    @property
    def run_id(self) -> str:
        """The id of the run."""
        return self._run.run_id

    def get_identifier(self) -> list[str]:
        """Run, step and output: what a value may be filed under that lives no longer than the run."""
        return [self.run_id, self.step_key, self.name]

    def add_output_metadata(self, metadata: Mapping[str, RawMetadataValue]) -> None:
        """Record metadata of the materialization. Raises InvalidMetadataError for a name that comes twice."""
        add_once(self._added, metadata)

    def added_metadata(self) -> dict[str, MetadataValue]:
        """What `add_output_metadata` recorded."""
        return dict(self._added)

    def log_event(self, event: AssetEvent) -> None:
        """Record an event of its own."""
        self._recording.add_event(event)


class InputContext(_Context):
    """What `load_input` is told. Semantics: section 9.

    `name` is the parameter, `asset_key` the upstream asset, `upstream_output` how its value was stored,
    `definition_metadata` what `AssetIn.metadata` says.
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
    ) -> None:
        if asset_key is None and upstream_output is not None and upstream_output.has_asset_key:
            asset_key = upstream_output.asset_key
        super().__init__(name, asset_key, run, resources, log, definition_metadata or {}, value_type)
        self.upstream_output = upstream_output
        self._added: dict[str, MetadataValue] = {}

    @property
    def has_input_name(self) -> bool:
        """Whether the value goes to a parameter."""
        return bool(self.name)

    def get_identifier(self) -> list[str]:
        """The identifier of the upstream output."""
        if self.upstream_output is None:
            raise InvariantViolationError(f'the input "{self.name}" has no upstream output')
        return self.upstream_output.get_identifier()

    def add_input_metadata(self, metadata: Mapping[str, RawMetadataValue]) -> None:
        """Record metadata as an observation of the upstream asset."""
        self._added.update(normalized(metadata))

    def added_metadata(self) -> dict[str, MetadataValue]:
        """What `add_input_metadata` recorded."""
        return dict(self._added)
