"""Cron expressions: which days and minutes of the local calendar they name. Knows no time zone and no clock.

Every question is answered by arithmetic, never by walking: the days of an expression repeat every 400 years and
each year is one of fourteen kinds (leap or not, and the weekday it begins with), so a table of days for each kind
and a table of counts for the cycle say how many days come before a date, and which is the nth. Sections 12.1, 24.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from dagx.errors import DagxError, InvalidDefinitionError
from dagx.nearest import did_you_mean

DAY = 86_400
_ALIASES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_WEEKDAYS = {name: number for number, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}
_TERM = re.compile(r"(\*|[0-9a-z]+)(?:-([0-9a-z]+))?(?:/([0-9]+))?")
_HINT = "a cron expression is: minute hour day-of-month month day-of-week, as in `30 9 * * 1-5`"

EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_CYCLE = 400
_CYCLE_DAYS = 146_097
_BASE_YEAR = 2000
_BASE_DAY = date(_BASE_YEAR, 1, 1).toordinal() - EPOCH_ORDINAL


class _Field(NamedTuple):
    name: str
    low: int
    high: int
    words: dict[str, int]


_FIELDS = (
    _Field("minute", 0, 59, {}),
    _Field("hour", 0, 23, {}),
    _Field("day of month", 1, 31, {}),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 0, 7, _WEEKDAYS),
)
LAST_DAY = 32
"""Stands for `L`, the last day of a month, among the days of a month."""
_NTH = re.compile(r"([0-9a-z]+)#([1-5])")
_LAST = re.compile(r"l([0-7])")
_OF_MONTH, _LAST_OF_MONTH = 10, 60
"""Added to a weekday: times the number of one in the month (`1#2`, the second Monday), or for the last (`L5`)."""


class Days:
    """The days that a cron expression names. A day is a number: 0 is 1970-01-01.

    `month_days` or `weekdays` (0 is Sunday) are None where every day will do; with both given a day needs one of
    them, as in cron.
    """

    def __init__(
        self, month_days: frozenset[int] | None, months: frozenset[int], weekdays: frozenset[int] | None
    ) -> None:
        self._month_days, self._months, self._weekdays = month_days, months, weekdays
        self._every_day = month_days is None and weekdays is None and len(months) == 12
        self._by_kind: dict[tuple[bool, int], list[int]] = {}
        self._before_year: list[int] = []

    def count(self, day: int) -> int:
        """How many come before `day`, counted from 2000-01-01 (days before that count negatively)."""
        if self._every_day:
            return day - _BASE_DAY
        cycle, left = divmod(day - _BASE_DAY, _CYCLE_DAYS)
        there = date.fromordinal(_BASE_DAY + left + EPOCH_ORDINAL)
        of_year = left - (date(there.year, 1, 1).toordinal() - EPOCH_ORDINAL - _BASE_DAY)
        before = self._counts()[there.year - _BASE_YEAR]
        return cycle * self._counts()[_CYCLE] + before + bisect_left(self._of_year(there.year), of_year)

    def nth(self, number: int) -> int:
        """The day that `number` days come before, as `count` counts. There must be one day at least."""
        if self._every_day:
            return number + _BASE_DAY
        counts = self._counts()
        cycle, left = divmod(number, counts[_CYCLE])
        index = bisect_right(counts, left) - 1
        year = _BASE_YEAR + index
        first = date(year, 1, 1).toordinal() - EPOCH_ORDINAL
        return cycle * _CYCLE_DAYS + first + self._of_year(year)[left - counts[index]]

    def __contains__(self, day: int) -> bool:
        return self._every_day or self.count(day + 1) > self.count(day)

    @property
    def is_empty(self) -> bool:
        """Whether there is no such day in any year."""
        return not self._every_day and self._counts()[_CYCLE] == 0

    def _counts(self) -> list[int]:
        """How many days come before each year of a cycle, and at the end the days of a whole one."""
        if not self._before_year:
            total, counts = 0, [0]
            for year in range(_BASE_YEAR, _BASE_YEAR + _CYCLE):
                total += len(self._of_year(year))
                counts.append(total)
            self._before_year = counts
        return self._before_year

    def _of_year(self, year: int) -> list[int]:
        """The days of a year, counted from 0."""
        first = date(year, 1, 1)
        kind = (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0), first.weekday())
        if kind not in self._by_kind:
            start = first.toordinal()
            length = 366 if kind[0] else 365
            self._by_kind[kind] = [
                n for n in range(length) if self._names(date.fromordinal(start + n), start + n)
            ]
        return self._by_kind[kind]

    def _names(self, day: date, ordinal: int) -> bool:
        if day.month not in self._months:
            return False
        by_month, by_week = self._month_days, self._weekdays
        if by_month is None and by_week is None:
            return True
        if by_week is not None and not by_week.isdisjoint(_weekdays_of(day, ordinal)):
            return True
        is_last = by_month is not None and LAST_DAY in by_month and _is_last_of_month(ordinal)
        return by_month is not None and (day.day in by_month or is_last)


class Cron:
    """A cron expression that was read: `days`, the minutes of a day as `seconds`, and what it was read from.

    Times are local and are seconds: 0 is 1970-01-01 00:00 on the clocks of the place. `count` and `nth` are
    inverse. `fields` are the five texts, aliases resolved. `doubts` says what is allowed and probably not meant.
    """

    def __init__(self, text: str, fields: Sequence[str], doubts: Sequence[str]) -> None:
        self.text = text
        self.fields = tuple(fields)
        self.doubts = tuple(doubts)
        minutes, hours, month_days, months, weekdays = (
            _values(field, value, text) for field, value in zip(_FIELDS, fields, strict=True)
        )
        weekdays = frozenset(0 if day == 7 else day for day in weekdays)
        self.every_hour = len(hours) == 24
        self.seconds = [hour * 3600 + minute * 60 for hour in sorted(hours) for minute in sorted(minutes)]
        self.days = _days(
            None if _asks_nothing(fields[2], month_days, range(1, 32), fields[4]) else month_days,
            months,
            None if _asks_nothing(fields[4], weekdays, range(7), fields[2]) else weekdays,
        )

    def count(self, local: int) -> int:
        """How many ticks come before `local`, counted from 2000-01-01 00:00."""
        day, second = divmod(local, DAY)
        before = self.days.count(day) * len(self.seconds)
        if second and day in self.days:
            return before + bisect_left(self.seconds, second)
        return before

    def nth(self, number: int) -> int:
        """The local time of the tick that `number` ticks come before."""
        day, index = divmod(number, len(self.seconds))
        return self.days.nth(day) * DAY + self.seconds[index]

    def __repr__(self) -> str:
        return f"Cron({self.text!r})"


def parse_cron(text: str) -> Cron:
    """The cron expression that `text` is: five fields or an alias such as `@daily`.

    Fields take `*`, numbers, lists, ranges (also over the end: `22-2`), steps, the names of months and weekdays; 7 is
    Sunday, `L` the last day of the month, `1#2` the second Monday of the month, `L5` the last Friday. Day of month and
    day of week together mean either; with every day in one of them, a `*/2` in the other is what counts.
    Raises InvalidDefinitionError, also for dates that never come (`0 0 30 2 *`).
    """
    if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a type checker
        raise InvalidDefinitionError(f"a cron expression is a str, not {text!r}", _HINT)
    return _parsed(text)


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Cron:
    folded = text.strip().lower()
    fields = _ALIASES.get(folded, folded).split()
    if folded.startswith("@") and folded not in _ALIASES:
        known = ", ".join(_ALIASES)
        raise InvalidDefinitionError(
            f"{text!r} is not a cron alias", did_you_mean(folded, _ALIASES) or f"there are {known}"
        )
    if len(fields) != len(_FIELDS):
        raise InvalidDefinitionError(
            f"the cron expression {text!r} has {len(fields)} fields, not five", _HINT
        )
    fields[2::2] = ["*" if field == "?" else field for field in fields[2::2]]
    cron = Cron(text, fields, _doubts(fields))
    if cron.days.is_empty:
        raise InvalidDefinitionError(
            f"the cron expression {text!r} never ticks",
            f"no month among {fields[3]} has a day {fields[2]}",
        )
    return cron


def is_valid_cron(text: str) -> bool:
    """Whether `text` is a cron expression that `parse_cron` takes."""
    try:
        parse_cron(text)
    except DagxError:
        return False
    return True


@lru_cache(maxsize=256)
def _days(month_days: frozenset[int] | None, months: frozenset[int], weekdays: frozenset[int] | None) -> Days:
    """Days of one kind share their tables."""
    return Days(month_days, months, weekdays)


def _asks_nothing(field: str, values: frozenset[int], every: range, other: str) -> bool:
    """Whether a field of days leaves the choice to the other: `*`, and every day where the other is a `*/2`."""
    return field == "*" or (other.startswith("*") and values.issuperset(every))


def _weekdays_of(day: date, ordinal: int) -> tuple[int, int, int]:
    """How a field may name this day of the week."""
    weekday = ordinal % 7  # ordinal 7 is a Sunday
    is_last = day.month != date.fromordinal(ordinal + 7).month
    return weekday, weekday + _OF_MONTH * ((day.day + 6) // 7), weekday + _LAST_OF_MONTH if is_last else -1


def _is_last_of_month(ordinal: int) -> bool:
    return date.fromordinal(ordinal + 1).day == 1


def _values(field: _Field, text: str, whole: str) -> frozenset[int]:
    values: set[int] = set()
    for term in text.split(","):
        values.update(_term(field, term, whole))
    return frozenset(values)


def _term(field: _Field, term: str, whole: str) -> list[int]:
    if term == "l" and field.high == 31:
        return [LAST_DAY]
    of_month = _weekday_of_month(field, term, whole) if field.high == 7 else None
    if of_month is not None:
        return [of_month]
    found = _TERM.fullmatch(term)
    if found is None or (found[1] == "*" and found[2] is not None):
        raise _refused(field, term, whole, _HINT)
    step = int(found[3] or 1)
    if step == 0:
        raise _refused(field, term, whole, "a step is 1 or more")
    top = 6 if field.high == 7 else field.high
    low = field.low if found[1] == "*" else _number(field, found[1], term, whole)
    if found[2] is not None:
        high = _number(field, found[2], term, whole)
    else:
        high = top if found[1] == "*" or found[3] else low
    if low <= high:
        return list(range(low, high + 1, step))
    # Over the end, as in 22-2 or fri-mon.
    size = top - field.low + 1
    return [field.low + (value - field.low) % size for value in range(low, high + size + 1, step)]


def _weekday_of_month(field: _Field, term: str, whole: str) -> int | None:
    nth, last = _NTH.fullmatch(term), _LAST.fullmatch(term)
    if nth is not None:
        return _number(field, nth[1], term, whole) % 7 + _OF_MONTH * int(nth[2])
    return None if last is None else int(last[1]) % 7 + _LAST_OF_MONTH


def _number(field: _Field, word: str, term: str, whole: str) -> int:
    if word.isdigit():
        number = int(word)
        if field.low <= number <= field.high:
            return number
        raise _refused(field, term, whole, f"it is from {field.low} to {field.high}")
    if word in field.words:
        return field.words[word]
    if word[:3] in field.words:
        raise _refused(field, term, whole, f'did you mean "{word[:3]}"?')
    raise _refused(field, term, whole, f"use {', '.join(field.words)}" if field.words else _HINT)


def _refused(field: _Field, term: str, whole: str, hint: str) -> InvalidDefinitionError:
    return InvalidDefinitionError(
        f"the cron expression {whole!r} is not valid: {term!r} is not a {field.name}", hint
    )


def _doubts(fields: Sequence[str]) -> list[str]:
    """Steps that are larger than what they step through."""
    return [
        f"the step of {text!r} is larger than the range of the {field.name}"
        for field, text in zip(_FIELDS, fields, strict=True)
        for step in re.findall(r"/([0-9]+)", text)
        if int(step) > field.high - field.low
    ]
