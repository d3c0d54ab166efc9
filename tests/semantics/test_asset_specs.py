"""Section 3: AssetSpec, AssetDep, AssetIn and AssetOut."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

import dagx as dg

ABC = dg.StaticPartitionsDefinition(["a"])


def test_a_spec_says_what_an_asset_is() -> None:
    spec = dg.AssetSpec(
        "a",
        deps=["up"],
        description="d",
        metadata={"m": object},
        skippable=True,
        group_name="g/h",
        code_version="1",
        owners=["team:x"],
        tags={"t": "1"},
        kinds={"k"},
        partitions_def=ABC,
    )
    assert spec.key == dg.AssetKey("a")
    assert [dep.asset_key for dep in spec.deps] == [dg.AssetKey("up")]
    assert (spec.description, spec.metadata, spec.skippable) == ("d", {"m": object}, True)
    assert (spec.group_name, spec.code_version, spec.owners) == ("g/h", "1", ["team:x"])
    assert (spec.tags, spec.kinds, spec.partitions_def) == ({"t": "1", "dagster/kind/k": ""}, {"k"}, ABC)


@pytest.mark.parametrize(
    "wrong",
    [
        {"group_name": "a b"},
        {"owners": ["nobody"]},
        {"tags": {"a b": "c"}},
        {"tags": {"a": 1}},
        {"kinds": {str(n) for n in range(11)}},
        {"metadata": {1: 2}},
        {"partitions_def": "daily"},
    ],
)
def test_a_spec_is_checked_when_it_is_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(dg.DagxError):
        dg.AssetSpec("a", **wrong)


def test_a_spec_cannot_be_changed_and_what_it_was_made_of_may_be() -> None:
    given: dict[str, Any] = {"n": 1}
    spec = dg.AssetSpec("a", metadata=given)
    given["n"] = 2
    assert spec.metadata == {"n": 1}
    with pytest.raises(AttributeError, match="make another"):
        spec.group_name = "g"


FULL = dg.AssetSpec(
    "a", deps=["x"], metadata={"m": 1}, owners=["team:x"], tags={"t": "1"}, kinds={"k"}, group_name="g"
)


@pytest.mark.parametrize(
    ("replaced", "attribute", "value"),
    [
        ({"key": "b"}, "key", dg.AssetKey("b")),
        ({"deps": ["y"]}, "deps", [dg.AssetDep("y")]),
        ({"deps": None}, "deps", []),
        ({"metadata": {"n": 2}}, "metadata", {"n": 2}),
        ({"metadata": None}, "metadata", {}),
        ({"owners": []}, "owners", []),
        ({"tags": {"u": "2"}}, "tags", {"u": "2", "dagster/kind/k": ""}),
        ({"tags": {}}, "kinds", {"k"}),
        ({"kinds": {"l"}}, "tags", {"t": "1", "dagster/kind/l": ""}),
        ({"kinds": None}, "tags", {"t": "1"}),
        ({"group_name": None}, "group_name", None),
        ({"code_version": "2"}, "code_version", "2"),
        ({"skippable": True}, "skippable", True),
        ({"description": "e"}, "description", "e"),
        ({"partitions_def": ABC}, "partitions_def", ABC),
    ],
)
def test_a_given_attribute_replaces_the_old_one(
    replaced: dict[str, Any], attribute: str, value: object
) -> None:
    other = FULL.replace_attributes(**replaced)
    assert getattr(other, attribute) == value
    kept = {"key", "deps", "metadata", "owners", "tags", "group_name"} - set(replaced) - {"tags", "kinds"}
    assert all(getattr(other, name) == getattr(FULL, name) for name in kept)


@pytest.mark.parametrize(
    ("merged", "attribute", "value"),
    [
        ({"deps": ["y"]}, "deps", [dg.AssetDep("x"), dg.AssetDep("y")]),
        ({"deps": ["x"]}, "deps", [dg.AssetDep("x")]),
        ({"metadata": {"n": 2}}, "metadata", {"m": 1, "n": 2}),
        ({"metadata": {"m": 2}}, "metadata", {"m": 2}),
        ({"owners": ["team:y"]}, "owners", ["team:x", "team:y"]),
        ({"tags": {"u": "2"}}, "tags", {"t": "1", "u": "2", "dagster/kind/k": ""}),
        ({"tags": {"t": "2"}}, "tags", {"t": "2", "dagster/kind/k": ""}),
        ({"kinds": {"l"}}, "kinds", {"k", "l"}),
    ],
)
def test_merging_adds_to_what_is_there(merged: dict[str, Any], attribute: str, value: object) -> None:
    assert getattr(FULL.merge_attributes(**merged), attribute) == value


@pytest.mark.parametrize(
    "wrong",
    [{"partitions_def": "x"}, {"automation_condition": 1}, {"group_name": "a b"}, {"code_version": 1}],
)
def test_what_is_replaced_is_checked_as_well(wrong: dict[str, Any]) -> None:
    with pytest.raises(dg.DagxError):
        FULL.replace_attributes(**wrong)


def test_the_io_manager_key_is_kept_in_metadata() -> None:
    spec = dg.AssetSpec("a", metadata={"m": 1}).with_io_manager_key("csv")
    assert spec.metadata == {"m": 1, "dagster/io_manager_key": "csv"}
    assert spec.io_manager_key == "csv"
    assert dg.AssetSpec("a").io_manager_key == "io_manager"


def test_partition_mappings_are_those_of_its_deps() -> None:
    last = dg.LastPartitionMapping()
    spec = dg.AssetSpec("a", deps=["x", dg.AssetDep("y", partition_mapping=last)])
    assert spec.partition_mappings == {dg.AssetKey("y"): last}


def test_specs_are_equal_by_what_they_say() -> None:
    assert dg.AssetSpec("a", tags={"t": "1"}) == dg.AssetSpec("a", tags={"t": "1"})
    assert dg.AssetSpec("a") != dg.AssetSpec("a", group_name="g")
    assert len({dg.AssetSpec("a"), dg.AssetSpec("a")}) == 1


def test_a_freshness_policy_is_applied_to_specs_and_kept_where_one_is_unless_told_otherwise() -> None:
    first = dg.FreshnessPolicy.time_window(fail_window=datetime.timedelta(hours=1))
    second = dg.FreshnessPolicy.time_window(fail_window=datetime.timedelta(hours=2))
    spec = dg.apply_freshness_policy(dg.AssetSpec("a"), first)
    assert spec.freshness_policy == first
    assert dg.apply_freshness_policy(spec, second).freshness_policy == second
    assert dg.apply_freshness_policy(spec, second, overwrite_existing=False).freshness_policy == first


# AssetDep


@pytest.mark.parametrize(
    "asset",
    ["a", dg.AssetKey("a"), ["a"], dg.AssetSpec("a"), dg.SourceAsset("a"), dg.asset(name="a")(lambda: 1)],
    ids=["str", "key", "list", "spec", "source", "definition"],
)
def test_a_dep_is_of_whatever_has_one_key(asset: Any) -> None:
    assert dg.AssetDep(asset).asset_key == dg.AssetKey("a")


def test_a_dep_takes_one_asset_and_no_dep() -> None:
    both = dg.multi_asset(specs=[dg.AssetSpec("a"), dg.AssetSpec("b")], name="both")(lambda: None)
    with pytest.raises(dg.InvalidDefinitionError, match="takes one asset"):
        dg.AssetDep(both)
    with pytest.raises(dg.InvalidArgumentError):
        dg.AssetDep(dg.AssetDep("a"))


def test_a_dep_has_a_mapping_and_metadata() -> None:
    last = dg.LastPartitionMapping()
    dep = dg.AssetDep("a", partition_mapping=last, metadata={"m": 1})
    assert (dep.partition_mapping, dep.metadata) == (last, {"m": 1})
    assert dep == dg.AssetDep("a", partition_mapping=last, metadata={"m": 1})


def test_a_mapping_of_another_class_is_no_mapping() -> None:
    for make in (dg.AssetDep, dg.AssetIn):
        with pytest.raises(dg.InvalidArgumentError, match="partition_mapping is a PartitionMapping"):
            make("a", partition_mapping="last")  # type: ignore[arg-type]


# AssetIn and AssetOut


@pytest.mark.parametrize("kind", [dg.AssetIn, dg.AssetOut])
def test_key_and_key_prefix_exclude_each_other(kind: Any) -> None:
    with pytest.raises(dg.InvalidArgumentError, match="key or key_prefix, not both"):
        kind(key="a", key_prefix="b")


def test_an_out_is_checked_when_it_is_made() -> None:
    for wrong in ({"group_name": "a b"}, {"owners": ["x"]}, {"tags": {"a": 1}}, {"freshness_policy": 1}):
        with pytest.raises(dg.DagxError):
            dg.AssetOut(**wrong)


def test_an_out_of_a_spec_says_what_the_spec_says() -> None:
    spec = dg.AssetSpec(
        "x", description="d", metadata={"m": 1}, tags={"t": "1"}, kinds={"k"}, owners=["team:x"]
    )
    out = dg.AssetOut.from_spec(spec, is_required=False, io_manager_key="csv", dagster_type=int)
    made = dg.multi_asset(outs={"o": out}, name="made")(lambda: 1)
    found = made.get_asset_spec()
    assert (found.key, found.description, found.metadata) == (spec.key, "d", {"m": 1})
    assert (found.tags, found.kinds, found.owners) == (spec.tags, {"k"}, ["team:x"])
    assert found.io_manager_key == "csv"
    assert not made.op.outputs[0].is_required


def test_an_out_of_a_spec_with_deps_is_refused() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="without deps"):
        dg.AssetOut.from_spec(dg.AssetSpec("x", deps=["y"]))


def test_map_asset_specs_leaves_the_originals_alone() -> None:
    spec, definition = dg.AssetSpec("a"), dg.asset(name="b")(lambda: 1)
    mapped = dg.map_asset_specs(lambda one: one.replace_attributes(owners=["team:x"]), [spec, definition])
    assert [one.owners if isinstance(one, dg.AssetSpec) else one.owners_by_key for one in mapped] == [
        ["team:x"],
        {dg.AssetKey("b"): ["team:x"]},
    ]
    assert spec.owners == []
    assert definition.owners_by_key == {dg.AssetKey("b"): []}
