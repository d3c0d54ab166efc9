"""cron.py and ticks.py: which instants an expression names, told by arithmetic and compared with walking."""

from __future__ import annotations

import copy
import itertools
import pickle
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dagx as dg
from dagx.time.cron import is_valid_cron, parse_cron
from dagx.time.ticks import latest_tick, next_tick, tick_datetimes, ticks_of
from dagx.time.time_zones import TimeZone, time_zone

UTC = timezone.utc


@pytest.mark.parametrize(
    "text",
    [
        "* * * * *",
        "0 9 * * 1-5",
        "*/15 0-6,22 * * *",
        "5/15 * * * *",
        "0 22-2 * * fri-mon",
        "0 0 1 JAN,dec *",
        "0 0 * * 7",
        "0 0 ? * SUN",
        "0 0 l * *",
        " 00  09 * * * ",
        "0 0 29 2 *",
        "0 0 30 2 1",
        "*/70 * * * *",
        "@hourly",
        "@Daily",
        "@midnight",
        "@weekly",
        "@monthly",
        "@yearly",
        "@annually",
    ],
)
def test_valid_expressions(text: str) -> None:
    assert is_valid_cron(text)
    parse_cron(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "0 fields"),
        ("0 0 * *", "4 fields"),
        ("0 0 * * * *", "6 fields"),
        ("60 * * * *", "from 0 to 59"),
        ("* 24 * * *", "from 0 to 23"),
        ("* * 0 * *", "from 1 to 31"),
        ("* * 32 * *", "from 1 to 31"),
        ("* * * 13 *", "from 1 to 12"),
        ("* * * * 8", "from 0 to 7"),
        ("*/0 * * * *", "1 or more"),
        ("1,,2 * * * *", "'' is not a minute"),
        ("a * * * *", "'a' is not a minute"),
        ("* * * * monday", 'did you mean "mon"'),
        ("* * * jna *", "use jan, feb, mar"),
        ("*-5 * * * *", "is not a minute"),
        ("-1 * * * *", "is not a minute"),
        ("0 0 30 2 *", "never ticks"),
        ("0 0 31 4,6 *", "never ticks"),
        ("@daly", 'did you mean "@daily"'),
        ("@reboot", "not a cron alias"),
        ("0 0 * * 5#6", "is not a day of week"),
    ],
)
def test_invalid_expressions_say_what_is_wrong(text: str, says: str) -> None:
    assert not is_valid_cron(text)
    with pytest.raises(dg.InvalidDefinitionError) as raised:
        parse_cron(text)
    assert says in str(raised.value)


def test_a_step_larger_than_its_range_is_doubtful_and_allowed() -> None:
    assert parse_cron("*/15 * * * *").doubts == ()
    (doubt,) = parse_cron("*/70 * * * *").doubts
    assert "'*/70' is larger than the range of the minute" in doubt


@pytest.mark.parametrize(
    ("cron", "after", "expected"),
    [
        ("0 0 13 * 5", "2024-01-01", ["2024-01-05", "2024-01-12", "2024-01-13", "2024-01-19"]),
        ("0 0 * * 5", "2024-01-05", ["2024-01-12"]),
        ("0 0 13 * *", "2024-01-01", ["2024-01-13", "2024-02-13"]),
        ("0 0 29 2 *", "2096-03-01", ["2104-02-29"]),
        ("0 0 l * *", "2024-01-30", ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]),
        ("@weekly", "2024-01-01", ["2024-01-07", "2024-01-14"]),
    ],
)
def test_days_of_month_and_week_together_mean_either(cron: str, after: str, expected: list[str]) -> None:
    found, moment = [], datetime.fromisoformat(after)
    for _ in expected:
        moment = next_tick(cron, "UTC", moment)
        found.append(moment.date().isoformat())
    assert found == expected


def test_the_latest_tick_may_be_now_and_the_next_may_not() -> None:
    nine = datetime(2024, 1, 1, 9, tzinfo=UTC)
    assert latest_tick("0 9 * * *", "UTC", nine) == nine
    assert latest_tick("0 9 * * *", "UTC", nine - timedelta(microseconds=1)) == nine - timedelta(days=1)
    assert next_tick("0 9 * * *", "UTC", nine) == nine + timedelta(days=1)
    assert next_tick("0 9 * * *", "UTC", nine - timedelta(microseconds=1)) == nine


