"""`materialize()`: run assets here and now, in this process, and forget. Semantics: section 27."""

from __future__ import annotations

import importlib
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from dagx.asset_selection import AssetSelection, CoercibleToAssetSelection
from dagx.assets import AssetsDefinition
from dagx.config.run_config import RunConfig
from dagx.defs import Definitions
from dagx.errors import (
    InvalidArgumentError,
    InvalidDefinitionError,
    InvalidSubsetError,
    InvariantViolationError,
)
from dagx.in_process_result import ExecuteInProcessResult
from dagx.in_process_steps import Request, Work, run_here
from dagx.op_definition import OpDefinition
from dagx.partitions.loading_context import partition_loading_context
from dagx.planned_resources import op_schema
from dagx.planning import steps_for_assets
from dagx.resolution import Asset, ResolvedDefinitions
from dagx.results import run_tags
from dagx.slots import DEFAULT_IO_MANAGER
from dagx.stored_io import InMemoryIOManager

if TYPE_CHECKING:
    from dagx.instance.instance import DagsterInstance
    from dagx.partitions.definition import PartitionsDefinition

__all__ = ["materialize", "materialize_to_memory"]

RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"


def materialize(
    assets: Iterable[Asset],
    run_config: RunConfig | Mapping[str, Any] | None = None,
    instance: DagsterInstance | None = None,
    resources: Mapping[str, Any] | None = None,
    partition_key: str | None = None,
    raise_on_error: bool = True,
    tags: Mapping[str, str] | None = None,
    selection: CoercibleToAssetSelection | None = None,
) -> ExecuteInProcessResult:
    """Run the steps of `assets`, in this process, always all of them.

    assets: decorated functions and checks, and AssetSpec for assets made elsewhere whose values an IO manager can
    load. run_config: config of the steps and resources. instance: keeps the history and, unless there is an
    "io_manager" among `resources`, the values; without one both are forgotten when the call returns. resources:
    names to objects. partition_key: the partition to make; a range is asked for by the tags
    "dagster/asset_partition_range_start" and "..._end". raise_on_error: raise what the first failing step raised;
    else the result says `success` False, and steps that do not need the failed one have run. tags: of the run.
    selection: run only these (an AssetSelection, a selection string, or a list of keys and definitions).

    Raises InvalidDefinitionError when the assets do not fit together, InvalidConfigError for config that does not
    fit, UnknownPartitionError, InvalidArgumentError for a partition key when nothing is partitioned. Section 27.
    """
    work, request = _asked(
        assets, run_config, instance, resources, partition_key, raise_on_error, tags, selection
    )
    return run_here(work, request)


def materialize_to_memory(
    assets: Iterable[Asset],
    run_config: RunConfig | Mapping[str, Any] | None = None,
    instance: DagsterInstance | None = None,
    resources: Mapping[str, Any] | None = None,
    partition_key: str | None = None,
    raise_on_error: bool = True,
    tags: Mapping[str, str] | None = None,
    selection: CoercibleToAssetSelection | None = None,
) -> ExecuteInProcessResult:
    """As `materialize`, with values kept in memory and not pickled.

    Raises InvariantViolationError when `resources` has an "io_manager". Semantics: section 27.
    """
    if DEFAULT_IO_MANAGER in (resources or {}):
        raise InvariantViolationError(
            'materialize_to_memory keeps values in memory and was given an "io_manager"', "use materialize"
        )
    work, request = _asked(
        assets, run_config, instance, resources, partition_key, raise_on_error, tags, selection
    )
    return run_here(work, request, lambda _: InMemoryIOManager())


def _asked(
    assets: Iterable[Asset],
    run_config: RunConfig | Mapping[str, Any] | None,
    instance: DagsterInstance | None,
    resources: Mapping[str, Any] | None,
    partition_key: str | None,
    raise_on_error: bool,
    tags: Mapping[str, str] | None,
    selection: CoercibleToAssetSelection | None,
) -> tuple[Work, Request]:
    resolved = Definitions(assets=assets, resources=resources).resolve(strict=False)
    chosen = chosen_definitions(resolved, selection)
    given = run_tags(tags)
    with partition_loading_context(dynamic_partitions_store=instance):
        partition_range, partition_tags = partitions_of_run(chosen, partition_key, given)
    work = work_of(resolved, chosen)
    request = Request(
        run_config=run_config,
        instance=instance,
        tags={**given, **partition_tags},
        partition_range=partition_range,
        raise_on_error=raise_on_error,
        asset_selection=frozenset(
            key for step in work.steps for key in step.asset_keys if step.definition is not None
        ),
    )
    return work, request


