"""`dagx why`: the verdict, its reasons, the way back to the root cause, and what a fresh asset rests on."""

from __future__ import annotations

from dagx_cli.render.look import SIGNS, Look
from dagx_cli.render.table import Cell, table
from dagx_cli.render.text import one_line
from dagx_engine.views import WhyView

__all__ = ["why_lines"]


def why_lines(view: WhyView, look: Look) -> list[str]:
    state = view.asset.state.value
    key = look.paint(one_line(view.asset.key), "bold")
    lines = [f"{look.sign(state)} {key}  {look.paint(one_line(view.verdict), SIGNS[state].style)}"]
    lines += [f"  {one_line(reason.text)}" for reason in view.reasons]
    if view.chain:
        lines += ["", "because upstream"]
        lines += [
            f"  {look.arrow} {look.paint(one_line(asset), 'bold')}  {one_line(reason.text)}"
            for asset, reason in view.chain
        ]
    if view.depends_on:
        rows = [(Cell(one_line(part), "cyan"), Cell(one_line(what))) for part, what in view.depends_on]
        lines += ["", "it rests on", *table(rows, look)]
    return lines
