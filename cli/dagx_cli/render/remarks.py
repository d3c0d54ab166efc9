"""What there is to say of steps beside how they stand: a warning or a note each, with the way out."""

from __future__ import annotations

from collections.abc import Sequence

from dagx_cli.render.look import Look
from dagx_cli.render.problem import problem_lines
from dagx_engine.views import RemarkView

__all__ = ["remark_lines"]

_MOST = 8


def remark_lines(remarks: Sequence[RemarkView], look: Look) -> list[str]:
    """Nothing when there is nothing to say."""
    shown = remarks if len(remarks) <= _MOST + 1 else remarks[:_MOST]
    words = {"network": "note"}
    lines = [
        line
        for each in shown
        for line in problem_lines(each.text, each.hint, look, words.get(each.kind, "warning"))
    ]
    if len(shown) < len(remarks):
        lines.append(f"and {len(remarks) - len(shown):,} more: dagx doctor names them")
    return lines
