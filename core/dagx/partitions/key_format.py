"""How the keys of time windows are written and read. Section 12.1; repeated hours: section 12.2."""

from __future__ import annotations

import re
from datetime import date, datetime

from dagx.arguments import checked_text
from dagx.time.time_zones import TimeZone, instant_of, local_of, wall_of

DATE = "%Y-%m-%d"
HOUR = "%Y-%m-%d-%H:%M"
_SUFFIX = re.compile(r"(.*)([+-])(\d\d)(\d\d)", re.DOTALL)


class KeyFormat:
    """Keys in the format `text` of instants in a zone.

    `repeats`: windows begin every hour, so when clocks are set back an hour comes twice; the second time's keys have
    the offset from UTC at their end, unless the format itself shows it.
    """

    def __init__(self, text: str, zone: TimeZone, repeats: bool) -> None:
        self.text = checked_text(text, "fmt, the format of partition keys,", f'such as "{DATE}"')
        self._zone = zone
        self._shows_offset = "%z" in text
        self._repeats = repeats and not self._shows_offset and zone.name != "UTC"

    def key(self, instant: int) -> str:
        """The key of the window that begins then."""
        if self._shows_offset:
            return self._zone.datetime(instant).strftime(self.text)
        wall = wall_of(self._zone.local(instant))
        # strftime takes ten times as long.
        if self.text == DATE:
            key = wall.date().isoformat()
        elif self.text == HOUR:
            key = wall.isoformat("-", "minutes")
        else:
            key = wall.strftime(self.text)
        if self._repeats and self._zone.is_second_time(instant):
            return key + self._zone.datetime(instant).strftime("%z")
        return key

    def instant(self, key: object) -> int | None:
        """The instant that the key names: of a repeated hour the first; None when it cannot be read."""
        if not isinstance(key, str):
            return None
        read = self._read(key)
        if read is not None:
            return instant_of(read, self._zone)
        suffix = _SUFFIX.fullmatch(key) if self._repeats else None
        read = None if suffix is None else self._read(suffix[1])
        if suffix is None or read is None:
            return None
        ahead = int(suffix[3]) * 3600 + int(suffix[4]) * 60
        return local_of(read) - (ahead if suffix[2] == "+" else -ahead)

    def _read(self, key: str) -> datetime | None:
        try:
            if self.text == DATE and len(key) == 10 and key[4] == key[7] == "-":
                day = date.fromisoformat(key)
                return datetime(day.year, day.month, day.day)
            if self.text == HOUR and len(key) == 16 and key[10] == "-":
                return datetime.fromisoformat(f"{key[:10]}T{key[11:]}")
            return datetime.strptime(key, self.text)
        except ValueError:
            return None
