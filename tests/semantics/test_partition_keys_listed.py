"""Sections 12.3 to 12.5: static, dynamic and multi-partitions."""

import copy
import pickle
from collections.abc import Callable, Sequence
from datetime import datetime

import pytest

import dagx as dg

Static, Dynamic, Multi = (
    dg.StaticPartitionsDefinition,
    dg.DynamicPartitionsDefinition,
    dg.MultiPartitionsDefinition,
)
Range = dg.PartitionKeyRange
DAYS = dg.DailyPartitionsDefinition("2024-01-01", end_date="2024-01-04")


class Store:
    """Keeps keys of dynamic partitions as an instance does."""

    def __init__(self, **keys: list[str]) -> None:
        self.keys = keys

    def get_dynamic_partitions(self, partitions_def_name: str) -> Sequence[str]:
        return self.keys.get(partitions_def_name, [])

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        return partition_key in self.get_dynamic_partitions(partitions_def_name)

    def add_dynamic_partitions(self, partitions_def_name: str, partition_keys: Sequence[str]) -> None:
        there = self.keys.setdefault(partitions_def_name, [])
        there += [key for key in partition_keys if key not in there]

    def delete_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> None:
        self.keys[partitions_def_name].remove(partition_key)


# Static


def test_static_keys_keep_their_order() -> None:
    static = Static(["b", "a", "c"])
    assert static.get_partition_keys() == ["b", "a", "c"]
    assert (static.get_first_partition_key(), static.get_last_partition_key()) == ("b", "c")
    assert static.get_num_partitions() == 3
    assert static.has_partition_key("a")
    assert not static.has_partition_key("d")
    assert static.get_tags_for_partition_key("a") == {"dagster/partition": "a"}


def test_static_definitions_are_equal_when_keys_and_order_are() -> None:
    assert Static(["a", "b"]) == Static(("a", "b"))
    assert hash(Static(["a", "b"])) == hash(Static(["a", "b"]))
    assert Static(["a", "b"]) != Static(["b", "a"])
    assert Static(["a"]) != DAYS
    assert pickle.loads(pickle.dumps(Static(["a", "b"]))) == Static(["a", "b"])


@pytest.mark.parametrize("mark", ["...", "\a", "\b", "\f", "\n", "\r", "\t", "\v", "\0"])
def test_dots_and_control_characters_are_refused(mark: str) -> None:
    with pytest.raises(dg.DagsterInvalidDefinitionError):
        Static([f"a{mark}b"])


def test_duplicates_are_refused() -> None:
    with pytest.raises(dg.DagsterInvalidDefinitionError, match="'a' are given twice"):
        Static(["a", "b", "a"])


def test_what_is_no_str_is_refused() -> None:
    with pytest.raises(dg.DagxError, match="not 1"):
        Static([1])  # type: ignore[list-item]


def test_commas_and_bars_are_allowed_outside_of_multi_partitions() -> None:
    keys = ["a,b", "a|b", "[a]"]
    assert Static(keys).get_partition_keys() == keys
    for key in (*keys, "a]"):
        with pytest.raises(dg.DagsterInvalidDefinitionError):
            Multi({"a": Static([key]), "b": Static(["x"])})


def test_a_bare_str_is_its_characters() -> None:
    assert Static("abc").get_partition_keys() == ["a", "b", "c"]


def test_a_range_of_static_keys() -> None:
    static = Static(["a", "b", "c", "d"])
    assert static.get_partition_keys_in_range(Range("b", "c")) == ["b", "c"]
    assert static.get_partition_keys_in_range(Range("b", "b")) == ["b"]
    assert static.get_partition_keys_in_range(Range("c", "b")) == []
    with pytest.raises(dg.DagsterInvalidInvocationError, match="'x'"):
        static.get_partition_keys_in_range(Range("a", "x"))


# Dynamic


def test_dynamic_keys_are_those_of_the_store_in_the_order_of_adding() -> None:
    dynamic = Dynamic(name="colors")
    with dg.partition_loading_context(dynamic_partitions_store=Store(colors=["red", "blue"])):
        assert dynamic.get_partition_keys() == ["red", "blue"]
        assert (dynamic.get_first_partition_key(), dynamic.get_last_partition_key()) == ("red", "blue")
        assert dynamic.get_num_partitions() == 2
        assert dynamic.has_partition_key("red")
        assert not dynamic.has_partition_key("green")
        assert dynamic.get_partition_keys_in_range(Range("red", "blue")) == ["red", "blue"]
    assert dynamic.get_partition_keys(dynamic_partitions_store=Store(colors=["x"])) == ["x"]
    assert dynamic.has_partition_key("x", dynamic_partitions_store=Store(colors=["x"]))
    assert Dynamic(name="empty").get_last_partition_key(dynamic_partitions_store=Store()) is None