def test_ticks_can_be_walked_in_both_directions() -> None:
    start = datetime(2024, 3, 9, 12)
    forward = itertools.islice(tick_datetimes("30 2 * * *", "America/New_York", start), 2)
    assert [moment.isoformat() for moment in forward] == [
        "2024-03-10T03:00:00-04:00",
        "2024-03-11T02:30:00-04:00",
    ]
    back = itertools.islice(tick_datetimes("30 2 * * *", "America/New_York", start, forward=False), 2)
    assert [moment.isoformat() for moment in back] == [
        "2024-03-09T02:30:00-05:00",
        "2024-03-08T02:30:00-05:00",
    ]
    at_tick = datetime(2024, 3, 9, 2, 30)
    for forward_or_back in (True, False):
        ticks = tick_datetimes("30 2 * * *", "America/New_York", at_tick, forward=forward_or_back)
        assert next(ticks).replace(tzinfo=None) == at_tick


def fields(low: int, high: int) -> st.SearchStrategy[str]:
    number = st.integers(low, high)
    spans = st.tuples(number, number, st.integers(1, 5)).map(lambda s: f"{min(s[:2])}-{max(s[:2])}/{s[2]}")
    lists = st.lists(number, min_size=1, max_size=3).map(lambda ns: ",".join(map(str, ns)))
    return st.one_of(st.just("*"), lists, spans, st.integers(2, 9).map(lambda step: f"*/{step}"))


crons = (
    st.tuples(fields(0, 59), fields(0, 23), fields(1, 31), fields(1, 12), fields(0, 7))
    .map(" ".join)
    .filter(is_valid_cron)
)
ZONES = [
    "UTC",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Africa/Casablanca",
    "Pacific/Apia",
    "Antarctica/Troll",
]
instants = st.integers(int(datetime(1975, 1, 1).timestamp()), int(datetime(2090, 1, 1).timestamp()))


def meant(cron: str, moment: datetime) -> bool:
    """Read the expression as a person does."""
    values = []
    for text, low, high in zip(cron.split(), (0, 0, 1, 1, 0), (59, 23, 31, 12, 7), strict=True):
        found: set[int] = set()
        for term in text.split(","):
            span, _, step = term.partition("/")
            first, _, last = (f"{low}-{high}" if span == "*" else span).partition("-")
            found |= set(range(int(first), int(last or first) + 1, int(step or 1)))
        values.append(found)
    minutes, hours, month_days, months, weekdays = values
    in_month, in_week = moment.day in month_days, moment.isoweekday() % 7 in {n % 7 for n in weekdays}
    in_days = in_month or in_week
    by_month, by_week = cron.split()[2], cron.split()[4]
    if "*" in (by_month, by_week) or (
        (by_month[0] == "*" and len({n % 7 for n in weekdays}) == 7)
        or (by_week[0] == "*" and len(month_days) == 31)
    ):
        in_days = in_month and in_week
    return moment.minute in minutes and moment.hour in hours and moment.month in months and in_days


@given(crons, instants)
@settings(max_examples=150, deadline=None)
def test_between_two_ticks_no_minute_is_meant_and_both_are(cron: str, instant: int) -> None:
    ticks = ticks_of(cron, "UTC")
    number = ticks.number(instant)
    here, before = ticks.at(number), ticks.at(number - 1)
    assert before < instant <= here
    assert meant(cron, datetime.fromtimestamp(here, UTC))
    assert meant(cron, datetime.fromtimestamp(before, UTC))
    for minute in range(before + 60, min(here, before + 86_400), 60):
        assert not meant(cron, datetime.fromtimestamp(minute, UTC))


@given(crons, instants, st.sampled_from(ZONES))
@settings(max_examples=300, deadline=None)
def test_numbers_and_ticks_are_inverse_and_ticks_ascend(cron: str, instant: int, zone: str) -> None:
    ticks = ticks_of(cron, zone)
    number = ticks.number(instant)
    some = [ticks.at(number + step) for step in range(-20, 21)]
    assert some == sorted(set(some))
    assert list(ticks.between(number - 20, number + 21)) == some
    for step, at in zip(range(-20, 21), some, strict=True):
        assert ticks.number(at) == number + step
        assert ticks.number(at + 1) == number + step + 1
        assert ticks.is_tick(at)


