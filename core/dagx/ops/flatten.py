"""A graph made into steps: nested graphs dissolved, each input led to the step that fills it. Section 24.

It knows nothing of runs. What is wired to a dynamic output, or below one, is marked to run once for each value.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from dagx.errors import InvalidDefinitionError, Problem
from dagx.execution.retries import RetryPolicy
from dagx.execution.steps import FromAsset, FromSeveral, FromStep, Given, Source, Step, from_steps
from dagx.functions.op_definition import OpDefinition
from dagx.functions.slots import InputSlot
from dagx.functions.typecheck import ValueType
from dagx.ops.config_schema import config_schema as config_schema
from dagx.ops.graph_definition import GraphDefinition
from dagx.ops.hooks import HookDefinition
from dagx.ops.wiring import FromEach, FromInput, FromNode, Node, Wire

_PLAIN: tuple[object, ...] = (int, float, str, bool, list, dict)


class Flattened(NamedTuple):
    """The steps of a graph, upstream first, and for each of its outputs the step and the output that it is.

    `unwired` has the inputs that nothing is wired to, by the path of their step: a run may give them values by its
    config. Those that have no default and name no asset are missing in the sources of the step.
    """

    steps: tuple[Step, ...]
    outputs: Mapping[str, tuple[str, str]]
    unwired: Mapping[tuple[str, ...], Sequence[InputSlot]]


class _Origin(NamedTuple):
    """A dynamic output: what is wired to it runs once for each of its values."""

    step: str
    output: str


class _Value(NamedTuple):
    """What fills an input. `over` is the dynamic output for each of whose values there is one."""

    source: Source
    over: _Origin | None = None
    is_nothing: bool = False


class _Around(NamedTuple):
    """What holds for all ops of a graph, from where the graph is used."""

    hooks: frozenset[HookDefinition]
    tags: Mapping[str, str]
    retry_policy: RetryPolicy | None


def flatten(
    graph: GraphDefinition,
    *,
    path: tuple[str, ...] = (),
    inputs: Mapping[str, Source] | None = None,
    hooks: frozenset[HookDefinition] = frozenset(),
    tags: Mapping[str, str] | None = None,
    retry_policy: RetryPolicy | None = None,
    may_be_unfilled: bool = False,
) -> Flattened:
    """The steps of `graph`.

    path: the names above it, which open the steps' keys ("graph.op") and the way to their config. inputs: what fills
    its inputs. hooks, tags: of all steps, beside their own. retry_policy: of ops that have none. may_be_unfilled:
    whether an input may be left to run config, if it is of a type that config can say.

    Raises InvalidDefinitionError for an input that nothing fills, and for what depends on two dynamic outputs.
    """
    flattening = _Flattening(may_be_unfilled)
    given = {name: _Value(source) for name, source in (inputs or {}).items()}
    made = flattening.add(graph, path, given, _Around(hooks, tags or {}, retry_policy))
    if flattening.problems:
        raise InvalidDefinitionError.of(flattening.problems)
    outputs: dict[str, tuple[str, str]] = {}
    for name, value in made.items():
        if isinstance(value.source, FromStep):
            outputs[name] = (value.source.step, value.source.output)
    return Flattened(tuple(flattening.steps), outputs, flattening.unwired)


class _Flattening:
    def __init__(self, may_be_unfilled: bool) -> None:
        self._may_be_unfilled = may_be_unfilled
        self.steps: list[Step] = []
        self.unwired: dict[tuple[str, ...], list[InputSlot]] = {}
        self.problems: list[Problem] = []

    def add(
        self, graph: GraphDefinition, path: tuple[str, ...], inputs: Mapping[str, _Value], around: _Around
    ) -> dict[str, _Value]:
        """Add the steps of a graph; what its outputs are."""
        made: dict[tuple[str, str], _Value] = {}
        for node in graph.nodes:
            values = self._inputs(node, made, inputs, (*path, node.name))
            outputs = self._add_node(node, (*path, node.name), values, around)
            made.update({(node.name, output): value for output, value in outputs.items()})
        return {
            name: made[output.source.node, output.source.output] for name, output in graph.outputs.items()
        }

    def _add_node(
        self, node: Node, path: tuple[str, ...], values: Mapping[str, _Value], around: _Around
    ) -> dict[str, _Value]:
        definition = node.definition
        policy = node.retry_policy or around.retry_policy
        inside = _Around(around.hooks | node.hooks, {**around.tags, **definition.tags, **node.tags}, policy)
        if isinstance(definition, GraphDefinition):
            return self.add(definition, path, values, inside)
        if node.retry_policy is None and definition.retry_policy is not None:
            inside = inside._replace(retry_policy=definition.retry_policy)
        return self._add_step(definition, path, values, inside)

    def _add_step(
        self, op: OpDefinition, path: tuple[str, ...], values: Mapping[str, _Value], around: _Around
    ) -> dict[str, _Value]:
        key = ".".join(path)
        filled = {slot.name: self._filled(slot, values.get(slot.name), op, path) for slot in op.inputs}
        over = self._mapped_over(op, key, filled)
        sources = {name: value.source for name, value in filled.items() if value is not None}
        self.steps.append(
            Step(
                key=key,
                op=op,
                path=path,
                sources=sources,
                outputs=op.outputs,
                selected=frozenset(slot.name for slot in op.outputs),
                needs=steps_in(sources),
                mapped_over=over,
                retry_policy=around.retry_policy,
                hooks=around.hooks,
                tags=around.tags,
            )
        )
        outputs: dict[str, _Value] = {}
        for slot in op.outputs:
            varies = _Origin(key, slot.name) if slot.is_dynamic else over
            source = FromStep(key, slot.name, is_mapped=varies is not None)
            outputs[slot.name] = _Value(source, varies, slot.is_nothing)
        return outputs

    def _mapped_over(self, op: OpDefinition, key: str, filled: Mapping[str, _Value | None]) -> _Origin | None:
        origins = {
            value.over: None for value in filled.values() if value is not None and value.over is not None
        }
        if len(origins) > 1:
            shown = " and ".join(f'"{origin.step}.{origin.output}"' for origin in origins)
            self._problem(
                op, f'"{key}" depends on the dynamic outputs {shown}', "collect one of them: .collect()"
            )
        if origins and any(slot.is_dynamic for slot in op.outputs):
            self._problem(
                op,
                f'"{key}" has a dynamic output and runs once for each value of another',
                "collect the outer one first: .collect()",
            )
        return next(iter(origins), None)

    def _filled(
        self, slot: InputSlot, value: _Value | None, op: OpDefinition, path: tuple[str, ...]
    ) -> _Value | None:
        """What fills an input: what is wired to it, its default, the asset that it names; None for none."""
        key = ".".join(path)
        if value is not None:
            if value.is_nothing and not slot.type.is_nothing:
                self._problem(
                    op,
                    f'the input {slot.name!r} of "{key}" is wired to an output of type Nothing, which has no value',
                    f'to order alone, remove the parameter and write ins={{"{slot.name}": In(Nothing)}}',
                )
            return value
        if not slot.type.is_nothing:
            self.unwired.setdefault(path, []).append(slot)
        if slot.has_default:
            return _Value(Given(slot.default))
        if slot.key is not None:
            return _Value(FromAsset(slot))
        if not slot.type.is_nothing and not (self._may_be_unfilled and can_be_config(slot.type)):
            self._problem(
                op,
                f'nothing fills the input {slot.name!r} of "{key}"',
                "wire it to the output of an op or to an input of the graph, or give it a default_value",
            )
        return None

    def _inputs(
        self,
        node: Node,
        made: Mapping[tuple[str, str], _Value],
        inputs: Mapping[str, _Value],
        path: tuple[str, ...],
    ) -> dict[str, _Value]:
        """What is wired to the inputs of a node. An input of the graph that nothing fills is left out."""
        found: dict[str, _Value] = {}
        for name, wire in node.wires.items():
            value = self._value(wire, made, inputs, node, path)
            if value is not None:
                found[name] = value
        return found

    def _value(
        self,
        wire: Wire,
        made: Mapping[tuple[str, str], _Value],
        inputs: Mapping[str, _Value],
        node: Node,
        path: tuple[str, ...],
    ) -> _Value | None:
        if isinstance(wire, FromInput):
            return inputs.get(wire.name)
        if isinstance(wire, FromNode):
            value = made[wire.node, wire.output]
            return self._collected(value, node, path) if wire.is_collected else value
        values = [self._value(inner, made, inputs, node, path) for inner in wire.wires]
        return self._several(wire, [value for value in values if value is not None], node, path)

    def _several(self, wire: FromEach, values: list[_Value], node: Node, path: tuple[str, ...]) -> _Value:
        origins = list(dict.fromkeys(value.over for value in values if value.over is not None))
        if len(origins) > 1:
            self._problem(
                node.definition, f'"{".".join(path)}" takes a list of values of several dynamic outputs', None
            )
        nothing = bool(wire.wires) and all(value.is_nothing for value in values)
        return _Value(
            FromSeveral(tuple(value.source for value in values)), next(iter(origins), None), nothing
        )

    def _collected(self, value: _Value, node: Node, path: tuple[str, ...]) -> _Value:
        if value.over is None or not isinstance(value.source, FromStep):
            self._problem(
                node.definition,
                f'"{".".join(path)}" collects what does not depend on the dynamic output that it was mapped over',
                "in .map(fn), fn passes what it is given to the op that it calls",
            )
            return value
        return _Value(
            FromStep(value.source.step, value.source.output, is_collected=True), None, value.is_nothing
        )

    def _problem(self, definition: OpDefinition | GraphDefinition, message: str, hint: str | None) -> None:
        self.problems.append(Problem(message, definition.source, hint))


def graph_outputs(
    graph: GraphDefinition, path: tuple[str, ...] = ()
) -> dict[str, Mapping[str, tuple[str, str]]]:
    """For each graph in `graph` and for itself, by its path with dots, the step and output that each output is."""
    found: dict[str, Mapping[str, tuple[str, str]]] = {}
    for node in graph.nodes:
        if isinstance(node.definition, GraphDefinition):
            found.update(graph_outputs(node.definition, (*path, node.name)))
    own: dict[str, tuple[str, str]] = {}
    for name, output in graph.outputs.items():
        inner = ".".join((*path, output.source.node))
        own[name] = found[inner][output.source.output] if inner in found else (inner, output.source.output)
    return {**found, ".".join(path): own}


def can_be_config(value_type: ValueType) -> bool:
    """Whether run config can give a value of this type: it has a loader, or config can say it."""
    if value_type.dagster_type is not None:
        return value_type.dagster_type.loader is not None
    if value_type.typing_type is Any:
        return True
    return _is_plain(value_type.typing_type)


def _is_plain(annotation: object) -> bool:
    if annotation in _PLAIN or annotation is type(None) or annotation is Any:
        return True
    arguments = typing.get_args(annotation)
    origin = typing.get_origin(annotation)
    return origin in (list, dict, typing.Union, types.UnionType) and all(_is_plain(one) for one in arguments)


def steps_in(sources: Mapping[str, Source]) -> frozenset[str]:
    """The keys of the steps that these sources name."""
    return frozenset(one.step for source in sources.values() for one in from_steps(source))
