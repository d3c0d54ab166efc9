"""Section 2: what people ask a definition of assets, and the copies that it makes of itself."""

from __future__ import annotations

from typing import Any

import pytest

import dagx as dg

A, B, UP, Z = dg.AssetKey("a"), dg.AssetKey("b"), dg.AssetKey("up"), dg.AssetKey("z")
ABC = dg.StaticPartitionsDefinition(["a", "b", "c"])
EAGER = dg.AutomationCondition.eager()


@dg.asset(deps=["z"], group_name="g", automation_condition=EAGER, retry_policy=dg.RetryPolicy())
def a(up: int) -> int:
    """About a."""
    return up + 1


@dg.multi_asset(
    specs=[
        dg.AssetSpec("a", deps=["up"], group_name="g"),
        dg.AssetSpec("b", deps=["a"], partitions_def=None),
    ],
    check_specs=[dg.AssetCheckSpec("ok", asset="a")],
    can_subset=True,
)
def both(context: dg.AssetExecutionContext) -> Any:
    for spec in context.assets_def.specs:
        if spec.key in context.selected_asset_keys:
            yield dg.MaterializeResult(asset_key=spec.key)
    for _ in context.selected_asset_check_keys:
        yield dg.AssetCheckResult(passed=True)


def test_what_a_definition_of_several_assets_answers_by_key() -> None:
    assert both.keys == {A, B}
    assert both.dependency_keys == {UP}
    assert both.asset_deps == {A: {UP}, B: {A}}
    assert both.group_names_by_key == {A: "g", B: "default"}
    assert both.keys_by_output_name == {"a": A, "b": B}
    assert both.can_subset
    assert [spec.name for spec in both.check_specs] == ["ok"]
    assert both.check_keys == {dg.AssetCheckKey(A, "ok")}
    assert both.get_asset_spec(B).key == B
    assert both.specs_by_key[A] == both.get_asset_spec(A)


@pytest.mark.parametrize("ask", [lambda d: d.key, lambda d: d.get_asset_spec()])
def test_what_is_of_one_asset_is_an_error_for_several(ask: Any) -> None:
    with pytest.raises(dg.InvariantViolationError, match="makes 2 assets"):
        ask(both)


def test_the_spec_of_an_asset_that_it_does_not_make_is_an_error_with_the_near_name() -> None:
    with pytest.raises(dg.DagxError, match=r'(?s)"aa".*did you mean "a"'):
        both.get_asset_spec(dg.AssetKey("aa"))


def test_the_op_that_computes_is_there() -> None:
    assert a.op is a.node_def
    assert a.op.name == "a"
    assert a.op.retry_policy == dg.RetryPolicy()


def test_conditions_are_by_key_of_those_that_have_one() -> None:
    assert a.automation_conditions_by_key == {A: EAGER}
    assert both.automation_conditions_by_key == {}


def test_partitions_are_those_of_all_its_assets() -> None:
    assert a.partitions_def is None
    assert dg.asset(name="x", partitions_def=ABC)(lambda: 1).partitions_def == ABC


def test_the_mapping_of_a_dependency_is_that_which_was_given_for_it() -> None:
    last, every = dg.LastPartitionMapping(), dg.AllPartitionMapping()

    @dg.asset(
        ins={"up": dg.AssetIn(partition_mapping=last)}, deps=[dg.AssetDep("z", partition_mapping=every), "w"]
    )
    def x(up: int) -> None: ...

    assert x.get_partition_mapping(UP) == last
    assert x.get_partition_mapping(Z) == every
    assert x.get_partition_mapping(dg.AssetKey("w")) is None


# Copies


def test_mapping_specs_changes_a_copy() -> None:
    changed = a.map_asset_specs(lambda spec: spec.replace_attributes(owners=["team:x"], group_name="h"))
    assert changed.owners_by_key == {A: ["team:x"]}
    assert changed.group_names_by_key == {A: "h"}
    assert a.owners_by_key == {A: []}
    up = dg.asset(name="up")(lambda: 1)
    assert dg.materialize([up, dg.AssetSpec("z"), changed], selection=["up", "a"]).asset_value("a") == 2


