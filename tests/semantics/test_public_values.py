"""What users make and pass on are values: equal to their like, copied, pickled, shown, shared by threads."""

import copy
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest

import dagx as dg

AC, Selection, Policy = dg.AutomationCondition, dg.AssetSelection, dg.FreshnessPolicy


def static() -> dg.StaticPartitionsDefinition:
    return dg.StaticPartitionsDefinition(["a", "é🎉", "日本", " ", "x/y"])


def daily() -> dg.DailyPartitionsDefinition:
    zone = "America/St_Johns"
    return dg.DailyPartitionsDefinition(
        "2024-01-01", timezone=zone, exclusions=["0 0 * * 0", datetime(2024, 1, 3)]
    )


VALUES: list[Callable[[], object]] = [
    static,
    daily,
    lambda: dg.HourlyPartitionsDefinition("2024-01-01-00:00", end_offset=1),
    lambda: dg.TimeWindowPartitionsDefinition("2024", "%Y", cron_schedule="@yearly"),
    lambda: dg.DynamicPartitionsDefinition(name="x"),
    lambda: dg.MultiPartitionsDefinition({"a": static(), "b": daily()}),
    lambda: dg.MultiPartitionKey({"b": "1", "a": "é"}),
    lambda: dg.PartitionKeyRange("a", "b"),
    lambda: dg.TimeWindow(
        datetime(2024, 1, 1, tzinfo=timezone.utc), datetime(2024, 1, 2, tzinfo=timezone.utc)
    ),
    dg.AllPartitionMapping,
    dg.IdentityPartitionMapping,
    dg.LastPartitionMapping,
    lambda: dg.SpecificPartitionsPartitionMapping(["a"]),
    lambda: dg.StaticPartitionMapping({"a": ["b", "c"], "x": "y"}),
    lambda: dg.TimeWindowPartitionMapping(-1, 0),
    lambda: dg.MultiToSingleDimensionPartitionMapping("a"),
    lambda: dg.MultiPartitionMapping({"a": dg.DimensionPartitionMapping("b", dg.AllPartitionMapping())}),
    dg.BackfillPolicy.single_run,
    lambda: dg.BackfillPolicy.multi_run(5),
    lambda: Selection.from_string("+key:a and not group:b"),
    lambda: Selection.assets("a").upstream(depth=2) - Selection.groups("g"),
    lambda: dg.DataVersion("x"),
    lambda: dg.DataVersionsByPartition({"a": "1"}),
    lambda: dg.DataProvenance("1", {dg.AssetKey("a"): dg.DataVersion("1")}, {dg.AssetKey("a"): 5}, True),
    AC.eager,
    lambda: AC.on_cron("@daily", "Asia/Kolkata"),
    lambda: (AC.missing().newly_true().since(AC.cron_tick_passed("@daily")) | ~AC.in_progress()).with_label(
        "x"
    ),
    lambda: AC.eager().ignore(Selection.assets("a")).allow(Selection.groups("g")),
    lambda: AC.executed_with_tags({"b", "a"}, {"x": "y"}),
    lambda: AC.in_latest_time_window(timedelta(days=2)),
    lambda: AC.asset_matches("a", AC.missing()),
    lambda: dg.RunRequest("k", {"a": {"b": [1]}}, {"t": "1"}, asset_selection=[dg.AssetKey("a")]),
    lambda: dg.SkipReason("no file"),
    lambda: dg.SensorResult([dg.RunRequest("a")], cursor="c"),
    lambda: dg.AddDynamicPartitionsRequest("x", ["a"]),
    lambda: dg.DeleteDynamicPartitionsRequest("x", ["a"]),
    lambda: Policy.time_window(fail_window=timedelta(hours=2), warn_window=timedelta(hours=1)),
    lambda: Policy.cron(deadline_cron="@daily", lower_bound_delta=timedelta(hours=1)),
    lambda: dg.AssetCheckKey(dg.AssetKey("a"), "c"),
]


@pytest.mark.parametrize("make", VALUES)
def test_a_value_equals_its_like_its_copies_and_what_was_pickled(make: Callable[[], object]) -> None:
    value = make()
    likes = [make(), copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))]
    for like in likes:
        assert type(like) is type(value)
        assert like == value
        assert hash(like) == hash(value)
        assert repr(like) == repr(value)
    assert "0x" not in repr(value)


def test_no_two_of_them_are_equal() -> None:
    values = [make() for make in VALUES]
    assert all(one != other for place, one in enumerate(values) for other in values[place + 1 :])


def test_what_was_given_or_handed_out_can_be_changed_without_changing_the_value() -> None:
    given = ["a", "b"]
    definition = dg.StaticPartitionsDefinition(given)
    given.append("c")
    definition.get_partition_keys().append("d")
    assert definition.get_partition_keys() == ["a", "b"]
    table: dict[str, str | list[str]] = {"a": "b"}
    mapping = dg.StaticPartitionMapping(table)
    table["x"] = "y"
    assert mapping == dg.StaticPartitionMapping({"a": "b"})


def test_threads_may_share_definitions_and_each_has_a_time_of_its_own() -> None:
    shared = dg.TimeWindowPartitionsDefinition(
        "2020-01-01",
        "%Y-%m-%d",
        cron_schedule="30 2 * * *",
        timezone="Africa/Casablanca",
        exclusions=["30 2 * * 6"],
    )

    def count(year: int) -> tuple[int, str | None]:
        with dg.partition_loading_context(datetime(year, 1, 1)):
            assert len(set(shared.get_partition_keys())) == shared.get_num_partitions()
            return shared.get_num_partitions(), shared.get_last_partition_key()

    years = [2021, 2032, 2025, 2040, 2023, 2036, 2029, 2021]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(count, years)) == [count(year) for year in years]
