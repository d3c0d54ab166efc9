"""Durations, ages, sizes and counts in the few characters that people read at a glance."""

from __future__ import annotations

import time

__all__ = ["age", "clock", "count", "date", "duration", "listed", "size"]


def duration(seconds: float | None) -> str:
    """`85ms`, `1.2s`, `3m04s`, `2h05m`, `3d02h`; nothing when it is not known."""
    if seconds is None:
        return ""
    seconds = max(0.0, seconds)
    if seconds < 0.0995:
        return f"{seconds * 1000:.0f}ms"
    if seconds < 59.95:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02}s"
    if whole < 86400:
        return f"{whole // 3600}h{whole % 3600 // 60:02}m"
    return f"{whole // 86400}d{whole % 86400 // 3600:02}h"


def age(seconds: float) -> str:
    """`12s`, `4m`, `2h`, `3d`; what lies in the future is `0s` old."""
    whole = max(0, int(seconds))
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if whole >= length:
            return f"{whole // length}{unit}"
    return f"{whole}s"


def size(count_of_bytes: int | None) -> str:
    if count_of_bytes is None:
        return ""
    amount = float(count_of_bytes)
    if amount < 1000:
        return f"{count_of_bytes} B"
    for unit in ("kB", "MB", "GB", "TB"):
        amount /= 1000
        if amount < 999.95:
            return f"{amount:.1f} {unit}"
    return f"{amount / 1000:.1f} PB"


def count(number: int, noun: str) -> str:
    """`1 asset`, `14 assets`, `10,000 assets`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(names: list[str], limit: int = 5) -> str:
    """`a, b and 3 more`."""
    if len(names) <= limit + 1:
        return ", ".join(names)
    return f"{', '.join(names[:limit])} and {len(names) - limit:,} more"


def clock(moment: float) -> str:
    """`14:02:33`, local time."""
    return time.strftime("%H:%M:%S", time.localtime(moment))


def date(moment: float) -> str:
    """`2026-02-01 14:02:33`, local time."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(moment))
