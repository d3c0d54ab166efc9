"""A graph becomes steps: nested graphs dissolved, dynamic outputs marked. Section 24."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dagx as dg
from dagx.execution.steps import FromAsset, FromSeveral, FromStep, Given, Step
from dagx.ops.composition import compose
from dagx.ops.flatten import Flattened, flatten
from dagx.ops.op_selection import selected_steps


@dg.op
def one() -> int:
    return 1


@dg.op
def add(x: int, y: int = 7) -> int:
    return x + y


@dg.op(out=dg.DynamicOut(int))
def many() -> Any:
    yield dg.DynamicOutput(1, "a")


@dg.op
def total(xs: list[int]) -> int:
    return sum(xs)


@dg.op(ins={"start": dg.In(dg.Nothing)})
def after() -> None: ...


def flat(body: Any, **arguments: Any) -> Flattened:
    return flatten(compose(body, name="g"), **arguments)


def by_key(flattened: Flattened) -> dict[str, Step]:
    return {step.key: step for step in flattened.steps}


def test_nested_graphs_dissolve_into_steps_named_by_their_path() -> None:
    @dg.graph
    def inner(x: int) -> Any:
        return add(one(), x)

    @dg.graph
    def middle(x: int) -> Any:
        return inner(inner(x))

    made = flat(lambda: middle(one()))
    assert [step.key for step in made.steps] == [
        "one",
        "middle.inner.one",
        "middle.inner.add",
        "middle.inner_2.one",
        "middle.inner_2.add",
    ]
    steps = by_key(made)
    assert steps["middle.inner.add"].path == ("middle", "inner", "add")
    assert steps["middle.inner.add"].sources == {
        "x": FromStep("middle.inner.one"),
        "y": FromStep("one"),
    }
    assert steps["middle.inner_2.add"].sources["y"] == FromStep("middle.inner.add")
    assert steps["middle.inner_2.add"].needs == {"middle.inner_2.one", "middle.inner.add"}


def test_outputs_are_led_to_the_step_that_makes_them() -> None:
    @dg.graph
    def inner() -> Any:
        return {"a": one(), "b": add(one())}

    assert flat(lambda: inner()).outputs == {"a": ("inner.one", "result"), "b": ("inner.add", "result")}


def test_the_path_above_opens_keys_and_paths() -> None:
    (step,) = flat(lambda: one(), path=("asset",)).steps
    assert (step.key, step.path) == ("asset.one", ("asset", "one"))


def test_inputs_of_the_graph_are_filled_from_outside() -> None:
    def body(x: Any) -> Any:
        return total([add(x), x])

    steps = by_key(flat(body, inputs={"x": Given(5)}))
    assert steps["add"].sources == {"x": Given(5), "y": Given(7)}
    assert steps["total"].sources == {"xs": FromSeveral((FromStep("add"), Given(5)))}


def test_an_input_that_nothing_fills_is_refused_unless_it_has_a_default_or_only_orders() -> None:
    assert by_key(flat(lambda: after()))["after"].sources == {}
    with pytest.raises(dg.InvalidDefinitionError, match="nothing fills the input 'x' of \"add\""):
        flat(lambda: add())
    with pytest.raises(dg.InvalidDefinitionError, match="nothing fills the input 'x'"):
        flat(lambda x: add(x))


def test_an_input_that_names_an_asset_is_filled_from_it() -> None:
    @dg.op(ins={"x": dg.In(asset_key="orders")})
    def reads(x: int) -> None: ...

    source = by_key(flat(lambda: reads()))["reads"].sources["x"]
    assert isinstance(source, FromAsset)
    assert source.slot.key == dg.AssetKey("orders")


def test_an_output_that_is_nothing_orders_and_fills_no_parameter() -> None:
    steps = by_key(flat(lambda: after.alias("b")(start=after())))
    assert steps["b"].needs == {"after"}
    with pytest.raises(dg.InvalidDefinitionError, match="of type Nothing"):
        flat(lambda: add(after()))


def test_what_is_wired_to_a_dynamic_output_runs_for_each_of_its_values() -> None:
    def body() -> Any:
        mapped = many().map(lambda value: add(add(value), one()))
        return total(mapped.collect())

    steps = by_key(flat(body))
    assert {key: step.mapped_over for key, step in steps.items()} == {
        "many": None,
        "add": ("many", "result"),
        "one": None,
        "add_2": ("many", "result"),
        "total": None,
    }
    assert steps["add"].sources["x"] == FromStep("many", is_mapped=True)
    assert steps["add_2"].sources == {"x": FromStep("add", is_mapped=True), "y": FromStep("one")}
    assert steps["total"].sources == {"xs": FromStep("add_2", is_collected=True)}


def test_a_graph_that_is_mapped_has_all_its_steps_below_the_input_mapped() -> None:
    @dg.graph
    def inner(x: int) -> Any:
        return add(x, one())

    @dg.graph
    def fan_out() -> Any:
        return many().map(inner)

    steps = by_key(flat(lambda: total(fan_out().collect())))
    assert steps["fan_out.inner.add"].mapped_over == ("fan_out.many", "result")
    assert steps["fan_out.inner.one"].mapped_over is None
    assert steps["total"].sources == {"xs": FromStep("fan_out.inner.add", is_collected=True)}


def test_the_values_of_a_dynamic_output_can_be_collected_at_once() -> None:
    steps = by_key(flat(lambda: total(many().collect())))
    assert steps["total"].sources == {"xs": FromStep("many", is_collected=True)}
    assert steps["total"].mapped_over is None


def test_two_dynamic_outputs_do_not_meet() -> None:
    def body() -> None:
        each: list[Any] = []
        many().map(each.append)
        many().map(each.append)
        add(*each)

    with pytest.raises(dg.InvalidDefinitionError, match=r'outputs "many\.result" and "many_2\.result"'):
        flat(body)


def test_a_dynamic_output_for_each_value_of_another_is_refused() -> None:
    @dg.op(out=dg.DynamicOut(int))
    def more(x: int) -> Any: ...

    @dg.graph
    def hidden(x: int) -> Any:
        more(x)
        return one()

    with pytest.raises(dg.InvalidDefinitionError, match="runs once for each value of another"):
        flat(lambda: many().map(hidden))


def test_what_a_map_does_not_depend_on_cannot_be_collected() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="does not depend on the dynamic output"):
        flat(lambda: total(many().map(lambda _: one()).collect()))


def test_the_nearest_retry_policy_wins_and_the_jobs_is_last() -> None:
    policies = [dg.RetryPolicy(max_retries=n) for n in range(5)]

    @dg.op(retry_policy=policies[2])
    def own() -> None: ...

    @dg.graph
    def inner() -> None:
        own()
        own.with_retry_policy(policies[1])()
        one()

    def body() -> None:
        inner()
        inner.with_retry_policy(policies[3])()
        one()

    found = {step.key: step.retry_policy for step in flat(body, retry_policy=policies[4]).steps}
    assert found == {
        "inner.own": policies[2],
        "inner.own_2": policies[1],
        "inner.one": policies[4],
        "inner_2.own": policies[2],
        "inner_2.own_2": policies[1],
        "inner_2.one": policies[3],
        "one": policies[4],
    }


def test_hooks_and_tags_of_graphs_reach_their_ops() -> None:
    @dg.success_hook
    def a(context: dg.HookContext) -> None: ...

    @dg.success_hook
    def b(context: dg.HookContext) -> None: ...

    @dg.op(tags={"own": "1", "k": "op"})
    def tagged() -> None: ...

    @dg.graph(tags={"k": "graph", "g": "1"})
    def inner() -> None:
        tagged.tag({"k": "use"})()

    (step,) = flat(lambda: inner.with_hooks({a})(), hooks=frozenset({b}), tags={"job": "1"}).steps
    assert step.hooks == {a, b}
    assert step.tags == {"job": "1", "g": "1", "own": "1", "k": "use"}


def diamond() -> None:
    first = one()
    left = add.alias("left")(first)
    right = add.alias("right")(first)
    add.alias("last")(left, right)


@pytest.mark.parametrize(
    ("selection", "chosen"),
    [
        (["one"], ["one"]),
        (["*left"], ["one", "left"]),
        (["one+"], ["one", "left", "right"]),
        (["one*"], ["one", "left", "right", "last"]),
        (["one++"], ["one", "left", "right", "last"]),
        (["*last"], ["one", "left", "right", "last"]),
        (["+left", "right"], ["one", "left", "right"]),
        (["*left+", "right"], ["one", "left", "right", "last"]),
    ],
)
def test_an_op_selection_takes_levels_up_and_down(selection: list[str], chosen: list[str]) -> None:
    assert [step.key for step in selected_steps(flat(diamond).steps, selection)] == chosen


def test_a_selected_step_keeps_what_it_can_do_without_the_others() -> None:
    (step,) = [s for s in selected_steps(flat(diamond).steps, ["*left", "last"]) if s.key == "last"]
    assert step.sources == {"x": FromStep("left"), "y": Given(7)}
    assert step.needs == {"left"}


def test_a_selected_step_that_needs_the_others_is_refused() -> None:
    with pytest.raises(dg.InvalidSubsetError, match=r"leaves the input 'x' of \"left\""):
        selected_steps(flat(diamond).steps, ["left"])


def test_an_op_selection_that_names_nothing_says_what_is_near() -> None:
    with pytest.raises(dg.InvalidSubsetError, match=r'no op "rigth"[\s\S]*did you mean "right"'):
        selected_steps(flat(diamond).steps, ["rigth"])
    with pytest.raises(dg.InvalidSubsetError, match="cannot be read"):
        selected_steps(flat(diamond).steps, ["a b"])
    with pytest.raises(dg.InvalidArgumentError):
        selected_steps(flat(diamond).steps, "one")


def test_a_graph_is_selected_by_its_name() -> None:
    @dg.graph
    def inner() -> Any:
        return add(one())

    steps = flat(lambda: add(inner())).steps
    assert [step.key for step in selected_steps(steps, ["inner"])] == ["inner.one", "inner.add"]
    assert [step.key for step in selected_steps(steps, ["inner.one"])] == ["inner.one"]


@given(st.lists(st.lists(st.integers(0, 20), max_size=3), min_size=1, max_size=12), st.integers(0, 3))
def test_every_step_comes_after_what_it_needs_however_deep_graphs_nest(
    needs: list[list[int]], depth: int
) -> None:
    def body() -> Any:
        made: list[Any] = []
        for chosen in needs:
            made.append(total([made[n % len(made)] for n in chosen] if made else []))
        return made[-1]

    graph = compose(body, name="g")
    for level in range(depth):
        graph = compose(lambda inner=graph: inner(), name=f"level_{level}")
    flattened = flatten(graph)
    seen: set[str] = set()
    for step in flattened.steps:
        assert step.needs <= seen
        assert len(step.path) == depth + 1
        seen.add(step.key)
    assert len(seen) == len(needs)
    assert flattened.outputs["result"] == (flattened.steps[-1].key, "result")
