"""Hourly, daily, weekly and monthly partitions. Semantics: section 12.1."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dagx.partitions.cadence import ScheduleType, cron_of
from dagx.partitions.key_format import DATE, HOUR
from dagx.partitions.time_windows import TimeWindowPartitionsDefinition

__all__ = [
    "DailyPartitionsDefinition",
    "HourlyPartitionsDefinition",
    "MonthlyPartitionsDefinition",
    "WeeklyPartitionsDefinition",
]


class HourlyPartitionsDefinition(TimeWindowPartitionsDefinition):
    """A partition for each hour, from `minute_offset` minutes after one to the next.

    The arguments are those of TimeWindowPartitionsDefinition; `fmt` is "%Y-%m-%d-%H:%M" unless given.
    Semantics: sections 12.1, 12.2.
    """

    def __init__(
        self,
        start_date: datetime | str,
        end_date: datetime | str | None = None,
        minute_offset: int = 0,
        timezone: str | None = None,
        fmt: str | None = None,
        end_offset: int = 0,
        exclusions: Sequence[str | datetime] | None = None,
    ) -> None:
        super().__init__(
            start=start_date,
            fmt=fmt or HOUR,
            end=end_date,
            timezone=timezone,
            end_offset=end_offset,
            cron_schedule=cron_of(ScheduleType.HOURLY, minute_offset, 0, None),
            exclusions=exclusions,
        )


class DailyPartitionsDefinition(TimeWindowPartitionsDefinition):
    """A partition for each day, which begins `hour_offset` hours and `minute_offset` minutes after midnight.

    The arguments are those of TimeWindowPartitionsDefinition; `fmt` is "%Y-%m-%d" unless given.
    Semantics: sections 12.1, 12.2.
    """

    def __init__(
        self,
        start_date: datetime | str,
        end_date: datetime | str | None = None,
        minute_offset: int = 0,
        hour_offset: int = 0,
        timezone: str | None = None,
        fmt: str | None = None,
        end_offset: int = 0,
        exclusions: Sequence[str | datetime] | None = None,
    ) -> None:
        super().__init__(
            start=start_date,
            fmt=fmt or DATE,
            end=end_date,
            timezone=timezone,
            end_offset=end_offset,
            cron_schedule=cron_of(ScheduleType.DAILY, minute_offset, hour_offset, None),
            exclusions=exclusions,
        )


class WeeklyPartitionsDefinition(TimeWindowPartitionsDefinition):
    """A partition for each week, which begins on the weekday `day_offset`: 0 is Sunday, 6 Saturday.

    The arguments are those of TimeWindowPartitionsDefinition; `fmt` is "%Y-%m-%d" unless given.
    Semantics: sections 12.1, 12.2.
    """

    def __init__(
        self,
        start_date: datetime | str,
        end_date: datetime | str | None = None,
        minute_offset: int = 0,
        hour_offset: int = 0,
        day_offset: int = 0,
        timezone: str | None = None,
        fmt: str | None = None,
        end_offset: int = 0,
        exclusions: Sequence[str | datetime] | None = None,
    ) -> None:
        super().__init__(
            start=start_date,
            fmt=fmt or DATE,
            end=end_date,
            timezone=timezone,
            end_offset=end_offset,
            cron_schedule=cron_of(ScheduleType.WEEKLY, minute_offset, hour_offset, day_offset),
            exclusions=exclusions,
        )


class MonthlyPartitionsDefinition(TimeWindowPartitionsDefinition):
    """A partition for each month, which begins on its day `day_offset`; months without that day are skipped.

    The arguments are those of TimeWindowPartitionsDefinition; `fmt` is "%Y-%m-%d" unless given.
    Semantics: sections 12.1, 12.2.
    """

    def __init__(
        self,
        start_date: datetime | str,
        end_date: datetime | str | None = None,
        minute_offset: int = 0,
        hour_offset: int = 0,
        day_offset: int = 1,
        timezone: str | None = None,
        fmt: str | None = None,
        end_offset: int = 0,
        exclusions: Sequence[str | datetime] | None = None,
    ) -> None:
        super().__init__(
            start=start_date,
            fmt=fmt or DATE,
            end=end_date,
            timezone=timezone,
            end_offset=end_offset,
            cron_schedule=cron_of(ScheduleType.MONTHLY, minute_offset, hour_offset, day_offset),
            exclusions=exclusions,
        )
