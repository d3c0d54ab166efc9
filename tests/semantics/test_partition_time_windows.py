"""Section 12.1: partitions that are windows of time."""

import copy
import pickle
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

import dagx as dg

Hourly, Daily = dg.HourlyPartitionsDefinition, dg.DailyPartitionsDefinition
Weekly, Monthly = dg.WeeklyPartitionsDefinition, dg.MonthlyPartitionsDefinition
Windows = dg.TimeWindowPartitionsDefinition
UTC = timezone.utc


def keys(definition: dg.PartitionsDefinition, now: datetime) -> list[str]:
    with dg.partition_loading_context(effective_dt=now):
        return definition.get_partition_keys()


def days(*numbers: int) -> list[str]:
    return [f"2024-01-{number:02}" for number in numbers]


NEXT_YEAR = datetime(2025, 1, 1, tzinfo=UTC)


def test_a_day_is_a_partition_once_it_is_over() -> None:
    assert keys(Daily("2024-01-01"), datetime(2024, 1, 4, 23, 59, tzinfo=UTC)) == days(1, 2, 3)


def test_at_midnight_the_day_just_ended_is_a_partition() -> None:
    assert keys(Daily("2024-01-01"), datetime(2024, 1, 5, tzinfo=UTC)) == days(1, 2, 3, 4)


def test_a_microsecond_before_midnight_it_is_not() -> None:
    now = datetime(2024, 1, 5, tzinfo=UTC) - timedelta(microseconds=1)
    assert keys(Daily("2024-01-01"), now) == days(1, 2, 3)


def test_before_the_end_of_the_first_window_there_are_no_partitions() -> None:
    for now in (datetime(2024, 1, 1, 23, 59), datetime(2020, 1, 1)):
        assert keys(Daily("2024-01-01"), now) == []
    with dg.partition_loading_context(datetime(2023, 1, 1)):
        daily = Daily("2024-01-01", end_offset=1)
        assert daily.get_num_partitions() == 0
        assert daily.get_first_partition_key() is None
        assert daily.get_last_partition_key() is None


@pytest.mark.parametrize(("end_offset", "last"), [(0, 3), (1, 4), (2, 5), (-1, 2), (-3, 0), (-10, 0)])
def test_end_offset_adds_windows_that_are_not_over_or_drops_the_latest(end_offset: int, last: int) -> None:
    daily = Daily("2024-01-01", end_offset=end_offset)
    assert keys(daily, datetime(2024, 1, 4, 12)) == days(*range(1, last + 1))


@pytest.mark.parametrize("end_offset", [0, 1, 5])
def test_end_date_is_exclusive_and_clips_end_offset(end_offset: int) -> None:
    daily = Daily("2024-01-01", end_date="2024-01-03", end_offset=end_offset)
    assert keys(daily, NEXT_YEAR) == days(1, 2)
    assert keys(daily, datetime(2024, 1, 2, 12)) == (days(1, 2) if end_offset else days(1))


@pytest.mark.parametrize(
    ("definition", "last"),
    [
        (Daily("2024-01-01", end_date="2024-01-03", hour_offset=9), days(1)),
        (Daily("2024-01-01", end_date="2024-01-03", hour_offset=9, end_offset=2), days(1)),
        (Weekly("2024-01-01", end_date="2024-01-20"), days(7)),
        (
            Windows(datetime(2024, 1, 1), "%Y-%m-%d", datetime(2024, 1, 4, 7), cron_schedule="@daily"),
            days(1, 2, 3),
        ),
    ],
)
def test_windows_that_end_after_the_end_date_are_none(
    definition: dg.PartitionsDefinition, last: list[str]
) -> None:
    assert keys(definition, NEXT_YEAR) == last


def test_the_first_window_is_there_though_the_end_date_comes_inside_it() -> None:
    assert keys(Monthly("2024-01-01", end_date="2024-01-20"), NEXT_YEAR) == days(1)
    assert keys(Monthly("2024-01-02", end_date="2024-01-20"), NEXT_YEAR) == []


@pytest.mark.parametrize(("now", "last"), [(4, 1), (5, 2), (6, 3), (7, 4), (8, 4), (31, 4)])
def test_a_negative_end_offset_drops_the_latest_by_now_and_not_by_the_end_date(now: int, last: int) -> None:
    daily = Daily("2024-01-01", end_date="2024-01-05", end_offset=-2)
    assert keys(daily, datetime(2024, 1, now)) == days(*range(1, last + 1))


