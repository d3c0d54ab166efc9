"""partitions/upstream.py and backfill.py: what the rest of dagx asks partitions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dagx as dg
from dagx.partitions.backfill import combined_policy, run_ranges
from dagx.partitions.keys import range_tags
from dagx.partitions.upstream import (
    check_mapping,
    downstream_keys,
    infer_mapping,
    is_built_in,
    is_identity_like,
    is_legal_self_mapping,
    multi_key,
    partition_tags,
    spanning_window,
    time_window_dimension_of,
    typed_key,
    unpartitioned_depends_on,
    upstream_keys,
    upstream_subset,
)

daily = dg.DailyPartitionsDefinition("2024-01-01")
hourly = dg.HourlyPartitionsDefinition("2024-01-01-00:00")
weekly = dg.WeeklyPartitionsDefinition("2024-01-01")
letters = dg.StaticPartitionsDefinition(["a", "b", "c"])
multi = dg.MultiPartitionsDefinition({"day": daily, "st": letters})
two_times = dg.MultiPartitionsDefinition({"x": daily, "y": weekly})
All, Identity, Time = dg.AllPartitionMapping, dg.IdentityPartitionMapping, dg.TimeWindowPartitionMapping
ToSingle = dg.MultiToSingleDimensionPartitionMapping


@pytest.fixture(autouse=True, scope="module")
def now() -> Iterator[None]:
    with dg.partition_loading_context(datetime(2024, 2, 1)):
        yield


@pytest.mark.parametrize(
    ("downstream", "upstream", "expected"),
    [
        (None, None, All()),
        (None, daily, All()),
        (daily, None, All()),
        (daily, daily, Time()),
        (daily, hourly, Time()),
        (daily, multi, ToSingle()),
        (multi, daily, ToSingle()),
        (multi, hourly, ToSingle()),
        (multi, letters, ToSingle()),
        (multi, dg.StaticPartitionsDefinition(["x"]), Identity()),
        (two_times, daily, ToSingle()),
        (two_times, hourly, Identity()),
        (multi, multi, Identity()),
        (letters, letters, Identity()),
        (letters, daily, Identity()),
    ],
)
def test_the_mapping_that_is_inferred(
    downstream: dg.PartitionsDefinition | None,
    upstream: dg.PartitionsDefinition | None,
    expected: dg.PartitionMapping,
) -> None:
    assert infer_mapping(None, downstream, upstream) == expected
    given = dg.LastPartitionMapping()
    assert infer_mapping(given, downstream, upstream) is given


def test_a_mapping_that_does_not_fit_is_a_definition_error() -> None:
    with pytest.raises(dg.InvalidDefinitionError):
        check_mapping(Identity(), daily, letters)
    with pytest.raises(dg.InvalidDefinitionError):
        check_mapping(dg.StaticPartitionMapping({"x": "a"}), letters, letters)

    class Refuses(dg.LastPartitionMapping):
        def validate_partition_mapping(
            self,
            upstream_partitions_def: dg.PartitionsDefinition | None,
            downstream_partitions_def: dg.PartitionsDefinition | None,
        ) -> None:
            raise ValueError("not today")

    with pytest.raises(dg.InvalidDefinitionError, match="Refuses does not fit: not today"):
        check_mapping(Refuses(), daily, letters)
    assert is_built_in(Identity())
    assert not is_built_in(Refuses())


def test_keys_in_both_directions() -> None:
    assert upstream_keys(Time(-1, -1), ["2024-01-03"], daily, daily) == (("2024-01-02",), ())
    assert upstream_keys(Identity(), ["a", "b"], letters, dg.StaticPartitionsDefinition(["b"])) == (
        ("b",),
        ("a",),
    )
    assert upstream_keys(All(), [], None, letters) == (("a", "b", "c"), ())
    assert upstream_keys(All(), ["a"], letters, None) == ((), ())
    assert downstream_keys(Time(), ["2024-01-10"], daily, weekly) == ("2024-01-07",)
    assert downstream_keys(All(), ["a"], letters, None) == ()
    assert downstream_keys(All(), [], None, letters) == ("a", "b", "c")


def test_what_an_asset_without_partitions_depends_on() -> None:
    first, last = (daily.subset_with_partition_keys([key]) for key in ("2024-01-01", "2024-01-31"))
    assert unpartitioned_depends_on(All(), first, daily)
    assert not unpartitioned_depends_on(dg.LastPartitionMapping(), first, daily)
    assert unpartitioned_depends_on(dg.LastPartitionMapping(), last, daily)


@pytest.mark.parametrize(
    ("mapping", "definition", "legal"),
    [
        (Time(-1, -1), daily, True),
        (Time(-2, -1), daily, True),
        (Time(-1, 0), daily, False),
        (Time(0, 0), daily, False),
        (Time(1, 1), daily, False),
        (None, daily, False),
        (Identity(), daily, False),
        (All(), daily, False),
        (Time(-1, -1), letters, False),
        (Time(-1, -1), None, False),
        (dg.MultiPartitionMapping({"day": dg.DimensionPartitionMapping("day", Time(-1, -1))}), multi, True),
        (
            dg.MultiPartitionMapping(
                {
                    "day": dg.DimensionPartitionMapping("day", Time(-1, -1)),
                    "st": dg.DimensionPartitionMapping("st", Identity()),
                }
            ),
            multi,
            True,
        ),
        (dg.MultiPartitionMapping({"day": dg.DimensionPartitionMapping("day", Time(-1, 0))}), multi, False),
        (dg.MultiPartitionMapping({"st": dg.DimensionPartitionMapping("st", Identity())}), multi, False),
        (dg.MultiPartitionMapping({"x": dg.DimensionPartitionMapping("x", Time(-1, -1))}), two_times, False),
        (Identity(), multi, False),
    ],
)
def test_an_asset_may_depend_on_its_own_earlier_windows_alone(
    mapping: dg.PartitionMapping | None, definition: dg.PartitionsDefinition | None, legal: bool
) -> None:
    assert is_legal_self_mapping(mapping, definition) is legal


def test_which_mappings_keep_a_partition_with_its_own() -> None:
    assert is_identity_like(Identity())
    assert is_identity_like(Time())
    assert not is_identity_like(Time(-1, 0))
    assert not is_identity_like(All())


def test_tags() -> None:
    assert partition_tags(letters, "a") == {"dagster/partition": "a"}
    assert partition_tags(multi, "2024-01-01|a")["dagster/partition/st"] == "a"
    assert range_tags(dg.PartitionKeyRange("a", "b")) == {
        "dagster/asset_partition_range_start": "a",
        "dagster/asset_partition_range_end": "b",
    }


def test_keys_as_user_code_gets_them() -> None:
    key = multi_key(multi, "2024-01-01|a")
    assert key.keys_by_dimension == {"day": "2024-01-01", "st": "a"}
    assert multi_key(multi, key) is key
    assert isinstance(typed_key(multi, "2024-01-01|a"), dg.MultiPartitionKey)
    assert type(typed_key(letters, "a")) is str
    with pytest.raises(dg.UnknownPartitionError):
        multi_key(multi, "2024-01-01")


def test_the_window_of_several_partitions() -> None:
    start, end = datetime(2024, 1, 2, tzinfo=timezone.utc), datetime(2024, 1, 5, tzinfo=timezone.utc)
    assert spanning_window(daily, ["2024-01-04", "2024-01-02"]) == (start, end)
    assert spanning_window(multi, ["2024-01-04|b", "2024-01-02|a"]) == (start, end)
    for definition, keys in (
        (letters, ["a"]),
        (None, ["a"]),
        (daily, []),
        (two_times, ["2024-01-01|2024-01-07"]),
    ):
        with pytest.raises(dg.InvariantViolationError):
            spanning_window(definition, keys)
    assert time_window_dimension_of(multi) is daily
    assert time_window_dimension_of(letters) is None
    assert time_window_dimension_of(two_times) is None


# Mappings of windows, for any windows

DEFINITIONS = [
    hourly,
    daily,
    weekly,
    dg.DailyPartitionsDefinition("2024-01-05", hour_offset=7),
    dg.DailyPartitionsDefinition("2024-01-03", exclusions=["0 0 * * 0,6"]),
    dg.DailyPartitionsDefinition("2024-01-01", end_date="2024-01-20", end_offset=1),
    dg.MonthlyPartitionsDefinition("2023-11-01"),
    dg.TimeWindowPartitionsDefinition("2024-01-02-00:00", "%Y-%m-%d-%H:%M", cron_schedule="0 1,2,9 * * 1-5"),
]
windows = st.sampled_from(DEFINITIONS)
offsets = st.integers(-3, 3)


def overlap(one: dg.TimeWindow, other: dg.TimeWindow) -> bool:
    return one.start < other.end and other.start < one.end


def moved(
    definition: dg.TimeWindowPartitionsDefinition, key: str, start: int, end: int
) -> dg.TimeWindow | None:
    number = definition.ticks.number(int(definition.time_window_for_partition_key(key).start.timestamp()))
    return definition.window_of_numbers(number + start, number + end + 1) if start <= end else None


@given(windows, windows, offsets, offsets, st.data())
@settings(max_examples=200, deadline=None)
def test_a_window_depends_on_those_it_overlaps_and_the_other_way_round(
    below: dg.TimeWindowPartitionsDefinition,
    above: dg.TimeWindowPartitionsDefinition,
    start: int,
    end: int,
    data: st.DataObject,
) -> None:
    mapping = Time(start, end)
    keys = data.draw(st.lists(st.sampled_from(below.get_partition_keys()), min_size=1, max_size=4))
    others = above.get_partition_keys()
    reached = [window for key in keys if (window := moved(below, key, start, end))]
    at = {other: above.time_window_for_partition_key(other) for other in others}
    expected = [other for other in others if any(overlap(at[other], window) for window in reached)]
    assert list(upstream_keys(mapping, keys, below, above).keys) == expected
    some = data.draw(st.lists(st.sampled_from(others), min_size=1, max_size=3))
    found = downstream_keys(mapping, some, above, below)
    for key in data.draw(st.lists(st.sampled_from(below.get_partition_keys()), max_size=10)):
        needs = upstream_keys(mapping, [key], below, above).keys
        assert (key in found) == bool(set(needs) & set(some))


@given(windows, windows, st.data())
@settings(max_examples=100, deadline=None)
def test_without_offsets_every_moment_of_a_window_is_there_or_missing(
    below: dg.TimeWindowPartitionsDefinition, above: dg.TimeWindowPartitionsDefinition, data: st.DataObject
) -> None:
    key = data.draw(st.sampled_from(below.get_partition_keys()))
    subset = below.subset_with_partition_keys([key])
    there, missing = upstream_subset(Time(), subset, below, above)
    own = below.time_window_for_partition_key(key)
    assert not set(there) & set(missing)
    assert all(not above.has_partition_key(other) for other in missing)
    assert all(overlap(own, above.time_window_for_partition_key(other)) for other in (*there, *missing))
    if not above.exclusions:
        covered = spanning_window(above, [*there, *missing])
        assert covered.start <= own.start
        assert own.end <= covered.end


# Runs of a backfill

policies = st.one_of(st.none(), st.integers(1, 9).map(dg.BackfillPolicy), st.just(dg.BackfillPolicy(None)))
definitions: st.SearchStrategy[dg.PartitionsDefinition] = st.sampled_from(
    [daily, letters, multi, DEFINITIONS[4]]
)


@given(definitions, policies, st.data())
@settings(max_examples=150, deadline=None)
def test_runs_make_each_partition_once_and_no_more_than_the_policy_allows(
    definition: dg.PartitionsDefinition, policy: dg.BackfillPolicy | None, data: st.DataObject
) -> None:
    keys = data.draw(st.sets(st.sampled_from(definition.get_partition_keys()[:40]), max_size=40))
    made = [
        definition.get_partition_keys_in_range(chosen)
        for chosen in run_ranges(definition.subset_with_partition_keys(keys), policy)
    ]
    assert sorted(key for run in made for key in run) == sorted(keys)
    limit = 1 if policy is None else policy.max_partitions_per_run
    assert limit is None or all(len(run) <= limit for run in made)


def test_contiguous_ranges_are_cut_into_chunks() -> None:
    subset = daily.subset_with_partition_keys([f"2024-01-{day:02}" for day in (1, 2, 3, 4, 5, 8, 9)])
    assert run_ranges(subset, dg.BackfillPolicy.multi_run(2)) == [
        ("2024-01-01", "2024-01-02"),
        ("2024-01-03", "2024-01-04"),
        ("2024-01-05", "2024-01-05"),
        ("2024-01-08", "2024-01-09"),
    ]
    assert run_ranges(subset, dg.BackfillPolicy.single_run()) == [
        ("2024-01-01", "2024-01-05"),
        ("2024-01-08", "2024-01-09"),
    ]
    assert len(run_ranges(subset, None)) == 7


def test_whole_rows_of_pairs_go_together() -> None:
    subset = multi.subset_with_partition_keys(
        [f"2024-01-0{day}|{letter}" for day in (1, 2, 3) for letter in "abc"]
    )
    assert run_ranges(subset, dg.BackfillPolicy.multi_run(7)) == [
        ("2024-01-01|a", "2024-01-02|c"),
        ("2024-01-03|a", "2024-01-03|c"),
    ]
    assert run_ranges(subset, dg.BackfillPolicy.single_run()) == [("2024-01-01|a", "2024-01-03|c")]


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ([None, None], None),
        ([dg.BackfillPolicy(5), dg.BackfillPolicy(3)], dg.BackfillPolicy(3)),
        ([dg.BackfillPolicy(None), dg.BackfillPolicy(3)], dg.BackfillPolicy(3)),
        ([dg.BackfillPolicy(None), dg.BackfillPolicy(None)], dg.BackfillPolicy(None)),
        ([dg.BackfillPolicy(None), None], dg.BackfillPolicy(1)),
    ],
)
def test_of_several_policies_the_smallest_wins(
    policies: list[dg.BackfillPolicy | None], expected: dg.BackfillPolicy | None
) -> None:
    assert combined_policy(policies) == expected
