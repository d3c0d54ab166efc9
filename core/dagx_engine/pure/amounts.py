"""Times and sizes in words."""

from __future__ import annotations

__all__ = ["ago", "in_bytes", "some"]


def ago(seconds: float) -> str:
    """`just now`, `40 seconds ago`, `2 minutes ago`."""
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count = int(seconds // length)
        if count >= 1:
            return f"{some(count, unit)} ago"
    return "just now"


def in_bytes(count: int) -> str:
    """`812 B`, `12.3 kB`."""
    if count < 1000:
        return f"{count} B"
    amount = float(count)
    for unit in ("kB", "MB", "GB"):
        amount /= 1000
        if amount < 999.95:
            return f"{amount:.1f} {unit}"
    return f"{amount / 1000:,.1f} TB"


def some(count: int, noun: str) -> str:
    """`1 file`, `1,200 files`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
