"""The instants at which a cron expression ticks in a time zone, by arithmetic. Reads no clock.

A year is a few segments in which the offset from UTC stays the same; in a segment ticks follow the local calendar,
which `cron` counts. So a tick's number and the tick of a number cost a bisection, whatever lies between. When clocks
change (section 12.2): an expression for every hour ticks whenever clocks show its minutes; any other ticks once a
local time: of a repeated one at the second, of a skipped one at the end of the gap.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple

from dagx.time.cron import DAY, Cron, parse_cron
from dagx.time.time_zones import Change, TimeZone, instant_of, time_zone, year_of, year_start

_FIRST_YEAR = 2000


class _Segment(NamedTuple):
    """From `start` on; `first` is the number of its first tick, `local_first` the calendar's number of it.

    `at_gap`: the very start is a tick that the calendar does not have there, for what the gap before skipped.
    """

    start: int
    offset: int
    first: int
    local_first: int
    at_gap: bool


class _Table(NamedTuple):
    """The segments of the years from `begin` up to `end`; `after` is the number of the first tick after them."""

    begin: int
    end: int
    segments: list[_Segment]
    starts: list[int]
    firsts: list[int]
    after: int

    def stop(self, index: int) -> int:
        """The number of the first tick after a segment."""
        return self.firsts[index + 1] if index + 1 < len(self.firsts) else self.after


class Ticks:
    """The ticks of one expression in one zone, numbered without end in both directions.

    Number 0 is the first tick of the year 2000 in UTC. Get one from `ticks_of`. The table of segments grows by whole
    years and is replaced as one, so threads may share it.
    """

    def __init__(self, cron: Cron, zone: TimeZone) -> None:
        self.cron = cron
        self.zone = zone
        self._table = _Table(_FIRST_YEAR, _FIRST_YEAR, [], [], [], 0)
        self._growing = Lock()

    def number(self, instant: int) -> int:
        """The number of the first tick at or after `instant`."""
        table = self._covering(year_of(instant))
        index = max(bisect_right(table.starts, instant) - 1, 0)
        segment = table.segments[index]
        if instant <= segment.start:
            return segment.first
        passed = self.cron.count(instant + segment.offset) - segment.local_first
        return min(segment.first + segment.at_gap + max(passed, 0), table.stop(index))

    def at(self, number: int) -> int:
        """The instant of the tick with this number."""
        segment = self._segment_of(number)[0]
        behind = number - segment.first - segment.at_gap
        if behind < 0:
            return segment.start
        return self.cron.nth(segment.local_first + behind) - segment.offset

    def is_tick(self, instant: int) -> bool:
        """Whether it ticks at this instant."""
        return self.at(self.number(instant)) == instant

    def between(self, low: int, high: int) -> Iterator[int]:
        """The ticks numbered from `low` up to, not including, `high`."""
        while low < high:
            segment, stop = self._segment_of(low)
            stop = min(high, stop)
            begin = segment.first + segment.at_gap
            if low < begin:
                yield segment.start
                low += 1
            yield from self._run(segment, low - begin, stop - begin)
            low = stop

    def __reduce__(self) -> tuple[Any, ...]:
        return ticks_of, (self.cron.text, self.zone.name)

    def _run(self, segment: _Segment, low: int, high: int) -> Iterator[int]:
        seconds, days = self.cron.seconds, self.cron.days
        day, index = divmod(segment.local_first + low, len(seconds))
        left = high - low
        while left > 0:
            base = days.nth(day) * DAY - segment.offset
            some = seconds[index : index + left]
            for second in some:
                yield base + second
            left -= len(some)
            day, index = day + 1, 0

    def _segment_of(self, number: int) -> tuple[_Segment, int]:
        """The segment with the tick of this number, and the number at which it stops."""
        table = self._covering(_FIRST_YEAR)
        while number >= table.after:
            table = self._covering(table.end)
        while number < table.firsts[0]:
            table = self._covering(table.begin - 1)
        index = bisect_right(table.firsts, number) - 1
        return table.segments[index], table.stop(index)

    def _covering(self, year: int) -> _Table:
        """The table, grown to a year."""
        table = self._table
        if table.begin <= year < table.end:
            return table
        with self._growing:
            table = self._table
            if year >= table.end:
                table = self._later(table, year)
            elif year < table.begin:
                table = self._earlier(self._later(table, _FIRST_YEAR), year)
            self._table = table
        return table

    def _later(self, table: _Table, year: int) -> _Table:
        segments, after = list(table.segments), table.after
        for added in range(table.end, year + 1):
            more, after = self._of_year(added, after)
            segments += more
        return _table(table.begin, max(table.end, year + 1), segments, after)

    def _earlier(self, table: _Table, year: int) -> _Table:
        segments = list(table.segments)
        for added in range(table.begin - 1, year - 1, -1):
            _, ticks = self._of_year(added, 0)
            more, _ = self._of_year(added, segments[0].first - ticks)
            segments[:0] = more
        return _table(year, table.end, segments, table.after)

    def _of_year(self, year: int, number: int) -> tuple[list[_Segment], int]:
        """The segments of a year, when `number` is that of its first tick, and the number after its last."""
        begin, end = year_start(year), year_start(year + 1)
        changes = self.zone.changes(year)
        # A change soon after the end of the year may silence ticks before it.
        upcoming = [*changes, *(self.zone.changes(year + 1)[:1])]
        segments: list[_Segment] = []
        start, offset, change = begin, self.zone.offset(begin), None
        for index in range(len(changes) + 1):
            ahead = upcoming[index] if index < len(upcoming) else None
            stop = changes[index].at if index < len(changes) else end
            at_gap = self._ticks_for_gap(change)
            first = self.cron.count(start + offset)
            last = self.cron.count(self._end_of_segment(stop, offset, ahead))
            segments.append(_Segment(start, offset, number, first, at_gap))
            number += at_gap + max(last - first, 0)
            if index < len(changes):
                change = changes[index]
                start, offset = change.at, change.after
        return segments, number

    def _end_of_segment(self, stop: int, offset: int, ahead: Change | None) -> int:
        """The local time up to which a segment ticks: not where times will come again, unless hourly."""
        local = stop + offset
        if ahead is None or self.cron.every_hour or ahead.after >= ahead.before:
            return local
        return min(local, ahead.at + ahead.after)

    def _ticks_for_gap(self, change: Change | None) -> bool:
        """Whether the end of a gap is a tick, for what was skipped, that the calendar does not have itself."""
        if change is None or self.cron.every_hour or change.after <= change.before:
            return False
        behind = change.at + change.after
        skipped = self.cron.count(behind) - self.cron.count(change.at + change.before)
        return skipped > 0 and self.cron.count(behind + 1) == self.cron.count(behind)


def _table(begin: int, end: int, segments: list[_Segment], after: int) -> _Table:
    starts = [segment.start for segment in segments]
    return _Table(begin, end, segments, starts, [segment.first for segment in segments], after)


@lru_cache(maxsize=512)
def _ticks(expression: tuple[str, ...], zone: str) -> Ticks:
    return Ticks(parse_cron(" ".join(expression)), time_zone(zone))


def ticks_of(cron: str, zone: str = "UTC") -> Ticks:
    """The ticks of an expression in a time zone. Raises InvalidDefinitionError for a bad one of either."""
    return _ticks(parse_cron(cron).fields, zone)


def next_tick(cron: str, zone: str, after: datetime) -> datetime:
    """The first tick after a moment (a naive one is local time of the zone), as a datetime of the zone."""
    ticks = ticks_of(cron, zone)
    return ticks.zone.datetime(ticks.at(ticks.number(instant_of(after, ticks.zone) + 1)))


def latest_tick(cron: str, zone: str, until: datetime) -> datetime:
    """The last tick at or before a moment (a naive one is local time of the zone)."""
    ticks = ticks_of(cron, zone)
    return ticks.zone.datetime(ticks.at(ticks.number(instant_of(until, ticks.zone) + 1) - 1))


def tick_datetimes(cron: str, zone: str, start: datetime, *, forward: bool = True) -> Iterator[datetime]:
    """The ticks from `start` on (a tick at `start` is the first), in order or, not `forward`, backwards.

    They have no end: stop when you have enough.
    """
    ticks = ticks_of(cron, zone)
    instant = instant_of(start, ticks.zone)
    if forward:
        number = ticks.number(instant if _is_whole(start) else instant + 1)
        step = 1
    else:
        number, step = ticks.number(instant + 1) - 1, -1
    while True:
        yield ticks.zone.datetime(ticks.at(number))
        number += step


def _is_whole(moment: datetime) -> bool:
    return moment.microsecond == 0
