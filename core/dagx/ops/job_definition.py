"""JobDefinition: a graph of ops to be run, with resources, config, hooks and tags. Section 24."""

from __future__ import annotations

import importlib
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

from dagx.config.mappings import ConfigMapping
from dagx.config.run_config import RunConfig
from dagx.errors import InvalidArgumentError, InvalidDefinitionError, InvalidInvocationError
from dagx.execution.retries import RetryPolicy
from dagx.execution.run_tags import run_tags as tags_of_run
from dagx.execution.steps import Given, Source
from dagx.names import as_mapping, check_name, check_owners
from dagx.nearest import did_you_mean
from dagx.ops.config_schema import config_schema, mapping_of, through_graph_mapping
from dagx.ops.flatten import Flattened, flatten, graph_outputs
from dagx.ops.graph_definition import GraphDefinition
from dagx.ops.hooks import HookDefinition, hook_set
from dagx.ops.input_config import with_inputs_from
from dagx.ops.job_config import JobConfig, checked_config, is_partitioned, partitions_of
from dagx.ops.op_selection import selected_steps
from dagx.ops.wiring import checked_policy
from dagx.partitions.loading_context import loading_with
from dagx.project.definition_kinds import checked_executor, checked_loggers
from dagx.source import SourceLocation
from dagx.unset import UNSET

if TYPE_CHECKING:
    from datetime import datetime

    from dagx.automation.requests import RunRequest
    from dagx.execution.in_process_result import ExecuteInProcessResult
    from dagx.execution.in_process_steps import Work
    from dagx.instance.instance import DagsterInstance
    from dagx.partitions.definition import PartitionsDefinition
    from dagx.partitions.loading_context import DynamicPartitionsStore

__all__ = ["JobDefinition"]

PARTITION_TAG = "dagster/partition"
J = TypeVar("J", bound="JobDefinition")


