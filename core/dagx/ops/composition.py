"""A graph from a function: its body is called with handles, and what it calls is wired. Section 24."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from dagx.errors import InvalidDefinitionError
from dagx.functions.annotations import parameters_of
from dagx.functions.composing import COMPOSITION
from dagx.names import check_name
from dagx.nearest import did_you_mean
from dagx.ops.declarations import GraphIn, GraphOut
from dagx.ops.graph_definition import GraphDefinition
from dagx.ops.invocations import DynamicHandle, Handle, PendingNodeInvocation, handles
from dagx.ops.wiring import FromEach, FromInput, FromNode, GraphInput, GraphOutput, Node, Wire, input_names
from dagx.source import doc_of, location_of

if TYPE_CHECKING:
    from dagx.functions.op_definition import OpDefinition

_Kind = inspect.Parameter


class GraphBody:
    """The body of a graph while it is called: every op and graph that it calls becomes a node."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.nodes: dict[str, Node] = {}
        self._uses: dict[str, int] = {}

    def invoke(self, node: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Add a use of `node`, wired to these handles, and answer with handles of its outputs."""
        use = node if isinstance(node, PendingNodeInvocation) else PendingNodeInvocation(node)
        name = self._name(use)
        wires = self._wires(name, use.node, args, kwargs)
        self.nodes[name] = Node(name, use.node, wires, use.tags, use.hooks, use.retry_policy)
        return handles(self, name, _outputs(use.node))

    def _name(self, use: PendingNodeInvocation) -> str:
        """The given name, or that of the op with `_2`, `_3` when it is taken."""
        if use.given_name is not None:
            if use.given_name in self.nodes:
                raise InvalidDefinitionError(
                    f'{self.shown} has two nodes called "{use.given_name}"', "choose another alias"
                )
            return use.given_name
        name = use.node.name
        while name in self.nodes:
            self._uses[use.node.name] = self._uses.get(use.node.name, 1) + 1
            name = f"{use.node.name}_{self._uses[use.node.name]}"
        return name

    def _wires(
        self, name: str, node: OpDefinition | GraphDefinition, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> dict[str, Wire]:
        names = input_names(node)
        if len(args) > len(names):
            raise InvalidDefinitionError(
                f'{self.shown}: "{name}" has {len(names)} inputs and was called with {len(args)}',
                f"its inputs are: {', '.join(names) or 'none'}",
            )
        wires = {given: self._wire(name, given, value) for given, value in zip(names, args)}  # noqa: B905  # fewer
        for given, value in kwargs.items():
            if given not in names:
                hint = did_you_mean(given, names) or f"its inputs are: {', '.join(names) or 'none'}"
                raise InvalidDefinitionError(f'{self.shown}: "{name}" has no input {given!r}', hint)
            if given in wires:
                raise InvalidDefinitionError(f'{self.shown}: "{name}" was given its input {given!r} twice')
            wires[given] = self._wire(name, given, value)
        return wires

    def _wire(self, node: str, name: str, value: object) -> Wire:
        if isinstance(value, list):
            members = cast("list[object]", value)
            return FromEach(tuple(self._wire(node, name, member) for member in members))
        what = f'{self.shown}: the input {name!r} of "{node}"'
        if isinstance(value, DynamicHandle):
            raise InvalidDefinitionError(
                f"{what} was given {value.shown}, which is any number of values",
                "run it once for each: .map(...); or give it the list of them: .collect()",
            )
        if not isinstance(value, Handle):
            raise InvalidDefinitionError(f"{what} was given {_described(value)}", _way_out(value))
        if value.body is not self:
            raise InvalidDefinitionError(
                f"{what} was given {value.shown}, which is of another graph", "make it an input of the graph"
            )
        return value.wire


def compose(
    function: Callable[..., Any],
    *,
    name: str,
    shown: str | None = None,
    inputs: Collection[str] | None = None,
    ins: Mapping[str, GraphIn] | None = None,
    outputs: Mapping[str, GraphOut] | Sequence[str] | None = None,
    every_leaf_feeds_an_output: bool = False,
    description: str | None = None,
    tags: Mapping[str, str] | None = None,
    config: Any = None,
) -> GraphDefinition:
    """The graph that `function` wires when it is called with a handle for each input.

    inputs: their names, given by keyword; the function's parameters unless given. outputs: the names of what it
    returns, a handle, a tuple or a dict of them; without, one handle is "result", and a dict or named tuple names
    its own. shown: opens messages, as in `graph "clean"`. Raises InvalidDefinitionError.
    """
    shown = shown or f'graph "{name}"'
    names = list(_parameters(function, shown) if inputs is None else inputs)
    body = GraphBody(shown)
    token = COMPOSITION.set(body)
    try:
        answer = function(
            **{given: Handle(body, FromInput(given), f"the input {given!r}") for given in names}
        )
    finally:
        COMPOSITION.reset(token)
    made = _graph_outputs(answer, body, outputs)
    if every_leaf_feeds_an_output:
        _check_leaves(body, made)
    said = ins or {}
    unknown = [given for given in said if given not in names]
    if unknown:
        raise InvalidDefinitionError(
            f"{shown}: ins names {unknown[0]!r}, which is no parameter of the function"
        )
    return GraphDefinition.composed(
        name=check_name(name, shown),
        nodes=tuple(body.nodes.values()),
        inputs=tuple(
            GraphInput(given, said[given].description if given in said else None) for given in names
        ),
        outputs=made,
        description=description or doc_of(function),
        tags=tags,
        config=config,
        source=location_of(function),
    )


def _parameters(function: Callable[..., Any], shown: str) -> list[str]:
    names: list[str] = []
    for parameter in parameters_of(function):
        if parameter.kind in (_Kind.VAR_POSITIONAL, _Kind.VAR_KEYWORD):
            raise InvalidDefinitionError(f"{shown} takes *{parameter.name}", "name each input as a parameter")
        if parameter.kind is _Kind.POSITIONAL_ONLY:
            raise InvalidDefinitionError(
                f"{shown} takes {parameter.name!r} by position only", "remove the / after it"
            )
        if parameter.default is not _Kind.empty:
            continue
        names.append(check_name(parameter.name, f"{shown}: the parameter {parameter.name!r}"))
    return names


def _outputs(node: OpDefinition | GraphDefinition) -> dict[str, bool]:
    if isinstance(node, GraphDefinition):
        return {name: output.is_dynamic for name, output in node.outputs.items()}
    return {slot.name: slot.is_dynamic for slot in node.outputs}


def _graph_outputs(
    answer: object, body: GraphBody, declared: Mapping[str, GraphOut] | Sequence[str] | None
) -> dict[str, GraphOutput]:
    wanted = None if declared is None else list(declared)
    said: Mapping[str, GraphOut] = declared if isinstance(declared, Mapping) else {}
    made: dict[str, GraphOutput] = {}
    for name, value in _by_name(answer, wanted, body.shown).items():
        if not isinstance(value, Handle) or value.body is not body:
            raise InvalidDefinitionError(
                f'{body.shown} returned {_described(value)} as its output "{name}"',
                "return the output of an op that it calls",
            )
        if not isinstance(value.wire, FromNode) or value.wire.is_collected:
            raise InvalidDefinitionError(
                f'{body.shown} returned {value.shown} as its output "{name}"', "pass it through an op first"
            )
        description = said[name].description if name in said else None
        made[name] = GraphOutput(value.wire, isinstance(value, DynamicHandle), description)
    return made


def _by_name(answer: object, wanted: list[str] | None, shown: str) -> dict[str, object]:
    """What the body returned, under the names of the outputs."""
    found: dict[str, object]
    if answer is None:
        found = {}
    elif isinstance(answer, Mapping):
        found = {str(name): value for name, value in cast("Mapping[object, object]", answer).items()}
    elif isinstance(answer, tuple):
        values = cast("tuple[object, ...]", answer)
        names = wanted or list(_fields_of(values))
        if not names:
            raise InvalidDefinitionError(
                f"{shown} returned {len(values)} values and names no outputs", "give out={...: GraphOut()}"
            )
        if len(names) != len(values):
            raise InvalidDefinitionError(
                f"{shown} has {len(names)} outputs and returned {len(values)} values",
                f"its outputs are: {', '.join(names)}",
            )
        found = dict(zip(names, values))  # noqa: B905  # of one length, as seen above
    else:
        found = {wanted[0] if wanted and len(wanted) == 1 else "result": answer}
    if wanted is not None and set(found) != set(wanted):
        raise InvalidDefinitionError(
            f"{shown} returned the outputs {_listed(found)} and declares {_listed(wanted)}",
            "return a handle for each output that it declares",
        )
    return found


def _check_leaves(body: GraphBody, outputs: Mapping[str, GraphOutput]) -> None:
    used = {output.source.node for output in outputs.values()}
    used.update(*(node.feeding_nodes for node in body.nodes.values()))
    for name in body.nodes:
        if name not in used:
            raise InvalidDefinitionError(
                f'{body.shown} calls "{name}" and does not use what it makes',
                "return it, or pass it to an op whose value is returned",
            )


def _listed(names: Collection[str]) -> str:
    return ", ".join(f'"{name}"' for name in names) or "none"


def _described(value: object) -> str:
    if isinstance(value, Handle):
        return f"{value.shown}, which is of another graph"
    if _fields_of(value):
        return "several outputs at once"
    return f"the {type(value).__qualname__} {value!r}"


def _way_out(value: object) -> str:
    if _fields_of(value):
        return f"pass one of them: .{', .'.join(_fields_of(value))}"
    if callable(value):
        return "call the op and pass what it returns"
    return "inputs are wired to outputs of ops; a fixed value is a default_value, config, or input_values="


def _fields_of(value: object) -> tuple[str, ...]:
    """The names in a named tuple, such as an op with several outputs answers with; none for what is no such."""
    named: tuple[str, ...] = getattr(cast(object, value), "_fields", ()) if isinstance(value, tuple) else ()
    return named