def ticks_by_walking(cron: str, zone: str, start: int, end: int) -> list[int]:
    """Section 12.2, minute by minute."""
    place, read = ZoneInfo(zone), parse_cron(cron)
    if read.every_hour:
        walls = ((at, datetime.fromtimestamp(at, place)) for at in range(start, end, 60))
        return [at for at, wall in walls if meant(cron, wall)]
    found: set[int] = set()
    wall = datetime.fromtimestamp(start - 2 * 86_400, UTC).replace(tzinfo=None)
    while wall < datetime.fromtimestamp(end + 2 * 86_400, UTC).replace(tzinfo=None):
        if meant(cron, wall):
            at = int(wall.replace(tzinfo=place, fold=1).timestamp())
            if datetime.fromtimestamp(at, place).replace(tzinfo=None) != wall:  # in a gap
                early = int(wall.replace(tzinfo=place, fold=0).timestamp())
                low, high = sorted((at, early))
                at = next(
                    instant
                    for instant in range(low, high + 60, 60)
                    if datetime.fromtimestamp(instant, place).utcoffset()
                    != datetime.fromtimestamp(instant - 60, place).utcoffset()
                )
            found.add(at)
        wall += timedelta(minutes=1)
    return sorted(at for at in found if start <= at < end)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("America/New_York", datetime(2024, 3, 10)),
        ("America/New_York", datetime(2024, 11, 3)),
        ("Australia/Lord_Howe", datetime(2024, 4, 7)),
        ("Australia/Lord_Howe", datetime(2024, 10, 6)),
        ("Pacific/Apia", datetime(2011, 12, 30)),
        ("America/Sao_Paulo", datetime(2018, 11, 4)),
        ("America/St_Johns", datetime(2006, 10, 29)),
        ("Antarctica/Troll", datetime(2024, 10, 27)),
        ("Asia/Singapore", datetime(1982, 1, 1)),
    ],
)
@pytest.mark.parametrize(
    "cron",
    [
        "0 * * * *",
        "*/15 * * * *",
        "30 1 * * *",
        "30 2 * * *",
        "0 2,3 * * *",
        "*/30 0-5 * * *",
        "0 0 * * *",
        "15 23 * * 6,0",
    ],
)
def test_where_clocks_change_ticks_are_those_found_by_walking(zone: str, day: datetime, cron: str) -> None:
    start = int(day.replace(tzinfo=UTC).timestamp()) - 86_400
    ticks = ticks_of(cron, zone)
    end = start + 3 * 86_400
    found = list(ticks.between(ticks.number(start), ticks.number(end)))
    assert found == ticks_by_walking(cron, zone, start, end)


@given(instants, st.sampled_from(ZONES))
def test_a_table_of_a_zone_agrees_with_the_library(instant: int, zone: str) -> None:
    there = datetime.fromtimestamp(instant, ZoneInfo(zone))
    table = time_zone(zone)
    assert timedelta(seconds=table.offset(instant)) == there.utcoffset()
    earlier, later = table.instant(table.local(instant)), table.instant(table.local(instant), later=True)
    assert instant in (earlier, later)
    assert table.is_second_time(instant) == bool(there.fold)


@pytest.mark.parametrize("zone", ["America/New_York", "Africa/Casablanca", "Asia/Gaza", "Africa/Cairo"])
def test_no_change_of_a_zone_is_missed(zone: str) -> None:
    table, place = TimeZone(zone), ZoneInfo(zone)
    start, end = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2005, 2030))
    offsets = [datetime.fromtimestamp(at, place).utcoffset() for at in range(start, end, 6 * 3600)]
    seen = sum(one != other for one, other in itertools.pairwise(offsets))
    assert seen == sum(len(table.changes(year)) for year in range(2005, 2030))


def test_ticks_are_shared_also_by_copies() -> None:
    ticks = ticks_of("@daily", "Europe/Berlin")
    assert ticks is ticks_of("0 0 * * *", "Europe/Berlin")
    assert copy.deepcopy(ticks) is ticks
    assert pickle.loads(pickle.dumps(ticks)) is ticks
