"""Subsets of partitions: they behave as sets of keys, whatever they are kept as."""

from __future__ import annotations

import json
import operator
import pickle
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dagx as dg
from dagx.partitions import ranges as sets
from dagx.partitions.definition import PartitionsSubset
from dagx.partitions.key_set import KeySet
from dagx.partitions.product import Product
from dagx.partitions.upstream import subset_from_json

NOW = datetime(2024, 11, 10)


class Store:
    def __init__(self, keys: Sequence[str]) -> None:
        self.keys = list(keys)

    def get_dynamic_partitions(self, partitions_def_name: str) -> Sequence[str]:
        return self.keys

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        return partition_key in self.keys

    def add_dynamic_partitions(self, partitions_def_name: str, partition_keys: Sequence[str]) -> None:
        self.keys += partition_keys

    def delete_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> None:
        self.keys.remove(partition_key)


@pytest.fixture(autouse=True, scope="module")
def now() -> Iterator[None]:
    with dg.partition_loading_context(NOW, Store(["red", "blue", "green"])):
        yield


HOURLY = dg.HourlyPartitionsDefinition("2024-11-02-20:00", "2024-11-04-04:00", timezone="America/New_York")
DAILY = dg.DailyPartitionsDefinition("2024-10-20", exclusions=["0 0 * * 0,6", datetime(2024, 10, 29)])
STATIC = dg.StaticPartitionsDefinition(["b", "a", "d", "c"])
DYNAMIC = dg.DynamicPartitionsDefinition(name="colors")
DEFINITIONS: list[dg.PartitionsDefinition] = [
    HOURLY,
    DAILY,
    dg.MonthlyPartitionsDefinition("2023-01-01", day_offset=31),
    STATIC,
    DYNAMIC,
    dg.MultiPartitionsDefinition({"day": DAILY, "st": STATIC}),
    dg.MultiPartitionsDefinition({"a": STATIC, "day": DAILY}),
    dg.MultiPartitionsDefinition({"a": STATIC, "b": DYNAMIC}),
    dg.MultiPartitionsDefinition({"a": DAILY, "b": HOURLY}),
]
each_definition = pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: d.describe())
OPERATIONS: list[Callable[[Any, Any], Any]] = [operator.or_, operator.and_, operator.sub]


def chosen_keys(data: st.DataObject, definition: dg.PartitionsDefinition) -> list[str]:
    everything = definition.get_partition_keys()
    if data.draw(st.booleans()):
        return data.draw(st.lists(st.sampled_from(everything), max_size=60))
    ends = st.integers(0, len(everything))
    runs = data.draw(st.lists(st.tuples(ends, ends), max_size=3))
    return [key for low, high in runs for key in everything[low:high]]


@each_definition
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_subset_is_the_set_of_its_keys(definition: dg.PartitionsDefinition, data: st.DataObject) -> None:
    everything = definition.get_partition_keys()
    keys = chosen_keys(data, definition)
    subset = definition.subset_with_partition_keys(keys)
    assert list(subset) == subset.get_partition_keys() == [key for key in everything if key in set(keys)]
    assert len(subset) == subset.size == len(set(keys))
    assert subset.is_empty == (not keys) == (not subset)
    assert all((key in subset) == (key in set(keys)) for key in everything)
    assert None not in subset
    assert "no such key" not in subset
    ranges = subset.key_ranges()
    expanded = [key for chosen in ranges for key in definition.get_partition_keys_in_range(chosen)]
    assert sorted(expanded) == sorted(set(keys))
    assert subset_from_json(definition, json.loads(json.dumps(subset.to_json()))) == subset
    assert pickle.loads(pickle.dumps(subset)) == subset
    assert "partitions" in repr(subset)


@each_definition
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_operations_are_those_of_sets(definition: dg.PartitionsDefinition, data: st.DataObject) -> None:
    one, other = chosen_keys(data, definition), chosen_keys(data, definition)
    first, second = map(definition.subset_with_partition_keys, (one, other))
    for operate in OPERATIONS:
        made, expected = operate(first, second), operate(set(one), set(other))
        assert set(made) == expected
        assert len(made) == len(expected)
        direct = definition.subset_with_partition_keys(expected)
        assert made == direct
        assert hash(made) == hash(direct)
    assert (first == second) == (set(one) == set(other))
    assert first.with_partition_keys(other) == first | second


@each_definition
@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_a_set_of_keys_goes_with_every_other_kind(
    definition: dg.PartitionsDefinition, data: st.DataObject
) -> None:
    one, other = chosen_keys(data, definition), chosen_keys(data, definition)
    plain, subset = KeySet(definition, one), definition.subset_with_partition_keys(other)
    for operate in OPERATIONS:
        assert set(operate(plain, subset)) == operate(set(one), set(other))
        assert set(operate(subset, plain)) == operate(set(other), set(one))
    assert (plain == subset) == (subset == plain) == (set(one) == set(other))


@each_definition
def test_all_and_none(definition: dg.PartitionsDefinition) -> None:
    everything = definition.subset_with_all_partitions()
    assert list(everything) == definition.get_partition_keys()
    assert len(everything) == definition.get_num_partitions() > 0
    assert definition.empty_subset().is_empty
    assert everything - everything == definition.empty_subset()
    assert everything & definition.empty_subset() == definition.empty_subset()
    assert everything == definition.empty_subset().with_partition_keys(definition.get_partition_keys())