@pytest.mark.parametrize(
    ("definition", "cron", "first"),
    [
        (Hourly("2024-01-01-00:00"), "0 * * * *", "2024-01-01-00:00"),
        (Hourly("2024-01-01-00:00", minute_offset=15), "15 * * * *", "2024-01-01-00:15"),
        (Daily("2024-01-01"), "0 0 * * *", "2024-01-01"),
        (Daily(datetime(2024, 1, 1, 12)), "0 0 * * *", "2024-01-02"),
        (Daily("2024-01-01", minute_offset=30, hour_offset=9), "30 9 * * *", "2024-01-01"),
        (Weekly("2024-01-01"), "0 0 * * 0", "2024-01-07"),
        (Weekly("2024-01-01", day_offset=1), "0 0 * * 1", "2024-01-01"),
        (Weekly("2024-01-01", day_offset=6), "0 0 * * 6", "2024-01-06"),
        (Monthly("2023-12-05"), "0 0 1 * *", "2024-01-01"),
        (Monthly("2023-12-05", day_offset=0), "0 0 1 * *", "2024-01-01"),
        (Monthly("2023-12-05", day_offset=15), "0 0 15 * *", "2023-12-15"),
    ],
)
def test_the_first_partition_begins_at_the_first_tick(
    definition: dg.TimeWindowPartitionsDefinition, cron: str, first: str
) -> None:
    with dg.partition_loading_context(NEXT_YEAR):
        assert definition.get_first_partition_key() == first
    assert definition.cron_schedule == cron
    assert definition.timezone == "UTC"
    assert definition.fmt == ("%Y-%m-%d-%H:%M" if isinstance(definition, Hourly) else "%Y-%m-%d")


def test_with_an_hour_offset_the_key_still_shows_the_date() -> None:
    daily = Daily("2024-01-01", hour_offset=9)
    window = daily.time_window_for_partition_key("2024-01-02")
    assert window == (datetime(2024, 1, 2, 9, tzinfo=UTC), datetime(2024, 1, 3, 9, tzinfo=UTC))
    assert keys(daily, datetime(2024, 1, 3, 8, 59)) == days(1)
    assert keys(daily, datetime(2024, 1, 3, 9)) == days(1, 2)


def test_the_zone_of_a_start_given_as_datetime_is_replaced() -> None:
    there = timezone(timedelta(hours=-9))
    daily = Daily(datetime(2024, 1, 1, tzinfo=there), timezone="Europe/Berlin")
    assert daily.start.isoformat() == "2024-01-01T00:00:00+01:00"
    assert daily == Daily("2024-01-01", timezone="Europe/Berlin")
    assert daily.timezone == "Europe/Berlin"


@pytest.mark.parametrize(
    "make",
    [
        lambda: Hourly("2024-01-04"),
        lambda: Daily("2024-01-04-00:00"),
        lambda: Daily("01/04/2024"),
        lambda: Daily("2024-13-04"),
        lambda: Daily("2024-01-04", end_date="soon"),
    ],
)
def test_a_start_that_does_not_match_the_format_is_a_plain_value_error(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="does not match their format") as raised:
        make()
    assert type(raised.value) is ValueError


def test_start_and_end_are_read_in_the_format_given() -> None:
    daily = Daily("01/02/2024", end_date="04/02/2024", fmt="%d/%m/%Y")
    assert keys(daily, NEXT_YEAR) == ["01/02/2024", "02/02/2024", "03/02/2024"]
    assert daily.time_window_for_partition_key("03/02/2024").start == datetime(2024, 2, 3, tzinfo=UTC)


def test_months_without_the_day_are_skipped() -> None:
    monthly = Monthly("2023-11-01", day_offset=31)
    assert keys(monthly, datetime(2024, 3, 1)) == ["2023-12-31"]
    assert keys(monthly, datetime(2024, 4, 1)) == ["2023-12-31", "2024-01-31"]


def test_the_29th_of_february_comes_in_leap_years_alone() -> None:
    windows = Windows(start="2019-01-01", fmt="%Y-%m-%d", cron_schedule="0 0 29 2 *")
    assert keys(windows, datetime(2029, 1, 1)) == ["2020-02-29", "2024-02-29"]


