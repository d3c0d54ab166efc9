"""TimeWindowPartitionsDefinition: partitions that are windows between the ticks of a cron expression.

Semantics: sections 12.1 and 12.2. A window's *number* is that of its first tick, as `ticks` counts; its *position* is
counted from the first window; its *place* too, without the windows that are excluded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import cast

from dagx.arguments import checked_several, checked_text, checked_whole
from dagx.errors import InvalidArgumentError, InvalidDefinitionError, UnknownPartitionError
from dagx.partitions.cadence import ScheduleType, at_another_time, chosen_cron, number_in, type_of
from dagx.partitions.exclusions import Exclusions
from dagx.partitions.key_format import KeyFormat
from dagx.partitions.keys import TimeWindow
from dagx.partitions.loading_context import DynamicPartitionsStore, current_moment, loading_with
from dagx.partitions.ordered import OrderedPartitions
from dagx.time.ticks import Ticks, ticks_of
from dagx.time.time_zones import instant_of, local_of, time_zone, year_of

__all__ = ["TimeWindowPartitionsDefinition"]

# The years from 2 to 9998, in seconds since 1970: what datetimes can show in every zone.
_FIRST_SECOND, _LAST_SECOND = -62_104_060_800, 253_370_764_800

# So many ticks are tried to see whether their keys differ.
_TRIED = 48

# So many excluded windows one after the other are looked over to find the next that is not.
_LOOKED_AHEAD = 1000


class TimeWindowPartitionsDefinition(OrderedPartitions):
    """Windows of time from each tick of a cron expression to the next, named by their start in the format `fmt`.

    start, end: of the time that has partitions, a str in `fmt` or a datetime, in `timezone` (UTC) whatever its own;
        windows that end later are none, save the first. ValueError for a str that is not in the format.
    cron_schedule: the expression; or `schedule_type` with minute, hour and day offsets.
    end_offset: how many partitions there are beyond the last that is over, though not beyond `end`; -1 is one less.
    exclusions: cron expressions and datetimes; windows that begin there are none.

    Raises InvalidDefinitionError for what cannot be. Semantics: sections 12.1, 12.2.
    """

    keeps_ranges = True

    def __init__(
        self,
        start: datetime | str,
        fmt: str,
        end: datetime | str | None = None,
        schedule_type: ScheduleType | str | None = None,
        timezone: str | None = None,
        end_offset: int = 0,
        minute_offset: int | None = None,
        hour_offset: int | None = None,
        day_offset: int | None = None,
        cron_schedule: str | None = None,
        exclusions: Sequence[str | datetime] | None = None,
    ) -> None:
        offsets = (minute_offset, hour_offset, day_offset)
        self._cron = chosen_cron(cron_schedule, schedule_type, offsets)
        self._zone = time_zone("UTC" if timezone is None or timezone == "" else timezone)
        self._ticks = ticks_of(self._cron, self._zone.name)
        self._format = KeyFormat(fmt, self._zone, self._ticks.cron.every_hour)
        self._start = self._moment(start, "start")
        self._end = None if end is None else self._moment(end, "end")
        self._end_offset = checked_whole(end_offset, "end_offset")
        self._first = self._ticks.number(self._start)
        self._most = None if self._end is None else self._windows_until(self._end)
        self._given_exclusions = _listed(exclusions)
        self._exclusions = self._found_exclusions() if self._given_exclusions else None

    # What it was made of

    @property
    def start(self) -> datetime:
        """From when on there are partitions."""
        return self._zone.datetime(self._start)

    @property
    def end(self) -> datetime | None:
        """Until when there are partitions, exclusive; None: no end."""
        return None if self._end is None else self._zone.datetime(self._end)

    @property
    def timezone(self) -> str:
        """The name of the time zone."""
        return self._zone.name

    @property
    def fmt(self) -> str:
        """The format of keys, as for strftime."""
        return self._format.text

    @property
    def end_offset(self) -> int:
        """How many windows there are beyond the last that is over."""
        return self._end_offset

    @property
    def cron_schedule(self) -> str:
        """The cron expression at whose ticks windows begin."""
        return self._cron

    @property
    def exclusions(self) -> tuple[str | datetime, ...]:
        """Where no window begins, as given."""
        return self._given_exclusions

    @property
    def schedule_type(self) -> ScheduleType | None:
        """Hourly, daily, weekly or monthly; None for another cron expression."""
        return type_of(self._ticks.cron)

    @property
    def minute_offset(self) -> int:
        """Minutes after the hour."""
        return number_in(self._ticks.cron.fields[0])

    @property
    def hour_offset(self) -> int:
        """Hours after midnight."""
        return number_in(self._ticks.cron.fields[1])

    @property
    def day_offset(self) -> int:
        """The weekday (0 is Sunday) of weekly, the day of the month of monthly partitions; else 0."""
        weekly = self.schedule_type is ScheduleType.WEEKLY
        monthly = self.schedule_type is ScheduleType.MONTHLY
        fields = self._ticks.cron.fields
        return number_in(fields[4]) if weekly else number_in(fields[2]) if monthly else 0

    def get_cron_schedule(
        self,
        minute_of_hour: int | None = None,
        hour_of_day: int | None = None,
        day_of_week: int | None = None,
        day_of_month: int | None = None,
    ) -> str:
        """The expression for a schedule as often as the windows, at another time where one is given.

        Raises InvalidArgumentError for a field that windows of this kind do not have.
        """
        given = (minute_of_hour, hour_of_day, day_of_month, day_of_week)
        if all(value is None for value in given):
            return self._cron
        return at_another_time(self._ticks.cron, given, self.describe())

    # Keys and places

    def count(self) -> int:
        """How many partitions there are now."""
        now = instant_of(current_moment(), self._zone)
        over = self._ticks.number(now + 1) - 1 - self._first
        windows = over if self._end_offset <= 0 else over + self._end_offset
        if self._exclusions is None or over < 0:
            count = self._place_before(windows) + min(self._end_offset, 0)
        else:
            count = self._place_before(over) + self._end_offset
            # Where all that follows is excluded, no further window comes however far one looks.
            count = min(count, self._place_before(windows + _LOOKED_AHEAD))
        return max(0, count if self._most is None else min(count, self._place_before(self._most)))

    def has_partition_key(
        self,
        partition_key: str,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> bool:
        """Whether there is a partition with this key."""
        instant = self._format.instant(checked_text(partition_key, "a partition key"))
        if instant is None:
            return False
        with loading_with(current_time, dynamic_partitions_store):
            count = self.count()
        if count == 0 or instant > self._ticks.at(self.number_at(count - 1)):
            return False
        place = self.place_of(partition_key)
        return place is not None and 0 <= place < count

    def place_of(self, key: str) -> int | None:
        """The place of a key, also of one that is not there; None for what is no key."""
        number = self._number_of(key)
        if number is None:
            return None
        position = number - self._first
        if self._exclusions is None or position < 0:
            return position
        return None if self._exclusions.is_excluded(position) else self._place_before(position)

    def key_at(self, place: int) -> str:
        """The key with this place."""
        return self._format.key(self._ticks.at(self.number_at(place)))

    def keys_between(self, low: int, high: int) -> Iterator[str]:
        """The keys with places from `low` up to, not including, `high`."""
        for first, after in self.number_runs(low, high):
            yield from map(self._format.key, self._ticks.between(first, after))

    def validate_partition_definition(self) -> None:
        """Raise InvalidDefinitionError when two windows have one key: the format is too coarse."""
        for instant in self._ticks.between(self._first, self._first + _TRIED):
            key = self._format.key(instant)
            if self._number_of(key) != self._ticks.number(instant):
                raise InvalidDefinitionError(
                    f"the format {self.fmt!r} does not tell the partitions of {self._cron!r} apart: {key!r} "
                    f"stands for {self._zone.datetime(instant).isoformat()} and for another window",
                    "give fmt= a format with everything in which two windows can differ",
                )

    # Windows

    def time_window_for_partition_key(self, partition_key: str) -> TimeWindow:
        """The window of a key. Raises UnknownPartitionError for what cannot be read as a key."""
        instant = self._format.instant(partition_key)
        if instant is None:
            raise UnknownPartitionError(
                f"{partition_key!r} is not a partition key of {self.describe()}",
                f"keys have the format {self.fmt}",
            )
        number = self._ticks.number(instant)
        return self.window_of_numbers(number, number + 1)

    def get_partition_key_for_timestamp(self, timestamp: float, end_closed: bool = False) -> str:
        """The key of the window that has this time (seconds since 1970) in it; of one before where that is excluded.

        `end_closed`: a time at which one window ends and the next begins belongs to the first.
        """
        if not isinstance(timestamp, (int, float)) or not _FIRST_SECOND <= timestamp < _LAST_SECOND:  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a type checker
            raise InvalidArgumentError(
                f"a timestamp is in seconds since 1970, not {timestamp!r}", "write moment.timestamp()"
            )
        instant = int(timestamp // 1)
        number = self._ticks.number(instant + 1) - 1
        if end_closed and self._ticks.at(number) == timestamp:
            number -= 1
        while self._exclusions is not None and self._exclusions.is_excluded(number - self._first):
            number -= 1
        return self._format.key(self._ticks.at(number))

    def get_partition_keys_in_time_window(self, time_window: TimeWindow) -> list[str]:
        """The keys of the windows that begin in this time, whether they are over or not."""
        if not isinstance(time_window, TimeWindow):  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a type checker
            raise InvalidArgumentError(
                f"a time window is a TimeWindow, not {time_window!r}", "write TimeWindow(start, end)"
            )
        low = self._number_from(time_window.start)
        high = self._number_from(time_window.end)
        if self._most is not None:
            high = min(high, self._first + self._most)
        places = (self._place_before(max(0, number - self._first)) for number in (low, high))
        return list(self.keys_between(*places))

    def window_of_numbers(self, first: int, after: int) -> TimeWindow:
        """The time from the tick `first` to the tick `after`."""
        at = self._ticks.at
        return TimeWindow(self._zone.datetime(at(first)), self._zone.datetime(at(after)))

    # For mappings: numbers are those of `ticks`

    @property
    def ticks(self) -> Ticks:
        """The ticks at which windows begin."""
        return self._ticks

    def number_at(self, place: int) -> int:
        """The number of the window with this place."""
        if self._exclusions is None or place < 0:
            return self._first + place
        return self._first + self._exclusions.position(place)

    def number_runs(self, low: int, high: int) -> list[tuple[int, int]]:
        """The numbers of the windows with places from `low` up to `high`, as runs: gaps are excluded ones."""
        if low >= high:
            return []
        first, last = self.number_at(low), self.number_at(high - 1)
        if last - first == high - 1 - low:
            return [(first, last + 1)]
        runs: list[tuple[int, int]] = []
        for number in map(self.number_at, range(low, high)):
            if runs and runs[-1][1] == number:
                runs[-1] = (runs[-1][0], number + 1)
            else:
                runs.append((number, number + 1))
        return runs

    def places_of_numbers(self, first: int, after: int) -> tuple[int, int]:
        """The places of the windows numbered from `first` up to `after`: a range."""
        return self._place_before(first - self._first), self._place_before(after - self._first)

    def names_alike(self, other: TimeWindowPartitionsDefinition) -> bool:
        """Whether the same windows have the same keys in both, and none is excluded in either."""
        return (
            self._ticks is other._ticks
            and self.fmt == other.fmt
            and self._exclusions is None
            and other._exclusions is None
        )

    def describe(self) -> str:
        """The partitions in words."""
        kind = self.schedule_type
        name = kind.value.lower() if kind else f"{self._cron!r}"
        return f"the {name} partitions from {self._format.key(self._ticks.at(self._first))}"

    # Within

    def _windows_until(self, end: int) -> int:
        """How many windows are over at `end`, and the first though it is under way then."""
        over = self._ticks.number(end + 1) - 1 - self._first
        return over if over > 0 else int(self._ticks.at(self._first) < end)

    def _number_of(self, key: str) -> int | None:
        instant = self._format.instant(key)
        # No use in laying out the ticks of centuries for a key that is far off.
        if instant is None or not -20 <= year_of(instant) - year_of(self._start) <= 2000:
            return None
        number = self._ticks.number(instant)
        return number if self._format.key(self._ticks.at(number)) == key else None

    def _number_from(self, moment: datetime) -> int:
        instant = instant_of(moment, self._zone)
        return self._ticks.number(instant + (1 if moment.microsecond else 0))

    def _place_before(self, position: int) -> int:
        if self._exclusions is None or position <= 0:
            return position
        return position - self._exclusions.before(position)

    def _moment(self, given: object, what: str) -> int:
        if isinstance(given, str):
            instant = self._format.instant(given)
            if instant is None:
                raise ValueError(
                    f"the {what} {given!r} of partitions does not match their format {self.fmt!r}"
                )
            return instant
        if isinstance(given, datetime):
            return self._zone.instant(local_of(given), later=bool(given.fold))
        if isinstance(given, date):
            return self._zone.instant(local_of(datetime(given.year, given.month, given.day)))
        raise InvalidArgumentError(f"the {what} of partitions is a str or a datetime, not {given!r}")

    def _found_exclusions(self) -> Exclusions:
        instants: list[int] = []
        crons: list[Ticks] = []
        for exclusion in cast("Sequence[object]", self._given_exclusions):
            if isinstance(exclusion, str):
                crons.append(ticks_of(exclusion, self._zone.name))
            elif isinstance(exclusion, datetime):
                instants.append(instant_of(exclusion, self._zone))
            else:
                raise InvalidArgumentError(
                    f"an exclusion is a cron expression or a datetime, not {exclusion!r}"
                )
        return Exclusions(self._ticks, self._first, instants, crons)

    def _content(self) -> tuple[object, ...]:
        fields = self._ticks.cron.fields
        return (
            self._start,
            self._end,
            self._zone.name,
            self.fmt,
            fields,
            self._end_offset,
            self._given_exclusions,
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TimeWindowPartitionsDefinition):
            return NotImplemented
        return self._content() == other._content()

    def __hash__(self) -> int:
        return hash(self._content())

    def __repr__(self) -> str:
        end = f", end={self.end.isoformat()!r}" if self.end else ""
        return (
            f"{type(self).__name__}(start={self.start.isoformat()!r}{end}, cron_schedule={self._cron!r}, "
            f"fmt={self.fmt!r}, timezone={self.timezone!r}, end_offset={self._end_offset})"
        )


def _listed(exclusions: Sequence[str | datetime] | None) -> tuple[str | datetime, ...]:
    if exclusions is None:
        return ()
    return cast(
        "tuple[str | datetime, ...]",
        tuple(checked_several(exclusions, "exclusions", "cron expressions and datetimes")),
    )
