"""How old an asset may get, and whether it has. Reads no clock: moments are given. Semantics: section 20."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

from dagx.errors import InvalidArgumentError
from dagx.record import Record
from dagx.time.cron import parse_cron
from dagx.time.ticks import latest_tick, next_tick
from dagx.time.time_zones import time_zone

if TYPE_CHECKING:
    from dagx.assets.specs import AssetSpec

__all__ = ["FreshnessPolicy", "apply_freshness_policy"]

_MINUTE = timedelta(minutes=1)
# Enough ticks for every distance between two that an expression has in a few years.
_COMPARED_TICKS = 600


class FreshnessState(enum.Enum):
    """Whether an asset is as fresh as its policy asks. Semantics: section 20.2."""

    PASS = "PASS"
    WARN = "WARN"
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"
    """It was never materialized."""
    NOT_APPLICABLE = "NOT_APPLICABLE"
    """It has no policy."""


class FreshnessPolicy(Record):
    """How old an asset may get. Made by `FreshnessPolicy.time_window(...)` or `FreshnessPolicy.cron(...)`.

    Given as `freshness_policy` to an asset, spec or output. Of a partitioned asset the latest materialization of
    any partition counts. Calling the class itself is an InvalidArgumentError. Semantics: section 20.1.
    """

    def __init__(self, *_: Any, **given: Any) -> None:
        hint = "write FreshnessPolicy.time_window(fail_window=timedelta(...)) or FreshnessPolicy.cron(...)"
        if "maximum_lag_minutes" in given:
            hint += "; maximum_lag_minutes belongs to LegacyFreshnessPolicy"
        raise InvalidArgumentError("FreshnessPolicy is not called itself", hint)

    @staticmethod
    def time_window(
        fail_window: timedelta, warn_window: timedelta | None = None
    ) -> TimeWindowFreshnessPolicy:
        """It fails once the latest materialization is `fail_window` old, and warns once it is `warn_window` old.

        Raises InvalidArgumentError for a window below one minute, and unless the warning comes first.
        """
        return TimeWindowFreshnessPolicy(fail_window, warn_window)

    @staticmethod
    def cron(deadline_cron: str, lower_bound_delta: timedelta, timezone: str = "UTC") -> CronFreshnessPolicy:
        """At each tick of `deadline_cron` in `timezone` it fails unless materialized within `lower_bound_delta`
        before the tick, or since.

        Raises InvalidDefinitionError for a bad expression or zone, InvalidArgumentError for a delta below one minute
        or above the shortest time between two ticks.
        """
        return CronFreshnessPolicy(deadline_cron, lower_bound_delta, timezone)


class TimeWindowFreshnessPolicy(FreshnessPolicy):
    """See `FreshnessPolicy.time_window`."""

    fail_window: timedelta
    warn_window: timedelta | None

    def __init__(self, fail_window: timedelta, warn_window: timedelta | None = None) -> None:
        _check_length(fail_window, "fail_window")
        if warn_window is not None:
            _check_length(warn_window, "warn_window")
            if warn_window >= fail_window:
                raise InvalidArgumentError(
                    f"warn_window ({warn_window}) is not shorter than fail_window ({fail_window})",
                    "the warning comes before the failure: make warn_window shorter",
                )
        self._set(fail_window=fail_window, warn_window=warn_window)


class CronFreshnessPolicy(FreshnessPolicy):
    """See `FreshnessPolicy.cron`."""

    deadline_cron: str
    lower_bound_delta: timedelta
    timezone: str

    def __init__(self, deadline_cron: str, lower_bound_delta: timedelta, timezone: str = "UTC") -> None:
        shortest = _shortest_interval(deadline_cron)
        time_zone(timezone)
        _check_length(lower_bound_delta, "lower_bound_delta")
        if lower_bound_delta > shortest:
            raise InvalidArgumentError(
                f"lower_bound_delta ({lower_bound_delta}) is longer than the {shortest} between two ticks of"
                f" {deadline_cron!r}",
                "make it shorter, or the deadlines rarer",
            )
        self._set(deadline_cron=deadline_cron, lower_bound_delta=lower_bound_delta, timezone=timezone)


def apply_freshness_policy(
    spec: AssetSpec, policy: FreshnessPolicy, overwrite_existing: bool = True
) -> AssetSpec:
    """A spec with this policy; with `overwrite_existing=False`, only if it had none. Section 20.1."""
    checked_policy(policy)
    if not hasattr(spec, "freshness_policy") or not hasattr(spec, "replace_attributes"):
        raise InvalidArgumentError(
            f"a freshness policy is applied to an AssetSpec, not to {spec!r}",
            "map the specs of definitions: defs.map_asset_specs(func=...)",
        )
    if spec.freshness_policy is not None and not overwrite_existing:
        return spec
    return spec.replace_attributes(freshness_policy=policy)


def checked_policy(policy: object) -> FreshnessPolicy:
    """`policy`, if it is a FreshnessPolicy. Raises InvalidArgumentError."""
    if not isinstance(policy, FreshnessPolicy):
        raise InvalidArgumentError(
            f"a freshness policy is a FreshnessPolicy, not {policy!r}",
            "write FreshnessPolicy.time_window(fail_window=timedelta(...))",
        )
    return policy


def freshness_state(
    policy: FreshnessPolicy | None, last_materialized_at: datetime | None, now: datetime
) -> FreshnessState:
    """Whether an asset with this policy is fresh at `now`. Both moments have a time zone. Section 20.2."""
    if policy is None:
        return FreshnessState.NOT_APPLICABLE
    if last_materialized_at is None:
        return FreshnessState.UNKNOWN
    if isinstance(policy, TimeWindowFreshnessPolicy):
        age = now - last_materialized_at
        if age >= policy.fail_window:
            return FreshnessState.FAIL
        is_late = policy.warn_window is not None and age >= policy.warn_window
        return FreshnessState.WARN if is_late else FreshnessState.PASS
    of_cron = cast(CronFreshnessPolicy, policy)
    deadline = latest_tick(of_cron.deadline_cron, of_cron.timezone, now)
    is_fresh = last_materialized_at >= deadline - of_cron.lower_bound_delta
    return FreshnessState.PASS if is_fresh else FreshnessState.FAIL


def fresh_until(policy: FreshnessPolicy, last_materialized_at: datetime) -> datetime:
    """The instant from which on an asset fails its policy, unless it is materialized again."""
    if isinstance(policy, TimeWindowFreshnessPolicy):
        return last_materialized_at + policy.fail_window
    of_cron = cast(CronFreshnessPolicy, policy)
    # The first deadline that this materialization is too early for.
    return next_tick(
        of_cron.deadline_cron, of_cron.timezone, last_materialized_at + of_cron.lower_bound_delta
    )


def next_freshness_change(
    policy: FreshnessPolicy | None, last_materialized_at: datetime | None, now: datetime
) -> datetime | None:
    """The first instant after `now` at which the state will be another, unless the asset is materialized before.

    None when it stays as it is.
    """
    if policy is None or last_materialized_at is None:
        return None
    instants = [fresh_until(policy, last_materialized_at)]
    if isinstance(policy, TimeWindowFreshnessPolicy) and policy.warn_window is not None:
        instants.append(last_materialized_at + policy.warn_window)
    return min((instant for instant in instants if instant > now), default=None)


def policy_to_json(policy: FreshnessPolicy) -> dict[str, object]:
    """The policy as plain values that JSON has; `policy_from_json` reads them. Lengths are seconds."""
    if isinstance(policy, TimeWindowFreshnessPolicy):
        warn = None if policy.warn_window is None else policy.warn_window.total_seconds()
        return {"fail_window": policy.fail_window.total_seconds(), "warn_window": warn}
    of_cron = cast(CronFreshnessPolicy, policy)
    return {
        "deadline_cron": of_cron.deadline_cron,
        "lower_bound_delta": of_cron.lower_bound_delta.total_seconds(),
        "timezone": of_cron.timezone,
    }


def policy_from_json(fields: Mapping[str, Any]) -> FreshnessPolicy:
    """The inverse of `policy_to_json`."""
    if "deadline_cron" in fields:
        delta = timedelta(seconds=fields["lower_bound_delta"])
        return CronFreshnessPolicy(fields["deadline_cron"], delta, fields["timezone"])
    warn = fields["warn_window"]
    return TimeWindowFreshnessPolicy(
        timedelta(seconds=fields["fail_window"]), None if warn is None else timedelta(seconds=warn)
    )


def _check_length(length: object, name: str) -> None:
    if not isinstance(length, timedelta):
        raise InvalidArgumentError(
            f"{name} is a timedelta, not {length!r}", f"write {name}=timedelta(hours=1)"
        )
    if length < _MINUTE:
        raise InvalidArgumentError(f"{name} is one minute or more, not {length}")


def _shortest_interval(expression: str) -> timedelta:
    """The least time between two ticks, in a place whose clocks never change."""
    cron = parse_cron(expression)
    moments = [cron.nth(number) for number in range(_COMPARED_TICKS)]
    return timedelta(seconds=min(later - sooner for sooner, later in pairwise(moments)))
