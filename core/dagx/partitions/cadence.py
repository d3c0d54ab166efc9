"""How often windows of time begin: the four kinds that have a name, and cron expressions of them. Section 12.1."""

from __future__ import annotations

import enum

from dagx.arguments import checked_whole
from dagx.errors import InvalidArgumentError, InvalidDefinitionError
from dagx.time.cron import Cron


class ScheduleType(enum.Enum):
    """How often the windows of partitions begin."""

    HOURLY = "HOURLY"
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


_FIELD_NAMES = ("minute_of_hour", "hour_of_day", "day_of_month", "day_of_week")
_TYPES_WITH_FIELD = (
    (ScheduleType.HOURLY, ScheduleType.DAILY, ScheduleType.WEEKLY, ScheduleType.MONTHLY),
    (ScheduleType.DAILY, ScheduleType.WEEKLY, ScheduleType.MONTHLY),
    (ScheduleType.MONTHLY,),
    (ScheduleType.WEEKLY,),
)
Offsets = tuple[int | None, int | None, int | None]
"""Minutes after the hour, hours after midnight, and the day."""


def cron_of(kind: ScheduleType, minute: int, hour: int, day: int | None) -> str:
    """The expression of a kind of schedule; `day` is a weekday (0: Sunday) or a day of a month (0 means 1)."""
    if kind is ScheduleType.HOURLY:
        return f"{minute} * * * *"
    if kind is ScheduleType.DAILY:
        return f"{minute} {hour} * * *"
    if kind is ScheduleType.WEEKLY:
        return f"{minute} {hour} * * {day or 0}"
    return f"{minute} {hour} {day or 1} * *"


def type_of(cron: Cron) -> ScheduleType | None:
    """The kind of schedule that an expression is; None for any other."""
    minute, hour, month_day, month, weekday = cron.fields
    if not minute.isdigit() or month != "*":
        return None
    if (hour, month_day, weekday) == ("*", "*", "*"):
        return ScheduleType.HOURLY
    if not hour.isdigit():
        return None
    if weekday == "*":
        if month_day == "*":
            return ScheduleType.DAILY
        return ScheduleType.MONTHLY if month_day.isdigit() else None
    return ScheduleType.WEEKLY if month_day == "*" and weekday.isdigit() else None


def at_another_time(
    cron: Cron, given: tuple[int | None, int | None, int | None, int | None], described: str
) -> str:
    """The expression with another minute, hour, day of month and day of week, where they are given.

    Raises InvalidArgumentError for one that a schedule of this kind does not have.
    """
    kind = type_of(cron)
    for name, value, kinds in zip(_FIELD_NAMES, given, _TYPES_WITH_FIELD, strict=True):
        if value is not None and kind not in kinds:
            raise InvalidArgumentError(
                f"{name} does not go with {described}",
                "it has no meaning there" if kind else "give cron_schedule in its place",
            )
    minute, hour, month_day, month, weekday = cron.fields
    chosen = [
        before if value is None else str(checked_whole(value, "a minute, hour or day of a schedule", 0))
        for before, value in zip((minute, hour, month_day, weekday), given, strict=True)
    ]
    return f"{chosen[0]} {chosen[1]} {chosen[2]} {month} {chosen[3]}"


def chosen_cron(cron: str | None, kind: ScheduleType | str | None, offsets: Offsets) -> str:
    """The expression given, or that of a kind and its offsets. Raises InvalidDefinitionError for both or none."""
    if (cron is None) == (kind is None):
        raise InvalidDefinitionError(
            "partitions of time windows have a cron_schedule or a schedule_type, "
            + ("not both" if cron is not None else "and neither is given")
        )
    if cron is None:
        return _of_type(kind, *offsets)
    if any(offset is not None for offset in offsets):
        raise InvalidDefinitionError(
            "minute_offset, hour_offset and day_offset do not go with cron_schedule",
            "put them into the expression",
        )
    return cron


def number_in(field: str) -> int:
    """The number that a field of an expression is, else 0."""
    return int(field) if field.isdigit() else 0


def _of_type(kind: ScheduleType | str | None, minute: int | None, hour: int | None, day: int | None) -> str:
    try:
        chosen = ScheduleType(kind.value if isinstance(kind, ScheduleType) else kind)
    except ValueError:
        known = ", ".join(member.value for member in ScheduleType)
        raise InvalidDefinitionError(f"{kind!r} is not a schedule type", f"there are {known}") from None
    if chosen is ScheduleType.HOURLY and hour:
        raise InvalidDefinitionError("hourly partitions have no hour_offset", "give minute_offset")
    if chosen in (ScheduleType.HOURLY, ScheduleType.DAILY) and day:
        raise InvalidDefinitionError(f"{chosen.value.lower()} partitions have no day_offset")
    return cron_of(chosen, minute or 0, hour or 0, day)
