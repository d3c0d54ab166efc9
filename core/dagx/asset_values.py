"""Loads stored values of assets outside of runs. Section 25."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dagx.assets import AssetsDefinition
from dagx.errors import InvalidInvocationError
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.logs import get_logger
from dagx.partition_scope import PartitionScope
from dagx.resolution import ResolvedDefinitions
from dagx.resource_defs.lifecycle import open_resources
from dagx.runs import RunInfo
from dagx.slots import DEFAULT_IO_MANAGER, InputSlot
from dagx.step_inputs import Ground, StoredValues
from dagx.stored_io import FilesystemIOManager
from dagx.typecheck import ANY, value_type_of

if TYPE_CHECKING:
    from dagx.instance.instance import DagsterInstance

__all__ = ["AssetValueLoader"]


class AssetValueLoader:
    """Loads values that IO managers have stored; a context manager, which keeps the resources it needs open.

    `Definitions.get_asset_value_loader()` makes it. Semantics: section 25.
    """

    def __init__(self, resolved: ResolvedDefinitions, instance: DagsterInstance | None = None) -> None:
        self._resolved = resolved
        self._instance = instance
        self._stack = contextlib.ExitStack()
        self._opened: dict[str, object] = {}

    def __enter__(self) -> AssetValueLoader:
        return self

    def __exit__(self, *_: object) -> None:
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
        """The stored value of an asset (of one partition of it). Raises what its IO manager raises."""
        key = AssetKey.from_coercible_or_definition(asset_key)
        spec = self._resolved.specs.get(key)
        if spec is None:
            raise InvalidInvocationError(f'no asset "{key.to_user_string()}"')
        run = RunInfo(
            "EPHEMERAL",
            storage_dir=self._folder(),
            partition_range=None if partition_key is None else (partition_key, partition_key),
            instance=self._instance,
        )
        maker = self._resolved.makers.get(key)
        manager = spec.io_manager_key if maker is None else maker[1].io_manager_key
        ground = Ground(
            run,
            get_logger(),
            self._open(manager, resource_config, run),
            self._resolved.specs,
            self._resolved.makers,
        )
        wanted = ANY if python_type is None else value_type_of(python_type, "python_type")
        slot = InputSlot(key.parts[-1], key, wanted, metadata=metadata or {})
        keys = [partition_key] if partition_key is not None else []
        if spec.partitions_def is not None and not keys:
            keys = list(spec.partitions_def.get_partition_keys())
        scope = (
            None
            if spec.partitions_def is None
            else PartitionScope(f'"{key.to_user_string()}"', spec.partitions_def, keys)
        )
        return StoredValues(ground, "load_asset_value").asset(slot, scope)

    def _folder(self) -> str:
        return self._instance.storage_directory() if self._instance is not None else RunInfo("").storage_dir

    def _open(self, name: str, config: Mapping[str, Any] | None, run: RunInfo) -> Mapping[str, object]:
        if name not in self._opened:
            bound = {DEFAULT_IO_MANAGER: FilesystemIOManager(run.storage_dir), **self._resolved.resources}
            self._opened.update(
                self._stack.enter_context(
                    open_resources(bound, [name], config=config or {}, run=run, instance=self._instance)
                )
            )
        return self._opened
