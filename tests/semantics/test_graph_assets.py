"""Section 5: assets made by a graph of ops, and ops and graphs bound to assets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import dagx as dg

A, B, UP = dg.AssetKey("a"), dg.AssetKey("b"), dg.AssetKey("up")


@dg.op
def one() -> int:
    return 1


@dg.op
def add(x: int, y: int = 10) -> int:
    return x + y


@dg.asset
def up() -> int:
    return 5


@dg.graph_asset
def total(up: int) -> Any:
    """The total."""
    return add(add(up))


def steps(result: dg.ExecuteInProcessResult) -> list[str | None]:
    return [event.step_key for event in result.get_step_success_events()]


def made(result: dg.ExecuteInProcessResult) -> dict[str, Any]:
    keys = [
        event.asset_key for event in result.get_asset_materialization_events() if event.asset_key is not None
    ]
    return {key.to_user_string(): result.asset_value(key) for key in keys}


def test_the_parameters_of_the_body_are_upstream_assets_and_its_value_is_the_asset() -> None:
    result = dg.materialize([up, total])
    assert made(result) == {"up": 5, "total": 25}
    assert total.asset_deps == {dg.AssetKey("total"): {UP}}


def test_the_steps_are_called_by_the_graph_and_the_op() -> None:
    assert steps(dg.materialize([up, total])) == ["up", "total.add", "total.add_2"]


def test_the_output_is_found_by_the_graph_and_by_the_op() -> None:
    result = dg.materialize([up, total])
    assert result.output_for_node("total") == 25
    assert result.output_for_node("total.add_2") == 25
    assert result.output_for_node("total.add") == 15


def test_only_the_last_value_is_stored_as_the_asset_the_others_as_values_of_ops(tmp_path: Path) -> None:
    manager = dg.FilesystemIOManager(str(tmp_path))
    result = dg.materialize([up, total], resources={"io_manager": manager})
    files = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert files == {"up", "total", f"{result.run_id}/total.add/result"}


def test_the_name_of_the_graph_is_the_key_as_a_python_name() -> None:
    made_below = dg.graph_asset(key=["x", "my-a"])(lambda: one())
    assert steps(dg.materialize([made_below])) == ["x__my_a.one"]
    prefixed = dg.graph_asset(name="a", key_prefix="p")(lambda: one())
    assert prefixed.key == dg.AssetKey(["p", "a"])


def test_an_op_whose_value_goes_nowhere_is_an_error() -> None:
    with pytest.raises(dg.DagxError, match='"one"'):

        @dg.graph_asset
        def wasteful() -> Any:
            one()
            return add(one.alias("other")())


def test_a_body_that_returns_no_value_of_an_op_is_an_error() -> None:
    for body in (lambda: 1, lambda: None, lambda: [one()]):
        with pytest.raises(dg.DagxError):
            dg.graph_asset(name="a")(body)


def test_a_body_that_returns_several_values_is_told_of_graph_multi_asset() -> None:
    with pytest.raises(dg.DagxError, match="graph_multi_asset"):
        dg.graph_asset(name="a")(lambda: {"x": one(), "y": one()})


def test_ins_rename_the_upstream_asset() -> None:
    @dg.graph_asset(ins={"x": dg.AssetIn("up")})
    def renamed(x: int) -> Any:
        return add(x)

    assert made(dg.materialize([up, renamed])) == {"up": 5, "renamed": 15}
    with pytest.raises(dg.InvalidDefinitionError, match="'z', which is no parameter"):
        dg.graph_asset(name="a", ins={"z": dg.AssetIn("up")})(lambda: one())


def test_what_is_said_of_it_is_said_of_the_asset() -> None:
    @dg.graph_asset(
        group_name="g", metadata={"m": 1}, tags={"t": "1"}, owners=["team:x"], kinds={"k"}, code_version="3"
    )
    def a() -> Any:
        """About a."""
        return one()

    spec = a.get_asset_spec()
    assert (spec.description, spec.group_name, spec.metadata) == ("About a.", "g", {"m": 1})
    assert (spec.owners, spec.kinds, spec.code_version) == (["team:x"], {"k"}, "3")


def test_config_is_for_its_ops() -> None:
    @dg.op(config_schema={"n": int})
    def configured(context: dg.OpExecutionContext) -> int:
        n: int = context.op_config["n"]
        return n

    plain = dg.graph_asset(name="a")(lambda: configured())
    config = {"ops": {"a": {"ops": {"configured": {"config": {"n": 3}}}}}}
    assert dg.materialize([plain], run_config=config).asset_value("a") == 3
    fixed = dg.graph_asset(name="a", config={"configured": {"config": {"n": 4}}})(lambda: configured())
    assert dg.materialize([fixed]).asset_value("a") == 4


def test_resources_and_hooks_are_those_of_its_ops() -> None:
    told: list[str] = []

    @dg.success_hook
    def tell(context: dg.HookContext) -> None:
        told.append(context.step_key)

    @dg.op(required_resource_keys={"r"})
    def asks(context: dg.OpExecutionContext) -> Any:
        return context.resources.r

    a = dg.graph_asset(name="a", hooks={tell}, resource_defs={"r": 7})(lambda: asks())
    assert dg.materialize([a]).asset_value("a") == 7
    assert told == ["a.asks"]
    with pytest.raises(dg.InvalidDefinitionError, match='the resource "r" is not defined'):
        dg.materialize([dg.graph_asset(name="b")(lambda: asks())])


def test_an_op_of_a_graph_asset_may_yield_results_with_metadata() -> None:
    @dg.op
    def rich() -> dg.Output[int]:
        return dg.Output(1, metadata={"n": 3})

    (event,) = dg.materialize([dg.graph_asset(name="a")(lambda: rich())]).get_asset_materialization_events()
    assert event.materialization.metadata["n"].value == 3
    assert event.step_key == "a.rich"


def test_checks_of_a_graph_asset_are_outputs_of_the_body() -> None:
    @dg.op
    def look(x: int) -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=x == 1)

    @dg.graph_asset(check_specs=[dg.AssetCheckSpec("is_one", asset="a")])
    def a() -> Any:
        x = one()
        return {"result": x, "is_one": look(x)}

    result = dg.materialize([a])
    (evaluation,) = result.get_asset_check_evaluations()
    assert (evaluation.check_name, evaluation.passed) == ("is_one", True)
    assert made(result) == {"a": 1}


def test_a_graph_asset_cannot_be_called_like_a_function() -> None:
    with pytest.raises(dg.InvalidInvocationError, match=r"(?s)graph of ops.*materialize"):
        total(5)


def test_a_failure_of_an_op_leaves_the_asset_unmade() -> None:
    @dg.op
    def fails(x: int) -> int:
        raise ValueError("no")

    a = dg.graph_asset(name="a")(lambda: add(fails(one())))
    after = dg.asset(name="after")(lambda a: a)
    result = dg.materialize([a, after], raise_on_error=False)
    assert steps(result) == ["a.one"]
    assert result.get_failed_step_keys() == {"a.fails"}
    assert result.is_node_untouched("after")


def test_a_dynamic_map_may_stand_inside() -> None:
    @dg.op(out=dg.DynamicOut(int))
    def many() -> Iterator[Any]:
        for n in (1, 2, 3):
            yield dg.DynamicOutput(n, f"k{n}")

    @dg.op
    def total_of(xs: list[int]) -> int:
        return sum(xs)

    a = dg.graph_asset(name="a")(lambda: total_of(many().map(add).collect()))
    result = dg.materialize([a])
    assert result.asset_value("a") == 36
    assert "a.add[k2]" in steps(result)


# Several assets


@dg.graph_multi_asset(outs={"a": dg.AssetOut(), "b": dg.AssetOut(key_prefix="p")})
def both(up: int) -> Any:
    x = add(up)
    return {"a": x, "b": add.alias("second")(x)}


def test_a_graph_of_several_assets_returns_a_dict_or_a_tuple() -> None:
    assert made(dg.materialize([up, both])) == {"up": 5, "a": 15, "p/b": 25}
    pair = dg.graph_multi_asset(name="pair", outs={"a": dg.AssetOut(), "b": dg.AssetOut()})(
        lambda: (one(), add(one.alias("other")()))
    )
    assert made(dg.materialize([pair])) == {"a": 1, "b": 11}


@pytest.mark.parametrize(
    "body", [lambda: one(), lambda: {"a": one()}, lambda: (one(),), lambda: {"a": one(), "c": add(1)}]
)
def test_its_body_must_give_all_outputs_and_no_others(body: Any) -> None:
    with pytest.raises(dg.DagxError):
        dg.graph_multi_asset(name="pair", outs={"a": dg.AssetOut(), "b": dg.AssetOut()})(body)


def test_it_cannot_be_subset_unless_it_says_so() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="cannot make some of them"):
        dg.materialize([up, both], selection=["a"])


def subsettable() -> dg.AssetsDefinition:
    @dg.graph_multi_asset(outs={"a": dg.AssetOut(), "b": dg.AssetOut(), "c": dg.AssetOut()}, can_subset=True)
    def three() -> Any:
        x = one()
        return {"a": x, "b": add.alias("second")(x), "c": one.alias("third")()}

    return three


def test_of_a_subset_only_the_ops_that_it_takes_run() -> None:
    result = dg.materialize([subsettable()], selection=["c"])
    assert steps(result) == ["three.third"]
    assert made(result) == {"c": 1}


def test_an_op_that_a_subset_needs_makes_its_own_asset_too() -> None:
    result = dg.materialize([subsettable()], selection=["b"])
    assert steps(result) == ["three.one", "three.second"]
    assert made(result) == {"a": 1, "b": 11}


def test_an_op_of_a_subset_is_told_which_outputs_are_wanted() -> None:
    seen: list[set[str]] = []

    @dg.op(out={"x": dg.Out(int, is_required=False), "y": dg.Out(int, is_required=False)})
    def split(context: dg.OpExecutionContext) -> Iterator[Any]:
        seen.append(context.selected_output_names)
        for name in sorted(context.selected_output_names):
            yield dg.Output(1, name)

    @dg.graph_multi_asset(outs={"a": dg.AssetOut(), "b": dg.AssetOut()}, can_subset=True)
    def pair() -> Any:
        x, y = split()
        return {"a": x, "b": y}

    assert made(dg.materialize([pair], selection=["b"])) == {"b": 1}
    assert seen == [{"y"}]


# Ops and graphs bound to assets


def test_from_op_binds_inputs_and_outputs_by_their_names() -> None:
    a = dg.AssetsDefinition.from_op(add, keys_by_input_name={"x": UP, "y": dg.AssetKey("z")})
    assert a.keys == {dg.AssetKey("add")}
    assert a.asset_deps == {dg.AssetKey("add"): {UP, dg.AssetKey("z")}}
    z = dg.asset(name="z")(lambda: 2)
    assert dg.materialize([up, z, a]).asset_value("add") == 7


def test_from_op_takes_keys_groups_and_what_else_is_known() -> None:
    a = dg.AssetsDefinition.from_op(
        one,
        keys_by_output_name={"result": ["x", "a"]},
        group_name="g",
        metadata_by_output_name={"result": {"m": 1}},
        tags_by_output_name={"result": {"t": "1"}},
        descriptions_by_output_name={"result": "d"},
        code_versions_by_output_name={"result": "2"},
        owners_by_output_name={"result": ["team:x"]},
    )
    spec = a.get_asset_spec()
    assert (spec.key, spec.group_name, spec.description) == (dg.AssetKey(["x", "a"]), "g", "d")
    assert (spec.metadata, spec.tags, spec.code_version) == ({"m": 1}, {"t": "1"}, "2")
    assert dg.AssetsDefinition.from_op(one, key_prefix="p").key == dg.AssetKey(["p", "one"])


@pytest.mark.parametrize("names", [{"keys_by_input_name": {"w": UP}}, {"keys_by_output_name": {"w": A}}])
def test_names_that_the_op_does_not_have_are_refused(names: dict[str, Any]) -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="'w'"):
        dg.AssetsDefinition.from_op(add, **names)


def test_from_graph_makes_an_asset_of_each_output() -> None:
    @dg.graph(out={"a": dg.GraphOut(), "b": dg.GraphOut()})
    def pair(up: int) -> Any:
        x = add(up)
        return {"a": x, "b": add.alias("second")(x)}

    definition = dg.AssetsDefinition.from_graph(pair, internal_asset_deps={"a": {UP}, "b": {A}})
    assert definition.asset_deps == {A: {UP}, B: {A}}
    assert made(dg.materialize([up, definition])) == {"up": 5, "a": 15, "b": 25}


def test_the_body_takes_no_context() -> None:
    for name in ("context", "_context"):
        scope: dict[str, Any] = {}
        exec(f"def body({name}): ...", scope)  # one body for each name
        with pytest.raises(dg.InvalidDefinitionError, match="without a context"):
            dg.graph_asset(scope["body"])
