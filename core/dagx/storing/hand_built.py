"""Contexts built by hand, to test an IO manager with. Semantics: section 27."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dagx.contexts.hand_built import EPHEMERAL
from dagx.contexts.partition_scope import PartitionScope
from dagx.errors import InvalidArgumentError
from dagx.execution.runs import RunInfo
from dagx.functions.typecheck import ANY, ValueType, value_type_of
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.logs.user_code import get_logger
from dagx.metadata.values import RawMetadataValue, normalized
from dagx.resource_defs.named import ScopedResources
from dagx.storing.contexts import InputContext, OutputContext

if TYPE_CHECKING:
    from dagx.functions.op_definition import OpDefinition
    from dagx.instance.instance import DagsterInstance
    from dagx.partitions.definition import PartitionsDefinition
    from dagx.partitions.keys import PartitionKeyRange

__all__ = ["build_input_context", "build_output_context"]


def build_output_context(
    step_key: str | None = None,
    name: str | None = None,
    definition_metadata: Mapping[str, Any] | None = None,
    run_id: str | None = None,
    mapping_key: str | None = None,
    config: Any = None,
    dagster_type: Any = None,
    version: str | None = None,
    resource_config: Any = None,
    resources: Mapping[str, object] | None = None,
    op_def: OpDefinition | None = None,
    asset_key: CoercibleToAssetKey | None = None,
    partition_key: str | None = None,
    *,
    output_metadata: Mapping[str, RawMetadataValue] | None = None,
    metadata: Mapping[str, Any] | None = None,
    asset_partitions_def: PartitionsDefinition | None = None,
    asset_partition_key_range: PartitionKeyRange | None = None,
    job_name: str | None = None,
) -> OutputContext:
    """What `handle_output` would be told; the defaults are the step "none", the output "result".

    `partition_key` makes the asset partitioned, by `asset_partitions_def` if that is given; `metadata` is the older
    name of `definition_metadata`. Section 27.
    """
    run = RunInfo(
        run_id or EPHEMERAL,
        job_name=job_name or "none",
        partition_range=None if partition_key is None else (partition_key, partition_key),
    )
    return OutputContext(
        name=name or "result",
        step_key=step_key or "none",
        asset_spec=None,
        run=run,
        resources=ScopedResources(resources or {}),
        log=get_logger(),
        output_metadata=normalized(output_metadata),
        definition_metadata=metadata if definition_metadata is None else definition_metadata,
        asset_key=None if asset_key is None else AssetKey.from_coercible(asset_key),
        mapping_key=mapping_key,
        config=config,
        value_type=_type(dagster_type),
        version=version,
        resource_config=resource_config,
        op_def=op_def,
        scope=_scope(partition_key, asset_partition_key_range, asset_partitions_def),
    )


def build_input_context(
    name: str | None = None,
    config: Any = None,
    definition_metadata: Mapping[str, Any] | None = None,
    upstream_output: OutputContext | None = None,
    dagster_type: Any = None,
    resource_config: Any = None,
    resources: Mapping[str, object] | None = None,
    op_def: OpDefinition | None = None,
    asset_key: CoercibleToAssetKey | None = None,
    partition_key: str | None = None,
    asset_partition_key_range: PartitionKeyRange | None = None,
    asset_partitions_def: PartitionsDefinition | None = None,
    instance: DagsterInstance | None = None,
    *,
    metadata: Mapping[str, Any] | None = None,
) -> InputContext:
    """What `load_input` would be told; `metadata` is the older name of `definition_metadata`. Section 27."""
    run = RunInfo(
        EPHEMERAL,
        partition_range=None if partition_key is None else (partition_key, partition_key),
        instance=instance,
    )
    return InputContext(
        name=name or "",
        upstream_output=upstream_output,
        run=run,
        resources=ScopedResources(resources or {}),
        log=get_logger(),
        definition_metadata=metadata if definition_metadata is None else definition_metadata,
        asset_key=None if asset_key is None else AssetKey.from_coercible(asset_key),
        config=config,
        value_type=_type(dagster_type),
        resource_config=resource_config,
        op_def=op_def,
        scope=_scope(partition_key, asset_partition_key_range, asset_partitions_def),
    )


def _type(dagster_type: Any) -> ValueType:
    return ANY if dagster_type is None else value_type_of(dagster_type, "dagster_type")


def _scope(
    key: str | None, key_range: PartitionKeyRange | None, partitions: PartitionsDefinition | None
) -> PartitionScope:
    if key is not None and key_range is not None:
        raise InvalidArgumentError("a context takes partition_key or asset_partition_key_range, not both")
    if key_range is not None:
        keys = (
            [key_range.start, key_range.end]
            if partitions is None
            else partitions.get_partition_keys_in_range(key_range)
        )
        return PartitionScope("the context", partitions, keys)
    return PartitionScope("the context", partitions, () if key is None else (key,), is_known=key is not None)
