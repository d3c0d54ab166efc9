"""Text from outside made safe to print, measured and cut to size. Knows no colour and no view.

Asset names, errors, previews and logs are written by others. An escape sequence in them could clear the
screen, fill the clipboard or forge a line, and a bidi override reverse one; none may reach a terminal.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

__all__ = [
    "LONGEST_LINE",
    "brief",
    "cells",
    "cut",
    "cut_middle",
    "indent",
    "one_line",
    "pad",
    "sanitise",
    "shorten",
]

LONGEST_LINE = 200
"""Cells of a line where no terminal says how many there are."""

# A string command (OSC, DCS, ...) ends at its terminator, but never swallows more than its own line: one that
# is left open must not hide what comes after it.
_SEQUENCES = (
    r"(?:\x1b[PX^_\]]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|\x1b[ -/]*[0-~]?"
)
_CONTROLS = [*range(0x20), *range(0x7F, 0xA0)]
_BIDI = [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_UNSAFE = "[" + "".join(map(chr, (*_CONTROLS, *_BIDI))).replace("\n", "").replace("\t", "") + "\ud800-\udfff]"


def sanitise(text: str) -> str:
    """The same text without escape sequences; other control characters become `�`. Only \\n and \\t stay."""
    if text.isprintable():
        return text
    text = re.sub("\r\n?|[\u2028\u2029]", "\n", text)
    return re.sub(_UNSAFE, "\ufffd", re.sub(_SEQUENCES, "", text))  # few texts need them compiled


def one_line(text: str) -> str:
    return text if text.isprintable() else " ".join(sanitise(text).split())


def brief(text: str, mark: str = "…") -> str:
    """One line of at most `LONGEST_LINE` cells, of a text that may be a megabyte: an error quotes what it likes."""
    line = one_line(text if len(text) <= 20 * LONGEST_LINE else text.lstrip()[: 20 * LONGEST_LINE])
    return cut(line, LONGEST_LINE, mark)


def cells(text: str) -> int:
    """How many cells of a terminal the text takes."""
    if text.isascii():
        return len(text)
    return sum(_cells_of(char) for char in text)


def _cells_of(char: str) -> int:
    if unicodedata.combining(char) or char in "\u200b\u200c\u200d\ufe0e\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def pad(text: str, width: int) -> str:
    return text + " " * (width - cells(text))


def cut(text: str, width: int | None, mark: str = "…") -> str:
    """At most `width` cells of the text, with a mark where it was cut."""
    if width is None or cells(text) <= width:
        return text
    return _head(text, width - len(mark)) + mark if width > len(mark) else _head(text, width)


def cut_middle(text: str, width: int | None, mark: str = "…") -> str:
    """The same, keeping both ends: names differ at their ends."""
    if width is None or cells(text) <= width:
        return text
    room = width - len(mark)
    if room < 2:
        return cut(text, width, mark)
    tail = _head(text[::-1], room // 2)[::-1]
    return _head(text, room - cells(tail)) + mark + tail


def _head(text: str, width: int) -> str:
    taken = 0
    for index, char in enumerate(text):
        taken += _cells_of(char)
        if taken > width:
            return text[:index]
    return text


def indent(text: str, by: str) -> list[str]:
    """The lines of a text from outside, safe and indented; blank ones at the end are dropped."""
    return [(by + line).rstrip() for line in sanitise(text).expandtabs(4).rstrip().split("\n")]


def shorten(lines: Sequence[str], limit: int, most: int) -> list[str]:
    """All lines when they are few and short: at most `limit`, of `most` characters together. Else the first and the
    last of them, for errors say at their end what they are."""
    if len(lines) <= limit and sum(map(len, lines)) <= most:
        return list(lines)
    head = _that_fit(lines, limit // 4, most // 4)
    rest = lines[len(head) :]
    tail = _that_fit(rest[::-1], limit - len(head) - 1, most - sum(map(len, head)))[::-1]
    left_out = len(lines) - len(head) - len(tail)
    said = f"    ({left_out:,} line{'' if left_out == 1 else 's'} left out)"
    return [*head, said, *tail]


def _that_fit(lines: Sequence[str], limit: int, most: int) -> list[str]:
    kept: list[str] = []
    for line in lines[:limit]:
        most -= len(line)
        if most < 0:
            break
        kept.append(line)
    return kept
