"""Section 13: partition mappings, through the interface that mappings of users implement."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

import dagx as dg

NOW = datetime(2024, 2, 1)
Time, Identity, All = dg.TimeWindowPartitionMapping, dg.IdentityPartitionMapping, dg.AllPartitionMapping
ToSingle = dg.MultiToSingleDimensionPartitionMapping
Static = dg.StaticPartitionsDefinition
daily = dg.DailyPartitionsDefinition("2024-01-01")
late_daily = dg.DailyPartitionsDefinition("2024-01-05")
hourly = dg.HourlyPartitionsDefinition("2024-01-01-00:00")
weekly = dg.WeeklyPartitionsDefinition("2024-01-01")
monthly = dg.MonthlyPartitionsDefinition("2024-01-01")
multi = dg.MultiPartitionsDefinition({"day": daily, "st": Static(["a", "b"])})

Definition = dg.PartitionsDefinition


def upstream(
    mapping: dg.PartitionMapping, keys: Sequence[str] | None, below: Definition | None, above: Definition
) -> tuple[list[str], list[str]]:
    """The upstream keys, and those that are required and do not exist."""
    with dg.partition_loading_context(NOW):
        subset = None if below is None or keys is None else below.subset_with_partition_keys(keys)
        found = mapping.get_upstream_mapped_partitions_result_for_partitions(subset, below, above)
        return list(found.partitions_subset), list(found.required_but_nonexistent_subset)


def downstream(
    mapping: dg.PartitionMapping, keys: Sequence[str], above: Definition, below: Definition
) -> list[str]:
    with dg.partition_loading_context(NOW):
        subset = above.subset_with_partition_keys(keys)
        return list(mapping.get_downstream_partitions_for_partitions(subset, above, below))


def hours(*days: int) -> list[str]:
    return [f"2024-01-{day:02}-{hour:02}:00" for day in days for hour in range(24)]


def days(first: int, last: int) -> list[str]:
    return [f"2024-01-{day:02}" for day in range(first, last + 1)]


@pytest.mark.parametrize(
    ("below", "above", "mapping", "key", "needed", "missing"),
    [
        (daily, hourly, Time(), "2024-01-02", hours(2), []),
        (hourly, daily, Time(), "2024-01-02-05:00", days(2, 2), []),
        (weekly, daily, Time(), "2024-01-07", days(7, 13), []),
        (daily, weekly, Time(), "2024-01-10", days(7, 7), []),
        (daily, weekly, Time(), "2024-01-02", [], ["2023-12-31"]),
        (monthly, daily, Time(), "2024-01-01", days(1, 31), []),
        (daily, daily, Time(start_offset=-1), "2024-01-03", days(2, 3), []),
        (daily, daily, Time(-1, -1), "2024-01-03", days(2, 2), []),
        (daily, daily, Time(-1, -1), "2024-01-01", [], []),
        (daily, daily, Time(end_offset=1), "2024-01-31", days(31, 31), []),
        (daily, hourly, Time(start_offset=-1), "2024-01-03", hours(2, 3), []),
        (daily, late_daily, Time(), "2024-01-02", [], days(2, 2)),
        (
            daily,
            late_daily,
            Time(allow_nonexistent_upstream_partitions=True),
            "2024-01-02",
            [],
            [],
        ),
        (Static(["a", "b"]), Static(["b", "c"]), Identity(), "a", [], ["a"]),
        (Static(["a", "b"]), Static(["b", "c"]), Identity(), "b", ["b"], []),
        (multi, daily, ToSingle(), "2024-01-02|a", days(2, 2), []),
        (daily, multi, ToSingle(), "2024-01-02", ["2024-01-02|a", "2024-01-02|b"], []),
        (multi, hourly, ToSingle(), "2024-01-02|a", hours(2), []),
    ],
)
def test_golden_values(
    below: Definition,
    above: Definition,
    mapping: dg.PartitionMapping,
    key: str,
    needed: list[str],
    missing: list[str],
) -> None:
    assert upstream(mapping, [key], below, above) == (needed, missing)
    for upstream_key in needed[:1] + needed[-1:]:
        assert key in downstream(mapping, [upstream_key], above, below)


def test_identity_goes_by_the_text_of_keys_whatever_the_dimensions_are_called() -> None:
    below = dg.MultiPartitionsDefinition({"day": Static(["1", "2"]), "st": Static(["a", "b"])})
    above = dg.MultiPartitionsDefinition({"date": Static(["2", "3"]), "state": Static(["b", "a"])})
    assert upstream(Identity(), ["1|a", "2|a"], below, above) == (["2|a"], ["1|a"])
    assert downstream(Identity(), ["2|b", "3|b"], above, below) == ["2|b"]


@pytest.mark.parametrize(
    ("mapping", "key", "missing"),
    [
        # A start moved back is clipped to the first upstream partition, 2024-01-05, ...
        (Time(start_offset=-1), "2024-01-02", []),
        (Time(start_offset=-1), "2024-01-05", []),
        (Time(-2, -1), "2024-01-05", []),
        (Time(-1, 1), "2024-01-04", []),
        # ... an end moved on to the last, 2024-01-19.
        (Time(end_offset=1), "2024-01-19", []),
        (Time(end_offset=1), "2024-01-25", []),
        # Anything else is missed.
        (Time(), "2024-01-25", days(25, 25)),
        (Time(start_offset=-1), "2024-01-25", days(24, 25)),
        (Time(-1, -1), "2024-01-25", days(24, 24)),
        (Time(end_offset=1), "2024-01-02", days(2, 3)),
        (Time(1, 1), "2024-01-02", days(3, 3)),
    ],
)
def test_what_an_offset_reaches_beyond_the_upstream_partitions_is_not_missing(
    mapping: dg.PartitionMapping, key: str, missing: list[str]
) -> None:
    bounded = dg.DailyPartitionsDefinition("2024-01-05", end_date="2024-01-20")
    assert upstream(mapping, [key], daily, bounded)[1] == missing


def test_windows_beyond_the_upstream_end_that_a_window_needs_itself_are_missing() -> None:
    with dg.partition_loading_context(datetime(2024, 1, 3, 6)):
        found = Time().get_upstream_mapped_partitions_result_for_partitions(
            hourly.subset_with_partition_keys(["2024-01-03-05:00"]), hourly, daily
        )
    assert list(found.partitions_subset) == []
    assert list(found.required_but_nonexistent_subset) == ["2024-01-03"]


@pytest.mark.parametrize(
    ("mapping", "key", "needed"),
    [
        (Time(-2, -2), "2024-01-05", ["2024-01-03"]),
        (Time(-2, 0), "2024-01-02", ["2024-01-01", "2024-01-02"]),
        (Time(1, 1), "2024-01-05", ["2024-01-06"]),
        (Time(0, -1), "2024-01-05", []),
    ],
)
def test_offsets_are_in_windows_of_downstream_and_clipped(
    mapping: dg.PartitionMapping, key: str, needed: list[str]
) -> None:
    assert upstream(mapping, [key], daily, daily) == (needed, [])
    for upstream_key in needed:
        assert key in downstream(mapping, [upstream_key], daily, daily)


def test_downstream_of_a_window_swaps_and_negates_offsets() -> None:
    assert downstream(Time(start_offset=-1), ["2024-01-02"], daily, daily) == days(2, 3)
    assert downstream(Time(-1, -1), ["2024-01-02"], daily, daily) == days(3, 3)
    assert downstream(Time(-1, -1), ["2024-01-31"], daily, daily) == []
    assert downstream(Time(), ["2024-01-02"], daily, hourly) == hours(2)
    assert downstream(Time(), ["2024-01-10"], daily, weekly) == ["2024-01-07"]
    assert downstream(Time(0, -1), ["2024-01-10"], daily, daily) == []


def test_excluded_windows_upstream_are_not_needed_and_not_missing() -> None:
    workdays = dg.DailyPartitionsDefinition("2024-01-01", exclusions=["0 0 * * 0,6"])
    assert upstream(Time(), ["2024-01-07"], weekly, workdays) == (days(8, 12), [])
    assert upstream(Time(), ["2024-01-06"], daily, workdays) == ([], [])
    assert downstream(Time(), ["2024-01-05", "2024-01-08"], workdays, hourly) == hours(5, 8)


def test_all_partitions() -> None:
    letters = Static(["a", "b"])
    assert upstream(All(), ["2024-01-02"], daily, letters) == (["a", "b"], [])
    assert upstream(All(), None, None, letters) == (["a", "b"], [])
    assert upstream(All(), [], daily, letters) == ([], [])
    assert downstream(All(), ["a"], letters, daily) == days(1, 31)
    assert downstream(All(), [], letters, daily) == []


def test_the_last_partition() -> None:
    last = dg.LastPartitionMapping()
    assert upstream(last, ["a"], Static(["a"]), daily) == (["2024-01-31"], [])
    assert upstream(last, None, None, daily) == (["2024-01-31"], [])
    assert upstream(last, None, None, dg.DailyPartitionsDefinition("2030-01-01")) == ([], [])
    assert downstream(last, ["2024-01-30", "2024-01-31"], daily, Static(["a", "b"])) == ["a", "b"]
    assert downstream(last, ["2024-01-30"], daily, Static(["a", "b"])) == []


def test_specific_partitions() -> None:
    specific = dg.SpecificPartitionsPartitionMapping(["2024-01-03", "2024-01-01"])
    assert upstream(specific, ["a"], Static(["a"]), daily) == (["2024-01-01", "2024-01-03"], [])
    assert upstream(specific, None, None, late_daily) == ([], ["2024-01-01", "2024-01-03"])
    assert downstream(specific, ["2024-01-03"], daily, Static(["a", "b"])) == ["a", "b"]
    assert downstream(specific, ["2024-01-02"], daily, Static(["a", "b"])) == []
    with pytest.raises(dg.DagxError, match="list of str"):
        dg.SpecificPartitionsPartitionMapping("2024-01-01")


def test_static_partitions_by_a_table() -> None:
    above, below = Static(["p1", "p2", "p3"]), Static(["q1", "q2"])
    table = dg.StaticPartitionMapping({"p1": "q1", "p2": ["q1", "q2"]})
    table.validate_partition_mapping(above, below)
    assert upstream(table, ["q1"], below, above) == (["p1", "p2"], [])
    assert upstream(table, ["q2"], below, above) == (["p2"], [])
    assert downstream(table, ["p2", "p3"], above, below) == ["q1", "q2"]
    assert downstream(table, ["p3"], above, below) == []


def test_unknown_keys_in_a_table_are_a_value_error() -> None:
    above, below = Static(["p1"]), Static(["q1"])
    for wrong in ({"p9": "q1"}, {"p1": "q9"}, {"p1": ["q1", "q9"]}):
        with pytest.raises(ValueError, match=r"'[pq]9'"):
            dg.StaticPartitionMapping(wrong).validate_partition_mapping(above, below)


def test_identity_of_windows_with_other_starts() -> None:
    assert upstream(Identity(), ["2024-01-04", "2024-01-05"], daily, late_daily) == (days(5, 5), days(4, 4))
    assert downstream(Identity(), ["2024-01-05"], late_daily, daily) == days(5, 5)
    assert upstream(Identity(), ["2024-01-04"], daily, daily) == (days(4, 4), [])


@pytest.mark.parametrize(
    ("mapping", "above", "below"),
    [
        (Identity(), daily, Static(["a"])),
        (Identity(), daily, hourly),
        (Time(), daily, Static(["a"])),
        (Time(), Static(["a"]), daily),
        (Time(), None, daily),
        (Time(), daily, dg.DailyPartitionsDefinition("2024-01-01", timezone="Europe/Berlin")),
        (dg.StaticPartitionMapping({"a": "b"}), daily, Static(["b"])),
        (ToSingle(), daily, daily),
        (ToSingle(), multi, Static(["x"])),
        (ToSingle("dya"), multi, daily),
        (ToSingle(), dg.MultiPartitionsDefinition({"x": daily, "y": weekly}), hourly),
        (dg.MultiPartitionMapping({}), multi, daily),
        (dg.MultiPartitionMapping({"dy": dg.DimensionPartitionMapping("day", Identity())}), multi, multi),
        (dg.MultiPartitionMapping({"day": dg.DimensionPartitionMapping("dy", Identity())}), multi, multi),
        (dg.MultiPartitionMapping({"day": dg.DimensionPartitionMapping("st", Time())}), multi, multi),
    ],
)
def test_mappings_that_do_not_fit_are_refused(
    mapping: dg.PartitionMapping, above: Definition | None, below: Definition | None
) -> None:
    with pytest.raises(dg.DagsterInvalidDefinitionError):
        mapping.validate_partition_mapping(above, below)


@pytest.mark.parametrize(
    ("mapping", "above", "below"),
    [
        (All(), daily, Static(["a"])),
        (All(), None, daily),
        (dg.LastPartitionMapping(), daily, None),
        (dg.SpecificPartitionsPartitionMapping(["a"]), Static(["a"]), None),
        (Identity(), Static(["a"]), Static(["b"])),
        (Time(), hourly, weekly),
        (ToSingle(), multi, hourly),
        (ToSingle("st"), multi, Static(["x"])),
        (ToSingle(), Static(["a", "b"]), multi),
        (ToSingle("y"), dg.MultiPartitionsDefinition({"x": daily, "y": weekly}), hourly),
    ],
)
def test_mappings_that_fit_are_taken(
    mapping: dg.PartitionMapping, above: Definition | None, below: Definition | None
) -> None:
    mapping.validate_partition_mapping(above, below)


def test_a_named_dimension_goes_by_its_keys() -> None:
    states = Static(["b", "c"])
    assert upstream(ToSingle("st"), ["2024-01-02|a", "2024-01-02|b"], multi, states) == (["b"], ["a"])
    short = dg.MultiPartitionsDefinition({"n": Static(["1", "2"]), "st": Static(["a", "b"])})
    assert upstream(ToSingle("st"), ["b"], states, short) == (["1|b", "2|b"], [])
    assert upstream(ToSingle("st"), ["c"], states, short) == ([], ["1|c", "2|c"])
    assert downstream(ToSingle("st"), ["1|b"], short, states) == ["b"]
    assert downstream(ToSingle("st"), ["b"], states, short) == ["1|b", "2|b"]


def test_multi_to_multi_is_the_product_of_the_dimensions() -> None:
    mapping = dg.MultiPartitionMapping(
        {
            "day": dg.DimensionPartitionMapping("day", Time(-1, 0)),
            "st": dg.DimensionPartitionMapping("st", dg.SpecificPartitionsPartitionMapping(["a"])),
        }
    )
    mapping.validate_partition_mapping(multi, multi)
    assert upstream(mapping, ["2024-01-03|b"], multi, multi) == (["2024-01-02|a", "2024-01-03|a"], [])
    assert downstream(mapping, ["2024-01-03|a"], multi, multi) == [
        "2024-01-03|a",
        "2024-01-03|b",
        "2024-01-04|a",
        "2024-01-04|b",
    ]
    assert downstream(mapping, ["2024-01-03|b"], multi, multi) == []


def test_a_dimension_that_is_not_mapped_gives_all_its_keys() -> None:
    mapping = dg.MultiPartitionMapping({"day": dg.DimensionPartitionMapping("day", Identity())})
    both = ["2024-01-02|a", "2024-01-02|b"]
    assert upstream(mapping, ["2024-01-02|a"], multi, multi) == (both, [])
    assert downstream(mapping, ["2024-01-02|a"], multi, multi) == both
    other = dg.MultiPartitionsDefinition({"day": late_daily, "st": Static(["a", "b"])})
    assert upstream(mapping, ["2024-01-02|a"], multi, other) == ([], both)


def test_two_dimensions_may_follow_the_same_one() -> None:
    above = dg.MultiPartitionsDefinition({"x": Static(["a", "b"]), "y": Static(["a", "b"])})
    below = dg.MultiPartitionsDefinition({"n": Static(["1"]), "st": Static(["a", "b"])})
    follow = dg.DimensionPartitionMapping("st", Identity())
    mapping = dg.MultiPartitionMapping({"x": follow, "y": follow})
    assert upstream(mapping, ["1|a", "1|b"], below, above) == (["a|a", "b|b"], [])
    assert downstream(mapping, ["a|a"], above, below) == ["1|a"]
    assert downstream(mapping, ["a|b"], above, below) == []


def test_mappings_are_equal_by_content_and_say_what_they_do() -> None:
    assert Time(-1, -1) == Time(-1, -1) != Time(-1, 0)
    assert len({All(), All(), Identity()}) == 2
    for mapping in (All(), Identity(), Time(), ToSingle(), dg.LastPartitionMapping()):
        assert mapping.description.endswith(".") or "depend" in mapping.description
    with pytest.raises(AttributeError):
        Time().start_offset = 3


def test_a_mapping_of_your_own() -> None:
    class First(dg.PartitionMapping):
        """Everything depends on the first."""

        def get_upstream_mapped_partitions_result_for_partitions(
            self,
            downstream_partitions_subset: Any,
            downstream_partitions_def: Definition | None,
            upstream_partitions_def: Definition,
            current_time: datetime | None = None,
            dynamic_partitions_store: Any = None,
        ) -> Any:
            first = upstream_partitions_def.get_first_partition_key()
            return dg.SpecificPartitionsPartitionMapping(
                [str(first)]
            ).get_upstream_mapped_partitions_result_for_partitions(
                downstream_partitions_subset, downstream_partitions_def, upstream_partitions_def
            )

        def get_downstream_partitions_for_partitions(
            self,
            upstream_partitions_subset: Any,
            upstream_partitions_def: Definition,
            downstream_partitions_def: Definition,
            current_time: datetime | None = None,
            dynamic_partitions_store: Any = None,
        ) -> Any:
            has_first = upstream_partitions_def.get_first_partition_key() in upstream_partitions_subset
            whole = downstream_partitions_def.subset_with_all_partitions()
            return whole if has_first else downstream_partitions_def.empty_subset()

    assert upstream(First(), ["a"], Static(["a"]), daily) == (days(1, 1), [])
    assert downstream(First(), days(1, 2), daily, Static(["a"])) == ["a"]
    assert First().description == "Everything depends on the first."


def test_a_mapping_of_an_asset_that_is_defined_elsewhere_is_not_judged() -> None:
    @dg.asset(
        partitions_def=daily,
        deps=[
            dg.AssetDep("elsewhere", partition_mapping=dg.TimeWindowPartitionMapping(start_offset=-1)),
            dg.AssetDep("too", partition_mapping=dg.StaticPartitionMapping({"a": "b"})),
        ],
    )
    def here() -> None: ...

    assert dg.materialize([here], partition_key="2024-01-02").success
