"""Time zones as tables: when the offset from UTC changes, and what that does to local times. Reads no clock.

Instants are whole seconds since 1970-01-01 00:00 UTC; local times are what the clocks of the place show, in
seconds since 1970-01-01 00:00 on them.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from dagx.errors import InvalidArgumentError, InvalidDefinitionError
from dagx.nearest import did_you_mean
from dagx.time.cron import DAY, EPOCH_ORDINAL

_EPOCH = datetime(1970, 1, 1)
_EPOCH_UTC = datetime(1970, 1, 1, tzinfo=timezone.utc)
_SECOND = timedelta(seconds=1)
# Offsets are looked at this far apart. No zone of the IANA database changed twice to the same offset within a week
# since 1970.
_STRIDE = 7 * DAY
_EARLIEST = (date(2, 1, 1).toordinal() - EPOCH_ORDINAL) * DAY
_LATEST = (date(9998, 12, 31).toordinal() - EPOCH_ORDINAL) * DAY


class Change(NamedTuple):
    """From the instant `at` on clocks are `after` seconds ahead of UTC, until then `before`."""

    at: int
    before: int
    after: int


class _Year(NamedTuple):
    begin: int
    offset: int
    changes: tuple[Change, ...]
    ats: tuple[int, ...]


class TimeZone:
    """A time zone by its IANA name. Raises InvalidDefinitionError for one that does not exist."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.tzinfo: tzinfo = _tzinfo(name)
        self._years: dict[int, _Year] = {}
        self._fixed = 0 if name == "UTC" else None

    def offset(self, instant: int) -> int:
        """Seconds that clocks are ahead of UTC."""
        if self._fixed is not None:
            return self._fixed
        year = self._year(year_of(instant))
        index = bisect_right(year.ats, instant)
        return year.changes[index - 1].after if index else year.offset

    def changes(self, year: int) -> tuple[Change, ...]:
        """The changes of the offset in a year (as UTC counts years), in order."""
        return () if self._fixed is not None else self._year(year).changes

    def local(self, instant: int) -> int:
        """What clocks show."""
        return instant + self.offset(instant)

    def instant(self, local: int, *, later: bool = False) -> int:
        """When clocks show `local`: of two times the earlier or the `later`; of none, the end of the gap."""
        if self._fixed is not None:
            return local - self._fixed
        around = {local - self.offset(local - DAY), local - self.offset(local + DAY)}
        found = [instant for instant in around if self.local(instant) == local]
        if found:
            return max(found) if later else min(found)
        year = year_of(local)
        for change in (*self.changes(year - 1), *self.changes(year), *self.changes(year + 1)):
            if change.at + change.before <= local < change.at + change.after:
                return change.at
        return max(around)

    def is_second_time(self, instant: int) -> bool:
        """Whether clocks showed the same once before, because they were set back."""
        if self._fixed is not None:
            return False
        year = self._year(year_of(instant))
        index = bisect_right(year.ats, instant)
        if index == 0:
            return False
        change = year.changes[index - 1]
        return instant < change.at + change.before - change.after

    def datetime(self, instant: int) -> datetime:
        """The instant as an aware datetime of this zone. Raises InvalidArgumentError beyond the years of datetimes."""
        try:
            return datetime.fromtimestamp(instant, self.tzinfo)
        except (ValueError, OverflowError) as error:
            raise _beyond() from error

    def __reduce__(self) -> tuple[Any, ...]:
        return time_zone, (self.name,)

    def _year(self, year: int) -> _Year:
        known = self._years.get(year)
        if known is not None:
            return known
        begin, end = year_start(year), year_start(year + 1)
        changes: list[Change] = []
        here, offset = begin, self._probe(begin)
        first = offset
        while here < end:
            there = min(here + _STRIDE, end)
            if self._probe(there) != offset:
                change = self._change(here, there)
                if change.at >= end:
                    break
                changes.append(change)
                here, offset = change.at, change.after
            else:
                here = there
        found = _Year(begin, first, tuple(changes), tuple(change.at for change in changes))
        self._years[year] = found
        return found

    def _change(self, low: int, high: int) -> Change:
        """The first change after `low`, when `low` and `high` differ."""
        before = self._probe(low)
        while high - low > 1:
            middle = (low + high) // 2
            if self._probe(middle) == before:
                low = middle
            else:
                high = middle
        return Change(high, before, self._probe(high))

    def _probe(self, instant: int) -> int:
        clamped = min(max(instant, _EARLIEST), _LATEST)
        shown = (_EPOCH + timedelta(seconds=clamped)).replace(tzinfo=self.tzinfo)
        offset = self.tzinfo.fromutc(shown).utcoffset() or timedelta()
        return offset // _SECOND

    def __repr__(self) -> str:
        return f"TimeZone({self.name!r})"


def time_zone(name: str) -> TimeZone:
    """The time zone of this name; each has one table. Raises InvalidDefinitionError."""
    if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a type checker
        raise InvalidDefinitionError(
            f"a time zone is given by its name, not {name!r}", 'such as "Europe/Berlin"'
        )
    return _zone(name)


@lru_cache(maxsize=1024)
def _zone(name: str) -> TimeZone:
    return TimeZone(name)


@lru_cache(maxsize=4096)
def year_start(year: int) -> int:
    """The instant at which a year begins in UTC."""
    if not 1 <= year <= 9999:
        return (year - 1970) * 31_556_952
    return (date(year, 1, 1).toordinal() - EPOCH_ORDINAL) * DAY


def year_of(instant: int) -> int:
    """The year of an instant, as UTC counts years."""
    ordinal = instant // DAY + EPOCH_ORDINAL
    return date.fromordinal(ordinal).year if 1 <= ordinal <= 3_652_059 else (1 if ordinal < 1 else 9999)


def instant_of(moment: datetime, naive_in: TimeZone) -> int:
    """The whole second at or before `moment`; a naive one is taken as local time of `naive_in`."""
    if moment.tzinfo is None:
        return naive_in.instant((moment - _EPOCH) // _SECOND, later=bool(moment.fold))
    return (moment - _EPOCH_UTC) // _SECOND


def local_of(wall: datetime) -> int:
    """What a naive datetime shows (the zone of an aware one is not looked at)."""
    return (wall.replace(tzinfo=None) - _EPOCH) // _SECOND


def wall_of(local: int) -> datetime:
    """The naive datetime that shows a local time. Raises InvalidArgumentError beyond year 9999."""
    try:
        return _EPOCH + timedelta(seconds=local)
    except OverflowError as error:
        raise _beyond() from error


def _beyond() -> InvalidArgumentError:
    return InvalidArgumentError(
        "a moment lies before the year 1 or after the year 9999, beyond what datetimes can show"
    )


def _tzinfo(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        if name == "UTC":  # a system may have no time zone database
            return timezone.utc
        hint = did_you_mean(name, available_timezones()) or 'use an IANA name such as "Europe/Berlin"'
        raise InvalidDefinitionError(f"there is no time zone {name!r}", hint) from error
