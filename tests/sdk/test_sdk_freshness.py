"""freshness.py, for every policy and moment."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from dagx.freshness.policies import (
    CronFreshnessPolicy,
    FreshnessPolicy,
    FreshnessState,
    TimeWindowFreshnessPolicy,
    fresh_until,
    freshness_state,
    next_freshness_change,
    policy_from_json,
    policy_to_json,
)

START = datetime(2024, 3, 1, tzinfo=timezone.utc)
MOMENTS = st.integers(0, 400 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
TICK = timedelta(seconds=1)

WINDOWS = st.builds(
    lambda warn, more: TimeWindowFreshnessPolicy(
        timedelta(minutes=warn + more), timedelta(minutes=warn) if more % 2 else None
    ),
    st.integers(1, 5000),
    st.integers(1, 5000),
)
CRONS = st.builds(
    lambda cron, minutes, zone: CronFreshnessPolicy(cron, timedelta(minutes=minutes), zone),
    st.sampled_from(["@hourly", "30 2 * * *", "0 9,17 * * 1-5", "@monthly", "15 * * * *"]),
    st.integers(1, 60),
    st.sampled_from(["UTC", "America/New_York", "Asia/Kolkata"]),
)
POLICIES: st.SearchStrategy[FreshnessPolicy] = WINDOWS | CRONS


@given(POLICIES, MOMENTS, MOMENTS)
def test_an_asset_fails_exactly_from_the_instant_that_was_said(
    policy: FreshnessPolicy, made: datetime, now: datetime
) -> None:
    failed = freshness_state(policy, made, max(made, now)) is FreshnessState.FAIL
    assert failed == (max(made, now) >= fresh_until(policy, made))


@given(POLICIES, MOMENTS, MOMENTS)
def test_the_state_is_the_same_up_to_the_next_change_and_another_there(
    policy: FreshnessPolicy, made: datetime, now: datetime
) -> None:
    now = max(made, now)
    change = next_freshness_change(policy, made, now)
    if change is None:
        assert freshness_state(policy, made, now) is FreshnessState.FAIL
        return
    before = freshness_state(policy, made, now)
    assert change > now
    assert freshness_state(policy, made, change - TICK) is before or change - TICK < now
    assert freshness_state(policy, made, change) is not before


@given(POLICIES)
def test_a_policy_goes_through_json(policy: FreshnessPolicy) -> None:
    assert policy_from_json(policy_to_json(policy)) == policy
