"""Runs steps here and now and writes them to an instance: what `materialize()` and jobs have in common.

It knows neither where the steps come from nor what they are selected by. Sections 24, 27.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dagx.assets.specs import AssetSpec
from dagx.config.marks import kind_of
from dagx.config.run_config import OpSchema, RunConfig, ValidatedConfig, validated_run_config
from dagx.execution.in_process_result import ExecuteInProcessResult
from dagx.execution.journal import Journal
from dagx.execution.planned_resources import Makers, resources_of
from dagx.execution.retries import RetryPolicy
from dagx.execution.run_ids import new_run_id
from dagx.execution.running import RunOrder, carry_out
from dagx.execution.runs import AD_HOC_JOB, RunInfo
from dagx.execution.steps import Step
from dagx.functions.slots import DEFAULT_IO_MANAGER
from dagx.instance.instance import DagsterInstance
from dagx.instance.runs import DagsterRun
from dagx.keys import AssetKey
from dagx.logs.run_lines import kept_lines
from dagx.logs.user_code import get_logger
from dagx.partitions.keys import PARTITION_TAG
from dagx.partitions.loading_context import partition_loading_context
from dagx.resource_defs.lifecycle import open_resources, resource_schemas
from dagx.storing.builtin import FilesystemIOManager


@dataclass(frozen=True)
class Work:
    """Steps to be run, upstream first, and what is known around them.

    `specs` and `makers` are those of all assets; `resources` all that are bound, by name; `ops` the config that the
    ops take, and `ignored_ops` names of others that run config may speak of. `outputs` are those of the job or graph
    (the step and output that give each), `graph_outputs` those of the graphs in it, by their paths. `loggers` are the
    definitions of those that run config may name, `executor` is that of the job, whose config is checked.
    """

    steps: Sequence[Step]
    specs: Mapping[AssetKey, AssetSpec] = field(default_factory=dict[AssetKey, AssetSpec])
    makers: Makers = field(default_factory=dict[AssetKey, Any])
    resources: Mapping[str, object] = field(default_factory=dict[str, object])
    ops: Mapping[str, OpSchema] = field(default_factory=dict[str, OpSchema])
    ignored_ops: Sequence[str] = ()
    config_mapping: Any = None
    op_retry_policy: RetryPolicy | None = None
    job: Any = None
    job_name: str = AD_HOC_JOB
    outputs: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, "tuple[str, str]"])
    graph_outputs: Mapping[str, Mapping[str, tuple[str, str]]] = field(
        default_factory=dict[str, "Mapping[str, tuple[str, str]]"]
    )
    loggers: Mapping[str, Any] = field(default_factory=dict[str, Any])
    executor: Any = None


@dataclass(frozen=True)
class Request:
    """How a run is asked for: its config, id, tags, partitions (first and last), and where its history goes."""

    run_config: RunConfig | Mapping[str, Any] | None = None
    instance: DagsterInstance | None = None
    run_id: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    partition_range: tuple[str, str] | None = None
    raise_on_error: bool = True
    asset_selection: frozenset[AssetKey] | None = None


def run_here(
    work: Work, request: Request, default_io_manager: Callable[[str], object] = FilesystemIOManager
) -> ExecuteInProcessResult:
    """Run `work` in this process as `request` asks.

    `default_io_manager` makes the "io_manager" of a folder, where none is bound. Without an instance, one is made
    that is forgotten, with its folder, at the end. Raises InvalidConfigError for config that does not fit, and, with
    `raise_on_error`, what the first failing step raised.
    """
    with contextlib.ExitStack() as stack:
        order, journal, record = run_order(work, request, default_io_manager, stack)
        runs = carry_out(order, journal)
        return ExecuteInProcessResult(
            record,
            journal.instance,
            work.steps,
            runs,
            journal.events,
            job_def=work.job,
            outputs=work.outputs,
            graph_outputs=work.graph_outputs,
        )


def run_order(
    work: Work, request: Request, default_io_manager: Callable[[str], object], stack: contextlib.ExitStack
) -> tuple[RunOrder, Journal, DagsterRun]:
    """What is to be carried out, what it is written to, and the record of the run. `stack` closes what it opens.

    Raises InvalidConfigError for config that does not fit.
    """
    instance = request.instance
    if instance is None:
        instance = stack.enter_context(DagsterInstance.ephemeral())
    stack.enter_context(partition_loading_context(dynamic_partitions_store=instance))
    folder = instance.storage_directory()
    resources = dict(work.resources)
    wanted = resources_of(work.steps, work.specs, work.makers)
    if DEFAULT_IO_MANAGER not in resources:
        resources[DEFAULT_IO_MANAGER] = default_io_manager(folder)
    config = _validated(work, request.run_config, resources, wanted)
    settings = _execution_settings(work, config.execution)
    run = RunInfo(
        run_id=request.run_id or new_run_id(),
        tags=_tags(work, request),
        job_name=work.job_name,
        run_config=dict(config.given),
        storage_dir=folder,
        partition_range=request.partition_range,
        instance=instance,
        job=work.job,
    )
    log = get_logger()
    record = instance.create_run(
        run.job_name,
        run_id=run.run_id,
        run_config=config.given,
        tags=run.tags,
        asset_selection=request.asset_selection,
    )
    stack.enter_context(_loggers(work, config.raw["loggers"], run))
    journal = Journal(run, instance, work.specs)
    stack.enter_context(kept_lines(instance, run.run_id, lambda: journal.step_key))
    order = RunOrder(
        steps=work.steps,
        run=run,
        log=log,
        specs=work.specs,
        makers=work.makers,
        open_resources=lambda: open_resources(
            resources, wanted, config=config.resources, run=run, instance=instance, log=log
        ),
        resource_keys=sorted(key for key in wanted if kind_of(resources.get(key)) is not None),
        resource_names=list(resources),
        op_config=config.ops,
        op_retry_policy=work.op_retry_policy,
        raise_on_error=request.raise_on_error,
        may_retry=settings is None or settings.retries != "disabled",
    )
    return order, journal, record


def check_config(work: Work, run_config: RunConfig | Mapping[str, Any] | None) -> None:
    """Raise InvalidConfigError for run config that does not fit, before anything runs."""
    resources = {DEFAULT_IO_MANAGER: None, **work.resources}
    config = _validated(work, run_config, resources, resources_of(work.steps, work.specs, work.makers))
    _execution_settings(work, config.execution)


def _validated(
    work: Work,
    run_config: RunConfig | Mapping[str, Any] | None,
    resources: Mapping[str, object],
    wanted: set[str],
) -> ValidatedConfig:
    return validated_run_config(
        run_config,
        work.ops,
        resource_schemas(resources),
        required_resources=wanted,
        ignored_ops=work.ignored_ops,
        mapping=work.config_mapping,
    )


def _tags(work: Work, request: Request) -> dict[str, str]:
    tags = dict(request.tags)
    if PARTITION_TAG in tags:
        tags.setdefault("dagster/partition_set", f"{work.job_name}_partition_set")
    return tags


def _execution_settings(work: Work, config: object) -> Any:
    """What `execution` of the run config means to the job's executor; None when neither says anything."""
    if work.executor is None and config is None:
        return None
    executor = (
        work.executor or importlib.import_module("dagx.execution.executors").multi_or_in_process_executor
    )
    return executor.settings(config)


def _loggers(work: Work, config: Mapping[str, Any], run: RunInfo) -> contextlib.AbstractContextManager[None]:
    """While the run goes on, its lines go to the loggers that run config names: the job's, or those for the console."""
    if not config:
        return contextlib.nullcontext()
    known = work.loggers or importlib.import_module("dagx.logs.console").default_loggers()
    opened: contextlib.AbstractContextManager[None]
    opened = importlib.import_module("dagx.logs.definitions").run_loggers(
        known, config, run_id=run.run_id, job_def=run.job
    )
    return opened
