"""Whatever stands in a view, no renderer lets a control sequence through."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePath

from handmade import NOW, asset, made, plan, planned, run, status, step
from hypothesis import given
from test_render_text import nasty, unsafe

from dagx_cli.render.as_json import json_text
from dagx_cli.render.assets import ls_lines, status_lines
from dagx_cli.render.doctor import doctor_lines
from dagx_cli.render.lineage import dot_lines, mermaid_lines, tree_lines
from dagx_cli.render.look import Look
from dagx_cli.render.plan import plan_lines
from dagx_cli.render.problem import problem_lines
from dagx_cli.render.run import failure_lines, step_line, summary_line
from dagx_cli.render.runs import logs_lines, runs_lines
from dagx_cli.render.show import show_lines
from dagx_cli.render.stream import stamped_lines
from dagx_cli.render.welcome import init_lines
from dagx_cli.render.why import why_lines
from dagx_engine.views import (
    AssetState,
    CauseView,
    CodeChange,
    DoctorLine,
    DoctorView,
    LineageView,
    LoadFailed,
    LogsView,
    MetadataRow,
    Notice,
    PlanView,
    ReasonView,
    RunEnded,
    RunStarted,
    Saved,
    ShowView,
    StepEnded,
    StepLog,
    StepStarted,
    StepState,
    WhyView,
)


def everything(x: str, look: Look) -> list[str]:
    """Every line that any renderer makes of views that hold the text `x` wherever a text can be."""
    why = (ReasonView(x, x),)
    one = asset(
        x,
        AssetState.FAILED,
        group=x,
        kinds=(x,),
        description=x,
        reasons=why,
        source=x,
        error=x,
        owners=(x,),
        tags={x: x},
    )
    built = made(
        run_id=x, data_version=x, codec=x, where=x, preview=x, metadata=(MetadataRow(x, x, {x: [x]}),)
    )
    bad = step(x, StepState.FAILED, assets=(x,), reasons=why, error=x, error_line=x, log_path=x)
    skipped = step(x + "2", StepState.SKIPPED, because=x)
    ended = run(bad, skipped, run_id=x, selection=x, cause=x)
    board = status(one, problem=x)
    lineage = LineageView((one, asset("b")), ((x, "b"),))
    code = CodeChange(x, x, x, (f"- {x}", f"+ {x}", f"@@ {x}"))
    told = (ReasonView(x, x, x, code), ReasonView(x, x, x, replace(code, after="y")))
    cause = CauseView(x, 1, x, AssetState.FAILED, told, root=True, error=x)
    events = [
        Saved((x,)),
        LoadFailed(x),
        RunStarted(x, x, plan(planned(x, x))),
        RunStarted(x, x, plan()),
        StepStarted(x, x, why, 1, x),
        StepLog(x, x, x),
        StepEnded(x, bad),
        RunEnded(ended),
        Notice(x, x),
        Notice(x),
    ]
    return [
        *status_lines(board, look, NOW),
        *ls_lines(board, look),
        *show_lines(ShowView(one, built, (built, made(run_id=x)), ((x, x),)), look, NOW),
        *show_lines(ShowView(one, None, (), ()), look, NOW),
        *why_lines(WhyView(one, x, told, (cause,), ((x, x),), ((x, x),), (x,)), look),
        *why_lines(WhyView(one, x, told, (cause,), ((x, x),)), look, everything=True),
        *plan_lines(PlanView((planned(x, x),), 1, 1), look),
        *runs_lines([ended], look, NOW),
        *logs_lines(LogsView(x, ((x, x), (x, x))), look),
        *logs_lines(LogsView(x, ()), look),
        *tree_lines(lineage, look),
        *mermaid_lines(lineage),
        *dot_lines(lineage),
        *doctor_lines(DoctorView((DoctorLine(False, x, x, x),)), look),
        *problem_lines(x, x, look),
        *failure_lines(ended, look),
        *init_lines([PurePath(x)], PurePath(x), look),
        step_line(bad, look),
        summary_line(ended, look),
        *(line for event in events for line in stamped_lines(event, look, NOW)),
        json_text(board),
    ]


@given(nasty)
def test_without_colour_no_line_holds_a_control(x: str) -> None:
    for line in everything(x, Look()):
        assert unsafe(line.replace("\n", "\0").replace("\t", "\0")) == []


@given(nasty)
def test_with_colour_the_colours_are_ours_alone(x: str) -> None:
    for line in everything(x, Look(colour=True, width=60)):
        assert unsafe(re.sub(r"\x1b\[(0|[1-7](;3[1-6])?|3[1-6])m", "", line).replace("\n", "\0")) == []
        assert line.count("\x1b[0m") * 2 == line.count("\x1b[")
