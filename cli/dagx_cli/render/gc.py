"""`dagx gc`: what went, or would, one kind a line, and what stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagx_cli.render.look import Look
from dagx_cli.render.numbers import count, listed, size
from dagx_cli.render.table import Cell, table
from dagx_cli.render.text import one_line

if TYPE_CHECKING:
    from dagx_engine.views.upkeep import CollectedView

__all__ = ["gc_lines"]


def gc_lines(view: CollectedView, look: Look) -> list[str]:
    lines = [
        look.paint(f"the stored bytes of {one_line(listed(list(view.damaged)))} are damaged", "bold red")
    ] * bool(view.damaged)
    rows = [
        (
            Cell(f"{line.count:,}"),
            Cell(one_line(line.what)),
            Cell(size(line.size) if line.size else ""),
            Cell(one_line(line.why), "dim"),
        )
        for line in view.lines
    ]
    lines += table(rows, look, name=1)
    verb = "would become free" if view.dry_run else "became free"
    if rows:
        lines += ["", f"{size(view.size)} {verb}"]
    else:
        lines.append("there is nothing to take away")
    stays = "would stay" if view.dry_run else "kept"
    lines.append(
        f"{stays}: {count(view.kept, 'object')}, {size(view.kept_size)} (cache_size is {size(view.cache_size)})"
    )
    return [*lines, *map(one_line, view.notes)]
