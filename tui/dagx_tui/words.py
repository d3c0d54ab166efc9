"""Numbers and names in few cells: ages, durations, sizes, counts, cut names. Knows no widget."""

from __future__ import annotations

import re
import shlex

from rich.cells import cell_len, set_cell_size

__all__ = [
    "age",
    "count",
    "cut",
    "cut_middle",
    "fold",
    "number",
    "pad",
    "running_for",
    "selection_of",
    "shell",
    "short_run",
    "size",
    "took",
    "wrap",
]


def age(seconds: float) -> str:
    """How long ago, in at most four cells: `12s`, `4m`, `2h`, `11d`, `3w`, `5y`."""
    for limit, unit, letter in (
        (60, 1, "s"),
        (3600, 60, "m"),
        (86400, 3600, "h"),
        (86400 * 21, 86400, "d"),
        (86400 * 365, 86400 * 7, "w"),
    ):
        if seconds < limit:
            return f"{max(0, int(seconds // unit))}{letter}"
    return f"{min(999, int(seconds // (86400 * 365)))}y"


def took(seconds: float) -> str:
    """A duration in at most six cells: `3ms`, `1.1s`, `56s`, `2m05`, `3h20`, `4d02h`."""
    if seconds < 0:
        return "0ms"
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f}ms"
    if seconds < 9.95:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02}"
    if whole < 86400:
        return f"{whole // 3600}h{whole % 3600 // 60:02}"
    return f"{whole // 86400}d{whole % 86400 // 3600:02}h"


def running_for(seconds: float) -> str:
    """A duration that is still growing: whole seconds, so it changes once a second."""
    whole = max(0, int(seconds))
    return f"{whole}s" if whole < 60 else took(whole)


def size(amount: int) -> str:
    """Bytes in decimal units: `812 B`, `80.2 kB`, `1.9 GB`."""
    value = float(amount)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 999.5:
            return f"{value:.0f} {unit}" if unit == "B" or value >= 99.95 else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:,.1f} TB"


def number(amount: int) -> str:
    return f"{amount:,}"


def count(amount: int, noun: str) -> str:
    """`1 asset`, `1,204 assets`."""
    return f"{amount:,} {noun}" if amount == 1 else f"{amount:,} {noun}s"


def cut(text: str, width: int) -> str:
    """The text in at most `width` cells; what was cut at the end is marked."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…" if width > 0 else ""


def cut_middle(text: str, width: int) -> str:
    """The text in at most `width` cells, cut in the middle: names differ at both ends."""
    if cell_len(text) <= width:
        return text
    if width <= 4:
        return cut(text, width)
    tail_width = (width - 1) // 2
    head = set_cell_size(text, width - 1 - tail_width).rstrip()
    tail = text[-tail_width:]
    while cell_len(tail) > tail_width:
        tail = tail[1:]
    return f"{head}…{tail}"


def pad(text: str, width: int, *, right: bool = False) -> str:
    """The text in exactly `width` cells; `right` puts it at the right edge."""
    room = width - cell_len(text)
    if room < 0:
        return set_cell_size(text, max(0, width))
    return " " * room + text if right else text + " " * room


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` cells, broken at spaces where there are some."""
    width = max(1, width)
    lines: list[str] = []
    line = ""
    for word in text.split():
        if line and cell_len(line) + 1 + cell_len(word) > width:
            lines.append(line)
            line = ""
        line = f"{line} {word}" if line else word
        while cell_len(line) > width:
            head = set_cell_size(line, width)
            # A wide letter that does not fit is replaced by a space: it goes to the next line.
            kept = len(head) if line.startswith(head) else max(1, len(head) - 1)
            lines.append(line[:kept])
            line = line[kept:]
    if line:
        lines.append(line)
    return lines


def fold(text: str, width: int) -> list[str]:
    """The text cut into lines of at most `width` cells and nothing else: code keeps its indentation."""
    width = max(2, width)
    lines = []
    while cell_len(text) > width:
        head = set_cell_size(text, width)
        kept = len(head) if text.startswith(head) else max(1, len(head) - 1)  # as in `wrap`
        lines.append(text[:kept])
        text = text[kept:]
    return [*lines, text]


def short_run(run_id: str) -> str:
    """Enough of a run's id to tell it from its neighbours."""
    return run_id[:8]


_PLAIN_KEY = re.compile(r"[A-Za-z0-9_]+(?:/[A-Za-z0-9_]+)*")
_WORDS_OF_GRAMMAR = frozenset({"and", "or", "not"})


def selection_of(key: str) -> str:
    """The selection that means this asset and no other."""
    if _PLAIN_KEY.fullmatch(key) and key.lower() not in _WORDS_OF_GRAMMAR:
        return key
    quoted = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'key:"{quoted}"'


def shell(*words: str) -> str:
    """The command line that does the same."""
    return shlex.join(("dagx", *words))
