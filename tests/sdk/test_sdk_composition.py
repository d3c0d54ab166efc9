"""The body of a graph becomes nodes and wires. Section 24."""

from __future__ import annotations

from typing import Any

import pytest

import dagx as dg
from dagx.functions.composing import COMPOSITION
from dagx.ops.composition import compose
from dagx.ops.wiring import FromEach, FromInput, FromNode


@dg.op
def one() -> int:
    return 1


@dg.op
def add(x: int, y: int = 0) -> int:
    return x + y


@dg.op(out={"low": dg.Out(int), "high": dg.Out(int)})
def split(x: int) -> Any:
    return x, x + 1


@dg.op(out=dg.DynamicOut(int))
def many() -> Any:
    yield dg.DynamicOutput(1, "a")


@dg.op
def total(xs: list[int]) -> int:
    return sum(xs)


@dg.op(ins={"start": dg.In(dg.Nothing)})
def after() -> None: ...


def nodes(graph: dg.GraphDefinition) -> list[str]:
    return [node.name for node in graph.nodes]


def wires(graph: dg.GraphDefinition, node: str) -> dict[str, object]:
    return dict(next(found for found in graph.nodes if found.name == node).wires)


def test_a_call_is_a_node_wired_to_what_it_was_given() -> None:
    @dg.graph
    def g(z: int) -> Any:
        return add(add(one(), z))

    assert nodes(g) == ["one", "add", "add_2"]
    assert wires(g, "add") == {"x": FromNode("one"), "y": FromInput("z")}
    assert wires(g, "add_2") == {"x": FromNode("add")}
    assert g.outputs["result"].source == FromNode("add_2")


def test_the_body_runs_once_and_nothing_in_it_is_executed() -> None:
    calls: list[str] = []

    @dg.op
    def never() -> None:
        calls.append("op")

    @dg.graph
    def g() -> None:
        calls.append("body")
        never()

    assert calls == ["body"]
    assert COMPOSITION.get() is None


def test_an_op_used_again_gets_a_number() -> None:
    @dg.graph
    def g() -> None:
        one()
        one()
        one()

    assert nodes(g) == ["one", "one_2", "one_3"]


def test_a_number_that_is_taken_is_not_given() -> None:
    @dg.graph
    def g() -> None:
        one.alias("one_2")()
        one()
        one()

    assert nodes(g) == ["one_2", "one", "one_3"]


def test_an_alias_names_the_node_and_is_given_once() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match='two nodes called "first"'):

        @dg.graph
        def g() -> None:
            one.alias("first")()
            one.alias("first")()


def test_what_a_use_has_of_its_own_is_on_its_node_alone() -> None:
    policy = dg.RetryPolicy(max_retries=3)

    @dg.success_hook
    def told(context: dg.HookContext) -> None: ...

    @dg.graph
    def g() -> None:
        one.alias("mine").tag({"a": "b"}).with_hooks({told}).with_retry_policy(policy)()
        one()

    mine, other = g.nodes
    assert (dict(mine.tags), set(mine.hooks), mine.retry_policy) == ({"a": "b"}, {told}, policy)
    assert (dict(other.tags), other.hooks, other.retry_policy) == ({}, frozenset(), None)


def test_several_outputs_come_as_a_named_tuple() -> None:
    @dg.graph
    def g() -> None:
        parts = split(one())
        low, high = parts
        add(parts.low, high)
        add(low)

    assert wires(g, "add") == {"x": FromNode("split", "low"), "y": FromNode("split", "high")}
    assert wires(g, "add_2") == {"x": FromNode("split", "low")}


def test_a_list_of_outputs_is_one_input() -> None:
    @dg.graph
    def g(z: int) -> None:
        total([one(), one(), z])

    assert wires(g, "total") == {"xs": FromEach((FromNode("one"), FromNode("one_2"), FromInput("z")))}


def test_an_input_that_only_orders_is_wired_by_name() -> None:
    @dg.graph
    def g() -> None:
        after(start=one())

    assert wires(g, "after") == {"start": FromNode("one")}


def test_collect_is_one_list_and_map_is_dynamic_again() -> None:
    @dg.graph
    def g() -> Any:
        mapped = many().map(add)
        total(mapped.collect())
        return mapped.map(lambda value: add(value, one()))

    assert wires(g, "add") == {"x": FromNode("many")}
    assert wires(g, "total") == {"xs": FromNode("add", is_collected=True)}
    assert g.outputs["result"].is_dynamic
    assert g.outputs["result"].source == FromNode("add_2")


def test_map_answers_a_tuple_with_a_tuple() -> None:
    @dg.graph
    def g() -> None:
        low, high = many().map(lambda value: split(value))
        total(low.collect())
        total(high.collect())

    assert wires(g, "total_2") == {"xs": FromNode("split", "high", is_collected=True)}


def body_of(body: Any) -> dg.GraphDefinition:
    return compose(body, name="g")


def handle_of_another_graph() -> Any:
    kept: list[Any] = []
    body_of(lambda: kept.append(one()))
    return kept[0]


