"""`@graph`: a graph from a function. Semantics: section 24."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, overload

from dagx.ops.composition import compose
from dagx.ops.declarations import GraphIn, GraphOut, graph_outs, own_name
from dagx.ops.graph_definition import GraphDefinition

__all__ = ["graph"]


@overload
def graph(compose_fn: Callable[..., Any], /) -> GraphDefinition: ...
@overload
def graph(
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, GraphIn] | None = None,
    out: GraphOut | Mapping[str, GraphOut] | None = None,
    tags: Mapping[str, str] | None = None,
    config: Any = None,
) -> Callable[[Callable[..., Any]], GraphDefinition]: ...
def graph(
    compose_fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, GraphIn] | None = None,
    out: GraphOut | Mapping[str, GraphOut] | None = None,
    tags: Mapping[str, str] | None = None,
    config: Any = None,
) -> GraphDefinition | Callable[[Callable[..., Any]], GraphDefinition]:
    """Make a graph of a function whose body calls ops and graphs; bare (`@graph`) or with arguments.

    The body runs once, here: what it calls is wired, nothing is executed. Its parameters are the inputs of the graph,
    what it returns its outputs: the output of an op, or a dict or tuple of several.
    ins: input to GraphIn. out: the outputs, needed for a plain tuple. name: the function's, unless given.
    description: its docstring, unless given. tags: of all its steps.
    config: config for its ops by name, or a ConfigMapping that makes it of the graph's own.

    Raises InvalidDefinitionError. Section 24.
    """

    def define(function: Callable[..., Any]) -> GraphDefinition:
        own = own_name(function, name, "graph")
        return compose(
            function,
            name=own,
            ins=ins,
            outputs=graph_outs(out, f'graph "{own}"'),
            description=description,
            tags=tags,
            config=config,
        )

    return define if compose_fn is None else define(compose_fn)