def test_a_dynamic_definition_has_a_name_or_a_function() -> None:
    for arguments in ({}, {"name": "x", "partition_fn": lambda _: ["a"]}):
        with pytest.raises(dg.DagsterInvalidDefinitionError, match=r"name=|name or a partition_fn"):
            Dynamic(**arguments)  # type: ignore[arg-type]
    assert Dynamic(lambda _: ["a", "b"]).get_partition_keys() == ["a", "b"]
    assert Dynamic(lambda _: ["a", "b"]).has_partition_key("b")


@pytest.mark.parametrize(
    "read",
    [
        lambda definition: definition.get_partition_keys(),
        lambda definition: definition.has_partition_key("a"),
        lambda definition: definition.get_num_partitions(),
    ],
)
def test_reading_dynamic_keys_without_a_store_raises(
    read: Callable[[dg.PartitionsDefinition], object],
) -> None:
    with pytest.raises(dg.DagxError, match="kept by an instance"):
        read(Dynamic(name="colors"))


def test_requests_to_add_and_delete_keys() -> None:
    dynamic = Dynamic(name="colors")
    add, delete = dynamic.build_add_request(["red"]), dynamic.build_delete_request(["blue"])
    assert add == dg.AddDynamicPartitionsRequest("colors", ["red"])
    assert delete == dg.DeleteDynamicPartitionsRequest("colors", ["blue"])
    assert (add.partitions_def_name, list(add.partition_keys)) == ("colors", ["red"])
    with pytest.raises(dg.DagxError):
        Dynamic(lambda _: []).build_add_request(["a"])
    with pytest.raises(dg.DagxError):
        dynamic.build_add_request("red")


def test_keys_of_dynamic_partitions_are_not_held_to_the_rules_of_static_ones() -> None:
    store = Store()
    store.add_dynamic_partitions("colors", ["a...b"])
    assert Dynamic(name="colors").get_partition_keys(dynamic_partitions_store=store) == ["a...b"]


def test_dynamic_definitions_are_equal_by_name() -> None:
    assert Dynamic(name="x") == Dynamic(name="x") != Dynamic(name="y")
    assert copy.deepcopy(Dynamic(name="x")) == Dynamic(name="x")


# Multi


def test_dimensions_are_sorted_by_name_whatever_the_order_given() -> None:
    one = Multi({"st": Static(["a", "b"]), "day": DAYS})
    other = Multi({"day": DAYS, "st": Static(["a", "b"])})
    assert one == other
    assert hash(one) == hash(other)
    assert one.partition_dimension_names == ["day", "st"]
    assert one.get_partition_keys() == [
        "2024-01-01|a",
        "2024-01-01|b",
        "2024-01-02|a",
        "2024-01-02|b",
        "2024-01-03|a",
        "2024-01-03|b",
    ]
    assert (one.get_first_partition_key(), one.get_last_partition_key()) == ("2024-01-01|a", "2024-01-03|b")
    assert one.get_num_partitions() == 6


@pytest.mark.parametrize("number", [0, 1, 3])
def test_there_are_exactly_two_dimensions(number: int) -> None:
    with pytest.raises(dg.DagsterInvalidInvocationError, match="two dimensions"):
        Multi({f"d{index}": Static(["a"]) for index in range(number)})


def test_a_dimension_is_static_of_time_windows_or_dynamic_with_a_name() -> None:
    Multi({"a": Dynamic(name="x"), "b": DAYS})
    nested = Multi({"a": Static(["x"]), "b": DAYS})
    for wrong in (nested, Dynamic(lambda _: ["a"]), "daily"):
        with pytest.raises(dg.DagxError):
            Multi({"a": wrong, "b": DAYS})  # type: ignore[dict-item]


def test_a_multi_key_is_a_str_that_knows_its_parts() -> None:
    key = dg.MultiPartitionKey({"st": "a", "day": "2024-01-01"})
    assert isinstance(key, str)
    assert key == "2024-01-01|a"
    assert hash(key) == hash("2024-01-01|a")
    assert key.keys_by_dimension == {"day": "2024-01-01", "st": "a"}
    assert pickle.loads(pickle.dumps(key)).keys_by_dimension == key.keys_by_dimension
    assert copy.deepcopy(key).keys_by_dimension == key.keys_by_dimension
    with pytest.raises(dg.DagxError):
        dg.MultiPartitionKey("2024-01-01|a")  # type: ignore[arg-type]


