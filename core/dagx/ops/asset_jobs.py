"""`define_asset_job`: a job of assets, by a selection that is resolved when all definitions are known. Section 24."""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dagx.automation.targets import AnonymousAssetJob
from dagx.errors import (
    InvalidArgumentError,
    InvalidDefinitionError,
    InvalidInvocationError,
    InvalidSubsetError,
)
from dagx.execution.retries import RetryPolicy
from dagx.execution.run_tags import run_tags as tags_of_run
from dagx.keys import AssetKey
from dagx.names import check_name, check_owners
from dagx.ops.hooks import HookDefinition, hook_set
from dagx.ops.job_config import JobConfig, checked_config, partitions_of
from dagx.ops.job_definition import JobDefinition
from dagx.ops.wiring import checked_policy
from dagx.project.definition_kinds import checked_executor
from dagx.record import Record
from dagx.selecting.asset_selection import AssetSelection, CoercibleToAssetSelection
from dagx.source import SourceLocation, location_of_caller

if TYPE_CHECKING:
    from datetime import datetime

    from dagx.assets.definition import AssetsDefinition
    from dagx.automation.requests import RunRequest
    from dagx.execution.in_process_steps import Work
    from dagx.partitions.definition import PartitionsDefinition
    from dagx.partitions.loading_context import DynamicPartitionsStore
    from dagx.project.resolution import ResolvedDefinitions

__all__ = ["UnresolvedAssetJobDefinition", "define_asset_job"]


