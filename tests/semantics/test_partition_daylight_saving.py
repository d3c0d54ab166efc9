"""Section 12.2: windows of time where clocks change. America/New_York, 2024-03-10 and 2024-11-03."""

from datetime import datetime, timedelta

import pytest

import dagx as dg

ZONE = "America/New_York"


def hours(start: str, end: str, **more: object) -> dg.HourlyPartitionsDefinition:
    return dg.HourlyPartitionsDefinition(start, end, timezone=ZONE, **more)  # type: ignore[arg-type]


def starts(cron: str, start: str, end: str, zone: str = ZONE) -> list[str]:
    windows = dg.TimeWindowPartitionsDefinition(start, "%Y-%m-%d", end=end, cron_schedule=cron, timezone=zone)
    with dg.partition_loading_context(datetime(2030, 1, 1)):
        found = windows.get_partition_keys_in_time_window(
            dg.TimeWindow(windows.start, windows.end or windows.start)
        )
        return [windows.time_window_for_partition_key(key).start.isoformat() for key in found]


def test_the_autumn_day_has_25_hours_and_the_repeated_one_shows_its_offset() -> None:
    keys = hours("2024-11-03-00:00", "2024-11-04-00:00").get_partition_keys()
    assert len(keys) == 25
    assert keys[:4] == ["2024-11-03-00:00", "2024-11-03-01:00", "2024-11-03-01:00-0500", "2024-11-03-02:00"]


def test_both_hours_are_partitions_of_their_own() -> None:
    hourly = hours("2024-11-03-00:00", "2024-11-04-00:00")
    first = hourly.time_window_for_partition_key("2024-11-03-01:00")
    second = hourly.time_window_for_partition_key("2024-11-03-01:00-0500")
    assert first.start.isoformat() == "2024-11-03T01:00:00-04:00"
    assert second.start.isoformat() == first.end.isoformat() == "2024-11-03T01:00:00-05:00"
    assert second.end.isoformat() == "2024-11-03T02:00:00-05:00"
    for key in ("2024-11-03-01:00", "2024-11-03-01:00-0500"):
        assert hourly.has_partition_key(key)
    for key in ("2024-11-03-01:00-0400", "2024-11-03-02:00-0500"):
        assert not hourly.has_partition_key(key)


def test_a_format_that_shows_the_offset_gets_none_added() -> None:
    hourly = hours("2024-11-03-00:00-0400", "2024-11-04-00:00-0500", fmt="%Y-%m-%d-%H:%M%z")
    keys = hourly.get_partition_keys()
    assert len(keys) == 25
    assert keys[1:3] == ["2024-11-03-01:00-0400", "2024-11-03-01:00-0500"]
    assert all(map(hourly.has_partition_key, keys))


def test_the_hour_that_does_not_exist_in_spring_is_skipped() -> None:
    keys = hours("2024-03-10-00:00", "2024-03-11-00:00").get_partition_keys()
    assert len(keys) == 23
    assert keys[:3] == ["2024-03-10-00:00", "2024-03-10-01:00", "2024-03-10-03:00"]
    assert not hours("2024-03-10-00:00", "2024-03-11-00:00").has_partition_key("2024-03-10-02:00")


@pytest.mark.parametrize(("day", "length"), [("2024-11-03", 25), ("2024-03-10", 23), ("2024-06-01", 24)])
def test_a_day_is_as_long_as_it_is(day: str, length: int) -> None:
    daily = dg.DailyPartitionsDefinition("2024-01-01", timezone=ZONE)
    start, end = daily.time_window_for_partition_key(day)
    assert timedelta(seconds=end.timestamp() - start.timestamp()) == timedelta(hours=length)


def test_a_time_that_does_not_exist_is_the_first_after_the_gap() -> None:
    assert starts("30 2 * * *", "2024-03-09", "2024-03-13") == [
        "2024-03-09T02:30:00-05:00",
        "2024-03-10T03:00:00-04:00",
        "2024-03-11T02:30:00-04:00",
    ]


def test_the_window_before_the_gap_ends_after_it() -> None:
    daily = dg.DailyPartitionsDefinition("2024-03-01", hour_offset=2, timezone=ZONE)
    window = daily.time_window_for_partition_key("2024-03-09")
    assert window.end.isoformat() == "2024-03-10T03:00:00-04:00"
    assert daily.time_window_for_partition_key("2024-03-10").start == window.end


def test_a_repeated_time_is_the_second_unless_hourly() -> None:
    assert starts("30 1 * * *", "2024-11-02", "2024-11-06") == [
        "2024-11-02T01:30:00-04:00",
        "2024-11-03T01:30:00-05:00",
        "2024-11-04T01:30:00-05:00",
    ]


@pytest.mark.parametrize(
    ("cron", "key"),
    [("30 1 * * *", "2024-11-03-01:30"), ("0 1,2 * * *", "2024-11-03-01:00")],
)
def test_the_key_of_a_repeated_time_shows_no_offset_unless_hourly(cron: str, key: str) -> None:
    windows = dg.TimeWindowPartitionsDefinition(
        "2024-11-03-00:00", "%Y-%m-%d-%H:%M", end="2024-11-04-02:00", cron_schedule=cron, timezone=ZONE
    )
    assert windows.get_first_partition_key() == key
    assert windows.time_window_for_partition_key(key).start.isoformat().endswith("-05:00")


def test_an_hourly_cron_ticks_at_both_times() -> None:
    keys = hours("2024-11-03-00:00", "2024-11-03-03:30", minute_offset=30).get_partition_keys()
    assert keys == ["2024-11-03-00:30", "2024-11-03-01:30", "2024-11-03-01:30-0500", "2024-11-03-02:30"]


def test_a_day_that_a_zone_skipped_is_no_partition() -> None:
    keys = dg.DailyPartitionsDefinition(
        "2011-12-28", "2012-01-02", timezone="Pacific/Apia"
    ).get_partition_keys()
    assert keys == ["2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01"]


def test_midnight_that_does_not_exist_is_one_o_clock_and_the_key_is_the_date() -> None:
    daily = dg.DailyPartitionsDefinition("2018-11-01", "2018-11-07", timezone="America/Sao_Paulo")
    assert daily.get_partition_keys() == [f"2018-11-0{day}" for day in range(1, 7)]
    assert daily.time_window_for_partition_key("2018-11-04").start.isoformat() == "2018-11-04T01:00:00-02:00"


@pytest.mark.parametrize("fold", [0, 1])
def test_a_naive_current_time_may_say_which_of_two_it_is(fold: int) -> None:
    hourly = hours("2024-11-03-00:00", "2024-11-04-00:00")
    with dg.partition_loading_context(datetime(2024, 11, 3, 1, 30, fold=fold)):
        assert hourly.get_num_partitions() == 1 + fold
