"""Loads stored values of assets outside of runs. Section 25."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dagx.assets.definition import AssetsDefinition
from dagx.assets.specs import AssetSpec
from dagx.config.run_config import validated_run_config
from dagx.contexts.partition_scope import PartitionScope
from dagx.errors import InvalidInvocationError
from dagx.execution.runs import RunInfo
from dagx.execution.step_inputs import Ground, StoredValues
from dagx.functions.slots import DEFAULT_IO_MANAGER, InputSlot
from dagx.functions.typecheck import ANY, value_type_of
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.logs.user_code import get_logger
from dagx.nearest import did_you_mean
from dagx.project.resolution import ResolvedDefinitions
from dagx.resource_defs.lifecycle import open_resources, resource_schemas
from dagx.storing.builtin import FilesystemIOManager

if TYPE_CHECKING:
    from dagx.instance.instance import DagsterInstance

__all__ = ["AssetValueLoader"]

RUN_ID = "EPHEMERAL"


class AssetValueLoader:
    """Loads values that IO managers have stored; a context manager, which keeps the resources it needs open.

    `Definitions.get_asset_value_loader()` makes it. Semantics: section 25.
    """

    def __init__(self, resolved: ResolvedDefinitions, instance: DagsterInstance | None = None) -> None:
        self._resolved = resolved
        self._makers = resolved.makers
        self._instance = instance
        self._stack = contextlib.ExitStack()
        self._opened: dict[str, object] = {}

    def __enter__(self) -> AssetValueLoader:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.clear()
        self._stack.close()

    def load_asset_value(
        self,
        asset_key: CoercibleToAssetKey | AssetsDefinition,
        *,
        python_type: object = None,
        partition_key: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        resource_config: Mapping[str, Any] | None = None,
    ) -> Any:
        """The stored value of an asset, or of one partition of it; without one, of all partitions by their keys.

        python_type: what the IO manager is told that the value is to be. metadata: what it sees as
        `definition_metadata` of the input. resource_config: config of resources, `{"io_manager": {"config": {...}}}`.
        Raises InvalidInvocationError for an asset that is not defined or not partitioned, UnknownPartitionError,
        InvalidConfigError, and what the IO manager raises.
        """
        spec = self._spec(AssetKey.from_coercible_or_definition(asset_key))
        loading: Any = contextlib.nullcontext()
        if spec.partitions_def is not None:
            context_of: Any = importlib.import_module("dagx.partitions.loading_context")
            loading = context_of.partition_loading_context(dynamic_partitions_store=self._instance)
        with loading:
            scope = _scope(spec, partition_key)
            run = RunInfo(
                RUN_ID,
                storage_dir=self._folder(),
                partition_range=None if partition_key is None else (partition_key, partition_key),
                instance=self._instance,
            )
            manager = self._manager_key(spec)
            opened = self._open(manager, resource_config or {}, run)
            ground = Ground(run, get_logger(), opened, self._resolved.specs, self._makers)
            wanted = ANY if python_type is None else value_type_of(python_type, "python_type")
            slot = InputSlot(spec.key.parts[-1], spec.key, wanted, metadata=metadata or {})
            return StoredValues(ground, "load_asset_value").asset(slot, scope)

    def _spec(self, key: AssetKey) -> AssetSpec:
        spec = self._resolved.specs.get(key)
        if spec is None:
            shown = key.to_user_string()
            near = did_you_mean(shown, [known.to_user_string() for known in self._resolved.specs])
            raise InvalidInvocationError(f'no asset "{shown}" is defined', near)
        return spec

    def _manager_key(self, spec: AssetSpec) -> str:
        maker = self._makers.get(spec.key)
        return spec.io_manager_key if maker is None else maker[1].io_manager_key

    def _folder(self) -> str:
        return self._instance.storage_directory() if self._instance is not None else RunInfo("").storage_dir

    def _open(self, name: str, config: Mapping[str, Any], run: RunInfo) -> Mapping[str, object]:
        """The IO manager of this name, open: once for all values, but anew where it is given config."""
        if name in self._opened and not config:
            return self._opened
        bound = {DEFAULT_IO_MANAGER: FilesystemIOManager(run.storage_dir), **self._resolved.resources}
        checked = validated_run_config(
            {"resources": dict(config)}, {}, resource_schemas(bound), required_resources=[name]
        )
        opened = self._stack.enter_context(
            open_resources(bound, [name], config=checked.resources, run=run, instance=self._instance)
        )
        if not config:
            self._opened.update(opened)
        return {**self._opened, **opened}


def _scope(spec: AssetSpec, partition_key: str | None) -> PartitionScope | None:
    what = f'"{spec.key.to_user_string()}"'
    partitions = spec.partitions_def
    if partitions is None:
        if partition_key is not None:
            raise InvalidInvocationError(
                f"{what} has no partitions, and the partition {partition_key!r} was asked for",
                "leave out partition_key",
            )
        return None
    if partition_key is None:
        return PartitionScope(what, partitions, list(partitions.get_partition_keys()))
    partitions.check_key(partition_key)
    return PartitionScope(what, partitions, [partition_key])
