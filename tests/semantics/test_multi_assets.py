"""Section 4: `@multi_asset`, how its assets are declared and what its function may return or yield."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import dagx as dg

A, B, UP = dg.AssetKey("a"), dg.AssetKey("b"), dg.AssetKey("up")
TWO_OUTS = {"a": dg.AssetOut(), "b": dg.AssetOut()}
TWO_SPECS = [dg.AssetSpec("a"), dg.AssetSpec("b")]


def of_outs(body: Callable[..., Any], **arguments: Any) -> dg.AssetsDefinition:
    return dg.multi_asset(outs=arguments.pop("outs", TWO_OUTS), name="both", **arguments)(body)


def of_specs(body: Callable[..., Any], **arguments: Any) -> dg.AssetsDefinition:
    return dg.multi_asset(specs=arguments.pop("specs", TWO_SPECS), name="both", **arguments)(body)


def run(*assets: Any, **arguments: Any) -> dg.ExecuteInProcessResult:
    return dg.materialize(assets, **arguments)


def made(result: dg.ExecuteInProcessResult) -> list[str]:
    return [
        event.asset_key.to_user_string()
        for event in result.get_asset_materialization_events()
        if event.asset_key is not None
    ]


# How it is declared


def test_outs_and_specs_exclude_each_other_and_one_must_be_given() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="outs or specs, not both"):
        dg.multi_asset(outs=TWO_OUTS, specs=TWO_SPECS)
    with pytest.raises(dg.InvalidDefinitionError, match="given no assets"):
        dg.multi_asset()


@pytest.mark.parametrize("also", [{"deps": ["up"]}, {"internal_asset_deps": {"a": {UP}}}])
def test_specs_exclude_deps_of_the_decorator(also: dict[str, Any]) -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="give each spec its deps"):
        dg.multi_asset(specs=TWO_SPECS, **also)


def test_without_parentheses_it_says_what_is_missing() -> None:
    with pytest.raises(dg.DagxError, match=r"@multi_asset\(outs="):

        @dg.multi_asset  # type: ignore[arg-type]
        def both() -> None: ...


def test_the_step_has_the_name_that_was_given_or_that_of_the_function_never_that_of_the_keys() -> None:
    def body() -> None: ...

    assert dg.multi_asset(specs=TWO_SPECS)(body).name == "body"
    named = dg.multi_asset(specs=TWO_SPECS, name="given")(body)
    assert run(named).is_node_success("given")


def test_the_names_of_outs_have_dashes_made_underscores_and_those_of_specs_come_from_the_keys() -> None:
    outs = of_outs(lambda: None, outs={"my-a": dg.AssetOut(), "b": dg.AssetOut(key=["x", "b"])})
    assert outs.keys_by_output_name == {"my_a": dg.AssetKey("my-a"), "b": dg.AssetKey(["x", "b"])}
    specs = of_specs(lambda: None, specs=[dg.AssetSpec(["x", "my-a"])])
    assert specs.keys_by_output_name == {"x__my_a": dg.AssetKey(["x", "my-a"])}


def test_the_key_of_an_out_is_its_key_or_its_prefix_and_the_name_of_the_output() -> None:
    outs = {"a": dg.AssetOut(key="other"), "b": dg.AssetOut(key_prefix=["x", "y"])}
    assert of_outs(lambda: None, outs=outs).keys == {dg.AssetKey("other"), dg.AssetKey(["x", "y", "b"])}


def test_with_outs_every_asset_needs_every_input() -> None:
    both = of_outs(lambda up: (1, 2), deps=["z"])
    assert both.asset_deps == {A: {UP, dg.AssetKey("z")}, B: {UP, dg.AssetKey("z")}}


def test_internal_asset_deps_say_which_output_needs_what() -> None:
    both = of_outs(lambda up: (1, 2), internal_asset_deps={"a": {UP}, "b": {A}})
    assert both.asset_deps == {A: {UP}, B: {A}}
    assert both.dependency_keys == {UP}


@pytest.mark.parametrize(
    ("internal", "words"),
    [
        (
            {"a": {UP}, "b": {dg.AssetKey("nowhere")}},
            '"nowhere", which is neither an input nor one of its own',
        ),
        ({"a": {B}, "b": set()}, "says of no output that it needs up"),
        ({"nonsense": {UP}}, "'nonsense', which is none of its own"),
    ],
)
def test_internal_asset_deps_name_outputs_and_inputs_that_are_there_and_use_all_inputs(
    internal: dict[str, set[dg.AssetKey]], words: str
) -> None:
    with pytest.raises(dg.DagxError, match=words):
        of_outs(lambda up: (1, 2), internal_asset_deps=internal)


def test_deps_of_specs_on_siblings_are_internal() -> None:
    both = of_specs(lambda: None, specs=[dg.AssetSpec("a", deps=["up"]), dg.AssetSpec("b", deps=["a"])])
    assert both.dependency_keys == {UP}
    assert both.asset_deps == {A: {UP}, B: {A}}


def test_a_parameter_beside_specs_must_be_a_dep_of_one_of_them() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="none of its specs depends on"):
        of_specs(lambda up: None)
    up = dg.asset(name="up")(lambda: 7)
    seen: list[int] = []
    both = of_specs(lambda up: seen.append(up), specs=[dg.AssetSpec("a", deps=["up"]), dg.AssetSpec("b")])
    assert run(up, both).success
    assert seen == [7]


def test_the_group_is_given_in_one_place_only() -> None:
    assert of_outs(lambda: None, group_name="g").group_names_by_key == {A: "g", B: "g"}
    own = {"a": dg.AssetOut(group_name="mine"), "b": dg.AssetOut()}
    assert of_outs(lambda: None, outs=own).group_names_by_key == {A: "mine", B: "default"}
    with pytest.raises(dg.DagxError, match='in the group "g" and its asset "a" in "mine"'):
        of_outs(lambda: None, outs=own, group_name="g")
    with pytest.raises(dg.DagxError, match='in the group "g" and its asset "a" in "mine"'):
        of_specs(lambda: None, specs=[dg.AssetSpec("a", group_name="mine")], group_name="g")


def test_partitions_are_those_of_the_decorator_or_those_of_the_specs() -> None:
    xy, other = dg.StaticPartitionsDefinition(["x", "y"]), dg.StaticPartitionsDefinition(["z"])
    assert of_specs(lambda: None, partitions_def=xy).partitions_def == xy
    same = [dg.AssetSpec("a", partitions_def=xy), dg.AssetSpec("b", partitions_def=xy)]
    assert of_specs(lambda: None, specs=same).partitions_def == xy
    assert of_specs(lambda: None, specs=same, partitions_def=xy).partitions_def == xy
    with pytest.raises(dg.DagxError, match="have different partitions"):
        of_specs(lambda: None, specs=same, partitions_def=other)
    for second in (dg.AssetSpec("b"), dg.AssetSpec("b", partitions_def=other)):
        with pytest.raises(dg.DagxError, match="makes assets with different partitions"):
            of_specs(lambda: None, specs=[same[0], second])


def test_different_partitions_need_can_subset_and_have_no_one_partitions_def() -> None:
    xy, other = dg.StaticPartitionsDefinition(["x", "y"]), dg.StaticPartitionsDefinition(["z"])
    both = of_specs(
        lambda: None,
        specs=[dg.AssetSpec("a", partitions_def=xy), dg.AssetSpec("b", partitions_def=other)],
        can_subset=True,
    )
    with pytest.raises(dg.DagxError, match="different partitions"):
        _ = both.partitions_def


def test_two_assets_of_one_key_are_refused() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match='makes "a" twice'):
        of_specs(lambda: None, specs=[dg.AssetSpec("a"), dg.AssetSpec("a")])
    with pytest.raises(dg.InvalidDefinitionError, match='makes "a" twice'):
        of_outs(lambda: None, outs={"a": dg.AssetOut(), "b": dg.AssetOut(key="a")})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"outs": {"a": dg.AssetSpec("a")}}, r"outs\['a'\] is an AssetOut.*write AssetOut\(\)"),
        ({"specs": [dg.AssetOut()]}, r"specs has AssetSpecs.*write AssetSpec\(key\)"),
        ({"specs": ["a"]}, "specs has AssetSpecs"),
        ({"outs": [dg.AssetOut()]}, "outs is a mapping"),
        ({"specs": dg.AssetSpec("a")}, "specs is a list"),
    ],
)
def test_a_spec_where_an_out_belongs_and_the_other_way_round_is_said(given: Any, words: str) -> None:
    with pytest.raises(dg.DagxError, match=f"(?s){words}"):
        dg.multi_asset(**given)(lambda: None)


# What the function may return or yield: outs


def test_a_tuple_of_equal_length_is_mapped_by_position() -> None:
    result = run(of_outs(lambda: (1, 2)))
    assert (result.asset_value("a"), result.asset_value("b")) == (1, 2)


def test_a_dict_by_output_name_is_allowed_in_dagx() -> None:
    result = run(of_outs(lambda: {"b": 2, "a": 1}))
    assert (result.asset_value("a"), result.asset_value("b")) == (1, 2)


@pytest.mark.parametrize(
    "returned", [[1, 2], 7, "ab", None, {"a": 1, "c": 2}, {}, {A: 1, B: 2}], ids=lambda value: repr(value)
)
def test_anything_else_for_several_outs_is_an_error(returned: object) -> None:
    with pytest.raises(dg.InvariantViolationError, match="has 2 outputs and returned"):
        run(of_outs(lambda: returned))


@pytest.mark.parametrize("returned", [(1,), (1, 2, 3), ()])
def test_a_tuple_of_another_length_is_an_error(returned: object) -> None:
    with pytest.raises(dg.InvariantViolationError, match="returned a tuple of"):
        run(of_outs(lambda: returned))


def test_a_dict_that_leaves_out_a_required_output_is_an_error() -> None:
    with pytest.raises(dg.StepOutputNotFoundError, match='output "b"'):
        run(of_outs(lambda: {"a": 1}))


def test_outputs_may_be_yielded_by_name_or_as_results_by_key() -> None:
    def body() -> Iterator[Any]:
        yield dg.Output(1, "a", metadata={"n": 1})
        yield dg.MaterializeResult(asset_key="b", value=2)

    result = run(of_outs(body))
    assert (result.asset_value("a"), result.asset_value("b")) == (1, 2)
    assert made(result) == ["a", "b"]


def test_a_required_out_that_is_never_yielded_is_an_error_and_what_came_before_stays_made() -> None:
    def body() -> Iterator[Any]:
        yield dg.Output(1, "a")

    with pytest.raises(dg.StepOutputNotFoundError, match='had not given its output "b"'):
        run(of_outs(body))
    result = run(of_outs(body), raise_on_error=False)
    assert made(result) == ["a"]


def test_a_tuple_may_mix_values_and_outputs() -> None:
    result = run(of_outs(lambda: (dg.Output(1, "a", metadata={"n": 3}), 2)))
    (first, _) = result.get_asset_materialization_events()
    assert first.materialization.metadata["n"].value == 3
    assert result.asset_value("b") == 2


def test_the_elements_of_an_annotated_tuple_are_checked_each() -> None:
    def body() -> tuple[int, str]:
        return (1, 2)  # type: ignore[return-value]

    with pytest.raises(dg.TypeCheckDidNotPass, match='"b"'):
        run(of_outs(body))
    with pytest.raises(dg.InvalidDefinitionError, match="a tuple of 2, and there are 3 outputs"):
        of_outs(body, outs={**TWO_OUTS, "c": dg.AssetOut()})


def test_the_type_of_an_out_wins_over_the_annotation() -> None:
    outs = {"a": dg.AssetOut(dagster_type=str), "b": dg.AssetOut()}
    with pytest.raises(dg.TypeCheckDidNotPass, match="str"):
        run(of_outs(lambda: (1, 2), outs=outs))


# Specs


def test_specs_are_all_made_when_the_function_returns_nothing() -> None:
    result = run(of_specs(lambda: None))
    assert made(result) == ["a", "b"]
    assert not any(event.event_type_value == "HANDLED_OUTPUT" for event in result.all_events)


def test_specs_that_were_not_yielded_are_made_all_the_same() -> None:
    def body() -> Iterator[Any]:
        yield dg.MaterializeResult(asset_key="b", metadata={"n": 1})

    assert made(run(of_specs(body))) == ["b", "a"]


def test_a_skippable_spec_that_is_not_yielded_is_not_made() -> None:
    def body() -> Iterator[Any]:
        yield dg.MaterializeResult(asset_key="b")

    result = run(of_specs(body, specs=[dg.AssetSpec("a", skippable=True), dg.AssetSpec("b")]))
    assert result.success
    assert made(result) == ["b"]


def test_an_out_that_is_not_required_and_not_yielded_is_not_made() -> None:
    def body() -> Iterator[Any]:
        yield dg.Output(1, "b")

    result = run(of_outs(body, outs={"a": dg.AssetOut(is_required=False), "b": dg.AssetOut()}))
    assert result.success
    assert made(result) == ["b"]


@pytest.mark.parametrize(
    "both",
    [
        of_specs(lambda: None, specs=[dg.AssetSpec("a", skippable=True), dg.AssetSpec("b")]),
        of_outs(
            lambda: None, outs={"a": dg.AssetOut(is_required=False), "b": dg.AssetOut(is_required=False)}
        ),
    ],
    ids=["specs", "outs"],
)
def test_returning_nothing_does_not_say_which_may_be_left_out(both: dg.AssetsDefinition) -> None:
    with pytest.raises(dg.InvariantViolationError, match="has 2 outputs and returned None"):
        run(both)


def test_a_tuple_of_results_is_accepted_and_a_list_of_them_is_not() -> None:
    results: tuple[Any, ...] = (dg.MaterializeResult(asset_key="b"), dg.MaterializeResult(asset_key="a"))
    assert made(run(of_specs(lambda: results))) == ["b", "a"]
    with pytest.raises(dg.InvariantViolationError, match="returned a list"):
        run(of_specs(lambda: list(results)))


def test_a_result_without_key_does_not_say_which_asset_it_is() -> None:
    with pytest.raises(dg.InvariantViolationError, match="does not say which"):
        run(of_specs(lambda: dg.MaterializeResult()))


@pytest.mark.parametrize("value", [dg.Output(5, "a"), dg.MaterializeResult(asset_key="a", value=5)])
def test_a_value_for_a_spec_is_a_type_error_as_nothing_stores_it(value: Any) -> None:
    def body() -> Iterator[Any]:
        yield value

    with pytest.raises(dg.TypeCheckDidNotPass, match=r"Nothing|None"):
        run(of_specs(body))


def test_a_spec_with_an_io_manager_key_has_values() -> None:
    spec = dg.AssetSpec("a").with_io_manager_key("io_manager")
    result = run(of_specs(lambda: dg.MaterializeResult(asset_key="a", value=5), specs=[spec]))
    assert result.asset_value("a") == 5


# Order


def test_a_child_that_is_yielded_before_its_sibling_parent_is_an_error() -> None:
    def body() -> Iterator[Any]:
        yield dg.MaterializeResult(asset_key="b")
        yield dg.MaterializeResult(asset_key="a")

    specs = [dg.AssetSpec("a"), dg.AssetSpec("b", deps=["a"])]
    with pytest.raises(dg.InvariantViolationError, match='gave "b" before "a"'):
        run(of_specs(body, specs=specs))


@pytest.mark.parametrize("again", [dg.Output(2, "a"), dg.MaterializeResult(asset_key="a")])
def test_an_output_comes_once(again: object) -> None:
    def body() -> Iterator[Any]:
        yield dg.Output(1, "a")
        yield again

    with pytest.raises(dg.InvariantViolationError, match='gave its output "a" twice'):
        run(of_outs(body))


@pytest.mark.parametrize("wrong", [dg.Output(1, "aa"), dg.MaterializeResult(asset_key="aa")])
def test_an_output_or_asset_that_is_not_there_is_said_with_the_near_name(wrong: object) -> None:
    def body() -> Iterator[Any]:
        yield wrong

    with pytest.raises(dg.InvariantViolationError, match=r'(?s)"aa".*did you mean "a"'):
        run(of_outs(body))


# Subsets


def subsettable(seen: list[Any]) -> dg.AssetsDefinition:
    @dg.multi_asset(
        specs=[dg.AssetSpec("a"), dg.AssetSpec("b", deps=["a"]), dg.AssetSpec("c")],
        can_subset=True,
        check_specs=[dg.AssetCheckSpec("ok", asset="a"), dg.AssetCheckSpec("ok", asset="c")],
    )
    def many(context: dg.AssetExecutionContext) -> Iterator[Any]:
        seen.append(context)
        for key in sorted(context.selected_asset_keys):
            yield dg.MaterializeResult(asset_key=key)
        for check in sorted(context.selected_asset_check_keys):
            yield dg.AssetCheckResult(passed=True, asset_key=check.asset_key, check_name=check.name)

    return many


def test_a_subset_is_told_what_is_selected() -> None:
    seen: list[dg.AssetExecutionContext] = []
    many = subsettable(seen)
    result = run(many, selection=["a", "b"])
    assert made(result) == ["a", "b"]
    (context,) = seen
    assert context.selected_asset_keys == {A, B}
    assert context.selected_output_names == {"a", "b", "a_ok"}
    assert context.selected_asset_check_keys == {dg.AssetCheckKey(A, "ok")}
    assert context.is_subset
    assert run(many).success
    assert not seen[1].is_subset


def test_a_strict_subset_of_what_cannot_be_subset_is_refused() -> None:
    with pytest.raises(
        dg.InvalidDefinitionError, match=r"(?s)cannot make some of them.*select b as well"
    ) as caught:
        run(of_specs(lambda: None), selection=["a"])
    assert isinstance(caught.value.__cause__, dg.InvalidSubsetError)


def test_a_subset_that_returns_nothing_for_several_selected_assets_is_an_error() -> None:
    many = of_specs(lambda: None, can_subset=True)
    with pytest.raises(dg.InvariantViolationError, match="yield"):
        run(many)


def test_a_subset_of_one_asset_says_so_too() -> None:
    with pytest.raises(dg.InvariantViolationError, match="yield"):
        run(of_specs(lambda: None, can_subset=True), selection=["a"])


def test_what_depends_on_a_sibling_may_come_without_it() -> None:
    specs = [dg.AssetSpec("a", skippable=True), dg.AssetSpec("b", deps=["a"])]

    @dg.multi_asset(specs=specs)
    def second() -> Iterator[Any]:
        yield dg.MaterializeResult(asset_key="b")

    made = [event.asset_key for event in run(second).get_asset_materialization_events()]
    assert made == [dg.AssetKey("b")]


def test_a_sibling_that_is_needed_and_not_yielded_is_made_all_the_same() -> None:
    @dg.multi_asset(specs=[dg.AssetSpec("a"), dg.AssetSpec("b", deps=["a"])])
    def second() -> Iterator[Any]:
        yield dg.MaterializeResult(asset_key="b")

    made = [event.asset_key for event in run(second).get_asset_materialization_events()]
    assert made == [dg.AssetKey("b"), dg.AssetKey("a")]


def test_a_key_that_is_not_selected_may_not_be_yielded() -> None:
    def body() -> Iterator[Any]:
        yield dg.MaterializeResult(asset_key="a")
        yield dg.MaterializeResult(asset_key="b")

    with pytest.raises(dg.InvariantViolationError, match='gave "b", which this run did not select'):
        run(of_specs(body, can_subset=True), selection=["a"])


def test_a_sibling_parent_that_is_not_selected_is_not_waited_for() -> None:
    assert made(run(subsettable([]), selection=["b"])) == ["b"]


def test_what_needs_an_asset_that_the_subset_left_aside_is_loaded_from_storage() -> None:
    def body(context: dg.AssetExecutionContext) -> Iterator[Any]:
        for name in sorted(context.selected_output_names):
            yield dg.Output(name, name)

    both = of_outs(body, can_subset=True)
    after = dg.asset(name="after")(lambda a: a)
    with dg.DagsterInstance.ephemeral() as instance:
        run(both, after, instance=instance)
        result = run(both, after, selection=["b", "after"], instance=instance)
    assert result.asset_value("after") == "a"


# What holds for all


def test_what_is_said_of_an_out_is_said_of_its_asset() -> None:
    out = dg.AssetOut(
        description="d", metadata={"m": 1}, tags={"t": "1"}, owners=["team:x"], kinds={"k"}, code_version="2"
    )
    both = of_outs(lambda: (1, 2), outs={"a": out, "b": dg.AssetOut()}, code_version="1", description="all")
    spec = both.get_asset_spec(A)
    assert (spec.description, spec.metadata, spec.owners) == ("d", {"m": 1}, ["team:x"])
    assert (spec.tags, spec.kinds) == ({"t": "1", "dagster/kind/k": ""}, {"k"})
    assert both.code_versions_by_key == {A: "2", B: "1"}
    assert both.descriptions_by_key == {A: "d", B: "all"}


def test_each_out_may_name_an_io_manager() -> None:
    kept = dg.InMemoryIOManager()
    outs = {"a": dg.AssetOut(io_manager_key="mine"), "b": dg.AssetOut()}
    result = run(of_outs(lambda: (1, 2), outs=outs), resources={"mine": kept})
    assert kept.values == {(result.run_id, "both", "a"): 1}


def test_a_multi_asset_of_one_output_may_return_the_value_itself() -> None:
    assert run(of_outs(lambda: [1], outs={"a": dg.AssetOut()})).asset_value("a") == [1]
