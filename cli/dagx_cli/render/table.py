"""Cells in a line or in columns, fitted to the width there is. Knows nothing of what the cells mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from dagx_cli.render.look import Look
from dagx_cli.render.text import LONGEST_LINE, cells, cut, cut_middle

__all__ = ["Cell", "Column", "fitted", "table", "table_of_columns"]

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
    columns = [
        Column([cell.text for cell in column], [cell.style for cell in column])
        for column in zip(*rows, strict=True)
    ]
    return table_of_columns(columns, look, indent=indent, name=name)


class Column(NamedTuple):
    texts: Sequence[str]
    styles: str | Sequence[str] = ""
    """Of all texts, or of each."""


def table_of_columns(
    columns: Sequence[Column], look: Look, *, indent: str = "  ", name: int = 0
) -> list[str]:
    """The same of columns: ten thousand rows in a few milliseconds."""
    sizes = [_sizes(texts) for texts, _ in columns]
    widths = [max(column, default=0) for column in sizes]
    last = max((index for index, width in enumerate(widths) if width), default=0)
    if look.width is not None:
        room = look.width - len(indent) - len(_GAP) * (sum(map(bool, widths[: last + 1])) - 1)
        _narrow(widths, last, room, _NARROWEST_LAST)
        _narrow(widths, name, room, _NARROWEST_NAME)
        _narrow(widths, last, room, 0)
    shown = []
    for index, (column, taken, width) in enumerate(zip(columns, sizes, widths, strict=True)):
        if width:
            cutting = cut_middle if index == name else cut
            shown.append(_padded(column, taken, width, look, cutting))
    return [(indent + _GAP.join(parts)).rstrip(" ") for parts in zip(*shown, strict=True)]


def _sizes(texts: Sequence[str]) -> list[int]:
    """How many cells each takes. Most columns say a few things again and again."""
    if all(map(str.isascii, texts)):
        return list(map(len, texts))
    known = {text: cells(text) for text in set(texts)}
    return [known[text] for text in texts]


def _narrow(widths: list[int], column: int, room: int, least: int) -> None:
    over = sum(widths) - room
    if over > 0:
        widths[column] = max(widths[column] - over, min(least, widths[column]))


def _padded(
    column: Column, sizes: Sequence[int], width: int, look: Look, cutting: Callable[[str, int, str], str]
) -> list[str]:
    """The texts of a column, cut and painted, with spaces up to its width."""
    texts, styles = column
    if max(sizes) > width:
        texts = [
            text if size <= width else cutting(text, width, look.mark)
            for text, size in zip(texts, sizes, strict=True)
        ]
        sizes = [cells(text) for text in texts]
    spaces = [" " * (width - size) for size in range(width + 1)]
    if not look.colour or not styles:
        return [text + spaces[size] for text, size in zip(texts, sizes, strict=True)]
    each = [styles] * len(texts) if isinstance(styles, str) else styles
    return [
        look.paint(text, style) + spaces[size] for text, size, style in zip(texts, sizes, each, strict=True)
    ]
