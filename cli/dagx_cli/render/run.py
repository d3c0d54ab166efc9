"""A run as it goes and as it ended: a line for a finished step, the report of what failed, the summary."""

from __future__ import annotations

import shlex

from dagx_cli.render.look import SIGNS, Look
from dagx_cli.render.numbers import count, duration, listed
from dagx_cli.render.plan import reasons_in_words, step_name
from dagx_cli.render.problem import text_lines
from dagx_cli.render.runs import outcome, tally
from dagx_cli.render.table import Cell, fitted
from dagx_cli.render.text import brief, indent, one_line, pad
from dagx_engine.views import RunStatus, RunView, StepState, StepView

__all__ = ["failure_lines", "is_news", "step_line", "summary_line"]

# A fresh step did nothing; skipped ones are told together with what they waited for.
_SILENT = {StepState.FRESH, StepState.SKIPPED, StepState.WAITING, StepState.READY}
_LEFT = {
    StepState.CANCELLED,
    StepState.SUPERSEDED,
    StepState.WAITING,
    StepState.READY,
    StepState.RUNNING,
    StepState.RETRYING,
}
_RAN = {StepState.SUCCEEDED, StepState.UNCHANGED, StepState.FAILED}


def is_news(step: StepView) -> bool:
    """Whether the end of this step is worth a line of its own."""
    return step.state not in _SILENT


def step_line(step: StepView, look: Look, *, name_width: int = 0, word_width: int = 0) -> str:
    """`✔ carrier_delays  made  0.4s  code of carrier_delays changed (analytics.py:12)`."""
    state, word = outcome(step)
    style = SIGNS[state].style
    failed = step.state is StepState.FAILED or (step.state is StepState.RETRYING and bool(step.error_line))
    took = duration(step.seconds) if failed or step.state in _RAN else ""
    about = brief(step.error_line or "", look.mark) if failed else reasons_in_words(step.reasons, look)
    if step.left_out:
        about = f"{about}; left out {listed([one_line(name) for name in step.left_out])}"
    parts = [
        Cell(look.glyph(state), style),
        Cell(f" {pad(step_name(step.step, step.assets, step.checks), name_width)}  "),
        Cell(pad(word, word_width), style),
        Cell(f"  {took:>5}", "dim"),
        Cell(f"  {about}", "red" if failed else ""),
    ]
    return fitted(parts, look).rstrip()


def summary_line(run: RunView, look: Look) -> str:
    """`2 made, 1 unchanged, 0 failed, 3 fresh in 3.2s`, or why nothing was done."""
    took = f" in {duration(run.seconds)}" if run.seconds is not None else ""
    if run.status is RunStatus.CANCELLED:
        rest = "; the next run does the rest" if any(step.state in _LEFT for step in run.steps) else ""
        return f"{look.paint('stopped', 'bold')}: {tally(run)}{took}{rest}"
    if run.status is RunStatus.CRASHED:
        return f"{look.paint('given up', 'bold red')}: {tally(run)}{took}; the next run does the rest"
    if run.status is RunStatus.SUCCEEDED and all(step.state is StepState.FRESH for step in run.steps):
        assets = sum(len(step.assets) for step in run.steps)
        return f"nothing to do: {count(assets, 'asset')} {'is' if assets == 1 else 'are'} fresh"
    style = "bold green" if run.status is RunStatus.SUCCEEDED else "bold red"
    return look.paint(tally(run), style) + took


def failure_lines(run: RunView, look: Look) -> list[str]:
    """The error of each failed step, where its log is, and what was skipped because of it."""
    skipped = _skipped_by_cause(run)
    lines: list[str] = []
    for step in run.steps:
        if step.state is StepState.FAILED:
            lines += ["", *_one_failure(step, look), *_skipped(skipped.pop(step.step, []))]
    why = _why_skipped(run)
    for cause, names in skipped.items():
        words = why.get(cause) or f"because of {one_line(cause)}"
        lines += ["", f"skipped, {words}: {listed(names)}"]
    return lines[1:]


def _why_skipped(run: RunView) -> dict[str, str]:
    """Step that left out what others need -> that, in words."""
    return {
        step.because: one_line(step.reasons[0].text)
        for step in reversed(run.steps)
        if step.state is StepState.SKIPPED and step.because and step.reasons
    }


def _one_failure(step: StepView, look: Look) -> list[str]:
    name = step_name(step.step, step.assets, step.checks)
    after = f" after {duration(step.seconds)}" if step.seconds is not None else ""
    tries = f" (attempt {step.attempt})" if step.attempt > 1 else ""
    error = step.error or "it gave no reason"
    shown = text_lines(error, "    ", look)
    lines = [f"{look.sign('failed')} {look.paint(f'{name} failed', 'bold red')}{after}{tries}", *shown]
    if shown != indent(error, "    "):
        name = shlex.quote(one_line(next(iter(step.assets), step.step)))
        command = "logs" if step.ops else "show"
        lines.append(f"  {look.paint('all of it:', 'bold cyan')} dagx {command} {name}")
    if step.log_path:
        lines.append(f"  {look.paint('log:', 'bold cyan')} {one_line(step.log_path)}")
    return lines


def _skipped(names: list[str]) -> list[str]:
    return [f"  skipped because of it: {listed(names)}"] if names else []


def _skipped_by_cause(run: RunView) -> dict[str, list[str]]:
    """Step that is to blame -> what was skipped because of it, also by way of other skipped steps."""
    because = {step.step: step.because for step in run.steps if step.state is StepState.SKIPPED}
    found: dict[str, list[str]] = {}
    for step in run.steps:
        if step.state is StepState.SKIPPED:
            found.setdefault(_root(step.step, because), []).append(
                step_name(step.step, step.assets, step.checks)
            )
    return found


def _root(step: str, because: dict[str, str | None]) -> str:
    seen = {step}
    while (cause := because.get(step)) and cause not in seen:
        step = cause
        seen.add(step)
    return step
