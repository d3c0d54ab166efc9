"""Cells in a line or in columns, fitted to the width there is. Knows nothing of what the cells mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dagx_cli.render.look import Look
from dagx_cli.render.text import cells, cut, cut_middle

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
    room = look.width if look.width is not None else sum(cells(part.text) for part in parts)
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
    widths = [max(cells(cell.text) for cell in column) for column in zip(*rows, strict=True)]
    last = max((index for index, width in enumerate(widths) if width), default=0)
    if look.width is not None:
        room = look.width - len(indent) - len(_GAP) * (sum(map(bool, widths[: last + 1])) - 1)
        _narrow(widths, last, room, _NARROWEST_LAST)
        _narrow(widths, name, room, _NARROWEST_NAME)
        _narrow(widths, last, room, 0)
    return [_line(row, widths, look, indent, name) for row in rows]


def _narrow(widths: list[int], column: int, room: int, least: int) -> None:
    over = sum(widths) - room
    if over > 0:
        widths[column] = max(widths[column] - over, min(least, widths[column]))


def _line(row: Sequence[Cell], widths: Sequence[int], look: Look, indent: str, name: int) -> str:
    shown = []
    for index, (cell, width) in enumerate(zip(row, widths, strict=True)):
        if width:
            text = (cut_middle if index == name else cut)(cell.text, width, look.mark)
            shown.append((text, width - cells(text), cell.style))
    while shown and not shown[-1][0]:
        shown.pop()
    painted = [look.paint(text, style) + " " * space for text, space, style in shown[:-1]]
    painted += [look.paint(text, style) for text, _, style in shown[-1:]]
    return (indent + _GAP.join(painted)).rstrip()