class UnresolvedAssetJobDefinition(Record):
    """What `define_asset_job` makes: a job of assets that nobody has looked up yet.

    Definitions make a JobDefinition of it: `defs.resolve_job_def(name)`. Semantics: section 24.
    """

    name: str
    selection: AssetSelection
    config: JobConfig
    description: str | None
    tags: Mapping[str, str]
    run_tags: Mapping[str, str] | None
    metadata: Mapping[str, Any]
    partitions_def: PartitionsDefinition | None
    executor_def: Any
    hooks: frozenset[HookDefinition]
    op_retry_policy: RetryPolicy | None
    owners: tuple[str, ...]
    automation_condition: Any
    _source: SourceLocation | None

    def __init__(
        self,
        name: str,
        selection: CoercibleToAssetSelection | None = None,
        config: JobConfig = None,
        description: str | None = None,
        tags: Mapping[str, Any] | None = None,
        run_tags: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        partitions_def: PartitionsDefinition | None = None,
        executor_def: Any = None,
        hooks: Collection[HookDefinition] | None = None,
        op_retry_policy: RetryPolicy | None = None,
        owners: Sequence[str] | None = None,
        automation_condition: Any = None,
    ) -> None:
        what = f'job "{name}"'
        self._set(
            name=check_name(name, what),
            selection=AssetSelection.all() if selection is None else AssetSelection.from_coercible(selection),
            config=checked_config(config, what),
            description=description,
            tags=tags_of_run(tags),
            run_tags=None if run_tags is None else tags_of_run(run_tags),
            metadata=dict(metadata or {}),
            partitions_def=partitions_of(config, partitions_def, what),
            executor_def=checked_executor(executor_def, f"{what}: executor_def"),
            hooks=hook_set(hooks, what),
            op_retry_policy=checked_policy(op_retry_policy),
            owners=check_owners(owners),
            automation_condition=automation_condition,
            _source=location_of_caller(),
        )

    @property
    def source(self) -> SourceLocation | None:
        """Where it was written."""
        return self._source

    def __hash__(self) -> int:
        return hash((type(self), self.name))

    def run_request_for_partition(
        self,
        partition_key: str,
        run_key: str | None = None,
        tags: Mapping[str, str] | None = None,
        asset_selection: Sequence[Any] | None = None,
        run_config: Any = None,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> RunRequest:
        """The request to run it for a partition, where it was given its partitions; as that of JobDefinition.

        Raises InvalidInvocationError when only resolving it tells them. Semantics: section 18.
        """
        if self.partitions_def is None:
            raise InvalidInvocationError(
                f'the job "{self.name}" does not know its partitions before it is resolved',
                "give it partitions_def=, or return RunRequest(partition_key=...)",
            )
        self.partitions_def.check_key(partition_key, current_time, dynamic_partitions_store)
        requests: Any = importlib.import_module("dagx.automation.requests")
        request: RunRequest = requests.RunRequest(
            run_key=run_key,
            run_config=run_config,
            tags={**(tags or {}), **self.partitions_def.get_tags_for_partition_key(partition_key)},
            job_name=self.name,
            asset_selection=asset_selection,
            partition_key=partition_key,
        )
        return request


def define_asset_job(
    name: str,
    selection: CoercibleToAssetSelection | None = None,
    config: JobConfig = None,
    description: str | None = None,
    tags: Mapping[str, Any] | None = None,
    run_tags: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    executor_def: Any = None,
    hooks: Collection[HookDefinition] | None = None,
    op_retry_policy: RetryPolicy | None = None,
    owners: Sequence[str] | None = None,
    automation_condition: Any = None,
) -> UnresolvedAssetJobDefinition:
    """A job that materializes the assets of a selection (all of them by default), by a name.

    selection: an AssetSelection, its text, or a list of keys and definitions. config: run config (a dict or
    RunConfig), a ConfigMapping, or a PartitionedConfig. tags: of the job, and of its runs unless `run_tags` are
    given; then the runs get only those. partitions_def: found out from the assets unless given; they must all have
    the same. hooks: called after each step. op_retry_policy: of steps that have none of their own. executor_def: how
    it is run. metadata, description, owners: what is shown.

    Raises InvalidDefinitionError for a bad name, owner or tag; what is wrong with the selection is seen when
    Definitions resolve it. Semantics: section 24.
    """
    return UnresolvedAssetJobDefinition(
        name=name,
        selection=selection,
        config=config,
        description=description,
        tags=tags,
        run_tags=run_tags,
        metadata=metadata,
        partitions_def=partitions_def,
        executor_def=executor_def,
        hooks=hooks,
        op_retry_policy=op_retry_policy,
        owners=owners,
        automation_condition=automation_condition,
    )


class JobAssets(Record):
    """The assets of a job: `selected_asset_keys` are those that a run of it makes or observes."""

    selected_asset_keys: frozenset[AssetKey]

    def __init__(self, selected_asset_keys: frozenset[AssetKey] = frozenset()) -> None:
        self._set(selected_asset_keys=selected_asset_keys)

    @property
    def executable_asset_keys(self) -> frozenset[AssetKey]:
        """The same: what is made elsewhere is in no job."""
        return self.selected_asset_keys


class AssetJobDefinition(JobDefinition):
    """A job of assets that are known: `assets` are the definitions, or subsets of them, that it runs."""

    def __init__(
        self,
        unresolved: UnresolvedAssetJobDefinition,
        resolved: ResolvedDefinitions,
        assets: Sequence[AssetsDefinition],
        partitions_def: PartitionsDefinition | None,
    ) -> None:
        self.name = unresolved.name
        self.source = unresolved.source
        self.selection = unresolved.selection
        self.assets = tuple(assets)
        self.resolved_definitions = resolved
        self.input_values = {}
        self.op_selection = None
        self.written_as = None
        self._graph = None
        self._set(
            description=unresolved.description,
            resource_defs={},
            config=unresolved.config,
            tags=unresolved.tags,
            run_tags=unresolved.run_tags,
            metadata=unresolved.metadata,
            logger_defs=None,
            executor_def=unresolved.executor_def,
            hook_defs=unresolved.hooks,
            op_retry_policy=unresolved.op_retry_policy,
            partitions_def=partitions_def,
            owners=unresolved.owners,
        )

    @property
    def nodes(self) -> list[Any]:
        """The definitions of assets and checks in it."""
        return list(self.assets)

    @property
    def asset_layer(self) -> JobAssets:
        """Which assets it makes."""
        return JobAssets(
            frozenset(
                slot.key
                for definition in self.assets
                for slot in definition.outputs
                if slot.key is not None and slot.check is None and slot.name in definition.selected_outputs
            )
        )

    def _node_resources(self) -> set[str]:
        return {key for definition in self.assets for key in definition.required_resource_keys}

    def work(
        self,
        *,
        run_config: Mapping[str, Any] | None = None,
        op_selection: Sequence[str] | None = None,
        asset_selection: Sequence[Any] | None = None,
        input_values: Mapping[str, Any] | None = None,
        resources: Mapping[str, Any] | None = None,
    ) -> Work:
        """The steps to run; see JobDefinition.work. Raises InvalidSubsetError for assets that are not of the job."""
        if op_selection or input_values:
            raise InvalidArgumentError(
                f'the job "{self.name}" is of assets: it takes no op_selection and no input_values',
                "give asset_selection=",
            )
        # Late, here and below: what runs jobs costs milliseconds that loading definitions need not pay.
        found: Work = importlib.import_module("dagx.execution.asset_work").work_of(
            self.resolved_definitions,
            self._chosen(asset_selection) if asset_selection else self.assets,
            config_mapping=self.config_mapping,
            op_retry_policy=self.op_retry_policy,
            job=self,
            loggers=self.logger_defs,
            executor=self.executor_def,
            job_name=self.name,
        )
        steps = [
            dataclasses.replace(step, hooks=step.hooks | self.hook_defs) if self.hook_defs else step
            for step in found.steps
        ]
        ground = {**found.resources, **self.resource_defs, **(resources or {})}
        return dataclasses.replace(found, steps=steps, resources=ground)

    def partitions_of_run(
        self, work: Work, partition_key: str | None, tags: Mapping[str, str]
    ) -> tuple[tuple[str, str] | None, Mapping[str, str]]:
        """The first and last partition that a run of `work` is for, and the tags that say so."""
        chosen = {step.definition.name: step.definition for step in work.steps if step.definition is not None}
        found: tuple[tuple[str, str] | None, Mapping[str, str]]
        found = importlib.import_module("dagx.execution.partitioned_runs").partitions_of_run(
            list(chosen.values()), partition_key, tags
        )
        return found

    def _chosen(self, asset_selection: Sequence[Any]) -> list[AssetsDefinition]:
        selection = AssetSelection.from_coercible(asset_selection)
        wanted = selection.resolve(self.resolved_definitions)
        checks = selection.resolve_checks(self.resolved_definitions)
        own = {key for definition in self.assets for key in definition.keys}
        outside = sorted(key.to_user_string() for key in wanted - own)
        if outside:
            raise InvalidSubsetError(
                f'the job "{self.name}" does not have {", ".join(outside)}', "select some of its own assets"
            )
        return [
            definition.subset_for(definition.keys & wanted, definition.check_keys & checks)
            for definition in self.assets
            if definition.keys & wanted or definition.check_keys & checks
        ]


def resolve_asset_job(
    unresolved: UnresolvedAssetJobDefinition | AnonymousAssetJob | JobDefinition,
    resolved: ResolvedDefinitions,
    *,
    checks_partitions: bool = True,
) -> JobDefinition:
    """The job of these definitions that an unresolved one, or the one behind a `target=`, means.

    checks_partitions: whether all its assets must be partitioned alike; the job of everything need not. Raises
    InvalidSubsetError and InvalidDefinitionError for a selection that does not fit.
    """
    if isinstance(unresolved, JobDefinition):  # it was resolved already
        return unresolved
    if isinstance(unresolved, AnonymousAssetJob):
        unresolved = UnresolvedAssetJobDefinition(unresolved.name, unresolved.selection)
    asset_work: Any = importlib.import_module("dagx.execution.asset_work")
    chosen: list[AssetsDefinition] = asset_work.chosen_definitions(resolved, unresolved.selection)
    return job_of_assets(unresolved, resolved, chosen, checks_partitions=checks_partitions)


def job_of_assets(
    unresolved: UnresolvedAssetJobDefinition,
    resolved: ResolvedDefinitions,
    chosen: Sequence[AssetsDefinition],
    *,
    checks_partitions: bool,
) -> AssetJobDefinition:
    """The job of these definitions, whatever selection chose them; partitioned if they are partitioned alike."""
    try:
        partitions = _partitions_of_assets(unresolved, chosen)
    except InvalidDefinitionError:
        if checks_partitions:
            raise
        partitions = None
    return AssetJobDefinition(unresolved, resolved, chosen, partitions)


def _partitions_of_assets(
    unresolved: UnresolvedAssetJobDefinition, chosen: Sequence[AssetsDefinition]
) -> PartitionsDefinition | None:
    found = unresolved.partitions_def
    by = "its partitions_def"
    for definition in chosen:
        for spec in definition.specs:
            slot = next((s for s in definition.outputs if s.key == spec.key and s.check is None), None)
            is_wanted = slot is None or slot.name in definition.selected_outputs
            if spec.partitions_def is None or not is_wanted:
                continue
            shown = f'"{spec.key.to_user_string()}"'
            if found is not None and found != spec.partitions_def:
                raise InvalidDefinitionError(
                    f'the job "{unresolved.name}" has assets that are partitioned in different ways: '
                    f"{by} and {shown}",
                    "select those of one partitions definition, and unpartitioned ones, together",
                )
            if found is None:
                found, by = spec.partitions_def, shown
    return found
