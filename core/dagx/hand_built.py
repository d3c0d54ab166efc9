"""Contexts built by hand, to call assets, ops and checks with in tests. Semantics: section 27."""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from dagx.config.marks import kind_of
from dagx.context import AssetCheckExecutionContext, AssetExecutionContext, OpExecutionContext
from dagx.errors import InvalidArgumentError
from dagx.logs import get_logger
from dagx.named_resources import ScopedResources
from dagx.partition_scope import PartitionScope
from dagx.resource_defs.lifecycle import open_resources
from dagx.results import run_tags as checked_tags
from dagx.runs import RunInfo

if TYPE_CHECKING:
    from dagx.instance.instance import DagsterInstance
    from dagx.partitions.keys import PartitionKeyRange

__all__ = ["build_asset_check_context", "build_asset_context", "build_op_context"]

EPHEMERAL = "EPHEMERAL"
C = TypeVar("C", bound=OpExecutionContext)


def build_asset_context(
    resources: Mapping[str, object] | None = None,
    resources_config: Mapping[str, Any] | None = None,
    asset_config: Mapping[str, Any] | None = None,
    instance: DagsterInstance | None = None,
    partition_key: str | None = None,
    partition_key_range: PartitionKeyRange | None = None,
    run_tags: Mapping[str, str] | None = None,
    event_loop: Any = None,
) -> AssetExecutionContext:
    """A context to call an asset with in a test.

    `resources` are what the function may use; those with a life of their own are set up at once, and torn down at the
    end of a `with` block around the context (or when it is forgotten). `asset_config` is the raw config,
    `partition_key` or `partition_key_range` the partitions, `run_tags` the tags of the run, whose id is "EPHEMERAL".
    What was recorded can be read with `context.get_output_metadata("result")`. Semantics: section 27.
    """
    return _built(
        _HandBuiltAssetContext,
        resources,
        resources_config,
        asset_config,
        instance,
        partition_key,
        partition_key_range,
        run_tags,
    )


def build_op_context(
    resources: Mapping[str, object] | None = None,
    op_config: Any = None,
    resources_config: Mapping[str, Any] | None = None,
    instance: DagsterInstance | None = None,
    config: Any = None,
    partition_key: str | None = None,
    partition_key_range: PartitionKeyRange | None = None,
    mapping_key: str | None = None,
    run_tags: Mapping[str, str] | None = None,
    event_loop: Any = None,
) -> OpExecutionContext:
    """As `build_asset_context`, for an op; `config` is the older name of `op_config`. Semantics: section 27."""
    if op_config is not None and config is not None:
        raise InvalidArgumentError("build_op_context takes op_config or config, not both")
    return _built(
        _HandBuiltOpContext,
        resources,
        resources_config,
        config if op_config is None else op_config,
        instance,
        partition_key,
        partition_key_range,
        run_tags,
        mapping_key,
    )


def build_asset_check_context(
    resources: Mapping[str, object] | None = None,
    resources_config: Mapping[str, Any] | None = None,
    asset_config: Mapping[str, Any] | None = None,
    instance: DagsterInstance | None = None,
) -> AssetCheckExecutionContext:
    """As `build_asset_context`, for a check. Semantics: section 27."""
    return _built(_HandBuiltCheckContext, resources, resources_config, asset_config, instance)


class _HandBuilt(OpExecutionContext):
    """Closes the resources that were set up for it."""

    _open: contextlib.ExitStack

    def __enter__(self: C) -> C:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()


class _HandBuiltAssetContext(_HandBuilt, AssetExecutionContext):
    """A context of an asset, built by hand."""


class _HandBuiltOpContext(_HandBuilt, AssetExecutionContext):
    """A context of an op, built by hand; assets take it as well."""


class _HandBuiltCheckContext(_HandBuilt, AssetCheckExecutionContext):
    """A context of a check, built by hand."""


H = TypeVar("H", bound=_HandBuilt)


def _built(
    kind: type[H],
    resources: Mapping[str, object] | None,
    resources_config: Mapping[str, Any] | None,
    op_config: Any,
    instance: DagsterInstance | None,
    partition_key: str | None = None,
    partition_key_range: PartitionKeyRange | None = None,
    run_tags: Mapping[str, str] | None = None,
    mapping_key: str | None = None,
) -> H:
    if partition_key is not None and partition_key_range is not None:
        raise InvalidArgumentError("a context takes partition_key or partition_key_range, not both")
    first_and_last: tuple[str, str] | None = None
    if partition_key is not None:
        first_and_last = (partition_key, partition_key)
    elif partition_key_range is not None:
        first_and_last = (partition_key_range.start, partition_key_range.end)
    log = get_logger()
    run = RunInfo(EPHEMERAL, tags=checked_tags(run_tags), partition_range=first_and_last, instance=instance)
    bound = dict(resources or {})
    stack = contextlib.ExitStack()
    opened: Mapping[str, object] = bound
    if any(kind_of(resource) is not None for resource in bound.values()):
        opened = stack.enter_context(
            open_resources(
                bound, list(bound), config=resources_config or {}, run=run, instance=instance, log=log
            )
        )
    context = kind(
        definition=None,
        run=run,
        resources=ScopedResources(opened),
        log=log,
        op_config=op_config,
        mapping_key=mapping_key,
        scope=PartitionScope("the context", None, first_and_last or ()),
    )
    context._open = stack  # pyright: ignore[reportPrivateUsage]
    weakref.finalize(context, stack.close)
    return context
