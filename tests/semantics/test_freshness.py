"""Section 20: how old assets may get."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

import dagx as dg

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


NOW = at("2024-03-01 12:00")


def test_a_time_window_has_a_window_to_fail_and_one_to_warn() -> None:
    policy = dg.FreshnessPolicy.time_window(fail_window=DAY, warn_window=HOUR)
    assert isinstance(policy, dg.FreshnessPolicy)
    assert (policy.fail_window, policy.warn_window) == (DAY, HOUR)
    assert dg.FreshnessPolicy.time_window(DAY).warn_window is None
    assert policy == dg.FreshnessPolicy.time_window(DAY, HOUR)


@pytest.mark.parametrize(
    ("fail", "warn"),
    [
        (timedelta(seconds=59), None),
        (timedelta(0), None),
        (-DAY, None),
        (HOUR, timedelta(seconds=59)),
        (HOUR, HOUR),
        (HOUR, DAY),
        (60, None),
        (None, HOUR),
        (HOUR, 60),
    ],
)
def test_windows_are_a_minute_or_more_and_the_warning_comes_first(fail: object, warn: object) -> None:
    with pytest.raises(dg.InvalidArgumentError):
        dg.FreshnessPolicy.time_window(fail, warn)  # type: ignore[arg-type]


def test_windows_of_a_minute_will_do() -> None:
    minute = timedelta(minutes=1)
    assert dg.FreshnessPolicy.time_window(2 * minute, minute).fail_window == 2 * minute


def test_a_cron_policy_has_deadlines_a_delta_and_a_zone() -> None:
    policy = dg.FreshnessPolicy.cron("0 9 * * *", HOUR, timezone="Europe/Berlin")
    assert isinstance(policy, dg.FreshnessPolicy)
    assert (policy.deadline_cron, policy.lower_bound_delta) == ("0 9 * * *", HOUR)
    assert policy.timezone == "Europe/Berlin"
    assert dg.FreshnessPolicy.cron("0 9 * * *", HOUR).timezone == "UTC"


@pytest.mark.parametrize(
    ("cron", "delta", "zone"),
    [
        ("not a cron", HOUR, "UTC"),
        ("0 9 * *", HOUR, "UTC"),
        ("0 9 * * *", timedelta(seconds=59), "UTC"),
        ("0 9 * * *", DAY + timedelta(seconds=1), "UTC"),
        ("0 9,17 * * *", timedelta(hours=9), "UTC"),
        ("0 9 * * *", HOUR, "Mars/Olympus"),
        ("0 9 * * *", 3600, "UTC"),
    ],
)
def test_a_cron_policy_refuses_what_makes_no_sense(cron: str, delta: object, zone: str) -> None:
    with pytest.raises((dg.InvalidArgumentError, dg.InvalidDefinitionError)):
        dg.FreshnessPolicy.cron(cron, delta, zone)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cron", "delta"),
    [
        ("0 9 * * *", DAY),
        ("0 9,17 * * *", timedelta(hours=8)),
        ("* * * * *", timedelta(minutes=1)),
        ("@monthly", timedelta(days=28)),
    ],
)
def test_the_delta_of_a_cron_policy_may_be_as_long_as_the_shortest_time_between_deadlines(
    cron: str, delta: timedelta
) -> None:
    assert dg.FreshnessPolicy.cron(cron, delta, "America/New_York") == dg.FreshnessPolicy.cron(
        cron, delta, "America/New_York"
    )
    with pytest.raises(dg.InvalidArgumentError, match="longer than"):
        dg.FreshnessPolicy.cron(cron, delta + timedelta(minutes=1))


def test_the_class_itself_is_not_called() -> None:
    with pytest.raises(TypeError, match="not called itself"):
        dg.FreshnessPolicy()
    with pytest.raises(TypeError, match="LegacyFreshnessPolicy"):
        dg.FreshnessPolicy(maximum_lag_minutes=5)


LETTERS = dg.StaticPartitionsDefinition(["a", "b"])
A_DAY = dg.FreshnessPolicy.time_window(DAY)


@pytest.mark.parametrize("partitions_def", [None, LETTERS], ids=["whole", "partitioned"])
@pytest.mark.parametrize(
    "define",
    [
        lambda partitions: dg.asset(name="a", freshness_policy=A_DAY, partitions_def=partitions)(
            lambda: None
        ),
        lambda partitions: dg.AssetSpec("a", freshness_policy=A_DAY, partitions_def=partitions),
        lambda partitions: dg.multi_asset(
            outs={"a": dg.AssetOut(freshness_policy=A_DAY)}, partitions_def=partitions, name="m"
        )(lambda: None),
    ],
    ids=["asset", "spec", "out"],
)
def test_an_asset_a_spec_and_an_out_take_a_policy_also_with_partitions(
    define: Callable[[dg.PartitionsDefinition | None], Any], partitions_def: dg.PartitionsDefinition | None
) -> None:
    definitions = dg.Definitions([define(partitions_def)])
    dg.Definitions.validate_loadable(definitions)
    (spec,) = definitions.resolve_all_asset_specs()
    assert (spec.freshness_policy, spec.partitions_def) == (A_DAY, partitions_def)


def test_a_policy_is_applied_to_a_spec_unless_it_has_one_that_is_to_stay() -> None:
    one, other = dg.FreshnessPolicy.time_window(HOUR), dg.FreshnessPolicy.time_window(DAY)
    spec = dg.apply_freshness_policy(dg.AssetSpec("a"), one)
    assert spec.freshness_policy == one
    assert dg.apply_freshness_policy(spec, other).freshness_policy == other
    assert dg.apply_freshness_policy(spec, other, overwrite_existing=False).freshness_policy == one
    bare = dg.AssetSpec("a")
    assert dg.apply_freshness_policy(bare, one, overwrite_existing=False).freshness_policy == one
    with pytest.raises(dg.InvalidArgumentError):
        dg.apply_freshness_policy(spec, HOUR)  # type: ignore[arg-type]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("policy", "minutes_behind", "overdue", "lag"),
    [
        ({"maximum_lag_minutes": 30}, 20, 0, 20),
        ({"maximum_lag_minutes": 30}, 50, 20, 50),
        ({"maximum_lag_minutes": 0}, 50, 50, 50),
        # the last tick before 12:00 is 09:00
        ({"maximum_lag_minutes": 30, "cron_schedule": "0 9 * * *"}, 180, 0, 0),
        ({"maximum_lag_minutes": 30, "cron_schedule": "0 9 * * *"}, 240, 30, 60),
        (
            {
                "maximum_lag_minutes": 30,
                "cron_schedule": "0 9 * * *",
                "cron_schedule_timezone": "Europe/Berlin",
            },
            240,
            0,
            0,
        ),
    ],
)
def test_a_legacy_policy_counts_the_minutes_that_data_is_late(
    policy: dict[str, object], minutes_behind: int, overdue: float, lag: float
) -> None:
    found = dg.LegacyFreshnessPolicy(**policy).minutes_overdue(  # type: ignore[arg-type]
        NOW - timedelta(minutes=minutes_behind), NOW
    )
    assert found is not None
    assert (found.overdue_minutes, found.lag_minutes) == (overdue, lag)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_legacy_policy_does_not_know_how_late_unknown_data_is() -> None:
    assert dg.LegacyFreshnessPolicy(maximum_lag_minutes=1).minutes_overdue(None, NOW) is None


def test_a_legacy_policy_warns_that_it_does_nothing() -> None:
    with pytest.warns(DeprecationWarning, match="use FreshnessPolicy"):
        dg.LegacyFreshnessPolicy(maximum_lag_minutes=1)


@pytest.mark.parametrize(
    "given",
    [
        {"maximum_lag_minutes": -1},
        {"maximum_lag_minutes": 1, "cron_schedule_timezone": "UTC"},
        {"maximum_lag_minutes": 1, "cron_schedule": "nonsense"},
        {"maximum_lag_minutes": 1, "cron_schedule": "@daily", "cron_schedule_timezone": "Nowhere"},
        {},
    ],
)
def test_a_legacy_policy_refuses_what_makes_no_sense(given: dict[str, object]) -> None:
    with pytest.raises((TypeError, dg.InvalidDefinitionError)):
        dg.LegacyFreshnessPolicy(**given)  # type: ignore[arg-type]