@pytest.mark.parametrize(
    ("cron", "first"),
    [
        ("0 0 L * *", ["2024-01-31", "2024-02-29"]),
        ("0 0 * * 1#2", ["2024-01-08", "2024-02-12"]),
        ("0 0 * * fri#3", ["2024-01-19", "2024-02-16"]),
        ("0 0 * * 7#1", ["2024-01-07", "2024-02-04"]),
        ("0 0 * * L5", ["2024-01-26", "2024-02-23"]),
        ("0 0 * * 3#5", ["2024-01-31", "2024-05-29"]),
        ("0 0 1 * 1#1", ["2024-01-01", "2024-02-01"]),
        ("0 0 */10 * 1-7", ["2024-01-01", "2024-01-11"]),
        ("0 0 */10 * 3", ["2024-01-01", "2024-01-03"]),
        ("0 0 ? * sat-sun", ["2024-01-06", "2024-01-07"]),
        ("0 0 28-1 * *", ["2024-01-01", "2024-01-28"]),
    ],
)
def test_days_may_be_named_as_crons_do(cron: str, first: list[str]) -> None:
    windows = Windows(start="2024-01-01", fmt="%Y-%m-%d", cron_schedule=cron)
    assert keys(windows, NEXT_YEAR)[:2] == first


def test_a_cron_schedule_or_a_schedule_type_makes_windows() -> None:
    by_cron = Windows(start="2024-01-01", fmt="%Y-%m-%d", cron_schedule="0 9 * * 1")
    by_type = Windows("2024-01-01", "%Y-%m-%d", schedule_type="WEEKLY", hour_offset=9, day_offset=1)
    assert by_cron == by_type
    assert by_type.cron_schedule == "0 9 * * 1"
    assert keys(by_cron, datetime(2024, 1, 16)) == days(1, 8)
    assert (by_cron.minute_offset, by_cron.hour_offset, by_cron.day_offset) == (0, 9, 1)
    assert by_cron.schedule_type is by_type.schedule_type


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"cron_schedule": "0 0 * * *", "schedule_type": "DAILY"},
        {"cron_schedule": "0 0 * * *", "hour_offset": 1},
        {"cron_schedule": "0 0 * * *", "minute_offset": 1},
        {"schedule_type": "YEARLY"},
        {"schedule_type": "DAILY", "hour_offset": 24},
        {"schedule_type": "DAILY", "day_offset": 3},
        {"schedule_type": "HOURLY", "hour_offset": 3},
        {"schedule_type": "WEEKLY", "day_offset": 8},
    ],
)
def test_what_contradicts_itself_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(dg.DagsterInvalidDefinitionError):
        Windows("2024-01-01", "%Y-%m-%d", **arguments)


@pytest.mark.parametrize(
    "cron",
    [
        "",
        "0 0 * *",
        "0 0 * * * *",
        "0 0 30 2 *",
        "60 * * * *",
        "0 24 * * *",
        "0 0 0 * *",
        "0 0 * * 8",
        "x * * * *",
    ],
)
def test_an_invalid_cron_is_refused(cron: str) -> None:
    with pytest.raises(dg.DagsterInvalidDefinitionError, match="cron"):
        Windows("2024-01-01", "%Y-%m-%d", cron_schedule=cron)


def test_an_unknown_time_zone_is_answered_with_the_near_one() -> None:
    with pytest.raises(dg.DagsterInvalidDefinitionError, match="Europe/Berlin"):
        Daily("2024-01-01", timezone="Europe/Berln")


@pytest.mark.parametrize(
    "definition",
    [
        Hourly("2024-01-01", fmt="%Y-%m-%d"),
        Daily("2024-01", fmt="%Y-%m"),
        Windows("2024-01-01", "%Y-%m-%d", cron_schedule="0 */6 * * *"),
        Windows("2024-01", "%Y-%m", cron_schedule="0 0 1,15 * *"),
    ],
)
def test_a_format_that_does_not_tell_windows_apart_is_refused_when_definitions_are_loaded(
    definition: dg.TimeWindowPartitionsDefinition,
) -> None:
    with pytest.raises(dg.DagsterInvalidDefinitionError, match="does not tell the partitions"):
        definition.validate_partition_definition()


@pytest.mark.parametrize(
    "definition",
    [
        Hourly("2024-10-20-00:00", timezone="America/New_York"),
        Daily("2024-01-01", hour_offset=9),
        Monthly("2024-01", fmt="%Y-%m", day_offset=15),
        Windows("2024", "%Y", cron_schedule="@yearly"),
        Windows("2024-11-01-00:00", "%Y-%m-%d-%H:%M", cron_schedule="*/30 * * * *", timezone="Europe/Berlin"),
    ],
)
def test_a_format_that_tells_windows_apart_is_fine(definition: dg.TimeWindowPartitionsDefinition) -> None:
    definition.validate_partition_definition()


