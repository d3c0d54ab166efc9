"""Which ticks are due, which requests are new, and how far a multi-asset sensor has come."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dagx as dg
from dagx.automation.crons import due_ticks
from dagx.automation.multi_asset_cursor import MOST_TRAILING, Event, Position, read_cursor, written
from dagx.automation.requests import tags_of_run
from dagx.automation.resolving import DynamicPartitionsRequest, PartitionsAfter
from dagx.automation.run_keys import without_known_run_keys
from dagx.automation.tick_context import TickContext

UTC = timezone.utc


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(cron: str | list[str], last: str, now: str, **fields: str) -> list[str]:
    found = due_ticks(cron, fields.get("zone"), utc(last), utc(now), fields.get("catch_up", "latest"))  # type: ignore[arg-type]
    return [tick.astimezone(UTC).strftime("%m-%dT%H:%M") for tick in found]


# Ticks that are due


def test_after_a_pause_only_the_latest_tick_is_due() -> None:
    assert due("0 * * * *", "2024-01-05T00:30", "2024-01-05T06:10") == ["01-05T06:00"]


def test_without_a_tick_since_the_last_nothing_is_due() -> None:
    assert due("0 * * * *", "2024-01-05T06:00", "2024-01-05T06:59") == []
    assert due("0 * * * *", "2024-01-05T06:00", "2024-01-05T07:00") == ["01-05T07:00"]


def test_catching_up_takes_the_last_five() -> None:
    found = due("0 * * * *", "2024-01-05T00:00", "2024-01-05T09:30", catch_up="all")
    assert found == ["01-05T05:00", "01-05T06:00", "01-05T07:00", "01-05T08:00", "01-05T09:00"]
    few = due("0 * * * *", "2024-01-05T07:30", "2024-01-05T09:30", catch_up="all")
    assert few == ["01-05T08:00", "01-05T09:00"]


def test_the_ticks_of_several_crons_are_united_and_coincident_ones_are_one() -> None:
    crons = ["0 * * * *", "*/30 * * * *"]
    found = due(crons, "2024-01-05T07:30", "2024-01-05T09:10", catch_up="all")
    assert found == ["01-05T08:00", "01-05T08:30", "01-05T09:00"]
    assert due(crons, "2024-01-05T07:30", "2024-01-05T09:10") == ["01-05T09:00"]


def test_ticks_are_those_of_the_time_zone() -> None:
    assert due("0 0 * * *", "2024-01-04T12:00", "2024-01-05T12:00", zone="America/New_York") == [
        "01-05T05:00"
    ]
    assert due("0 0 * * *", "2024-07-04T12:00", "2024-07-05T12:00", zone="America/New_York") == [
        "07-05T04:00"
    ]


def test_moments_without_a_time_zone_are_refused() -> None:
    with pytest.raises(dg.InvalidArgumentError):
        due_ticks("@daily", None, datetime(2024, 1, 1), utc("2024-01-02"))


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2025, 1, 1), timezones=st.just(UTC)),
    st.integers(0, 60 * 72),
    st.integers(1, 60 * 24),
)
def test_a_tick_fires_once_however_often_one_looks(start: datetime, pause: int, step: int) -> None:
    crons, zone = ["*/45 * * * *", "0 3 * * *"], "America/New_York"
    last = now = start
    seen: list[datetime] = []
    for _ in range(4):
        now += timedelta(minutes=step + pause)
        for tick in due_ticks(crons, zone, last, now):
            assert last < tick <= now
            seen.append(tick)
            last = tick
    assert len({tick.timestamp() for tick in seen}) == len(seen)


# Run keys


def keys_of(requests: list[dg.RunRequest]) -> list[str | None]:
    return [request.run_key for request in requests]


def test_a_run_key_launches_one_run_in_the_whole_history_of_a_sensor() -> None:
    asked = [dg.RunRequest("old"), dg.RunRequest("new"), dg.RunRequest("new", tags={"x": "y"})]
    found = without_known_run_keys(asked, known={"old"})
    assert keys_of(found.launch) == ["new"]
    assert [(request.run_key, why) for request, why in found.skipped] == [
        ("old", 'a run with the run key "old" was launched before'),
        ("new", 'the run key "new" came twice in this tick'),
    ]


def test_without_a_run_key_every_request_launches() -> None:
    asked = [dg.RunRequest(), dg.RunRequest(), dg.RunRequest("a")]
    assert without_known_run_keys(asked, known=()).launch == asked


@given(st.lists(st.sampled_from([None, "a", "b", "c"])), st.sets(st.sampled_from(["a", "b", "c"])))
def test_no_key_launches_twice_and_nothing_is_lost(keys: list[str | None], known: set[str]) -> None:
    found = without_known_run_keys([dg.RunRequest(key) for key in keys], known)
    launched = [key for key in keys_of(found.launch) if key is not None]
    assert len(launched) == len(set(launched))
    assert not known & set(launched)
    assert len(found.launch) + len(found.skipped) == len(keys)
    assert {key for key in keys if key is not None} <= known | set(launched)


def test_the_run_of_a_request_has_its_key_as_a_tag() -> None:
    assert tags_of_run(dg.RunRequest("k", tags={"a": "b"})) == {"a": "b", "dagster/run_key": "k"}
    assert tags_of_run(dg.RunRequest()) == {}


# The cursor of several assets


def test_a_cursor_reads_back_what_was_written() -> None:
    keys = [dg.AssetKey(["a", "b"]), dg.AssetKey("a/b"), dg.AssetKey("c")]
    positions = {
        keys[0]: Position(7, "p", {"q": 3}),
        keys[1]: Position(9),
        keys[2]: Position(),
    }
    assert read_cursor(written(positions), keys) == positions
    assert read_cursor(None, keys) == {key: Position() for key in keys}


@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=8), st.data())
def test_every_partition_passed_over_is_left_with_its_newest_event(
    partitions: list[str], data: st.DataObject
) -> None:
    events = [Event(number, partition) for number, partition in enumerate(partitions, 1)]
    consumed = data.draw(st.sampled_from(events))
    between = [event for event in events if event.number < consumed.number]
    position = Position().past(consumed, between)
    newest = {event.partition: event.number for event in between}
    newest.pop(consumed.partition, None)
    assert (position.number, position.partition) == consumed
    assert position.trailing == newest
    for partition, number in newest.items():
        position = position.past(Event(number, partition), [])
    assert (position.number, position.trailing) == (consumed.number, {})


def test_only_the_newest_events_left_behind_are_remembered() -> None:
    between = [Event(number, f"p{number}") for number in range(1, 101)]
    trailing = Position().past(Event(101, "last"), between).trailing
    assert len(trailing) == MOST_TRAILING
    assert min(trailing.values()) == 101 - MOST_TRAILING


# Dynamic partitions as they will be


def test_requests_for_partitions_are_carried_out_in_order() -> None:
    names = dg.DynamicPartitionsDefinition(name="names")
    instance = dg.DagsterInstance.ephemeral()
    instance.add_dynamic_partitions("names", ["a", "b"])
    requests: list[DynamicPartitionsRequest] = [
        names.build_delete_request(["a"]),
        names.build_add_request(["c", "b", "a"]),
    ]
    after = PartitionsAfter(TickContext(instance=instance), requests)
    assert after.get_dynamic_partitions("names") == ["b", "c", "a"]
    assert after.has_dynamic_partition("names", "c")
    assert after.get_dynamic_partitions("others") == []
    assert PartitionsAfter(TickContext(), requests).get_dynamic_partitions("names") == ["c", "b", "a"]
    assert instance.get_dynamic_partitions("names") == ["a", "b"]
