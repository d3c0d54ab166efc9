"""`dagx diff`: which two, what became of columns and rows, or the lines that differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from dagx_cli.render.look import Look
from dagx_cli.render.numbers import age, count, size
from dagx_cli.render.table import Cell, fitted, table
from dagx_cli.render.text import brief, cut, indent, one_line

if TYPE_CHECKING:
    from dagx_engine.views.comparing import (
        ChangedRow,
        ChangedRows,
        ColumnsView,
        ComparedView,
        DiffView,
        SideView,
        SomeRows,
    )

__all__ = ["compared_lines", "diff_lines"]

_CELL = 24
"""Characters of a cell, where rows stand below each other."""
_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def diff_lines(view: DiffView, look: Look, now: float) -> list[str]:
    to = "->" if look.ascii else "→"
    sides = f"{_side(view.before, now)} {to} {_side(view.after, now)}"
    lines = [f"{look.paint(one_line(view.asset), 'bold')}  {sides}"]
    if view.same:
        words = "the same materialization" if view.before.place == view.after.place else "the same bytes"
        lines.append(f"  {words}: {size(view.after.size)}, {view.after.codec}")
    if view.difference is not None:
        if view.difference.kind != "table":
            lines.append(f"  {_sizes(view, to)}")
        lines += compared_lines(view.difference, look)
    return [*lines, *(f"  {brief(note, look.mark)}" for note in view.notes)]


def compared_lines(view: ComparedView, look: Look) -> list[str]:
    """What differs, for whichever two values."""
    lines: list[str] = []
    if view.kind == "table":
        lines += _table(view, look)
    elif view.lines:
        lines += _text(view, look)
    elif view.first is not None:
        place, before, after = view.first
        lines.append(f"  the first byte that differs is at {place:,}")
        lines += [
            look.paint(f"  - {before or 'the end'}", "red"),
            look.paint(f"  + {after or 'the end'}", "green"),
        ]
    return [*lines, *(f"  {brief(note, look.mark)}" for note in view.notes)]


def _side(side: SideView, now: float) -> str:
    which = "current" if side.place == 0 else f"-{side.place}"
    return f"run {one_line(side.run_id)} ({which}, {age(now - side.made_at)} ago)"


def _sizes(view: DiffView, to: str) -> str:
    before, after = view.before, view.after
    sizes = f"{size(before.size)} {to} {size(after.size)}" if before.size != after.size else size(after.size)
    codecs = f"{before.codec} {to} {after.codec}" if before.codec != after.codec else after.codec
    return f"{sizes}, {codecs}"


# Tables


def _table(view: ComparedView, look: Look) -> Iterator[str]:
    to = "->" if look.ascii else "→"
    columns, added, removed, changed = view.columns, view.added, view.removed, view.changed
    assert columns is not None and added is not None and removed is not None  # noqa: PT018 - a table has all three
    rows = f"{view.rows_before:,} {to} {count(view.rows_after, 'row')}"
    if view.rows_before == view.rows_after:
        rows = count(view.rows_after, "row")
    wide = f"{columns.before} {to} {count(columns.after, 'column')}"
    if columns.before == columns.after:
        wide = count(columns.after, "column")
    said = [f"{number:,} {word}" for number, word in _amounts(added, removed, changed) if number]
    yield f"  {rows}, {wide}: {', '.join(said) if said else 'no row came or went'}"
    yield from _columns(columns, look, to)
    if view.moved:
        yield "  the rows are the same, in another order"
    if changed is not None and changed.count:
        yield from _changed(changed, look, to)
    yield from _some(removed, "-", "removed", look)
    yield from _some(added, "+", "added", look)
    if changed is None and added.count and removed.count:
        yield look.paint("  with --key COLUMN it shows which cells of a row changed", "dim")


def _amounts(added: SomeRows, removed: SomeRows, changed: ChangedRows | None) -> Iterator[tuple[int, str]]:
    yield removed.count, "removed"
    yield added.count, "added"
    if changed is not None:
        yield changed.count, "changed"


def _columns(columns: ColumnsView, look: Look, to: str) -> Iterator[str]:
    rows = [(Cell("-", "red"), Cell(one_line(name), "red"), Cell(kind)) for name, kind in columns.removed]
    rows += [(Cell("+", "green"), Cell(one_line(name), "green"), Cell(kind)) for name, kind in columns.added]
    rows += [
        (Cell("~", "yellow"), Cell(one_line(name), "yellow"), Cell(f"{was} {to} {now}"))
        for name, was, now in columns.retyped
    ]
    if rows:
        yield from ["", look.paint("columns", "bold cyan"), *table(rows, look, name=1)]
    if columns.moved:
        yield "  the columns stand in another order"


def _some(found: SomeRows, sign: str, word: str, look: Look) -> Iterator[str]:
    if not found.count or not found.rows:
        return
    yield from ["", look.paint(f"{count(found.count, 'row')} {word}", "bold cyan")]
    more = (look.mark,) if found.left else ()
    style = _STYLES[sign]
    head = [Cell(" "), *(Cell(_cell(name, look), "dim") for name in (*found.columns, *more))]
    rows = [
        [Cell(sign, style), *(Cell(_cell(cell, look), style) for cell in (*row, *more))] for row in found.rows
    ]
    yield from _fitting([head, *rows], look)
    if found.count > len(found.rows):
        yield look.paint(f"  and {found.count - len(found.rows):,} more", "dim")


def _fitting(rows: Sequence[Sequence[Cell]], look: Look) -> list[str]:
    """As a table, of so many columns as there is room for."""
    if look.width is not None:
        room = look.width - 2 - len(look.mark)
        widths = [max(len(cell.text) for cell in column) + 2 for column in zip(*rows, strict=True)]
        fit = sum(1 for n in range(len(widths)) if sum(widths[: n + 1]) - 2 <= room)
        if fit < len(widths):
            rows = [[*row[:fit], Cell(look.mark, "dim")] for row in rows]
    return table(rows, look)


def _changed(found: ChangedRows, look: Look, to: str) -> Iterator[str]:
    by_column = ", ".join(f"{one_line(name)} in {number:,}" for name, number in found.cells.items())
    yield from [
        "",
        look.paint(f"{count(found.count, 'row')} changed", "bold cyan") + f": {brief(by_column, look.mark)}",
    ]
    for row in found.rows:
        yield _changed_row(row, look, to)
    if found.rows and found.count > len(found.rows):
        yield look.paint(f"  and {found.count - len(found.rows):,} more", "dim")


def _changed_row(row: ChangedRow, look: Look, to: str) -> str:
    """`  ~ id 17  delay 3 → 5  gate A → B`."""
    key = " ".join(f"{one_line(name)} {_cell(cell, look)}" for name, cell in row.key)
    parts = [Cell("  ~ ", "yellow"), Cell(key, "bold")]
    for name, was, now in row.cells:
        parts += [
            Cell(f"  {one_line(name)} ", "dim"),
            Cell(_cell(was, look), "red"),
            Cell(f" {to} "),
            Cell(_cell(now, look), "green"),
        ]
    return fitted(parts, look)


def _cell(text: str, look: Look) -> str:
    return cut(one_line(text), _CELL, look.mark)


# Lines


def _text(view: ComparedView, look: Look) -> Iterator[str]:
    yield f"  {count(view.lines_removed, 'line')} removed, {view.lines_added:,} added"
    yield ""
    for line in view.lines:
        (shown,) = indent(line, "  ")[:1]
        yield look.paint(cut(shown, look.width, look.mark), _STYLES.get(line[:1], ""))
    if view.lines_left:
        yield look.paint(f"  and {count(view.lines_left, 'more line')}", "dim")
