"""Makes text from outside harmless for a terminal: names, reasons, errors, log lines.

Knows no screen and no style. What could move the cursor, retitle the window, reverse the reading order, take
no cell or not be encoded at all does not survive. Colours of logs are read by `sgr`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["ESCAPES", "clean", "clean_text"]

ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI: colours, cursor, modes
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # OSC, DCS, SOS, PM, APC
    r"|\x1b[ -/]*[0-~]?"  # the short ones
)
"""Escape sequences, whole; an unfinished one reaches to the end of the text."""

_MARKS_AT_MOST = 2
"""Combining marks kept on one letter: enough for living scripts, too few to climb over rows."""


_LONGEST = 4_000
"""Characters of one line that are looked at: no screen is wider, and an error may quote a megabyte."""


def clean(text: str) -> str:
    """One line that takes exactly the cells it seems to take."""
    if len(text) > _LONGEST:
        text = text[:_LONGEST]
    if text.isascii() and text.isprintable():
        return text
    return _clean(text)


@lru_cache(8192)
def _clean(text: str) -> str:
    out: list[str] = []
    marks = 0
    for char in ESCAPES.sub("", text):
        kind = unicodedata.category(char)
        if kind in ("Mn", "Me"):
            marks += 1
            # Variation selectors change how wide terminals draw the character before them.
            if marks <= _MARKS_AT_MOST and out and not "\ufe00" <= char <= "\ufe0f":
                out.append(char)
            continue
        marks = 0
        if char.isprintable() or kind == "Co":  # Co: icon fonts, one cell
            out.append(char)
        elif char in "\t\n\r\v\f\x85" or kind in ("Zs", "Zl", "Zp"):
            out.append(" ")
        elif kind == "Cf":  # bidi controls and invisible letters: seen, so that no name can pose as another
            out.append("?" if char not in "\u200d\ufeff\u00ad" else "")
        elif kind != "Cc":  # lone surrogates and unassigned: cannot be written or measured
            out.append("?")
    return "".join(out)


def clean_text(text: str) -> list[str]:
    """The lines of a text, each harmless; tabs go to the next eighth cell."""
    return [clean(line.expandtabs(8)) for line in text.splitlines()]
