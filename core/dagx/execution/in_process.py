"""`materialize()`: run assets here and now, in this process, and forget. Semantics: section 27."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dagx.config.run_config import RunConfig
from dagx.errors import InvalidArgumentError, InvariantViolationError
from dagx.execution.asset_work import chosen_definitions, work_of
from dagx.execution.in_process_result import ExecuteInProcessResult
from dagx.execution.in_process_steps import Request, Work, run_here
from dagx.execution.partitioned_runs import partitions_of_run
from dagx.execution.run_tags import run_tags
from dagx.execution.runs import AD_HOC_JOB
from dagx.functions.slots import DEFAULT_IO_MANAGER
from dagx.partitions.loading_context import partition_loading_context
from dagx.project.defs import Definitions
from dagx.project.resolution import Asset, ResolvedDefinitions
from dagx.selecting.asset_selection import CoercibleToAssetSelection
from dagx.storing.builtin import InMemoryIOManager

if TYPE_CHECKING:
    from dagx.assets.definition import AssetsDefinition
    from dagx.instance.instance import DagsterInstance

__all__ = ["materialize", "materialize_to_memory"]


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
    assets: Iterable[Asset] | None,
    run_config: RunConfig | Mapping[str, Any] | None,
    instance: DagsterInstance | None,
    resources: Mapping[str, Any] | None,
    partition_key: str | None,
    raise_on_error: bool,
    tags: Mapping[str, str] | None,
    selection: CoercibleToAssetSelection | None,
) -> tuple[Work, Request]:
    if assets is None:
        raise InvalidArgumentError("materialize takes a list of assets, not None", "write materialize([...])")
    resolved = Definitions(assets=assets, resources=resources).resolve(strict=False)
    chosen = chosen_definitions(resolved, selection)
    given = run_tags(tags)
    with partition_loading_context(dynamic_partitions_store=instance):
        partition_range, partition_tags = partitions_of_run(chosen, partition_key, given)
    work = work_of(resolved, chosen, job=_job(resolved, chosen))
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


def _job(resolved: ResolvedDefinitions, chosen: Sequence[AssetsDefinition]) -> Any:
    """The job that nobody wrote: those who run assets may ask for it, and most do not."""
    jobs: Any = importlib.import_module("dagx.ops.asset_jobs")
    unresolved = jobs.UnresolvedAssetJobDefinition(AD_HOC_JOB)
    return jobs.job_of_assets(unresolved, resolved, chosen, checks_partitions=False)
