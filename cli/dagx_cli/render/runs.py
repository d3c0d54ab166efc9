"""`dagx runs` and `dagx logs`: what ran before, and what it wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dagx_cli.render.checks import word_of_results
from dagx_cli.render.jobs import ops_tally
from dagx_cli.render.look import SIGNS, Look
from dagx_cli.render.numbers import age, duration, size
from dagx_cli.render.plan import step_name
from dagx_cli.render.table import Cell, table
from dagx_cli.render.text import brief, indent, one_line
from dagx_engine.views import LogsView, RunView, StepState, StepView

__all__ = ["logs_lines", "outcome", "run_lines", "runs_lines", "tally"]

# What every run is said to have done, in this order; other states are named when there are any.
_ALWAYS = (("made", StepState.SUCCEEDED), ("unchanged", StepState.UNCHANGED), ("failed", StepState.FAILED))
_ALSO = (
    StepState.FRESH,
    StepState.RESTORED,
    StepState.SKIPPED,
    StepState.CANCELLED,
    StepState.SUPERSEDED,
    StepState.RUNNING,
    StepState.RETRYING,
    StepState.READY,
    StepState.WAITING,
)


def runs_lines(runs: Sequence[RunView], look: Look, now: float) -> list[str]:
    """One line a run, in the order given."""
    if not runs:
        return ["no runs yet: `dagx run` makes the first"]
    return table([_row(run, look, now) for run in runs], look, indent="", name=5)


def run_lines(run: RunView, look: Look, now: float) -> list[str]:
    """One run: its line, and one for each step that did not just turn out fresh, with what it cost."""
    told = [step for step in run.steps if step.state is not StepState.FRESH]
    lines = table([_row(run, look, now)], look, indent="", name=5)
    if not told:
        return lines
    head = tuple(Cell(word, "dim") for word in ("", "step", "", "took", "cpu", "memory", "read", "wrote", ""))
    return [*lines, "", *table([head, *(_step_row(step, look) for step in told)], look, name=1)]


def _step_row(step: StepView, look: Look) -> tuple[Cell, ...]:
    (state, word), cost = outcome(step), step.cost
    return (
        Cell(look.glyph(state), SIGNS[state].style),
        Cell(step_name(step.step, step.assets, step.checks), "bold"),
        Cell(word, SIGNS[state].style),
        Cell(duration(step.seconds) if step.attempt else ""),
        Cell(duration(cost.cpu_seconds) if cost else ""),
        Cell(size(cost.memory_bytes) if cost else ""),
        Cell(size(cost.read_bytes) if cost else ""),
        Cell(size(cost.written_bytes) if cost else ""),
        Cell(brief(step.error_line or "", look.mark), "red"),
    )


def outcome(step: StepView) -> tuple[str, str]:
    """The sign and the word for what became of a step; of one that only checks, what it found; a job is done."""
    state = step.state.value
    worked = step.state in (StepState.SUCCEEDED, StepState.UNCHANGED)
    if not step.assets and step.results and (worked or step.state is StepState.FAILED):
        found = word_of_results(step.results)
        return found, found if worked else state
    if step.ops and step.state is StepState.SUCCEEDED:
        return state, "done"
    if worked and not step.assets:
        return state, word_of_results(step.results)
    return state, "made" if step.state is StepState.SUCCEEDED else state


def tally(run: RunView, *, zeros: bool = True) -> str:
    """`14 made, 0 unchanged, 0 failed, 3 fresh`; those that are 0 only with `zeros`."""
    ops = [op for step in run.steps for op in step.ops]
    if ops:
        return ops_tally(ops)
    others = _without_checks(run.steps)
    checked = len(run.steps) - len(others)
    counts = replace(run, steps=others).counts
    if not zeros and counts.keys() == {StepState.FRESH.value}:
        return f"nothing to do, {counts['fresh']:,} fresh"
    always = [(word, counts.get(state.value, 0)) for word, state in _ALWAYS]
    also = [(state.value, counts.get(state.value, 0)) for state in _ALSO]
    said = [f"{number:,} {word}" for word, number in always if number or zeros]
    said += [f"{checked:,} checked"] if checked else []
    said += [f"{number:,} {word}" for word, number in also if number]
    return ", ".join(said)


def _without_checks(steps: Sequence[StepView]) -> tuple[StepView, ...]:
    """Without the steps that only checked, and could."""
    worked = (StepState.SUCCEEDED, StepState.UNCHANGED)
    return tuple(step for step in steps if step.assets or not step.checks or step.state not in worked)


def logs_lines(view: LogsView, look: Look) -> list[str]:
    """The log of each step that wrote one, under its name when there are several steps."""
    wrote = [(step, text) for step, text in view.steps if text.strip()]
    if not wrote:
        who = one_line(view.steps[0][0]) if len(view.steps) == 1 else "its steps"
        return [f"run {one_line(view.run_id)}: {who} wrote nothing"]
    if len(view.steps) == 1:
        return indent(wrote[0][1], "")
    lines: list[str] = []
    for step, text in wrote:
        lines += ["", look.paint(f"== {one_line(step)} ==", "bold cyan"), *indent(text, "")]
    return lines[1:]


def _row(run: RunView, look: Look, now: float) -> tuple[Cell, ...]:
    status = run.status.value
    return (
        Cell(look.glyph(status), SIGNS[status].style),
        Cell(one_line(run.run_id), "bold"),
        Cell(status, SIGNS[status].style),
        Cell(f"{age(now - run.started_at)} ago", "dim"),
        Cell(duration(run.seconds), "dim"),
        Cell(brief(run.selection, look.mark) or "everything"),
        Cell(tally(run, zeros=False)),
        Cell(brief(run.cause, look.mark), "dim"),
    )