def work_of(resolved: ResolvedDefinitions, chosen: Collection[AssetsDefinition], **more: Any) -> Work:
    """The steps of these definitions (or subsets of them), with all that is known around them."""
    names = {definition.name for definition in chosen}
    return Work(
        steps=steps_for_assets(list(chosen)),
        specs=resolved.specs,
        makers=resolved.makers,
        resources=resolved.resources,
        ops={definition.name: op_schema(definition) for definition in chosen},
        ignored_ops=[name for name in resolved.steps if name not in names],
        graph_outputs=graph_outputs(chosen),
        **more,
    )


def graph_outputs(chosen: Iterable[AssetsDefinition]) -> dict[str, Mapping[str, tuple[str, str]]]:
    """For each graph among the definitions and inside them, the step and output that give each of its outputs."""
    found: dict[str, Mapping[str, tuple[str, str]]] = {}
    for definition in chosen:
        if not isinstance(definition.node_def, OpDefinition):
            outputs: Any = importlib.import_module("dagx.ops.flatten").graph_outputs
            found.update(outputs(definition.node_def, (definition.name,)))
    return found


def chosen_definitions(
    resolved: ResolvedDefinitions, selection: CoercibleToAssetSelection | None
) -> list[AssetsDefinition]:
    """The definitions that a selection asks for, in order, of each no more than that. None: all that make something.

    Raises InvalidSubsetError for names that do not exist, InvalidDefinitionError when a definition that cannot be
    subset is asked for in part.
    """
    if selection is None:
        return [step for step in resolved.steps.values() if not step.is_observation]
    wanted = AssetSelection.from_coercible(selection)
    keys = wanted.resolve(resolved)
    checks = wanted.resolve_checks(resolved)
    found: list[AssetsDefinition] = []
    for step in resolved.steps.values():
        own = step.keys & keys
        own_checks = step.check_keys & checks
        if not own and not own_checks:
            continue
        try:
            found.append(step.subset_for(own, own_checks))
        except InvalidSubsetError as error:
            raise InvalidDefinitionError(error.message, error.hint) from error
    return found


def partitions_of_run(
    chosen: Iterable[AssetsDefinition], partition_key: str | None, tags: Mapping[str, str]
) -> tuple[tuple[str, str] | None, dict[str, str]]:
    """The first and last partition that a run is for, and the tags that say so.

    Raises UnknownPartitionError, InvalidArgumentError when nothing is partitioned, InvalidDefinitionError when assets
    are partitioned in different ways.
    """
    asked: tuple[str, str] | None = (partition_key, partition_key) if partition_key is not None else None
    if asked is None and RANGE_START in tags and RANGE_END in tags:
        asked = (tags[RANGE_START], tags[RANGE_END])
    if asked is None and "dagster/partition" in tags:
        asked = (tags["dagster/partition"], tags["dagster/partition"])
    if asked is None:
        return None, {}
    partitions = _one_definition(chosen)
    if partitions is None:
        raise InvalidArgumentError(
            f"the run is for the partition {asked[0]!r}, and nothing in it is partitioned",
            "leave out partition_key, or give an asset a partitions_def",
        )
    for key in dict.fromkeys(asked):
        partitions.check_key(key)
    if asked[0] != asked[1]:
        return asked, {RANGE_START: asked[0], RANGE_END: asked[1]}
    upstream: Any = importlib.import_module("dagx.partitions.upstream")
    found: dict[str, str] = upstream.partition_tags(partitions, asked[0])
    return asked, found


def _one_definition(chosen: Iterable[AssetsDefinition]) -> PartitionsDefinition | None:
    found: PartitionsDefinition | None = None
    for definition in chosen:
        selected = {slot.key for slot in definition.outputs if slot.name in definition.selected_outputs}
        own = [spec.partitions_def for spec in definition.specs if spec.key in selected]
        checks = [spec.partitions_def for spec in definition.check_specs if spec.asset_key in selected]
        for partitions in (*own, *checks):
            if partitions is None:
                continue
            if found is not None and found != partitions:
                raise InvalidDefinitionError(
                    "the run is for assets that are partitioned in different ways",
                    "run those of one partitions definition, and unpartitioned ones, together",
                )
            found = partitions
    return found