class JobDefinition:
    """A graph to be run; what `@job` and `graph.to_job()` make, and `define_asset_job` once it is in Definitions.

    The parameters are those of `@job`. Raises InvalidDefinitionError for an input that nothing can fill. Section 24.
    """

    def __init__(
        self,
        *,
        graph_def: GraphDefinition,
        name: str | None = None,
        description: str | None = None,
        resource_defs: Mapping[str, Any] | None = None,
        config: JobConfig = None,
        tags: Mapping[str, Any] | None = None,
        run_tags: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        logger_defs: Mapping[str, Any] | None = None,
        executor_def: Any = None,
        hook_defs: Collection[HookDefinition] | None = None,
        op_retry_policy: RetryPolicy | None = None,
        partitions_def: PartitionsDefinition | None = None,
        input_values: Mapping[str, Any] | None = None,
        owners: Sequence[str] | None = None,
        op_selection: Sequence[str] | None = None,
    ) -> None:
        own = name or graph_def.name
        self.name = check_name(own, f'job "{own}"')
        self._graph: GraphDefinition | None = graph_def
        self.source: SourceLocation | None = graph_def.source
        self._set(
            description=description or graph_def.description,
            resource_defs=resource_defs,
            config=config,
            tags=tags,
            run_tags=run_tags,
            metadata=metadata,
            logger_defs=logger_defs,
            executor_def=executor_def,
            hook_defs=hook_defs,
            op_retry_policy=op_retry_policy,
            partitions_def=partitions_def,
            owners=owners,
        )
        self.input_values = dict(input_values or {})
        self.op_selection = op_selection
        self.written_as: tuple[str, str] | None = None
        self._check_inputs(self.input_values)
        self._flattened_by_itself()

    def _set(
        self,
        *,
        description: str | None,
        resource_defs: Mapping[str, Any] | None,
        config: JobConfig,
        tags: Mapping[str, Any] | None,
        run_tags: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        logger_defs: Mapping[str, Any] | None,
        executor_def: Any,
        hook_defs: Collection[HookDefinition] | None,
        op_retry_policy: RetryPolicy | None,
        partitions_def: PartitionsDefinition | None,
        owners: Sequence[str] | None,
    ) -> None:
        what = f'job "{self.name}"'
        self.description = description
        self.resource_defs = cast("dict[str, Any]", as_mapping(resource_defs, f"{what}: resource_defs"))
        self.config = checked_config(config, what)
        self.tags = tags_of_run(tags)
        self.run_tags = self.tags if run_tags is None else tags_of_run(run_tags)
        self.metadata = as_mapping(metadata, f"{what}: metadata")
        self.logger_defs = checked_loggers(logger_defs, f"{what}: logger_defs")
        self.executor_def = checked_executor(executor_def, f"{what}: executor_def")
        self.hook_defs = hook_set(hook_defs, what)
        self.op_retry_policy = checked_policy(op_retry_policy)
        self.partitions_def = partitions_of(self.config, partitions_def, what)
        self.owners = list(check_owners(owners))

    def __call__(self, *_: Any, **__: Any) -> Any:
        """Refused: a job is run, not called."""
        raise InvalidInvocationError(
            f'the job "{self.name}" was called',
            "run it with execute_in_process(); to nest it, make it a @graph",
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    # What it consists of

    @property
    def graph(self) -> GraphDefinition:
        """The graph that it runs. Raises InvalidInvocationError for a job of assets."""
        if self._graph is None:
            raise InvalidInvocationError(f'the job "{self.name}" is of assets, not of ops', "ask for .assets")
        return self._graph

    @property
    def nodes(self) -> list[Any]:
        """The uses of ops and graphs in it."""
        return list(self.graph.nodes)

    @property
    def is_asset_job(self) -> bool:
        """Whether it materializes assets."""
        return self._graph is None

    @property
    def required_resource_keys(self) -> set[str]:
        """The resources that running it needs."""
        return {
            key for hook in self.hook_defs for key in hook.required_resource_keys
        } | self._node_resources()

    @property
    def run_config(self) -> Mapping[str, Any] | None:
        """The run config that it was given, as a dict; None for none, or for one that is made for each run."""
        if isinstance(self.config, RunConfig):
            return self.config.to_config_dict()
        config: object = self.config
        return cast("Mapping[str, Any]", config) if isinstance(config, Mapping) else None

    @property
    def config_mapping(self) -> ConfigMapping | None:
        """What makes its run config out of simpler config, if it has one."""
        return self.config if isinstance(self.config, ConfigMapping) else None

    @property
    def partitioned_config(self) -> Any:
        """What makes its run config for a partition, if it has one."""
        return self.config if is_partitioned(self.config) else None

    def _node_resources(self) -> set[str]:
        return self.graph.required_resource_keys

    # Copies

    def with_hooks(self: J, hook_defs: Collection[HookDefinition]) -> J:
        """A job whose steps call these hooks as well. Semantics: section 22."""
        return self._changed(hook_defs=self.hook_defs | hook_set(hook_defs, f'job "{self.name}"'))

    def bound_to(
        self: J,
        resources: Mapping[str, Any],
        *,
        executor: Any = None,
        loggers: Mapping[str, Any] | None = None,
    ) -> J:
        """A job with what Definitions have for all; its own wins."""
        return self._changed(
            resource_defs={**resources, **self.resource_defs},
            executor_def=executor if self.executor_def is None else self.executor_def,
            logger_defs=self.logger_defs or dict(loggers or {}),
        )

    def for_op_selection(self: J, op_selection: Sequence[str]) -> J:
        """A job of these of its ops. Raises InvalidSubsetError."""
        changed = self._changed(op_selection=list(op_selection))
        changed._check_op_selection()
        return changed

    def _changed(self: J, **fields: Any) -> J:
        other = type(self).__new__(type(self))
        other.__dict__.update(self.__dict__)
        other.__dict__.update(fields)
        return other

    # Partitions

    def run_config_for_partition(self, partition_key: str) -> Mapping[str, Any]:
        """The run config for a partition: that of its PartitionedConfig, else the one that it has."""
        if is_partitioned(self.config):
            made: Any = self.config.get_run_config_for_partition_key(partition_key)
            return made.to_config_dict() if isinstance(made, RunConfig) else made
        return self.run_config or {}

    def tags_for_partition(self, partition_key: str) -> dict[str, str]:
        """The tags of a run for a partition. Raises UnknownPartitionError, InvalidArgumentError when it has none."""
        if self.partitions_def is None:
            raise InvalidArgumentError(
                f'the job "{self.name}" was asked to run for the partition {partition_key!r} and has no partitions',
                "leave out partition_key, or give the job partitions_def=",
            )
        self.partitions_def.check_key(partition_key)
        tags = dict(self.partitions_def.get_tags_for_partition_key(partition_key))
        if is_partitioned(self.config):
            own = self.config.get_tags_for_partition_key(partition_key, job_name=self.name)
            tags = {**tags_of_run(own), **tags}
        return tags

    def partitions_of_run(
        self, work: Work, partition_key: str | None, tags: Mapping[str, str]
    ) -> tuple[tuple[str, str] | None, Mapping[str, str]]:
        """The first and last partition that a run of `work` is for, and the tags that say so."""
        del work
        asked = partition_key if partition_key is not None else tags.get(PARTITION_TAG)
        if asked is None:
            return None, {}
        return (asked, asked), self.tags_for_partition(asked)

    def run_request_for_partition(
        self,
        partition_key: str,
        run_key: str | None = None,
        tags: Mapping[str, str] | None = None,
        asset_selection: Sequence[Any] | None = None,
        run_config: RunConfig | Mapping[str, Any] | None = None,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> RunRequest:
        """The request to run it for a partition. Raises UnknownPartitionError. Semantics: section 18.

        current_time: in place of the clock's, for which partitions there are; dynamic_partitions_store: the instance
        that has dynamic ones.
        """
        with loading_with(current_time, dynamic_partitions_store):
            partition_tags = self.tags_for_partition(partition_key)
            config = self.run_config_for_partition(partition_key) if run_config is None else run_config
        requests: Any = importlib.import_module("dagx.automation.requests")
        request: RunRequest = requests.RunRequest(
            run_key=run_key,
            run_config=config,
            tags={**(tags or {}), **partition_tags},
            job_name=self.name,
            asset_selection=asset_selection,
            partition_key=partition_key,
        )
        return request

    # Running

    def execute_in_process(
        self,
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
    ) -> ExecuteInProcessResult:
        """Run the job in this process, one step after the other.

        run_config: in place of the job's own. instance: keeps the history; without one it is forgotten. Values of ops
        are kept in memory unless there is a resource "io_manager". partition_key: the partition to run for.
        raise_on_error: raise what the first failing step raised; else the result says `success` False.
        op_selection: only these ops, as `["name", "*name", "name+"]`. asset_selection: only these assets, for a job of
        assets. Without one, or with an empty one, all run. run_id, tags: of the run. input_values: what fills the
        inputs of the job's graph. resources: beside, or in place of, those of the job.

        Raises InvalidConfigError, InvalidSubsetError, UnknownPartitionError. Semantics: section 24.
        """
        running: Any = importlib.import_module("dagx.ops.job_running")
        result: ExecuteInProcessResult = running.run_in_process(
            self,
            run_config=run_config,
            instance=instance,
            partition_key=partition_key,
            raise_on_error=raise_on_error,
            op_selection=op_selection,
            asset_selection=asset_selection,
            run_id=run_id,
            input_values=input_values,
            tags=tags,
            resources=resources,
        )
        return result

    def work(
        self,
        *,
        run_config: Mapping[str, Any] | None = None,
        op_selection: Sequence[str] | None = None,
        asset_selection: Sequence[Any] | None = None,
        input_values: Mapping[str, Any] | None = None,
        resources: Mapping[str, Any] | None = None,
    ) -> Work:
        """The steps to run, with all that is known around them. `run_config` may fill inputs.

        Raises InvalidSubsetError, InvalidConfigError.
        """
        if asset_selection:
            raise InvalidArgumentError(
                f'the job "{self.name}" is of ops and was given an asset_selection', "give op_selection="
            )
        given = {**self.input_values, **(input_values or {})}
        self._check_inputs(given)
        flat = self._flattened(given)
        schema = config_schema(self.graph, unwired=flat.unwired)
        steps: Sequence[Any] = flat.steps
        for selection in (self.op_selection, op_selection):
            if selection:
                steps = selected_steps(steps, selection)
        chosen = {step.path[0] for step in steps}
        children = schema.children or {}
        found: Work = importlib.import_module("dagx.execution.in_process_steps").Work(
            steps=with_inputs_from(run_config or {}, steps, flat.unwired),
            resources={**self.resource_defs, **(resources or {})},
            ops={name: found for name, found in children.items() if name in chosen},
            ignored_ops=[name for name in children if name not in chosen],
            config_mapping=self.config_mapping,
            op_retry_policy=self.op_retry_policy,
            job=self,
            loggers=self.logger_defs,
            executor=self.executor_def,
            job_name=self.name,
            outputs=flat.outputs,
            graph_outputs=graph_outputs(self.graph),
        )
        return found

    def steps_by_itself(self) -> Sequence[Any]:
        """The steps that a run without more said would run."""
        steps: Sequence[Any] = self._flattened_by_itself().steps
        return steps if self.op_selection is None else selected_steps(steps, self.op_selection)

    def checked_run_config(self, run_config: Mapping[str, Any]) -> Mapping[str, Any]:
        """Run config by the names of ops, also where the graph as a whole takes config."""
        if self._graph is None or mapping_of(self._graph) is None:
            return run_config
        return through_graph_mapping(self._graph, run_config)

    def _flattened(self, given: Mapping[str, Any]) -> Flattened:
        inputs: dict[str, Source] = {name: Given(value) for name, value in given.items()}
        return flatten(
            self.graph,
            inputs=inputs,
            hooks=self.hook_defs,
            retry_policy=self.op_retry_policy,
            may_be_unfilled=True,
        )

    def _flattened_by_itself(self) -> Flattened:
        """As it is before anybody gave its inputs."""
        return self._flattened(dict.fromkeys((found.name for found in self.graph.inputs), UNSET))

    def _check_inputs(self, given: Mapping[str, Any]) -> None:
        names = [found.name for found in self.graph.inputs]
        for name in given:
            if name not in names:
                raise InvalidDefinitionError(
                    f'the job "{self.name}" has no input {name!r} (given in input_values)',
                    did_you_mean(name, names) or f"its inputs are: {', '.join(names) or 'none'}",
                )

    def _check_op_selection(self) -> None:
        if self.op_selection:
            selected_steps(self._flattened_by_itself().steps, self.op_selection)
