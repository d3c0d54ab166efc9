"""`dagx plan`: what would run, why, and about how long it would take."""

from __future__ import annotations

from dagx_cli.render.look import SIGNS, Look
from dagx_cli.render.numbers import count, duration, listed
from dagx_cli.render.problem import problem_lines
from dagx_cli.render.table import Cell, table
from dagx_cli.render.text import brief, one_line
from dagx_engine.views import PlannedStep, PlanView, ReasonView

__all__ = ["about", "plan_lines", "reasons_in_words", "step_name"]


def plan_lines(view: PlanView, look: Look) -> list[str]:
    refused = [line for words in view.refused for line in problem_lines(words, None, look, "warning")]
    if not view.steps:
        return [*refused, f"nothing to do: {fresh(view)}"]
    rows = [_row(step, look) for step in view.steps]
    return [*table(rows, look, name=1), "", *refused, _summary(view)]


def fresh(view: PlanView) -> str:
    if not view.selected:
        return "no steps selected"
    return f"{count(view.selected, 'step')} looked at, {'it is' if view.selected == 1 else 'all are'} fresh"


def about(seconds: float | None) -> str:
    """`, about 4.0s`; nothing when nothing is known from earlier runs."""
    return "" if seconds is None else f", about {duration(seconds)}"


def reasons_in_words(reasons: tuple[ReasonView, ...], look: Look) -> str:
    """The first reason, and how many more there are."""
    if not reasons:
        return ""
    more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
    return brief(reasons[0].text, look.mark) + more


def step_name(step: str, assets: tuple[str, ...], checks: tuple[str, ...] = ()) -> str:
    """What people call a step: its only asset, the only check of one without assets, else the step's own name."""
    names = assets or checks
    return one_line(names[0] if len(names) == 1 else step)


def _row(step: PlannedStep, look: Look) -> tuple[Cell, ...]:
    state = "stale" if step.certain else "upstream stale"
    return (
        Cell(look.glyph(state), SIGNS[state].style),
        Cell(step_name(step.step, step.assets, step.checks), "bold"),
        Cell("runs" if step.certain else "may run", SIGNS[state].style),
        Cell(duration(step.expected_seconds), "dim"),
        Cell("; ".join(filter(None, (reasons_in_words(step.reasons, look), _ops(step))))),
    )


def _ops(step: PlannedStep) -> str:
    """Of a job, what it consists of."""
    return f"{count(len(step.ops), 'op')}: {listed(list(map(one_line, step.ops)))}" if step.ops else ""


def _summary(view: PlanView) -> str:
    certain = sum(step.certain for step in view.steps)
    maybe = len(view.steps) - certain
    if not certain:
        words = f"{maybe:,} of {count(view.total, 'step')} may run"
    else:
        also = f", {maybe:,} of them only if something new comes from upstream" if maybe else ""
        words = f"{len(view.steps):,} of {count(view.total, 'step')} would run{also}"
    least, most = view.certain_seconds, view.expected_seconds
    is_open = certain and maybe and least is not None and duration(least) != duration(most)
    return words + (f"{about(least)} to {duration(most)}" if is_open else about(most))
