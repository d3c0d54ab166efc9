"""A job run in this process. It knows neither steps nor storage. Section 24."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dagx.config.run_config import RunConfig
from dagx.execution.in_process_result import ExecuteInProcessResult
from dagx.execution.in_process_steps import Request, run_here
from dagx.execution.run_tags import run_tags
from dagx.instance.instance import DagsterInstance
from dagx.ops.job_config import is_partitioned
from dagx.ops.job_definition import JobDefinition
from dagx.partitions.loading_context import partition_loading_context
from dagx.storing.builtin import FilesystemIOManager, InMemoryIOManager


def run_in_process(
    job: JobDefinition,
    *,
    run_config: RunConfig | Mapping[str, Any] | None = None,
    instance: DagsterInstance | None = None,
    partition_key: str | None = None,
    raise_on_error: bool = True,
    op_selection: Sequence[str] | None = None,
    asset_selection: Sequence[Any] | None = None,
    run_id: str | None = None,
    input_values: Mapping[str, Any] | None = None,
    tags: Mapping[str, Any] | None = None,
    resources: Mapping[str, Any] | None = None,
    keeps_values: bool = False,
) -> ExecuteInProcessResult:
    """Run a job; the parameters are those of `execute_in_process`.

    keeps_values: whether the values of ops are stored as files, where no IO manager is bound; those of assets always
    are.
    """
    with partition_loading_context(dynamic_partitions_store=instance):
        config = job.checked_run_config(chosen_config(job, run_config, partition_key))
        work = job.work(
            run_config=config,
            op_selection=op_selection,
            asset_selection=asset_selection,
            input_values=input_values,
            resources=resources,
        )
        own = {**job.run_tags, **run_tags(tags)}
        partition_range, partition_tags = job.partitions_of_run(work, partition_key, own)
        request = Request(
            run_config=config,
            instance=instance,
            run_id=run_id,
            tags={**own, **partition_tags},
            partition_range=partition_range,
            raise_on_error=raise_on_error,
            asset_selection=frozenset(key for step in work.steps for key in step.asset_keys)
            if job.is_asset_job
            else None,
        )
        default: Callable[[str], object] = FilesystemIOManager
        if not keeps_values and not job.is_asset_job:
            default = lambda _: InMemoryIOManager()  # noqa: E731
        return run_here(work, request, default)


def chosen_config(
    job: JobDefinition, run_config: RunConfig | Mapping[str, Any] | None, partition_key: str | None
) -> Mapping[str, Any]:
    """The run config that was given, else the job's own, for the partition if it is made for each."""
    if run_config is not None:
        return run_config.to_config_dict() if isinstance(run_config, RunConfig) else run_config
    if partition_key is not None and is_partitioned(job.config):
        return job.run_config_for_partition(partition_key)
    return job.run_config or {}
