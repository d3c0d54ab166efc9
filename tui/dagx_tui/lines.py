"""Styled text of one screen line, and the one place where it becomes what Textual draws.

Every text of the app passes `strip`, which cleans it: a widget that forgets to cannot let an escape sequence
through. Nothing here or above parses markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from dagx_tui.looks import PLAIN
from dagx_tui.safe import clean
from dagx_tui.words import cut

__all__ = ["Line", "Part", "fill", "line_width", "strip", "text_of"]

Part = tuple[str, Style]
Line = Sequence[Part]


def strip(line: Iterable[Part], width: int, base: Style = PLAIN) -> Strip:
    """The line in exactly `width` cells, drawn over the style `base`."""
    over = base is not PLAIN
    segments = [Segment(clean(text), base + style if over else style) for text, style in line if text]
    return Strip(segments).adjust_cell_length(width, base)


def line_width(line: Line) -> int:
    return sum(cell_len(clean(text)) for text, _ in line)


def fill(left: Line, right: Line, width: int, gap: Part) -> list[Part]:
    """`left` and `right` at the edges, `gap` repeated between; where there is no room, `right` goes."""
    left = _clipped(left, width)
    room = width - line_width(left)
    right_width = line_width(right)
    if right_width >= room:
        return [*left, (gap[0] * room, gap[1])]
    return [*left, (gap[0] * (room - right_width), gap[1]), *right]


def _clipped(line: Line, width: int) -> list[Part]:
    """The line in at most `width` cells."""
    kept: list[Part] = []
    for text, style in line:
        text = clean(text)
        cells = cell_len(text)
        if cells > width:
            kept.append((cut(text, width), style))
            break
        kept.append((text, style))
        width -= cells
    return kept


def text_of(lines: Iterable[Line]) -> str:
    """The bare text, for tests and for copying."""
    return "\n".join("".join(text for text, _ in line).rstrip() for line in lines)