def test_keys_out_of_range_off_the_ticks_or_unreadable_are_not_there() -> None:
    weekly = Weekly("2024-01-01")
    with dg.partition_loading_context(datetime(2024, 2, 1)):
        assert weekly.has_partition_key("2024-01-07")
        assert weekly.has_partition_key("2024-01-21")
        for key in (
            "2024-01-28",
            "2023-12-31",
            "2024-01-08",
            "2024-1-7",
            "soon",
            "",
            "0001-01-01",
            "9999-12-26",
        ):
            assert not weekly.has_partition_key(key), key


def test_reading_the_window_of_a_key_that_is_none_raises() -> None:
    with pytest.raises(dg.DagsterUnknownPartitionError, match="soon"):
        Daily("2024-01-01").time_window_for_partition_key("soon")


def test_excluded_ticks_are_no_partitions_and_windows_are_not_merged() -> None:
    daily = Daily("2024-01-01", exclusions=["0 0 * * 0,6", datetime(2024, 1, 3)])
    assert keys(daily, datetime(2024, 1, 11)) == days(1, 2, 4, 5, 8, 9, 10)
    friday = daily.time_window_for_partition_key("2024-01-05")
    assert friday.end == datetime(2024, 1, 6, tzinfo=UTC)
    with dg.partition_loading_context(datetime(2024, 1, 11)):
        assert not daily.has_partition_key("2024-01-06")
        assert daily.get_num_partitions() == 7
        assert daily.get_last_partition_key() == "2024-01-10"
        assert daily.get_partition_keys_in_range(dg.PartitionKeyRange("2024-01-05", "2024-01-09")) == days(
            5, 8, 9
        )
    assert keys(daily, datetime(2024, 1, 7)) == days(1, 2, 4, 5)
    assert daily.exclusions == ("0 0 * * 0,6", datetime(2024, 1, 3))


@pytest.mark.parametrize(
    ("end_offset", "later"),
    [(-1, ()), (0, (5,)), (1, (5, 8)), (2, (5, 8, 9)), (6, (5, 8, 9, 10, 11, 12, 15))],
)
def test_end_offset_does_not_count_excluded_windows(end_offset: int, later: tuple[int, ...]) -> None:
    daily = Daily("2024-01-04", exclusions=["0 0 * * 0,6"], end_offset=end_offset)
    for now in (datetime(2024, 1, 6), datetime(2024, 1, 7, 12)):
        assert keys(daily, now) == days(4, *later)


@pytest.mark.parametrize("end_offset", [-1, 0, 1, 5])
def test_when_all_windows_are_excluded_there_is_none(end_offset: int) -> None:
    weekly = Weekly("2024-01-01", exclusions=["@weekly"], end_offset=end_offset)
    assert keys(weekly, datetime(2024, 3, 1)) == []


def test_a_timestamp_in_an_excluded_window_is_of_the_window_before() -> None:
    daily = Daily("2024-01-01", exclusions=["0 0 * * 0,6"])
    sunday = datetime(2024, 1, 7, 12, tzinfo=UTC).timestamp()
    assert daily.get_partition_key_for_timestamp(sunday) == "2024-01-05"


def test_the_first_tick_may_be_excluded() -> None:
    daily = Daily("2024-01-06", exclusions=["0 0 * * 0,6"])
    with dg.partition_loading_context(datetime(2024, 1, 10)):
        assert daily.get_first_partition_key() == "2024-01-08"


def test_ranges_include_both_ends() -> None:
    daily = Daily("2024-01-01", end_date="2024-02-01")
    assert daily.get_partition_keys_in_range(dg.PartitionKeyRange("2024-01-30", "2024-01-31")) == days(30, 31)
    assert daily.get_partition_keys_in_range(dg.PartitionKeyRange("2024-01-31", "2024-01-30")) == []
    with pytest.raises(dg.DagsterInvalidInvocationError, match="2024-02-01"):
        daily.get_partition_keys_in_range(dg.PartitionKeyRange("2024-01-30", "2024-02-01"))


def test_the_key_for_a_timestamp_is_that_of_the_window_around_it() -> None:
    daily = Daily("2024-01-01")
    midnight = datetime(2024, 1, 3, tzinfo=UTC).timestamp()
    assert daily.get_partition_key_for_timestamp(midnight) == "2024-01-03"
    assert daily.get_partition_key_for_timestamp(midnight, end_closed=True) == "2024-01-02"
    assert daily.get_partition_key_for_timestamp(midnight + 0.5, end_closed=True) == "2024-01-03"
    assert daily.get_partition_key_for_timestamp(midnight - 1) == "2024-01-02"


