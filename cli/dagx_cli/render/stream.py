"""The news of `dagx dev --plain` and of a run without a terminal: lines of text for each event."""

from __future__ import annotations

import re
from typing import assert_never

from dagx_cli.render.assets import counted
from dagx_cli.render.audit import audited_line
from dagx_cli.render.checks import result_lines, warning_lines
from dagx_cli.render.jobs import op_line
from dagx_cli.render.look import Look
from dagx_cli.render.numbers import clock, count, duration, listed
from dagx_cli.render.plan import about, reasons_in_words, step_name
from dagx_cli.render.problem import problem_lines, text_lines
from dagx_cli.render.remarks import remark_lines
from dagx_cli.render.run import failure_lines, is_news, step_line, summary_line
from dagx_cli.render.text import LONGEST_LINE, brief, cells, cut, indent, one_line
from dagx_engine.views import (
    AssetsChanged,
    BoardReplaced,
    EngineEnded,
    Event,
    Loaded,
    LoadFailed,
    Notice,
    OpEnded,
    PlanView,
    RunEnded,
    RunStarted,
    Saved,
    StatusView,
    StepAudited,
    StepEnded,
    StepLog,
    StepStarted,
)

__all__ = ["event_lines", "never_made_line", "plan_in_words", "stamped_lines"]

_LOG_LINES = 200
_LOG_WIDTH = 1_000


def event_lines(event: Event, look: Look) -> list[str]:
    """What a person is told of the event; nothing of what only a screen needs."""
    match event:
        case BoardReplaced(status):
            return [counted(status.counts, look)]
        case AssetsChanged():
            return []
        case Saved(paths):
            return [_short(f"saved {listed([one_line(path) for path in paths])}", look)]
        case Loaded(generation, assets, seconds, _):
            return [f"loaded generation {generation}: {count(assets, 'asset')} in {duration(seconds)}"]
        case LoadFailed(problem):
            word = look.paint("the project does not load", "bold red")
            return [f"{word}; waiting for the next save", *text_lines(problem, "    ", look)]
        case RunStarted(_, "audit", plan):
            return [f"{count(len(plan.steps), 'step')} to execute again"]
        case RunStarted(_, cause, plan):
            return [
                plan_in_words(plan, look) if plan.steps else f"nothing to run ({brief(cause, look.mark)})"
            ]
        case StepStarted(_, step, _, attempt, _):
            again = f" (attempt {attempt})" if attempt > 1 else ""
            return [f"{look.sign('running')} {brief(step, look.mark)}  started{again}"]
        case StepLog(_, step, text):
            return _log_lines(step, text, look)
        case OpEnded(_, _, op):
            return [op_line(op, look)]
        case StepEnded(_, ended):
            return [step_line(ended, look), *result_lines(ended.results, look)] if is_news(ended) else []
        case StepAudited():
            return [audited_line(event, look)]
        case RunEnded(run):
            return [
                *failure_lines(run, look),
                *warning_lines(run, look),
                *remark_lines(run.remarks, look),
                summary_line(run, look),
            ]
        case Notice(text, level):
            return _notice_lines(text, level, look)
        case EngineEnded(problem):
            return [] if problem is None else _notice_lines(problem, "error", look)
        case _:
            assert_never(event)


def never_made_line(status: StatusView, run: bool) -> str:
    """What to do about assets that were never made; nothing when there are none or they are being made."""
    missing = status.counts.get("missing", 0)
    if not missing or run:
        return ""
    what = "1 asset was" if missing == 1 else f"{missing:,} assets were"
    return f"{what} never made: start with --run to make {'it' if missing == 1 else 'them'}"


def stamped_lines(event: Event, look: Look, moment: float) -> list[str]:
    """The lines of an event, the first one with its time before it and the others in line with it."""
    first, *more = event_lines(event, look) or [""]
    if not first:
        return []
    return [f"{look.paint(clock(moment), 'dim')} {first}", *(f"{' ' * 9}{line}".rstrip() for line in more)]


def plan_in_words(plan: PlanView, look: Look) -> str:
    """`3 of 14 steps to run, about 0.4s: delays (code of delays changed, analytics.py:12), ...`."""
    names = []
    for step in plan.steps:
        reason = reasons_in_words(step.reasons, look)
        name = step_name(step.step, step.assets, step.checks)
        reason = re.sub(r" \(([^()]*)\)$", r", \1", reason)  # no brackets within brackets
        names.append(f"{name} ({reason})" if reason and step.certain else name)
    line = f"{len(plan.steps):,} of {count(plan.total, 'step')} to run{about(plan.expected_seconds)}"
    for most in range(5 if names else 0, 0, -1):
        named = f"{line}: {listed(names, most)}"
        if cells(named) <= LONGEST_LINE or most == 1:
            return _short(named, look)
    return line


def _short(line: str, look: Look) -> str:
    return cut(line, LONGEST_LINE, look.mark)


def _log_lines(step: str, text: str, look: Look) -> list[str]:
    name = look.paint(brief(step, look.mark), "dim")
    lines = [f"  {name} | {cut(line, _LOG_WIDTH, look.mark)}".rstrip() for line in indent(text, "")]
    left_out = len(lines) - _LOG_LINES
    return [*lines[:_LOG_LINES], f"  ({left_out:,} more lines in its log)"] if left_out > 0 else lines


def _notice_lines(text: str, level: str, look: Look) -> list[str]:
    if level == "info":
        return text_lines(text, "", look)
    word = level if level in ("warning", "error") else "note"
    return problem_lines(text, None, look, word)
