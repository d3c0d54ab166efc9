"""Crons and time zones as conditions and schedules take them, and the ticks that are due. Reads no clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Literal

from dagx.errors import DagxError, InvalidArgumentError, InvalidDefinitionError
from dagx.time.cron import parse_cron
from dagx.time.ticks import tick_datetimes
from dagx.time.time_zones import time_zone

CatchUp = Literal["latest", "all"]
MOST_CAUGHT_UP = 5


def checked_cron(cron: object, error: Callable[[str, str | None], DagxError]) -> str:
    """`cron`, if it is a cron that ticks; else raises `error`."""
    if not isinstance(cron, str):
        raise error(f"a cron is a str, not {cron!r}", 'such as "30 9 * * 1-5" or "@daily"')
    try:
        parse_cron(cron)
    except InvalidDefinitionError as found:
        raise error(found.message, found.hint) from None
    return cron


def checked_timezone(name: object, error: Callable[[str, str | None], DagxError]) -> str:
    """`name`, if it is a time zone that this machine knows; else raises `error`."""
    if not isinstance(name, str):
        raise error(f"a time zone is given by its name, not {name!r}", 'such as "Europe/Berlin"')
    try:
        return time_zone(name).name
    except InvalidDefinitionError as found:
        raise error(found.message, found.hint) from None


def due_ticks(
    cron: str | Sequence[str],
    timezone: str | None,
    last: datetime,
    now: datetime,
    catch_up: CatchUp = "latest",
) -> list[datetime]:
    """The ticks after `last` (when the schedule started, or its last tick) up to `now` that are to be run.

    Of several crons the ticks are united, coincident ones once. After a pause the "latest" alone is due; "all", for
    schedules that ask for a partition a tick, are the last five. `timezone` None is UTC; `last` and `now` are aware.
    Semantics: section 18.
    """
    if last.tzinfo is None or now.tzinfo is None:
        raise InvalidArgumentError("due_ticks takes moments with a time zone")
    most = 1 if catch_up == "latest" else MOST_CAUGHT_UP
    found: dict[float, datetime] = {}
    for one in [cron] if isinstance(cron, str) else cron:
        backwards = tick_datetimes(one, timezone or "UTC", now, forward=False)
        for _, tick in zip(range(most), takewhile(lambda tick: tick > last, backwards)):  # noqa: B905  # the shorter counts
            found[tick.timestamp()] = tick
    return [found[instant] for instant in sorted(found)[-most:]]
