"""What config the ops of a graph take, as the tree that run config is held against. Section 10."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dagx.config.mappings import ConfigMapping, ConfiguredType
from dagx.config.reading import Reading, dumped
from dagx.config.run_config import OpSchema
from dagx.errors import InvalidDefinitionError
from dagx.functions.op_definition import OpDefinition
from dagx.functions.slots import InputSlot
from dagx.names import as_mapping
from dagx.ops.graph_definition import GraphDefinition
from dagx.ops.wiring import Node
from dagx.unset import UNSET

Unwired = Mapping[tuple[str, ...], Sequence[InputSlot]]


def config_schema(
    graph: GraphDefinition, *, path: tuple[str, ...] = (), unwired: Unwired | None = None
) -> OpSchema:
    """What config a graph takes: that of its ops by name, or that of its config mapping.

    unwired: the inputs, by the path of their op, for which run config may give values. path: the names above the graph.
    """
    children = {node.name: _schema(node, (*path, node.name), unwired or {}) for node in graph.nodes}
    return OpSchema(None, children, mapping_of(graph))


def _schema(node: Node, path: tuple[str, ...], unwired: Unwired) -> OpSchema:
    definition = node.definition
    if isinstance(definition, GraphDefinition):
        return config_schema(definition, path=path, unwired=unwired)
    return op_schema(definition, [slot.name for slot in unwired.get(path, ())])


def op_schema(op: OpDefinition, inputs: Sequence[str] = ()) -> OpSchema:
    """What config an op takes, and the inputs for which it may give values."""
    return OpSchema(op.config_type, inputs=inputs)


def mapping_of(graph: GraphDefinition) -> ConfigMapping | None:
    """What makes the config of a graph's ops: its config mapping, or the config that it was given; None for neither."""
    if graph.config is None or isinstance(graph.config, ConfigMapping):
        return graph.config
    fixed = as_mapping(graph.config, f'graph "{graph.name}": config')
    return ConfigMapping(lambda _: fixed, config_schema={})


def through_graph_mapping(graph: GraphDefinition, run_config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Run config of a job whose graph has a mapping, `{"ops": {"config": ...}}`, as that of its ops by name."""
    mapping = mapping_of(graph)
    if mapping is None:
        return run_config
    reading = Reading()
    said = as_mapping(run_config.get("ops"), "the ops of the run config")
    for name in said.keys() - {"config"}:
        reading.add(("ops", str(name)), f'is unknown: the graph "{graph.name}" takes config as a whole')
    made = mapping.read(said.get("config", UNSET), ("ops", "config"), reading)
    reading.raise_problems("the run config does not fit")
    return {**run_config, "ops": dict(made or {})}


def configured_op(
    op: OpDefinition, config_or_config_fn: Any, name: str | None = None, config_schema: Any = None
) -> OpDefinition:
    """An op whose config is given: raw config, or a function that makes it of config of `config_schema`.

    Raises InvalidDefinitionError for an op that takes none. Semantics: section 10.
    """
    if op.config_type is None:
        raise InvalidDefinitionError(f'the op "{op.name}" takes no config', "give it a parameter config")
    outer = ConfiguredType(op.config_type, config_or_config_fn, config_schema)
    return op.changed(name=name or op.name, config_type=outer)


def configured_graph(
    graph: GraphDefinition, config_or_config_fn: Any, name: str | None = None, config_schema: Any = None
) -> GraphDefinition:
    """A graph whose config is given; as `configured_op`. Raises InvalidDefinitionError for one without a mapping."""
    mapping = mapping_of(graph)
    if mapping is None:
        raise InvalidDefinitionError(
            f'the graph "{graph.name}" takes no config as a whole', "give it config=ConfigMapping(...)"
        )
    inner = mapping

    def through(value: Any) -> Mapping[str, object]:
        raw = config_or_config_fn(value) if callable(config_or_config_fn) else config_or_config_fn
        reading = Reading()
        made = inner.read(dumped(raw), (), reading)
        reading.raise_problems(f'the config given to the graph "{graph.name}" does not fit')
        return made or {}

    fixed = not callable(config_or_config_fn) and config_schema is None
    return graph.changed(
        name=name or graph.name,
        config=ConfigMapping(through, config_schema={} if fixed else config_schema),
    )
