"""Text from outside made safe to print, measured and cut to size. Knows no colour and no view.

Asset names, errors, previews and logs are written by others. An escape sequence in them could clear the
screen, fill the clipboard or forge a line, and a bidi override reverse one; none may reach a terminal.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

__all__ = ["cells", "cut", "cut_middle", "indent", "one_line", "pad", "sanitise", "shorten"]

# A string command (OSC, DCS, ...) ends at its terminator, but never swallows more than its own line: one that
# is left open must not hide what comes after it.
_SEQUENCES = re.compile(
    r"(?:\x1b[PX^_\]]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|\x1b[ -/]*[0-~]?"
)
_CONTROLS = [*range(0x20), *range(0x7F, 0xA0)]
_BIDI = [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_UNSAFE = re.compile(
    "[" + "".join(map(chr, (*_CONTROLS, *_BIDI))).replace("\n", "").replace("\t", "") + "\ud800-\udfff]"
)


def sanitise(text: str) -> str:
    """The same text without escape sequences; other control characters become `�`. Only \\n and \\t stay."""
    if text.isprintable():
        return text
    text = re.sub("\r\n?|[\u2028\u2029]", "\n", text)
    return _UNSAFE.sub("\ufffd", _SEQUENCES.sub("", text))


def one_line(text: str) -> str:
    return text if text.isprintable() else " ".join(sanitise(text).split())


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


def shorten(lines: Sequence[str], limit: int) -> list[str]:
    """All lines when they are few; else the first and the last of them."""
    if len(lines) <= limit:
        return list(lines)
    head = limit // 4
    tail = limit - head - 1
    return [*lines[:head], f"    ({len(lines) - head - tail} lines left out)", *lines[-tail:]]
