"""`dagx why`: the verdict, its reasons with the lines that changed, the way up to the root causes, what it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from dagx_cli.render.look import SIGNS, Look
from dagx_cli.render.remarks import remark_lines
from dagx_cli.render.table import Cell, table
from dagx_cli.render.text import LONGEST_LINE, brief, cut, indent, one_line
from dagx_engine.views import AssetState, CauseView, CodeChange, ReasonView, WhyView

__all__ = ["why_lines"]

_LINES = 12
"""Lines of a difference that are shown."""
_REASONS = 6
_ROOTS = 8


def why_lines(view: WhyView, look: Look, *, everything: bool = False) -> list[str]:
    """`everything`: no list and no difference is cut short, and each part is named."""
    state = view.asset.state.value
    key = look.paint(one_line(view.asset.key), "bold")
    lines = [f"{look.sign(state)} {key}  {look.paint(brief(view.verdict, look.mark), SIGNS[state].style)}"]
    lines += _reasons(view.reasons, look, "  ", everything)
    lines += [f"  {brief(note, look.mark)}" for note in view.notes]
    lines += [f"  {line}" for line in remark_lines(view.remarks, look)]
    if view.chain:
        lines += ["", "because upstream", *_chain(view.chain, look, everything)]
    rests = view.depends_on if everything else (view.rests_on or view.depends_on)
    if rests:
        rows = [(Cell(one_line(part), "cyan"), Cell(brief(what, look.mark))) for part, what in rests]
        title = "it rests on" if view.asset.state is AssetState.FRESH else "it needs"
        lines += ["", title, *table(rows, look)]
    return lines


def _reasons(
    reasons: tuple[ReasonView, ...], look: Look, margin: str, everything: bool, *, told: bool = False
) -> Iterator[str]:
    """`told`: the first one was named already."""
    shown = reasons if everything or len(reasons) <= _REASONS + 1 else reasons[:_REASONS]
    for place, reason in enumerate(shown):
        if place or not told:
            yield margin + brief(reason.text, look.mark)
        if reason.detail:
            yield f"{margin}  {look.paint(brief(reason.detail, look.mark), 'dim')}"
        if reason.code is not None:
            yield from _code(reason.code, look, margin + "    ", everything)
    if len(shown) < len(reasons):
        yield f"{margin}and {len(reasons) - len(shown):,} more"


def _code(change: CodeChange, look: Look, margin: str, everything: bool) -> Iterator[str]:
    if change.before is not None and change.before == change.after:
        yield margin + look.paint("its text is the same; the form that counts is another", "dim")
    shown = change.diff if everything or len(change.diff) <= _LINES + 1 else change.diff[:_LINES]
    for line in shown:
        style = {"- ": "red", "+ ": "green"}.get(line[:2], "dim")
        yield margin + look.paint(cut(indent(line, "")[0], LONGEST_LINE, look.mark), style)
    if len(shown) < len(change.diff):
        yield margin + look.paint(f"and {len(change.diff) - len(shown):,} more lines", "dim")


def _chain(chain: tuple[CauseView, ...], look: Look, everything: bool) -> Iterator[str]:
    """Down to so many root causes; the assets on the way to the others are left out with them."""
    roots = [place for place, cause in enumerate(chain) if cause.root]
    end = len(chain) if everything or len(roots) <= _ROOTS + 1 else roots[_ROOTS - 1] + 1
    for cause in chain[:end]:
        margin = "  " * min(cause.depth, 20)
        speaks = cause.root and not cause.error and bool(cause.reasons)
        words = cause.reasons[0].text if speaks else cause.error or cause.state.value
        key = look.paint(one_line(cause.asset), "bold")
        yield f"{margin}{look.arrow} {key}  {brief(words, look.mark)}"
        if cause.root:
            yield from _reasons(cause.reasons, look, margin + "  ", everything, told=speaks)
    if end < len(chain):
        left = sum(cause.root for cause in chain[end:])
        yield f"  and {left:,} more: --all names them"
