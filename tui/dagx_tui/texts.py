"""The longer texts: help, why, what a run will cost, what does not load. Pure: values in, lines out."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from dagx_engine.views import AssetState, CauseView, WhyView
from dagx_tui.board import Board
from dagx_tui.detail import ABOUT, code_lines, reason_lines, remark_lines
from dagx_tui.failure import error_lines
from dagx_tui.intents import Cost
from dagx_tui.keys import KEYS, where_titles
from dagx_tui.lines import Line
from dagx_tui.looks import PLAIN, Looks, words_of
from dagx_tui.running import Running
from dagx_tui.safe import clean
from dagx_tui.words import count, cut, cut_middle, fold, pad, shell, short_run, took, wrap

__all__ = [
    "cost_lines",
    "help_lines",
    "list_title",
    "problem_lines",
    "quit_lines",
    "unmade_line",
    "why_lines",
]

_LISTED = 10


def help_lines(width: int, looks: Looks) -> list[Line]:
    lines: list[Line] = []
    for where, title in where_titles.items():
        if lines:
            lines.append(())
        lines.append([(title, looks.strong)])
        for key in KEYS:
            if key.where == where:
                first, *more = wrap(key.help, max(1, width - 12)) or [""]
                lines.append([(pad(f"  {key.shown}", 12), looks.key), (first, PLAIN)])
                lines += [[(" " * 12 + text, PLAIN)] for text in more]
    lines += [(), [("States", looks.strong)]]
    lines += [
        [(f"  {looks.glyph(state)} ", looks.style(state)), (words_of(state), PLAIN)] for state in AssetState
    ]
    return lines


def why_lines(why: WhyView, width: int, looks: Looks) -> list[Line]:
    state = why.asset.state
    lines: list[Line] = [
        [("  " if number else looks.glyph(state) + " ", looks.style(state)), (text, looks.strong)]
        for number, text in enumerate(wrap(cut(clean(why.verdict), ABOUT), max(1, width - 2)))
    ]
    if why.reasons:
        lines.append(())
        lines += reason_lines(why.reasons, width, looks)
    lines += [[(text, PLAIN)] for note in why.notes for text in wrap(cut(clean(note), ABOUT), width)]
    if why.chain:
        lines += [(), [("back to the cause", looks.muted)]]
        lines.append([(cut_middle(clean(why.asset.key), width), PLAIN)])
        for cause in why.chain[:_LISTED]:
            lines += _cause_lines(cause, width, looks)
        if len(why.chain) > _LISTED:
            lines.append([(f"  and {len(why.chain) - _LISTED:,} more", looks.muted)])
    rests = why.rests_on or why.depends_on
    if rests:
        lines += [(), [("rests on" if state is AssetState.FRESH else "needs", looks.muted)]]
        longest = min(width // 2, max(cell_len(clean(part)) for part, _ in rests))
        for part, what in rests:
            room = max(1, width - longest - 2)
            lines += [
                [
                    (pad("" if place else cut_middle(clean(part), longest), longest + 2), looks.accent),
                    (text, PLAIN),
                ]
                for place, text in enumerate(wrap(cut(clean(what), ABOUT), room))
            ]
    if why.remarks:
        lines += [(), *remark_lines(why.remarks, width, looks)[:-1]]
    lines += [(), [(f"$ {shell('why', why.asset.key)}", looks.muted)]]
    return lines


def _cause_lines(cause: CauseView, width: int, looks: Looks) -> list[Line]:
    indent = "  " * min(cause.depth - 1, 8) + looks.pick("╰─ ", "`- ")
    room = max(1, width - cell_len(indent))
    lines: list[Line] = [[(indent, looks.muted), (cut_middle(clean(cause.asset), room), looks.strong)]]
    margin = " " * cell_len(indent)
    first = cause.reasons[0] if cause.root and cause.reasons else None
    words = cause.error or (first.text if first is not None else cause.state.value)
    lines += [[(margin + text, PLAIN)] for text in wrap(cut(clean(words), ABOUT), room)]
    if first is not None:
        lines += [[(margin, PLAIN), *line] for line in code_lines(first, room, looks)]
    return lines


def cost_lines(board: Board, cost: Cost, width: int, looks: Looks) -> list[Line]:
    """What `R` will do, before it does it."""
    lines: list[Line] = [[(cost.text, looks.strong)], ()]
    shown = cost.assets[: _LISTED if len(cost.assets) > _LISTED + 1 else _LISTED + 1]
    longest = min(width // 2, max((cell_len(clean(asset.key)) for asset in shown), default=0))
    for asset in shown:
        state = board.state(asset.key)
        name = pad(cut_middle(clean(asset.key), longest), longest)
        room = max(0, width - longest - 13)
        last = took(asset.seconds) if asset.seconds is not None else ""
        lines.append(
            [
                (looks.glyph(state) + " ", looks.style(state)),
                (name + "  ", PLAIN),
                (pad(cut(clean(asset.reason) or words_of(state), room), room), looks.muted),
                ("  " + pad(last, 6, right=True), looks.muted),
            ]
        )
    if len(cost.assets) > len(shown):
        lines.append([(f"  and {len(cost.assets) - len(shown):,} more", looks.muted)])
    lines += [(), [(f"$ {shell('run')}", looks.muted)]]
    return lines


def quit_lines(runs: Sequence[Running], width: int, looks: Looks) -> list[Line]:
    """What is active when someone quits."""
    told = [
        f"run {short_run(run.run_id)} is active ({clean(run.cause)}): {run.done:,} of {run.total:,} steps are done."
        for run in runs
    ]
    lines: list[Line] = [[(text, looks.strong)] for line in told for text in wrap(line, width)]
    last = "Finished steps are kept; the next run does what is left."
    return lines + [[(text, looks.muted)] for text in wrap(last, width)]


def problem_lines(title: str, problem: str, after: Sequence[str], width: int, looks: Looks) -> list[Line]:
    """A callout: what is wrong and where, and what happens next."""
    bar = (looks.pick("▌", "|") + " ", looks.bad)
    inner = max(1, width - 3)
    lines: list[Line] = [[bar, (f"{looks.pick('✖', 'X')} {title}", looks.bad)]]
    for text in error_lines(problem):
        lines += [[bar, (part, PLAIN)] for part in fold(text, inner)]
    lines += [[bar, (text, looks.muted)] for line in after for text in wrap(line, inner)]
    return lines


def unmade_line(missing: int, looks: Looks) -> Line:
    """The banner of a project some of whose assets nobody has made yet."""
    one = missing == 1
    return [
        (f" {looks.glyph(AssetState.MISSING)} ", looks.warning),
        (f"{count(missing, 'asset')} {'was' if one else 'were'} never made", looks.strong),
        (" · ", looks.muted),
        ("R", looks.key),
        (f" runs {'it' if one else 'them'}", looks.muted),
    ]


def list_title(shown: int, total: int, needle: str, problems_only: bool, looks: Looks) -> tuple[Line, Line]:
    """Left and right side of the rule over the list."""
    if not needle and not problems_only:
        return [("Assets", looks.strong)], [(f"{total:,}", looks.muted)]
    what = [f"/{needle}"] if needle else []
    what += ["only problems"] if problems_only else []
    return (
        [("Assets", looks.strong), (f" · {' · '.join(what)}", looks.warning)],
        [(f"{shown:,} of {total:,}", looks.warning)],
    )
