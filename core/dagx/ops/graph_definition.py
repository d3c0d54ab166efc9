"""GraphDefinition: nodes, how they are wired, and what of it shows outside. Section 24."""

from __future__ import annotations

import importlib
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dagx.errors import InvalidInvocationError
from dagx.execution.retries import RetryPolicy
from dagx.functions.composing import COMPOSITION
from dagx.names import check_name
from dagx.ops.explicit import Dependencies, InputMapping, OutputMapping, wired
from dagx.ops.hooks import HookDefinition
from dagx.ops.invocations import PendingNodeInvocation
from dagx.ops.wiring import GraphInput, GraphOutput, Node, checked_tags
from dagx.source import SourceLocation, location_of_caller

if TYPE_CHECKING:
    from dagx.execution.in_process_result import ExecuteInProcessResult
    from dagx.functions.op_definition import OpDefinition
    from dagx.ops.job_definition import JobDefinition

__all__ = ["GraphDefinition"]


class GraphDefinition:
    """Ops and graphs wired together, to be used as one node, or made a job; `@graph` makes it of a function.

    The parts by name: node_defs, the ops and graphs; dependencies, for each node (its name, or a NodeInvocation) the
    sources of its inputs; input_mappings and output_mappings, what of it shows outside. config: config for its ops,
    or a ConfigMapping. Raises InvalidDefinitionError. Semantics: section 24.
    """

    nodes: tuple[Node, ...]
    inputs: tuple[GraphInput, ...]
    outputs: Mapping[str, GraphOutput]

    def __init__(
        self,
        name: str,
        *,
        description: str | None = None,
        node_defs: Sequence[OpDefinition | GraphDefinition] = (),
        dependencies: Dependencies | None = None,
        input_mappings: Sequence[InputMapping] = (),
        output_mappings: Sequence[OutputMapping] = (),
        config: Any = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        shown = f'graph "{name}"'
        nodes, inputs, outputs = wired(shown, node_defs, dependencies or {}, input_mappings, output_mappings)
        self._set(
            check_name(name, shown), nodes, inputs, outputs, description, tags, config, location_of_caller()
        )

    @classmethod
    def composed(
        cls,
        *,
        name: str,
        nodes: tuple[Node, ...],
        inputs: tuple[GraphInput, ...],
        outputs: Mapping[str, GraphOutput],
        description: str | None,
        tags: Mapping[str, str] | None,
        config: Any,
        source: SourceLocation | None,
    ) -> GraphDefinition:
        """A graph of nodes that are wired already, upstream first."""
        graph = cls.__new__(cls)
        graph._set(name, nodes, inputs, outputs, description, tags, config, source)
        return graph

    def _set(
        self,
        name: str,
        nodes: tuple[Node, ...],
        inputs: tuple[GraphInput, ...],
        outputs: Mapping[str, GraphOutput],
        description: str | None,
        tags: Mapping[str, str] | None,
        config: Any,
        source: SourceLocation | None,
    ) -> None:
        self.name = name
        self.nodes = nodes
        self.inputs = inputs
        self.outputs = outputs
        self.description = description
        self.tags = checked_tags(tags)
        self.config = config
        self.source = source

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Wire the graph as one node of the graph that is being composed.

        Raises InvalidInvocationError elsewhere.
        """
        outer = COMPOSITION.get()
        if outer is None:
            raise InvalidInvocationError(
                f'the graph "{self.name}" was called outside the body of a graph',
                "run it with execute_in_process(), or call it in @job or @graph",
            )
        return outer.invoke(self, args, kwargs)

    def __repr__(self) -> str:
        return f"GraphDefinition({self.name!r})"

    @property
    def node_defs(self) -> list[OpDefinition | GraphDefinition]:
        """The ops and graphs that it uses, each once."""
        return list({id(node.definition): node.definition for node in self.nodes}.values())

    @property
    def required_resource_keys(self) -> set[str]:
        """The resources that its ops need."""
        found: set[str] = set()
        for node in self.nodes:
            found |= node.definition.required_resource_keys
            found.update(*(hook.required_resource_keys for hook in node.hooks))
        return found

    def all_ops(self) -> list[OpDefinition]:
        """The ops that it uses, those of graphs in it too, one for each use."""
        found: list[OpDefinition] = []
        for node in self.nodes:
            inner = node.definition
            found.extend(inner.all_ops() if isinstance(inner, GraphDefinition) else [inner])
        return found

    def node_named(self, name: str) -> OpDefinition | GraphDefinition:
        """The op or graph behind a node. Raises KeyError."""
        return {node.name: node.definition for node in self.nodes}[name]

    def changed(self, **fields: Any) -> GraphDefinition:
        """A copy with other fields."""
        names = ("name", "nodes", "inputs", "outputs", "description", "tags", "config", "source")
        return GraphDefinition.composed(**{**{name: getattr(self, name) for name in names}, **fields})

    # In a graph that is being composed, as for an op

    def alias(self, name: str) -> PendingNodeInvocation:
        """The graph under another name."""
        return PendingNodeInvocation(self).alias(name)

    def tag(self, tags: Mapping[str, str] | None) -> PendingNodeInvocation:
        """The graph with tags of this use of it, which all its ops get."""
        return PendingNodeInvocation(self).tag(tags)

    def with_hooks(self, hook_defs: Collection[HookDefinition]) -> PendingNodeInvocation:
        """The graph with hooks of this use of it, which all its ops get."""
        return PendingNodeInvocation(self).with_hooks(hook_defs)

    def with_retry_policy(self, retry_policy: RetryPolicy | None) -> PendingNodeInvocation:
        """The graph with a retry policy for its ops that have none of their own."""
        return PendingNodeInvocation(self).with_retry_policy(retry_policy)

    def configured(
        self, config_or_config_fn: Any, name: str | None = None, config_schema: Any = None
    ) -> GraphDefinition:
        """A graph whose config is given: raw config, or a function that makes it of config of `config_schema`.

        Raises InvalidDefinitionError for a graph without a config mapping. Semantics: section 10.
        """
        schemas: Any = importlib.import_module("dagx.ops.config_schema")
        made: GraphDefinition = schemas.configured_graph(self, config_or_config_fn, name, config_schema)
        return made

    def to_job(
        self,
        name: str | None = None,
        description: str | None = None,
        resource_defs: Mapping[str, Any] | None = None,
        config: Any = None,
        tags: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        logger_defs: Mapping[str, Any] | None = None,
        executor_def: Any = None,
        hooks: Collection[HookDefinition] | None = None,
        op_retry_policy: RetryPolicy | None = None,
        op_selection: Sequence[str] | None = None,
        partitions_def: Any = None,
        input_values: Mapping[str, Any] | None = None,
        run_tags: Mapping[str, Any] | None = None,
        owners: Sequence[str] | None = None,
    ) -> JobDefinition:
        """A job that runs the graph; the parameters are those of `@job`. Semantics: section 24."""
        job: JobDefinition = importlib.import_module("dagx.ops.job_definition").JobDefinition(
            graph_def=self,
            name=name,
            description=description,
            resource_defs=resource_defs,
            config=config,
            tags=tags,
            metadata=metadata,
            logger_defs=logger_defs,
            executor_def=executor_def,
            hook_defs=hooks,
            op_retry_policy=op_retry_policy,
            partitions_def=partitions_def,
            input_values=input_values,
            run_tags=run_tags,
            owners=owners,
        )
        return job.for_op_selection(op_selection) if op_selection else job

    def execute_in_process(
        self,
        run_config: Any = None,
        instance: Any = None,
        resources: Mapping[str, Any] | None = None,
        raise_on_error: bool = True,
        op_selection: Sequence[str] | None = None,
        run_id: str | None = None,
        input_values: Mapping[str, Any] | None = None,
    ) -> ExecuteInProcessResult:
        """Run the graph in this process; as `JobDefinition.execute_in_process`. Semantics: section 24."""
        return self.to_job(resource_defs=resources).execute_in_process(
            run_config=run_config,
            instance=instance,
            raise_on_error=raise_on_error,
            op_selection=op_selection,
            run_id=run_id,
            input_values=input_values,
        )
