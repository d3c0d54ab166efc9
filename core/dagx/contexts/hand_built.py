"""Contexts built by hand, to call assets, ops and checks with in tests. Semantics: section 27."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeVar

from dagx.config.marks import kind_of
from dagx.contexts.partition_scope import PartitionScope
from dagx.contexts.step import AssetCheckExecutionContext, AssetExecutionContext, OpExecutionContext
from dagx.errors import InvalidArgumentError, InvariantViolationError
from dagx.execution.run_tags import run_tags as checked_tags
from dagx.execution.runs import RunInfo
from dagx.execution.step_inputs import run_partitions
from dagx.logs.user_code import get_logger
from dagx.resource_defs.named import ScopedResources

if TYPE_CHECKING:
    from dagx.execution.recording import AssetEvent
    from dagx.functions.op_definition import OpDefinition
    from dagx.instance.instance import DagsterInstance
    from dagx.partitions.keys import PartitionKeyRange

__all__ = ["build_asset_check_context", "build_asset_context", "build_op_context"]

EPHEMERAL = "EPHEMERAL"
H = TypeVar("H", bound="HandBuilt")


def build_asset_context(
    resources: Mapping[str, object] | None = None,
    resources_config: Mapping[str, Any] | None = None,
    asset_config: Mapping[str, Any] | None = None,
    instance: DagsterInstance | None = None,
    partition_key: str | None = None,
    partition_key_range: PartitionKeyRange | None = None,
    run_tags: Mapping[str, str] | None = None,
    event_loop: Any = None,
) -> HandBuiltAssetContext:
    """A context to call an asset with in a test.

    `resources` are what the function may use, set up with `resources_config` (`{name: {"config": ...}}`). When one of
    them tears something down, the context must be used in a `with` block, and its resources are there inside.
    `asset_config` is the raw config, `partition_key` or `partition_key_range` the partitions, `run_tags` the tags of
    the run, whose id is "EPHEMERAL"; `event_loop` is taken and not needed. What was recorded can be read with
    `context.get_output_metadata("result")`. Semantics: section 27.
    """
    return _built(
        HandBuiltAssetContext,
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
) -> HandBuiltOpContext:
    """As `build_asset_context`, for an op; `config` is the older name of `op_config`.

    `mapping_key` is that of the dynamic output that the op would run for. Semantics: section 27.
    """
    if op_config is not None and config is not None:
        raise InvalidArgumentError("build_op_context takes op_config or config, not both")
    return _built(
        HandBuiltOpContext,
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
) -> HandBuiltCheckContext:
    """As `build_asset_context`, for a check. Semantics: section 27."""
    return _built(HandBuiltCheckContext, resources, resources_config, asset_config, instance)


class HandBuilt(OpExecutionContext):
    """Sets its resources up when it is made, or, when they tear something down, at the start of its `with` block."""

    _opening: AbstractContextManager[ScopedResources] | None = None
    _own_instance: list[DagsterInstance]
    """At most one; shared by the copies that are bound to what is called."""
    _waits = False

    @property
    def instance(self) -> DagsterInstance:
        """The instance that it was given; else one in memory, made when it is asked for."""
        if self.run.instance is not None:
            return self.run.instance
        if not self._own_instance:
            made: Any = importlib.import_module("dagx.instance.instance").DagsterInstance
            self._own_instance.append(made.ephemeral())
        return self._own_instance[0]

    def _open(self, opening: AbstractContextManager[ScopedResources], waits: bool) -> None:
        self._opening = opening
        self._waits = waits
        self.resources = _NotEntered({}) if waits else opening.__enter__()

    def __enter__(self: H) -> H:
        if self._waits and self._opening is not None:
            self.resources = self._opening.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        if self._waits and self._opening is not None:
            self._opening.__exit__(None, None, None)
            self.resources = _NotEntered({})

    def bound_to(self, owner: Any, op: OpDefinition) -> OpExecutionContext:
        """This context while `owner` is called with it, whose partitions are then known."""
        other = super().bound_to(owner, op)
        if other.has_assets_def and self.run.partition_range is not None:
            other._scope = owner.partition_scope(run_partitions(self.run, owner.partitions_def))
        return other


class HandBuiltAssetContext(HandBuilt, AssetExecutionContext):
    """A context of an asset, built by hand."""


class HandBuiltOpContext(HandBuilt, AssetExecutionContext):
    """A context of an op, built by hand; assets take it as well."""

    def get_events(self) -> list[AssetEvent]:
        """The events logged so far, and not consumed yet."""
        return list(self._recording.events)


class HandBuiltCheckContext(HandBuilt, AssetCheckExecutionContext):
    """A context of a check, built by hand."""


class _NotEntered(ScopedResources):
    """The resources of a context that is not entered: asking for one raises InvariantViolationError."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise _not_entered()

    def __dir__(self) -> list[str]:
        raise _not_entered()


def _not_entered() -> InvariantViolationError:
    return InvariantViolationError(
        "a resource of this context has something to tear down, and the context is not entered",
        "write: with build_asset_context(...) as context:",
    )


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
    context = kind(
        definition=None,
        run=run,
        resources=ScopedResources(bound),
        log=log,
        op_config=op_config,
        mapping_key=mapping_key,
        scope=PartitionScope("the context", None, first_and_last or ()),
    )
    context._own_instance = []  # pyright: ignore[reportPrivateUsage]
    if resources_config or any(kind_of(resource) is not None for resource in bound.values()):
        building: Any = importlib.import_module("dagx.resource_defs.building")
        lifecycle: Any = importlib.import_module("dagx.resource_defs.lifecycle")
        opening = building.build_resources(bound, instance, resources_config, run, log)
        context._open(opening, lifecycle.needs_closing(bound))  # pyright: ignore[reportPrivateUsage]
    return context
