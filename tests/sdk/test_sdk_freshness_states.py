"""How an asset stands by its freshness policy at some moments, and when that changes. Section 20.2."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

import dagx as dg
from dagx.freshness.policies import FreshnessState, fresh_until, freshness_state, next_freshness_change

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PASS, WARN, FAIL = FreshnessState.PASS, FreshnessState.WARN, FreshnessState.FAIL


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


NOW = at("2024-03-01 12:00")


def test_an_asset_without_policy_has_no_freshness_and_one_never_made_an_unknown_one() -> None:
    assert freshness_state(None, NOW, NOW) is FreshnessState.NOT_APPLICABLE
    assert freshness_state(None, None, NOW) is FreshnessState.NOT_APPLICABLE
    for policy in (dg.FreshnessPolicy.time_window(HOUR), dg.FreshnessPolicy.cron("0 9 * * *", HOUR)):
        assert freshness_state(policy, None, NOW) is FreshnessState.UNKNOWN


@pytest.mark.parametrize(
    ("minutes", "state"),
    [(0, PASS), (59, PASS), (60, WARN), (119, WARN), (120, FAIL), (9999, FAIL), (-5, PASS)],
)
def test_a_time_window_warns_and_fails_at_the_very_age(minutes: int, state: FreshnessState) -> None:
    policy = dg.FreshnessPolicy.time_window(2 * HOUR, warn_window=HOUR)
    assert freshness_state(policy, NOW - timedelta(minutes=minutes), NOW) is state


def test_without_a_window_to_warn_it_does_not() -> None:
    policy = dg.FreshnessPolicy.time_window(2 * HOUR)
    assert freshness_state(policy, NOW - timedelta(minutes=119), NOW) is PASS


@pytest.mark.parametrize(
    ("made", "now", "state"),
    [
        ("03-01 08:00", "03-01 09:00", PASS),  # on the edge of what the deadline takes
        ("03-01 07:59", "03-01 09:00", FAIL),
        ("03-01 07:59", "03-01 08:59", PASS),  # the last deadline is still yesterday's
        ("03-01 09:30", "03-01 10:00", PASS),  # late, but since the deadline
        ("02-29 08:30", "03-01 08:59", PASS),  # counted for yesterday's deadline, until the next
        ("02-29 08:30", "03-01 09:00", FAIL),
        ("02-29 12:00", "03-01 08:00", PASS),
        ("02-29 12:00", "03-01 09:00", FAIL),
    ],
)
def test_a_cron_policy_asks_for_a_materialization_near_the_last_deadline_or_since(
    made: str, now: str, state: FreshnessState
) -> None:
    policy = dg.FreshnessPolicy.cron("0 9 * * *", HOUR)
    assert freshness_state(policy, at(f"2024-{made}"), at(f"2024-{now}")) is state


def test_deadlines_are_of_the_zone() -> None:
    policy = dg.FreshnessPolicy.cron("0 9 * * *", HOUR, "America/New_York")
    made = at("2024-03-01 12:00")  # 07:00 there
    assert freshness_state(policy, made, at("2024-03-01 13:59")) is PASS
    assert freshness_state(policy, made, at("2024-03-01 14:00")) is FAIL


def test_it_is_known_from_when_on_an_asset_will_fail() -> None:
    window, cron = dg.FreshnessPolicy.time_window(DAY, HOUR), dg.FreshnessPolicy.cron("0 9 * * *", HOUR)
    assert fresh_until(window, NOW) == NOW + DAY
    assert fresh_until(cron, at("2024-03-01 08:00")) == at("2024-03-02 09:00")
    assert fresh_until(cron, at("2024-03-01 07:59")) == at("2024-03-01 09:00")
    assert fresh_until(cron, at("2024-03-01 12:00")) == at("2024-03-02 09:00")


@pytest.mark.parametrize(("hours", "change"), [(0, 1), (0.5, 0.5), (1, 23), (23, 1), (24, None), (48, None)])
def test_the_next_change_is_the_warning_then_the_failure_then_none(
    hours: float, change: float | None
) -> None:
    policy = dg.FreshnessPolicy.time_window(DAY, HOUR)
    found = next_freshness_change(policy, NOW - hours * HOUR, NOW)
    assert found == (None if change is None else NOW + change * HOUR)


def test_without_policy_or_materialization_there_is_no_next_change() -> None:
    assert next_freshness_change(None, NOW, NOW) is None
    assert next_freshness_change(dg.FreshnessPolicy.time_window(DAY), None, NOW) is None
