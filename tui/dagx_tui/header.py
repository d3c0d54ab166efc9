"""The first line: which project, how its assets are, what runs, whether saves start runs."""

from __future__ import annotations

from dagx_tui.asset_row import counts_parts
from dagx_tui.board import Board
from dagx_tui.lines import Line, Part, fill, line_width
from dagx_tui.looks import PLAIN, Looks
from dagx_tui.running import Running
from dagx_tui.safe import clean
from dagx_tui.words import cut, cut_middle, took

__all__ = ["header_line"]

_NAME_AT_MOST = 24
_CAUSE_AT_MOST = 24


def header_line(board: Board, *, auto: bool, now: float, width: int, looks: Looks) -> Line:
    """As much of it as there is room for: words go before numbers, the right side before the counts."""
    name: list[Part] = [
        (" " + cut_middle(clean(board.project) or "dagx", _NAME_AT_MOST), looks.strong),
        ("  ", PLAIN),
    ]
    rights = _rights(board, auto=auto, now=now, looks=looks)
    for right in rights:
        for words in (True, False):
            left = name + counts_parts(board.counts, looks, words=words)
            if line_width(left) + line_width(right) + 3 <= width:
                return fill(left, right, width, (" ", PLAIN))
    counts = counts_parts(board.counts, looks)
    return fill(name + counts if line_width(name + counts) <= width else counts, (), width, (" ", PLAIN))


def _rights(board: Board, *, auto: bool, now: float, looks: Looks) -> list[list[Part]]:
    """The right side, from all of it to the least that must be said."""
    gap: Part = ("  ", PLAIN)
    must: list[list[Part]] = []
    if board.problem is not None:
        what = "ended" if board.ended else "broken"
        must.append([(f"{looks.pick('✖', 'X')} {what}", looks.bad)])
    style, glyph = looks.accent + looks.strong, looks.pick("◉", ">")
    runs = board.runs
    each: list[list[Part]] = [
        [(f"{glyph} {cut(clean(run.cause), _CAUSE_AT_MOST)} {_how_far(run)}", style)] for run in runs
    ]
    if runs:
        done, total = sum(min(run.done, run.total) for run in runs), sum(run.total for run in runs)
        many = f"{len(runs)} runs " if len(runs) > 1 else ""
        must.append([(f"{glyph} {many}{done:,}/{total:,}", style)])
    more: list[list[Part]] = []
    known = [left for run in runs if (left := run.left(now, board.running)) is not None]
    if known and max(known) >= 1:
        more.append([(f"~{took(max(known))} left", looks.accent)])
    switch: list[Part] = [("auto on", looks.good) if auto else ("auto off", looks.warning)]
    generation: list[list[Part]] = [[(f"gen {board.generation:,}", looks.muted)]] if board.loaded else []
    several = [] if len(runs) < 2 else [_joined([*must[:-1], *each, *more, *generation, switch], gap)]
    return [
        *several,
        _joined([*must, *more, *generation, switch], gap),
        _joined([*must, *generation, switch], gap),
        _joined([*must, switch], gap),
        _joined(must, gap),
    ]


def _how_far(run: Running) -> str:
    return f"{min(run.done, run.total):,}/{run.total:,}"


def _joined(parts: list[list[Part]], gap: Part) -> list[Part]:
    line: list[Part] = []
    for part in parts:
        line += ([gap] if line else []) + part
    return [*line, (" ", PLAIN)] if line else []
