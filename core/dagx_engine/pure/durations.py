"""Durations as people write them: `90`, `"90s"`, `"10m"`, `"1.5h"`, `"2d"`."""

from __future__ import annotations

import re

__all__ = ["seconds_of"]

_SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def seconds_of(said: object) -> float:
    """Seconds, more than 0. Raises ValueError with what is wrong, in words."""
    text = str(said) if isinstance(said, int | float) and not isinstance(said, bool) else said
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhd]?)\s*", text) if isinstance(text, str) else None
    seconds = float(found[1]) * _SECONDS[found[2]] if found else 0.0
    if not seconds:
        raise ValueError(f'must be seconds, or a time such as "10m" or "2h", not {said!r}')
    return seconds