REFUSED: list[tuple[str, Any, str]] = [
    ("a plain value", lambda: add(5), "the int 5"),
    ("an op that was not called", lambda: add(one), "call the op"),
    ("all outputs at once", lambda: add(split(one())), "several outputs at once"),
    ("a dynamic output without map", lambda: add(many()), "any number of values"),
    ("an unknown input", lambda: add(x=one(), z=one()), "has no input 'z'"),
    ("an input twice", lambda: add(one(), x=one()), "twice"),
    ("too many inputs", lambda: one(add), "has 0 inputs and was called with 1"),
    ("an output of another graph", lambda: add(handle_of_another_graph()), "of another graph"),
    ("iteration", lambda: list(one()), "was iterated over"),
    ("a subscript", lambda: one()[0], "was subscripted"),
    ("an alias after the call", lambda: one().alias("x"), "after the call"),
    ("a map that answers a value", lambda: many().map(lambda _: 5), "answered 5"),
    ("a dynamic output in a map", lambda: many().map(lambda _: many()), "was made in a map"),
    ("a returned value", lambda: 5, "returned the int 5"),
    ("a plain tuple without out", lambda: (one(), one()), "names no outputs"),
    ("a returned list of all", lambda: many().collect(), "through an op first"),
]


@pytest.mark.parametrize(("body", "message"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_cannot_be_wired_is_refused(body: Any, message: str) -> None:
    with pytest.raises(dg.InvalidDefinitionError, match=message):
        body_of(body)
    assert COMPOSITION.get() is None


def test_a_graph_returns_nothing_one_several_by_name_or_by_place() -> None:
    assert body_of(lambda: None).outputs == {}
    assert list(body_of(lambda: one()).outputs) == ["result"]
    assert list(body_of(lambda: {"a": one(), "b": one()}).outputs) == ["a", "b"]
    assert list(body_of(lambda: split(one())).outputs) == ["low", "high"]
    by_place = compose(lambda: (one(), one()), name="g", outputs=["a", "b"])
    assert [output.source.node for output in by_place.outputs.values()] == ["one", "one_2"]
    assert list(compose(lambda: one(), name="g", outputs=["only"]).outputs) == ["only"]


@pytest.mark.parametrize("answer", [lambda: {"a": one()}, lambda: (one(),), lambda: one(), lambda: None])
def test_declared_outputs_must_all_be_returned(answer: Any) -> None:
    with pytest.raises(dg.InvalidDefinitionError):
        compose(answer, name="g", outputs=["a", "b"])


def test_where_every_leaf_must_feed_an_output_one_that_does_not_is_named() -> None:
    def body() -> Any:
        after(start=one())
        return one()

    assert len(body_of(body).nodes) == 3
    with pytest.raises(dg.InvalidDefinitionError, match='calls "after"'):
        compose(body, name="g", every_leaf_feeds_an_output=True)


def test_given_inputs_take_the_place_of_parameters() -> None:
    graph = compose(lambda **given: add(**given), name="g", inputs=["x", "y"])
    assert [found.name for found in graph.inputs] == ["x", "y"]
    assert wires(graph, "add") == {"x": FromInput("x"), "y": FromInput("y")}


def test_a_graph_written_by_names_is_put_in_order() -> None:
    written = dg.GraphDefinition(
        "g",
        node_defs=[add, one, total],
        dependencies={
            dg.NodeInvocation("total"): {
                "xs": dg.MultiDependencyDefinition(
                    [dg.DependencyDefinition("one"), dg.DependencyDefinition("more")]
                )
            },
            dg.NodeInvocation("add", alias="more"): {"x": dg.DependencyDefinition("one")},
        },
        input_mappings=[dg.InputMapping("z", "more", "y")],
        output_mappings=[dg.OutputMapping("sum", "total")],
    )
    assert nodes(written) == ["one", "more", "total"]
    assert wires(written, "more") == {"x": FromNode("one"), "y": FromInput("z")}
    assert wires(written, "total") == {"xs": FromEach((FromNode("one"), FromNode("more")))}
    assert [found.name for found in written.inputs] == ["z"]
    assert list(written.outputs) == ["sum"]


@pytest.mark.parametrize(
    ("dependencies", "message"),
    [
        ({"addd": {}}, 'no op or graph "addd"'),
        ({"add": {"q": dg.DependencyDefinition("one")}}, 'no input "q"'),
        ({"add": {"x": dg.DependencyDefinition("two")}}, 'no node "two"'),
        ({"add": {"x": dg.DependencyDefinition("one", "other")}}, 'no output "other"'),
    ],
)
def test_a_name_that_is_not_there_is_refused(dependencies: Any, message: str) -> None:
    with pytest.raises(dg.InvalidDefinitionError, match=message):
        dg.GraphDefinition("g", node_defs=[add, one], dependencies=dependencies)


def test_a_cycle_is_shown() -> None:
    with pytest.raises(dg.CircularDependencyError, match="add -> more -> add"):
        dg.GraphDefinition(
            "g",
            node_defs=[add],
            dependencies={
                "add": {"x": dg.DependencyDefinition("more")},
                dg.NodeInvocation("add", alias="more"): {"x": dg.DependencyDefinition("add")},
            },
        )