def test_keys_that_a_definition_gives_know_their_parts() -> None:
    multi = Multi({"st": Static(["a"]), "day": DAYS})
    for key in (*multi.get_partition_keys(), multi.get_partition_key_from_str("2024-01-01|a")):
        assert isinstance(key, dg.MultiPartitionKey)
        assert set(key.keys_by_dimension) == {"day", "st"}


@pytest.mark.parametrize(
    "key", ["2024-01-01", "2024-01-01|a|b", "a|2024-01-01", "2024-01-09|a", "2024-01-01|x", ""]
)
def test_a_key_with_wrong_parts_is_not_there(key: str) -> None:
    assert not Multi({"st": Static(["a"]), "day": DAYS}).has_partition_key(key)


def test_a_multi_key_of_other_dimensions_is_not_there() -> None:
    multi = Multi({"st": Static(["a"]), "day": DAYS})
    assert multi.has_partition_key(dg.MultiPartitionKey({"day": "2024-01-01", "st": "a"}))
    assert not multi.has_partition_key(dg.MultiPartitionKey({"date": "2024-01-01", "st": "a"}))
    assert not multi.has_partition_key(dg.MultiPartitionKey({"day": "2024-01-01"}))


def test_a_range_is_the_product_of_the_ranges_of_the_dimensions() -> None:
    multi = Multi({"st": Static(["a", "b", "c"]), "day": DAYS})
    found = multi.get_partition_keys_in_range(Range("2024-01-01|b", "2024-01-02|c"))
    assert found == ["2024-01-01|b", "2024-01-01|c", "2024-01-02|b", "2024-01-02|c"]
    with pytest.raises(dg.DagsterInvalidInvocationError):
        multi.get_partition_keys_in_range(Range("2024-01-01|b", "2024-01-02|x"))
    with pytest.raises(dg.DagsterInvalidInvocationError):
        multi.get_partition_keys_in_range(Range("2024-01-01", "2024-01-02|a"))


def test_the_dimensions_of_multi_partitions() -> None:
    static = Static(["a"])
    multi = Multi({"st": static, "day": DAYS})
    assert multi.time_window_dimension.name == multi.primary_dimension.name == "day"
    assert multi.secondary_dimension.name == "st"
    assert multi.get_partitions_def_for_dimension("st") is static
    assert multi.time_window_for_partition_key("2024-01-02|a").start.day == 2
    with pytest.raises(dg.DagxError, match="did you mean"):
        multi.get_partitions_def_for_dimension("dy")
    without = Multi({"x": static, "y": static})
    assert (without.primary_dimension.name, without.secondary_dimension.name) == ("x", "y")
    for definition in (without, Multi({"x": DAYS, "y": DAYS})):
        with pytest.raises(dg.DagxError, match="of time windows"):
            definition.time_window_dimension  # noqa: B018


def test_multi_partitions_grow_with_time_and_store() -> None:
    multi = Multi({"color": Dynamic(name="colors"), "day": dg.DailyPartitionsDefinition("2024-01-01")})
    with dg.partition_loading_context(datetime(2024, 1, 3), Store(colors=["red", "blue"])):
        assert multi.get_partition_keys() == [
            "red|2024-01-01",
            "red|2024-01-02",
            "blue|2024-01-01",
            "blue|2024-01-02",
        ]
    assert multi.get_num_partitions(datetime(2024, 1, 11), Store(colors=["red"])) == 10


def test_tags_name_the_key_and_its_parts() -> None:
    multi = Multi({"st": Static(["a"]), "day": DAYS})
    assert multi.get_tags_for_partition_key("2024-01-01|a") == {
        "dagster/partition": "2024-01-01|a",
        "dagster/partition/day": "2024-01-01",
        "dagster/partition/st": "a",
    }
    with pytest.raises(dg.DagsterUnknownPartitionError):
        multi.get_tags_for_partition_key("2024-01-01")


def test_of_many_keys_that_are_given_twice_a_few_are_named() -> None:
    keys = [f"k{number}" for number in range(10_000)]
    with pytest.raises(dg.DagsterInvalidDefinitionError, match=r"'k0', .* and 9995 more are given twice"):
        dg.StaticPartitionsDefinition(keys * 2)
