"""Sections 1 to 3: groups, tags, kinds, owners, descriptions, metadata, and specs."""

from typing import Any

import pytest

import dagx as dg


def made(**arguments: Any) -> dg.AssetSpec:
    return dg.asset(name="a", **arguments)(lambda: None).get_asset_spec()


@pytest.mark.parametrize("group", ["a", "marketing/foo", "A_1/b/c"])
def test_a_group_is_simple_names_joined_by_slashes(group: str) -> None:
    assert made(group_name=group).group_name == group


@pytest.mark.parametrize("group", ["", "a b", "a-b", "/a", "a/", "a//b"])
def test_other_groups_are_rejected(group: str) -> None:
    with pytest.raises(dg.InvalidDefinitionError):
        made(group_name=group)
    with pytest.raises(dg.InvalidDefinitionError):
        dg.AssetSpec("a", group_name=group)


def test_the_group_is_default_for_a_definition_and_none_for_a_lone_spec() -> None:
    assert made().group_name == "default"
    assert dg.AssetSpec("a").group_name is None
    assert dg.Definitions([dg.AssetSpec("a")]).resolve_all_asset_specs()[0].group_name == "default"


@pytest.mark.parametrize("tags", [{"a": "b"}, {"a.b-c_1": ""}, {"ns/name": "v"}, {"x" * 63: "y" * 63}])
def test_tags_of_the_strict_form(tags: dict[str, str]) -> None:
    assert made(tags=tags).tags == tags


@pytest.mark.parametrize(
    "tags",
    [
        {"a b": "c"},
        {"a/b/c": "d"},
        {"": "v"},
        {"x" * 64: ""},
        {"a": "b c"},
        {"a": "y" * 64},
        {"a": 1},
        {"/a": ""},
    ],
)
def test_other_tags_are_rejected(tags: dict[str, Any]) -> None:
    with pytest.raises(dg.InvalidDefinitionError):
        made(tags=tags)


def test_kinds_are_kept_as_tags_and_given_back() -> None:
    spec = made(kinds={"python", "a b"}, tags={"t": "1"})
    assert spec.kinds == {"python", "a b"}
    assert spec.tags == {"t": "1", "dagster/kind/python": "", "dagster/kind/a b": ""}


def test_an_asset_has_at_most_ten_kinds() -> None:
    with pytest.raises(dg.InvalidDefinitionError):
        made(kinds={str(number) for number in range(11)})
    assert len(made(kinds={str(number) for number in range(10)}).kinds) == 10


@pytest.mark.parametrize("owner", ["a@b.com", "team:data", "first.last@sub.domain.org"])
def test_owners_are_addresses_or_teams(owner: str) -> None:
    assert made(owners=[owner]).owners == [owner]


@pytest.mark.parametrize("owner", ["team:", "somebody", "a@b", "a b@c.com", "", 3])
def test_other_owners_are_rejected(owner: Any) -> None:
    with pytest.raises(dg.InvalidDefinitionError):
        made(owners=[owner])


def test_the_description_is_the_docstring_cleaned() -> None:
    @dg.asset
    def documented() -> None:
        """What it is.

        And more.
        """

    assert documented.get_asset_spec().description == "What it is.\n\nAnd more."
    assert made(description="given").description == "given"


def test_definition_metadata_holds_any_values() -> None:
    thing = object()
    assert made(metadata={"x": thing}).metadata == {"x": thing}
    with pytest.raises(dg.InvalidDefinitionError):
        made(metadata={1: "x"})


def test_a_spec_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        dg.AssetSpec("a").description = "x"


def test_replacing_tags_keeps_kinds_and_the_other_way_round() -> None:
    spec = dg.AssetSpec("a", tags={"t": "1"}, kinds={"k"}, owners=["team:x"])
    assert spec.replace_attributes(tags={"u": "2"}).tags == {"u": "2", "dagster/kind/k": ""}
    assert spec.replace_attributes(kinds={"l"}).tags == {"t": "1", "dagster/kind/l": ""}
    assert spec.replace_attributes(owners=None).owners == []
    assert spec.replace_attributes(key="b").key == dg.AssetKey("b")


