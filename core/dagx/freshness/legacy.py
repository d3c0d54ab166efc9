"""LegacyFreshnessPolicy: how old data could be, before there was FreshnessPolicy. Read, not acted on. Section 20.3."""

from __future__ import annotations

import warnings
from datetime import datetime
from typing import NamedTuple

from dagx.errors import InvalidArgumentError
from dagx.record import Record
from dagx.time.cron import parse_cron
from dagx.time.ticks import latest_tick
from dagx.time.time_zones import time_zone

__all__ = ["LegacyFreshnessPolicy"]


class FreshnessMinutes(NamedTuple):
    """How late data is: minutes beyond what is allowed (0 when it is not), and minutes behind in all."""

    overdue_minutes: float
    lag_minutes: float


class LegacyFreshnessPolicy(Record):
    """Deprecated: use FreshnessPolicy. dagx reads this and does nothing by it; making one warns.

    At each tick of `cron_schedule` in `cron_schedule_timezone` (UTC by default), at any time without one, data is to
    include all that there was `maximum_lag_minutes` earlier. Raises InvalidArgumentError for a lag below 0 and a time
    zone without a cron, InvalidDefinitionError for a bad expression or zone. Semantics: section 20.3.
    """

    maximum_lag_minutes: float
    cron_schedule: str | None
    cron_schedule_timezone: str | None

    def __init__(
        self,
        *,
        maximum_lag_minutes: float,
        cron_schedule: str | None = None,
        cron_schedule_timezone: str | None = None,
    ) -> None:
        if maximum_lag_minutes < 0:
            raise InvalidArgumentError(f"maximum_lag_minutes is 0 or more, not {maximum_lag_minutes}")
        if cron_schedule is not None:
            parse_cron(cron_schedule)
        elif cron_schedule_timezone is not None:
            raise InvalidArgumentError(
                "cron_schedule_timezone is given without cron_schedule", "give both, or none"
            )
        if cron_schedule_timezone is not None:
            time_zone(cron_schedule_timezone)
        warnings.warn(
            "LegacyFreshnessPolicy is deprecated and does nothing in dagx: use FreshnessPolicy",
            DeprecationWarning,
            stacklevel=2,
        )
        self._set(
            maximum_lag_minutes=float(maximum_lag_minutes),
            cron_schedule=cron_schedule,
            cron_schedule_timezone=cron_schedule_timezone,
        )

    def minutes_overdue(
        self, data_time: datetime | None, evaluation_time: datetime
    ) -> FreshnessMinutes | None:
        """How late data of `data_time` is at `evaluation_time`; None when it is not known. Both have a time zone."""
        if data_time is None:
            return None
        asked = evaluation_time
        if self.cron_schedule is not None:
            asked = latest_tick(self.cron_schedule, self.cron_schedule_timezone or "UTC", evaluation_time)
        lag = (asked - data_time).total_seconds() / 60
        return FreshnessMinutes(max(0.0, lag - self.maximum_lag_minutes), lag)