@each_definition
def test_places_first_and_last_agree_with_the_list(definition: dg.PartitionsDefinition) -> None:
    keys = definition.get_partition_keys()
    assert definition.get_first_partition_key() == keys[0]
    assert definition.get_last_partition_key() == keys[-1]
    assert all(map(definition.has_partition_key, keys))
    assert len(set(keys)) == len(keys)


def test_a_range_without_gaps_is_one_range_also_over_excluded_windows() -> None:
    everything = DAILY.subset_with_all_partitions()
    assert len(everything.key_ranges()) == 1
    assert everything.to_json() == {"ranges": [["2024-10-21", "2024-11-08"]]}
    without = everything - DAILY.subset_with_partition_keys(["2024-10-23"])
    assert without.to_json() == {"ranges": [["2024-10-21", "2024-10-22"], ["2024-10-24", "2024-11-08"]]}


def test_what_was_written_survives_growth_of_the_definition() -> None:
    before = STATIC.subset_with_partition_keys(["b", "a", "d"])
    grown = dg.StaticPartitionsDefinition(["0", "b", "x", "a", "c"])
    assert list(subset_from_json(grown, before.to_json())) == ["b", "a"]
    days = dg.DailyPartitionsDefinition("2024-01-05")
    kept = days.subset_of_range(dg.PartitionKeyRange("2024-01-06", "2024-01-08")).to_json()
    earlier = dg.DailyPartitionsDefinition("2024-01-01")
    assert list(subset_from_json(earlier, kept)) == ["2024-01-06", "2024-01-07", "2024-01-08"]
    later = dg.DailyPartitionsDefinition("2024-01-08")
    assert [key for key in subset_from_json(later, kept) if later.has_partition_key(key)] == ["2024-01-08"]
    assert subset_from_json(dg.MonthlyPartitionsDefinition("2024-01-01"), kept).is_empty


def test_subsets_of_two_definitions_do_not_mix() -> None:
    other = dg.StaticPartitionsDefinition(["x"])
    for operate in OPERATIONS:
        with pytest.raises(dg.InvalidArgumentError, match="two definitions"):
            operate(STATIC.empty_subset(), other.empty_subset())
    assert STATIC.empty_subset() != other.empty_subset()
    assert STATIC.subset_with_partition_keys(["a"]) != {"a"}


def test_what_is_no_key_is_no_subset() -> None:
    for definition in (STATIC, DAILY, dg.MultiPartitionsDefinition({"day": DAILY, "st": STATIC})):
        with pytest.raises(dg.UnknownPartitionError, match="nonsense"):
            definition.subset_with_partition_keys(["nonsense"])


def test_a_product_is_one_block_and_a_row_left_out_is_two() -> None:
    pairs = dg.MultiPartitionsDefinition({"day": DAILY, "st": STATIC})
    everything = pairs.subset_with_all_partitions()
    assert len(everything.blocks) == 1
    rest = everything - pairs.subset_with_partition_keys(["2024-10-21|a"])
    assert isinstance(rest, Product)
    assert len(rest.blocks) == 2


def test_many_rows_are_put_together_by_key() -> None:
    states = dg.StaticPartitionsDefinition([f"s{number:03}" for number in range(40)])
    pairs = dg.MultiPartitionsDefinition({"day": DAILY, "st": states})
    days = DAILY.get_partition_keys()
    rows = [f"{days[n % len(days)]}|{state}" for n, state in enumerate(states.get_partition_keys())]
    one, other = pairs.subset_with_partition_keys(rows[:30]), pairs.subset_with_partition_keys(rows[10:])
    for operate in OPERATIONS:
        assert set(operate(one, other)) == operate(set(rows[:30]), set(rows[10:]))


numbers = st.sets(st.integers(-8, 12))


@given(numbers, numbers)
def test_ranges_are_sets_of_numbers(one: set[int], other: set[int]) -> None:
    def of(ranges: sets.Ranges) -> set[int]:
        return {number for low, high in ranges for number in range(low, high)}

    first, second = sets.of_numbers(one), sets.of_numbers(other)
    assert of(first) == one
    assert sets.size(first) == len(one)
    assert all(sets.contains(first, number) == (number in one) for number in range(-9, 14))
    for operate, expected in (
        (sets.union, one | other),
        (sets.intersection, one & other),
        (sets.difference, one - other),
    ):
        assert operate(first, second) == sets.of_numbers(expected)
    assert sets.normal([(number, number + 1) for number in one]) == first


def test_iteration_is_in_partition_order_also_without_a_store() -> None:
    subset: PartitionsSubset = DYNAMIC.subset_with_partition_keys(["green", "red", "gone", "a"])
    assert list(subset) == ["red", "green", "a", "gone"]
    assert [chosen.start for chosen in subset.key_ranges()] == ["red", "green", "a", "gone"]
    both = DYNAMIC.subset_with_partition_keys(["red", "blue"])
    assert both.key_ranges() == [dg.PartitionKeyRange("red", "blue")]
