"""A graph written down by the names of its nodes, in place of a function that calls them. Section 24."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from dagx.errors import CircularDependencyError, InvalidDefinitionError
from dagx.execution.retries import RetryPolicy
from dagx.graphs import CycleError, topological_order
from dagx.nearest import did_you_mean
from dagx.ops.hooks import HookDefinition, hook_set
from dagx.ops.wiring import (
    FromEach,
    FromInput,
    FromNode,
    GraphInput,
    GraphOutput,
    Node,
    Wire,
    checked_policy,
    checked_tags,
    input_names,
    output_names,
)
from dagx.record import Record

if TYPE_CHECKING:
    from dagx.functions.op_definition import OpDefinition
    from dagx.ops.graph_definition import GraphDefinition

__all__ = [
    "DependencyDefinition",
    "InputMapping",
    "MultiDependencyDefinition",
    "NodeInvocation",
    "OutputMapping",
]


class DependencyDefinition(Record):
    """That an input is filled by an output of a node."""

    node: str
    output: str
    description: str | None

    def __init__(self, node: str, output: str = "result", description: str | None = None) -> None:
        self._set(node=node, output=output, description=description)


class MultiDependencyDefinition(Record):
    """That an input is filled by a list of the outputs of several nodes."""

    dependencies: tuple[DependencyDefinition, ...]

    def __init__(self, dependencies: Sequence[DependencyDefinition]) -> None:
        self._set(dependencies=tuple(dependencies))


class InputMapping(Record):
    """That an input of the graph fills an input of one of its nodes."""

    graph_input_name: str
    mapped_node_name: str
    mapped_node_input_name: str

    def __init__(self, graph_input_name: str, mapped_node_name: str, mapped_node_input_name: str) -> None:
        self._set(
            graph_input_name=graph_input_name,
            mapped_node_name=mapped_node_name,
            mapped_node_input_name=mapped_node_input_name,
        )


class OutputMapping(Record):
    """That an output of one of its nodes is an output of the graph. `from_dynamic_mapping`: any number of values."""

    graph_output_name: str
    mapped_node_name: str
    mapped_node_output_name: str
    from_dynamic_mapping: bool

    def __init__(
        self,
        graph_output_name: str,
        mapped_node_name: str,
        mapped_node_output_name: str = "result",
        from_dynamic_mapping: bool = False,
    ) -> None:
        self._set(
            graph_output_name=graph_output_name,
            mapped_node_name=mapped_node_name,
            mapped_node_output_name=mapped_node_output_name,
            from_dynamic_mapping=from_dynamic_mapping,
        )


class NodeInvocation(Record):
    """One use of the op or graph `name` among `dependencies=`, with what this use has of its own. Section 24."""

    name: str
    alias: str | None
    tags: Mapping[str, str]
    hook_defs: frozenset[HookDefinition]
    retry_policy: RetryPolicy | None

    def __init__(
        self,
        name: str,
        alias: str | None = None,
        tags: Mapping[str, str] | None = None,
        hook_defs: Collection[HookDefinition] | None = None,
        retry_policy: RetryPolicy | None = None,
    ) -> None:
        self._set(
            name=name,
            alias=alias,
            tags=checked_tags(tags),
            hook_defs=hook_set(hook_defs, f'"{alias or name}"'),
            retry_policy=checked_policy(retry_policy),
        )

    def __hash__(self) -> int:
        return hash((self.name, self.alias))


T = TypeVar("T")
Dependencies = Mapping[
    "str | NodeInvocation", Mapping[str, "DependencyDefinition | MultiDependencyDefinition"]
]
Wired = tuple[tuple[Node, ...], tuple[GraphInput, ...], dict[str, GraphOutput]]


def wired(
    shown: str,
    node_defs: Sequence[OpDefinition | GraphDefinition],
    dependencies: Dependencies,
    input_mappings: Sequence[InputMapping],
    output_mappings: Sequence[OutputMapping],
) -> Wired:
    """The nodes, upstream first, the inputs and the outputs of a graph written by names.

    Raises InvalidDefinitionError for a name that is not there, CircularDependencyError.
    """
    known = {definition.name: definition for definition in node_defs}
    uses = {_alias(use): use for use in (_use(given) for given in dependencies)}
    sources = {_alias(_use(use)): given for use, given in dependencies.items()}
    used = {use.name for use in uses.values()}
    uses.update({name: NodeInvocation(name) for name in known if name not in used})
    nodes: dict[str, Node] = {}
    for alias, use in uses.items():
        definition = _known(known, use.name, f"{shown} has no op or graph")
        wires = {name: _wire(given) for name, given in sources.get(alias, {}).items()}
        wires.update(
            {
                m.mapped_node_input_name: FromInput(m.graph_input_name)
                for m in input_mappings
                if m.mapped_node_name == alias
            }
        )
        for name in wires:
            _check_known(name, input_names(definition), f'{shown}: "{alias}" has no input')
        nodes[alias] = Node(alias, definition, wires, use.tags, use.hook_defs, use.retry_policy)
    for mapping in input_mappings:
        _check_known(mapping.mapped_node_name, nodes, f"{shown} has no node")
    outputs = {
        mapping.graph_output_name: GraphOutput(
            FromNode(mapping.mapped_node_name, mapping.mapped_node_output_name), mapping.from_dynamic_mapping
        )
        for mapping in output_mappings
    }
    _check_sources(shown, nodes, outputs)
    inputs = dict.fromkeys(mapping.graph_input_name for mapping in input_mappings)
    return _in_order(shown, nodes), tuple(GraphInput(name) for name in inputs), outputs


def _use(use: str | NodeInvocation) -> NodeInvocation:
    return use if isinstance(use, NodeInvocation) else NodeInvocation(use)


def _alias(use: NodeInvocation) -> str:
    return use.alias or use.name


def _wire(given: DependencyDefinition | MultiDependencyDefinition) -> Wire:
    if isinstance(given, MultiDependencyDefinition):
        return FromEach(tuple(FromNode(one.node, one.output) for one in given.dependencies))
    return FromNode(given.node, given.output)


def _check_sources(shown: str, nodes: Mapping[str, Node], outputs: Mapping[str, GraphOutput]) -> None:
    wanted = [found for node in nodes.values() for found in node.sources]
    for source in [*wanted, *(output.source for output in outputs.values())]:
        node = _known(nodes, source.node, f"{shown} has no node")
        _check_known(source.output, output_names(node.definition), f'{shown}: "{source.node}" has no output')


def _in_order(shown: str, nodes: Mapping[str, Node]) -> tuple[Node, ...]:
    try:
        order = topological_order({name: node.feeding_nodes for name, node in nodes.items()})
    except CycleError as error:
        raise CircularDependencyError(f"{shown} has a cycle: {error}", "a node cannot need itself") from None
    return tuple(nodes[name] for name in order)


def _known(known: Mapping[str, T], name: str, problem: str) -> T:
    _check_known(name, known, problem)
    return known[name]


def _check_known(name: str, known: Collection[str], problem: str) -> None:
    if name not in known:
        raise InvalidDefinitionError(f'{problem} "{name}"', did_you_mean(name, known))