def test_merging_attributes_adds_to_them() -> None:
    spec = dg.AssetSpec("a", deps=["x"], tags={"t": "1"}, kinds={"k"}, owners=["team:x"], metadata={"m": 1})
    merged = spec.merge_attributes(
        deps=["y"], tags={"u": "2"}, kinds={"l"}, owners=["team:y"], metadata={"n": 2}
    )
    assert [dep.asset_key.to_user_string() for dep in merged.deps] == ["x", "y"]
    assert merged.tags == {"t": "1", "u": "2", "dagster/kind/k": "", "dagster/kind/l": ""}
    assert merged.owners == ["team:x", "team:y"]
    assert merged.metadata == {"m": 1, "n": 2}


def test_with_io_manager_key_keeps_it_in_metadata() -> None:
    spec = dg.AssetSpec("a").with_io_manager_key("csv")
    assert spec.metadata == {"dagster/io_manager_key": "csv"}


def test_map_asset_specs_maps_specs_and_definitions() -> None:
    definition = dg.asset(name="a")(lambda: None)
    specs = dg.map_asset_specs(
        lambda spec: spec.replace_attributes(group_name="g"), [dg.AssetSpec("b"), definition]
    )
    assert specs[0].group_name == "g"
    assert specs[1].get_asset_spec().group_name == "g"


def test_map_asset_specs_may_not_change_a_key() -> None:
    definition = dg.asset(name="a")(lambda: None)
    with pytest.raises(dg.InvalidDefinitionError, match="changed the key"):
        definition.map_asset_specs(lambda spec: spec.replace_attributes(key="b"))


def test_an_unknown_keyword_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'partition_def'; did you mean"):
        made(partition_def=1)
    with pytest.raises(TypeError):
        dg.AssetSpec("a", nonsense=1)  # type: ignore[arg-type]


def test_what_people_ask_a_definition() -> None:
    @dg.asset(
        deps=["z"], owners=["team:x"], code_version="3", metadata={"m": 1}, tags={"t": "1"}, group_name="g"
    )
    def a(up: int) -> int:
        """About a."""
        return up

    key, up, z = dg.AssetKey("a"), dg.AssetKey("up"), dg.AssetKey("z")
    assert a.key == key
    assert a.keys == {key}
    assert a.specs_by_key == {key: a.get_asset_spec()}
    assert a.asset_deps == {key: {up, z}}
    assert a.dependency_keys == {up, z}
    assert a.keys_by_input_name == {"up": up, "z": z}
    assert a.keys_by_output_name == {"result": key}
    assert a.group_names_by_key == {key: "g"}
    assert a.descriptions_by_key == {key: "About a."}
    assert a.tags_by_key == {key: {"t": "1"}}
    assert a.metadata_by_key == {key: {"m": 1}}
    assert a.code_versions_by_key == {key: "3"}
    assert a.owners_by_key == {key: ["team:x"]}
    assert a.required_resource_keys == {"io_manager"}
    assert isinstance(a, dg.AssetsDefinition)


def test_every_input_has_a_name_also_those_that_are_only_waited_for() -> None:
    @dg.asset(ins={"x": dg.AssetIn("other")}, deps=[["p", "y-z"], "a.b"])
    def one(x: int) -> None: ...

    other = dg.AssetKey("other")
    assert one.keys_by_input_name == {
        "x": other,
        "p_y_z": dg.AssetKey(["p", "y-z"]),
        "a_b": dg.AssetKey("a.b"),
    }

    @dg.multi_asset(specs=[dg.AssetSpec("m1", deps=["d1"]), dg.AssetSpec("m2", deps=["m1", "d2"])])
    def several() -> None: ...

    assert several.keys_by_input_name == {"d1": dg.AssetKey("d1"), "d2": dg.AssetKey("d2")}

    @dg.asset_check(asset="a", additional_deps=["z"])
    def check() -> None: ...

    assert check.keys_by_input_name == {"a": dg.AssetKey("a"), "z": dg.AssetKey("z")}


def test_an_asset_made_from_itself_is_its_own_input() -> None:
    before = dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)
    days = dg.DailyPartitionsDefinition("2024-01-01")

    @dg.asset(partitions_def=days, deps=[dg.AssetDep("total", partition_mapping=before)])
    def total() -> None: ...

    assert total.keys_by_input_name == {"total": total.key}


def test_two_inputs_never_share_a_name() -> None:
    @dg.asset(deps=[["a", "b"], "a_b"])
    def one() -> None: ...

    assert set(one.keys_by_input_name.values()) == one.dependency_keys