def test_keys_in_a_time_window_are_those_that_begin_in_it() -> None:
    hourly = Hourly("2024-01-01-00:00")
    day = Daily("2024-01-01").time_window_for_partition_key("2024-01-02")
    found = hourly.get_partition_keys_in_time_window(day)
    assert found == [f"2024-01-02-{hour:02}:00" for hour in range(24)]
    early = dg.TimeWindow(datetime(2023, 12, 31, tzinfo=UTC), datetime(2024, 1, 1, 2, tzinfo=UTC))
    assert hourly.get_partition_keys_in_time_window(early) == ["2024-01-01-00:00", "2024-01-01-01:00"]


@pytest.mark.parametrize(
    ("definition", "fields", "cron"),
    [
        (Hourly("2024-01-01-00:00"), {"minute_of_hour": 5}, "5 * * * *"),
        (Daily("2024-01-01"), {}, "0 0 * * *"),
        (Daily("2024-01-01"), {"hour_of_day": 9}, "0 9 * * *"),
        (Weekly("2024-01-01"), {"day_of_week": 3, "minute_of_hour": 1}, "1 0 * * 3"),
        (Monthly("2024-01-01"), {"day_of_month": 3}, "0 0 3 * *"),
        (Windows("2024-01-01", "%Y-%m-%d", cron_schedule="@daily"), {"hour_of_day": 2}, "0 2 * * *"),
    ],
)
def test_a_schedule_may_tick_at_another_time_than_the_windows(
    definition: dg.TimeWindowPartitionsDefinition, fields: dict[str, int], cron: str
) -> None:
    assert definition.get_cron_schedule(**fields) == cron


@pytest.mark.parametrize(
    ("definition", "field"),
    [
        (Hourly("2024-01-01-00:00"), "hour_of_day"),
        (Daily("2024-01-01"), "day_of_week"),
        (Daily("2024-01-01"), "day_of_month"),
        (Weekly("2024-01-01"), "day_of_month"),
        (Monthly("2024-01-01"), "day_of_week"),
        (Windows("2024-01-01", "%Y-%m-%d", cron_schedule="0 0 * * 1-5"), "hour_of_day"),
    ],
)
def test_a_field_that_windows_do_not_have_is_refused(
    definition: dg.TimeWindowPartitionsDefinition, field: str
) -> None:
    with pytest.raises(dg.DagxError, match=field):
        definition.get_cron_schedule(**{field: 1})


def test_a_naive_current_time_is_in_the_zone_of_the_partitions() -> None:
    daily = Daily("2024-01-01", timezone="America/New_York")
    assert keys(daily, datetime(2024, 1, 3)) == days(1, 2)
    assert keys(daily, datetime(2024, 1, 3, tzinfo=UTC)) == days(1)
    assert daily.get_partition_keys(current_time=datetime(2024, 1, 3)) == days(1, 2)
    assert daily.get_num_partitions(current_time=datetime(2024, 1, 3)) == 2
    assert daily.get_last_partition_key(current_time=datetime(2024, 1, 3)) == "2024-01-02"
    assert daily.has_partition_key("2024-01-02", current_time=datetime(2024, 1, 3))


def test_beyond_the_year_9999_there_is_an_error_in_words() -> None:
    last = Daily("9999-12-29", end_offset=5)
    assert last.time_window_for_partition_key("9999-12-30").end == datetime(9999, 12, 31, tzinfo=UTC)
    for ask in (
        lambda: last.time_window_for_partition_key("9999-12-31"),
        lambda: keys(last, datetime(9999, 12, 31)),
    ):
        with pytest.raises(dg.DagxError, match="year 9999"):
            ask()


def test_contexts_nest_and_end() -> None:
    daily = Daily("2024-01-01")
    with dg.partition_loading_context(datetime(2024, 1, 3)):
        with dg.partition_loading_context(datetime(2024, 1, 2)):
            assert daily.get_num_partitions() == 1
        with dg.partition_loading_context():
            assert daily.get_num_partitions() == 2
    assert daily.get_num_partitions() > 700


def test_definitions_are_equal_by_content_and_can_be_copied() -> None:
    one, same, other = Daily("2024-01-01"), Daily(datetime(2024, 1, 1)), Daily("2024-01-01", hour_offset=1)
    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert one != Daily("2024-01-01", exclusions=["0 0 * * 1"])
    assert one == Windows("2024-01-01", "%Y-%m-%d", cron_schedule="@daily")
    assert pickle.loads(pickle.dumps(one)) == copy.deepcopy(one) == one
    assert "2024-01-01" in repr(one)


def test_tags_name_the_partition() -> None:
    assert Daily("2024-01-01").get_tags_for_partition_key("2024-01-01") == {"dagster/partition": "2024-01-01"}
