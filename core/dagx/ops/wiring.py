"""How the nodes of one graph are wired, as values: who feeds whom. It knows nothing of steps and runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dagx.errors import InvalidArgumentError
from dagx.execution.retries import RetryPolicy
from dagx.execution.run_tags import run_tags as tags_of_run
from dagx.record import Record

if TYPE_CHECKING:
    from dagx.functions.op_definition import OpDefinition
    from dagx.ops.graph_definition import GraphDefinition
    from dagx.ops.hooks import HookDefinition


class FromNode(Record):
    """An output of a node of the same graph. `is_collected`: all values of a dynamic output, as a list."""

    node: str
    output: str
    is_collected: bool

    def __init__(self, node: str, output: str = "result", is_collected: bool = False) -> None:
        self._set(node=node, output=output, is_collected=is_collected)


class FromInput(Record):
    """An input of the graph itself."""

    name: str

    def __init__(self, name: str) -> None:
        self._set(name=name)


class FromEach(Record):
    """A list of values, each from where its wire says."""

    wires: tuple[Wire, ...]

    def __init__(self, wires: tuple[Wire, ...]) -> None:
        self._set(wires=wires)


Wire = FromNode | FromInput | FromEach


class GraphInput(Record):
    """An input of a graph."""

    name: str
    description: str | None

    def __init__(self, name: str, description: str | None = None) -> None:
        self._set(name=name, description=description)


class GraphOutput(Record):
    """Which node's output an output of a graph is. `is_dynamic`: it is one of any number of values."""

    source: FromNode
    is_dynamic: bool
    description: str | None

    def __init__(self, source: FromNode, is_dynamic: bool = False, description: str | None = None) -> None:
        self._set(source=source, is_dynamic=is_dynamic, description=description)


class Node(Record):
    """One use of an op or a graph in a graph, under a name of its own.

    `wires` fill its inputs by name; an input that has none is left to its default. `tags`, `hooks` and
    `retry_policy` are those of this use.
    """

    name: str
    definition: OpDefinition | GraphDefinition
    wires: Mapping[str, Wire]
    tags: Mapping[str, str]
    hooks: frozenset[HookDefinition]
    retry_policy: RetryPolicy | None

    def __init__(
        self,
        name: str,
        definition: OpDefinition | GraphDefinition,
        wires: Mapping[str, Wire],
        tags: Mapping[str, str] | None = None,
        hooks: frozenset[HookDefinition] = frozenset(),
        retry_policy: RetryPolicy | None = None,
    ) -> None:
        self._set(
            name=name,
            definition=definition,
            wires=wires,
            tags=tags or {},
            hooks=hooks,
            retry_policy=retry_policy,
        )

    @property
    def sources(self) -> list[FromNode]:
        """The outputs of nodes that it is wired to."""
        return [found for wire in self.wires.values() for found in nodes_of(wire)]

    @property
    def feeding_nodes(self) -> set[str]:
        """The names of the nodes that it is wired to."""
        return {found.node for found in self.sources}


def nodes_of(wire: Wire) -> list[FromNode]:
    """The outputs of nodes that a wire brings."""
    if isinstance(wire, FromNode):
        return [wire]
    if isinstance(wire, FromEach):
        return [found for inner in wire.wires for found in nodes_of(inner)]
    return []


def input_names(definition: OpDefinition | GraphDefinition) -> tuple[str, ...]:
    """The names of the inputs that can be wired, in order."""
    return tuple(slot.name for slot in definition.inputs)


def output_names(definition: OpDefinition | GraphDefinition) -> tuple[str, ...]:
    """The names of the outputs, in order."""
    names = [output if isinstance(output, str) else output.name for output in definition.outputs]
    return tuple(names)


def checked_policy(policy: object) -> RetryPolicy | None:
    """`policy`, if it is a RetryPolicy or None. Raises InvalidArgumentError."""
    if policy is not None and not isinstance(policy, RetryPolicy):
        raise InvalidArgumentError(f"a retry policy is a RetryPolicy, not {policy!r}")
    return policy


def checked_tags(tags: Mapping[str, Any] | None) -> dict[str, str]:
    """The tags of an op or of a use of one; values that are no str as JSON. Raises InvalidDefinitionError."""
    return tags_of_run(tags)
