"""`dagx why`: the verdict, its reasons, the way back to the root cause, and what a fresh asset rests on."""

from __future__ import annotations

from dagx_cli.render.look import SIGNS, Look
from dagx_cli.render.table import Cell, table
from dagx_cli.render.text import brief, one_line
from dagx_engine.views import WhyView

__all__ = ["why_lines"]


def why_lines(view: WhyView, look: Look) -> list[str]:
    state = view.asset.state.value
    key = look.paint(one_line(view.asset.key), "bold")
    lines = [f"{look.sign(state)} {key}  {look.paint(brief(view.verdict, look.mark), SIGNS[state].style)}"]
    lines += [f"  {brief(reason.text, look.mark)}" for reason in view.reasons]
    if view.chain:
        lines += ["", "because upstream"]
        lines += [
            f"  {look.arrow} {look.paint(one_line(asset), 'bold')}  {brief(reason.text, look.mark)}"
            for asset, reason in view.chain
        ]
    if view.depends_on:
        rows = [
            (Cell(one_line(part), "cyan"), Cell(brief(what, look.mark))) for part, what in view.depends_on
        ]
        lines += ["", "it rests on", *table(rows, look)]
    return lines