def test_mapping_specs_may_not_change_a_key_or_drop_what_fills_a_parameter() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match='changed the key "a"'):
        a.map_asset_specs(lambda spec: spec.replace_attributes(key="other"))
    with pytest.raises(dg.InvalidDefinitionError, match=r"(?s)dropped the dependency \"up\".*'up' is filled"):
        a.map_asset_specs(lambda spec: spec.replace_attributes(deps=[]))
    with pytest.raises(dg.InvalidArgumentError, match="returned None"):
        a.map_asset_specs(lambda spec: None)  # type: ignore[arg-type, return-value]


def test_mapping_specs_may_add_dependencies() -> None:
    more = a.map_asset_specs(lambda spec: spec.merge_attributes(deps=["w"]))
    assert more.dependency_keys == {UP, Z, dg.AssetKey("w")}


def test_keys_may_be_replaced_wherever_they_stand() -> None:
    prefixed = a.with_attributes(
        asset_key_replacements={A: A.with_prefix("p"), UP: UP.with_prefix("p")}, group_names_by_key={A: "h"}
    )
    assert prefixed.key == dg.AssetKey(["p", "a"])
    assert prefixed.dependency_keys == {dg.AssetKey(["p", "up"]), Z}
    assert prefixed.keys_by_input_name == {"up": dg.AssetKey(["p", "up"]), "z": Z}
    assert prefixed.group_names_by_key == {prefixed.key: "h"}
    assert prefixed.op.name == "p__a"
    up = dg.asset(key=["p", "up"])(lambda: 1)
    result = dg.materialize([up, prefixed], selection=["p/up", "p/a"])
    assert result.asset_value(["p", "a"]) == 2
    assert result.is_node_success("p__a")


def test_replaced_keys_hold_for_checks_and_what_the_function_is_told() -> None:
    moved = both.with_attributes(asset_key_replacements={A: A.with_prefix("p")})
    assert moved.check_keys == {dg.AssetCheckKey(A.with_prefix("p"), "ok")}
    assert moved.asset_deps == {dg.AssetKey(["p", "a"]): {UP}, B: {dg.AssetKey(["p", "a"])}}
    result = dg.materialize([moved])
    assert {event.asset_key for event in result.get_asset_materialization_events()} == {
        dg.AssetKey(["p", "a"]),
        B,
    }
    assert result.get_asset_check_evaluations()[0].asset_key == dg.AssetKey(["p", "a"])


def test_with_resources_brings_those_along_that_are_required_and_missing() -> None:
    asks = dg.asset(name="asks", required_resource_keys={"r"})(lambda context: context.resources.r)
    bound = asks.with_resources({"r": 7, "unused": 8})
    assert bound.resource_defs == {"r": 7}
    assert dg.materialize([bound]).asset_value("asks") == 7
    assert bound.with_resources({"r": 9}).resource_defs == {"r": 7}


def test_with_hooks_adds_to_its_hooks() -> None:
    told: list[str] = []

    @dg.success_hook(name="one")
    def one(context: dg.HookContext) -> None:
        told.append("one")

    @dg.success_hook(name="two")
    def two(context: dg.HookContext) -> None:
        told.append("two")

    made = dg.asset(name="made", hooks={one})(lambda: 1).with_hooks({two})
    assert made.hook_defs == {one, two}
    dg.materialize([made])
    assert told == ["one", "two"]


def test_a_definition_cannot_be_changed_in_place() -> None:
    with pytest.raises(AttributeError):
        a.can_subset = True  # type: ignore[misc]


def test_an_attribute_that_is_not_there_is_said_with_the_near_name() -> None:
    with pytest.raises(AttributeError, match="group_names_by_key"):
        _ = a.group_name_by_key  # type: ignore[attr-defined]


def test_definitions_are_told_apart_and_can_be_members_of_sets() -> None:
    other = dg.asset(name="a")(lambda: 1)
    assert a != other
    assert len({a, other, a}) == 2
    assert "a" in repr(a)
