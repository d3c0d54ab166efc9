"""Colours that a log line asks for, and nothing else it asks for: one line in, styled parts out."""

from __future__ import annotations

import re
from functools import lru_cache

from rich.style import Style

from dagx_tui.lines import Part
from dagx_tui.looks import PLAIN
from dagx_tui.safe import ESCAPES, clean

__all__ = ["parts_of"]

_NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_COLOURS = re.compile(r"(?:\x1b\[|\x9b)([0-9;:]*)m")
_ATTRIBUTES = {
    1: Style(bold=True),
    2: Style(dim=True),
    3: Style(italic=True),
    4: Style(underline=True),
    7: Style(reverse=True),
    9: Style(strike=True),
    22: Style(bold=False, dim=False),
    23: Style(italic=False),
    24: Style(underline=False),
    27: Style(reverse=False),
    29: Style(strike=False),
    39: Style(color="default"),
    49: Style(bgcolor="default"),
}


@lru_cache(4096)
def parts_of(line: str) -> tuple[Part, ...]:
    """The line as it should look; progress that was rewritten in place shows its last text."""
    line = line.rstrip("\r").rpartition("\r")[2].expandtabs(8)
    if "\x1b" not in line and "\x9b" not in line:
        return ((clean(line), PLAIN),)
    parts: list[Part] = []
    style = PLAIN
    at = 0
    for escape in ESCAPES.finditer(line):
        if escape.start() > at:
            parts.append((clean(line[at : escape.start()]), style))
        at = escape.end()
        if colours := _COLOURS.fullmatch(escape.group()):
            style = _after(style, colours[1])
    parts.append((clean(line[at:]), style))
    return tuple((text, style) for text, style in parts if text)


def _after(style: Style, codes: str) -> Style:
    """The style after one SGR sequence; codes that we do not know change nothing."""
    numbers = [int(code) if code and len(code) < 4 else 0 for code in re.split("[;:]", codes)]
    while numbers:
        code = numbers.pop(0)
        if code == 0:
            style = PLAIN
        elif code in _ATTRIBUTES:
            style += _ATTRIBUTES[code]
        elif 30 <= code <= 37 or 90 <= code <= 97:
            style += Style(color=_named(code))
        elif 40 <= code <= 47 or 100 <= code <= 107:
            style += Style(bgcolor=_named(code - 10))
        elif code in (38, 48):
            colour = _extended(numbers)
            if colour:
                style += Style(color=colour) if code == 38 else Style(bgcolor=colour)
    return style


def _named(code: int) -> str:
    return _NAMES[code - 30] if code < 40 else f"bright_{_NAMES[code - 90]}"


def _extended(numbers: list[int]) -> str | None:
    """Take the rest of `38;5;N` or `38;2;R;G;B` from the front of `numbers`."""
    kind = numbers.pop(0) if numbers else 0
    if kind == 5 and numbers:
        return f"color({min(255, numbers.pop(0))})"
    if kind == 2 and len(numbers) >= 3:
        red, green, blue = (min(255, numbers.pop(0)) for _ in range(3))
        return f"rgb({red},{green},{blue})"
    return None
