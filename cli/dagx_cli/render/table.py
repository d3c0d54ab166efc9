"""Cells in a line or in columns, fitted to the width there is. Knows nothing of what the cells mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dagx_cli.render.look import Look
from dagx_cli.render.text import LONGEST_LINE, cells, cut, cut_middle

__all__ = ["Cell", "fitted", "table"]

_GAP = "  "
_NARROWEST_NAME = 16
_NARROWEST_LAST = 12


class Cell(NamedTuple):
    text: str
    style: str = ""


def fitted(parts: Sequence[Cell], look: Look) -> str:
    """The parts one after the other, cut to the width before they are painted: a cut inside a colour code
    would leave the terminal coloured."""
    room = look.width if look.width is not None else LONGEST_LINE
    line = ""
    for part in parts:
        line += look.paint(cut(part.text, max(room, 0), look.mark), part.style)
        room -= cells(part.text)
        if room < 0:
            break
    return line


def table(rows: Sequence[Sequence[Cell]], look: Look, *, indent: str = "  ", name: int = 0) -> list[str]:
    """One line a row. Columns that are empty in all rows vanish. Where the width is short the last column is
    cut at its end, then the one that holds names (`name`) in its middle."""
    if not rows:
        return []
    taken = [[cells(cell.text) for cell in row] for row in rows]
    widths = [max(column) for column in zip(*taken, strict=True)]
    last = max((index for index, width in enumerate(widths) if width), default=0)
    if look.width is not None:
        room = look.width - len(indent) - len(_GAP) * (sum(map(bool, widths[: last + 1])) - 1)
        _narrow(widths, last, room, _NARROWEST_LAST)
        _narrow(widths, name, room, _NARROWEST_NAME)
        _narrow(widths, last, room, 0)
    return [_line(row, sizes, widths, look, indent, name) for row, sizes in zip(rows, taken, strict=True)]


def _narrow(widths: list[int], column: int, room: int, least: int) -> None:
    over = sum(widths) - room
    if over > 0:
        widths[column] = max(widths[column] - over, min(least, widths[column]))


def _line(
    row: Sequence[Cell], sizes: Sequence[int], widths: Sequence[int], look: Look, indent: str, name: int
) -> str:
    line, gap = indent, 0  # spaces are written before the next text, so that none end a line
    for index, (cell, size, width) in enumerate(zip(row, sizes, widths, strict=True)):
        if not width:
            continue
        text = cell.text
        if size > width:
            text = (cut_middle if index == name else cut)(text, width, look.mark)
            size = cells(text)
        if text:
            line += " " * gap + look.paint(text, cell.style)
            gap = 0
        gap += width - size + len(_GAP)
    return line
