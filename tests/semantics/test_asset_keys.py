"""Section 1: asset keys and names."""

import pickle

import pytest

import dagx as dg


def test_a_str_is_one_segment_and_never_split() -> None:
    assert dg.AssetKey("a/b").path == ["a/b"]
    assert dg.AssetKey("a/b") != dg.AssetKey(["a", "b"])
    assert dg.AssetKey("a/b").to_user_string() == dg.AssetKey(["a", "b"]).to_user_string() == "a/b"


def test_a_str_is_one_segment_wherever_an_asset_is_declared_or_needed() -> None:
    one = dg.AssetKey(["a/b"])
    assert dg.AssetSpec("a/b").key == dg.AssetDep("a/b").asset_key == one
    assert dg.asset(name="x", deps=["a/b"])(lambda: None).dependency_keys == {one}
    assert dg.asset(name="x", ins={"up": dg.AssetIn(key="a/b")})(lambda up: None).dependency_keys == {one}


def test_a_key_is_hashable_sortable_and_cannot_be_changed() -> None:
    keys = [dg.AssetKey(["b"]), dg.AssetKey(["a", "z"]), dg.AssetKey(["a"])]
    assert sorted(keys) == [dg.AssetKey("a"), dg.AssetKey(["a", "z"]), dg.AssetKey("b")]
    assert len({dg.AssetKey("a"), dg.AssetKey(["a"])}) == 1
    with pytest.raises(AttributeError):
        dg.AssetKey("a").parts = ("b",)  # type: ignore[misc]


def test_a_key_has_its_segments_as_list_and_as_tuple() -> None:
    key = dg.AssetKey(["a", "b"])
    assert key.path == ["a", "b"]
    assert key.parts == ("a", "b")
    assert str(key) == "AssetKey(['a', 'b'])"
    assert key.to_string() == '["a", "b"]'


def test_a_user_string_is_split_at_every_slash() -> None:
    assert dg.AssetKey.from_user_string("a/b/c") == dg.AssetKey(["a", "b", "c"])


@pytest.mark.parametrize("path", [["a/b", "c"], ["a\\", "/"], ["", "x"], ["plain"]])
def test_an_escaped_user_string_reads_back(path: list[str]) -> None:
    key = dg.AssetKey(path)
    assert dg.AssetKey.from_escaped_user_string(key.to_escaped_user_string()) == key


def test_the_python_identifier_joins_segments_and_replaces_dashes_and_dots() -> None:
    assert dg.AssetKey(["my-raw", "a.b"]).to_python_identifier() == "my_raw__a_b"
    assert dg.AssetKey("a").to_python_identifier("in") == "a__in"


def test_prefixes() -> None:
    assert dg.AssetKey(["a", "b"]).has_prefix(["a"])
    assert not dg.AssetKey(["a", "b"]).has_prefix(["b"])
    assert dg.AssetKey("b").with_prefix("x/y") == dg.AssetKey(["x/y", "b"])
    assert dg.AssetKey("b").with_prefix(["x", "y"]) == dg.AssetKey(["x", "y", "b"])


def test_what_can_stand_for_a_key() -> None:
    assert dg.AssetKey.from_coercible("a") == dg.AssetKey.from_coercible(["a"]) == dg.AssetKey(("a",))
    assert dg.AssetKey.from_coercible_or_definition(dg.AssetSpec("a")) == dg.AssetKey("a")
    with pytest.raises(dg.InvalidArgumentError, match="an asset key is a str or a list of str"):
        dg.AssetKey.from_coercible(3)  # type: ignore[arg-type]
    with pytest.raises(dg.InvalidArgumentError):
        dg.AssetKey(["a", 1])  # type: ignore[list-item]


def test_a_key_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(dg.AssetKey(["a", "b"]))) == dg.AssetKey(["a", "b"])


def test_event_constructors_split_a_str_at_every_odd_character() -> None:
    assert dg.AssetMaterialization("a/b.c").asset_key == dg.AssetKey(["a", "b", "c"])
    assert dg.AssetObservation("a//b").asset_key == dg.AssetKey(["a", "b"])


@pytest.mark.parametrize("name", ["my-asset", "my.asset", "a1", "A"])
def test_dashes_and_dots_are_accepted_in_a_segment(name: str) -> None:
    @dg.asset(name=name)
    def made() -> None: ...

    assert made.key == dg.AssetKey(name)
    assert made.op.name == name.replace("-", "_").replace(".", "_")


@pytest.mark.parametrize("name", ["my asset", "my/asset", "config", "type", "class", "input", "dict", ""])
def test_names_that_make_no_identifier_are_rejected(name: str) -> None:
    with pytest.raises(dg.InvalidDefinitionError):
        dg.asset(key=name)(lambda: None)


def test_a_slash_in_a_name_is_answered_with_the_way_out() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="write the segments as a list"):
        dg.asset(key="raw/orders")(lambda: None)


def test_a_reserved_word_is_fine_below_a_prefix() -> None:
    assert dg.asset(key=["a", "type"])(lambda: None).key == dg.AssetKey(["a", "type"])


def test_an_asset_spec_is_not_held_to_identifiers() -> None:
    assert dg.AssetSpec("my asset").key == dg.AssetKey("my asset")


def test_the_key_is_prefix_and_name_or_the_key_alone() -> None:
    @dg.asset(key_prefix=["raw", "", "eu"])
    def orders() -> None: ...

    @dg.asset(key_prefix="eu", name="c")
    def other() -> None: ...

    @dg.asset(key=["x", "y"])
    def third() -> None: ...

    assert orders.key == dg.AssetKey(["raw", "eu", "orders"])
    assert other.key == dg.AssetKey(["eu", "c"])
    assert third.key == dg.AssetKey(["x", "y"])


@pytest.mark.parametrize("also", [{"name": "n"}, {"key_prefix": "p"}])
def test_key_excludes_name_and_prefix(also: dict[str, str]) -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="not both"):
        dg.asset(key="k", **also)(lambda: None)  # type: ignore[call-overload]


def test_a_lambda_needs_a_name() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="lambda"):
        dg.asset(lambda: None)
    assert dg.asset(name="n")(lambda: None).key == dg.AssetKey("n")
    assert dg.asset(key=["p", "n"])(lambda: None).key == dg.AssetKey(["p", "n"])
