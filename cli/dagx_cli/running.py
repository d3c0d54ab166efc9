"""`dagx run`, once it is known what is asked."""

from __future__ import annotations

import time
from pathlib import Path

from dagx_cli.console import Console
from dagx_cli.live import Display, LineDisplay, LiveDisplay
from dagx_cli.progress import Progress
from dagx_cli.render.checks import warning_lines
from dagx_cli.render.plan import plan_lines
from dagx_cli.render.remarks import remark_lines
from dagx_cli.render.run import failure_lines, summary_line
from dagx_cli.signals import stopped_by_signals
from dagx_engine import api
from dagx_engine.views import RunStatus, RunView

__all__ = ["display_of", "run_assets"]

_REFUSED = 2
"""Something that was selected is not run by dagx; the rest was."""


def run_assets(
    project: Path | None = None,
    python: str | None = None,
    selection: str | None = None,
    *,
    asked: api.Asked | None = None,
    force: bool = False,
    fail_fast: bool = False,
    dry_run: bool = False,
    job: str | None = None,
    config: Path | None = None,
    as_json: bool = False,
    ascii_only: bool = False,
) -> int:
    """Make what is asked for (with `dry_run` only tell of it); the answer is the exit code of `dagx run`."""
    console = Console.of_process(ascii_only=ascii_only)
    with api.open_project(project, python=python, config=config) as opened:
        if dry_run:
            view = api.plan(opened, selection, job=job, force=force, asked=asked)
            console.answer(view, as_json, lambda look: plan_lines(view, look))
            return 0
        with stopped_by_signals() as interruption:
            try:
                with Progress(display_of(console, as_json)) as progress:
                    done = api.run(
                        opened,
                        selection,
                        job=job,
                        force=force,
                        fail_fast=fail_fast,
                        asked=asked,
                        on_event=progress,
                    )
            except KeyboardInterrupt:  # before the run began, or a second time while it ended
                return interruption.exit_code
    _report(console, done, as_json)
    if done.status is RunStatus.CANCELLED:
        return interruption.exit_code
    if done.status is not RunStatus.SUCCEEDED:
        return 1
    return _REFUSED if done.refused else 0


def display_of(console: Console, as_json: bool) -> Display:
    if as_json:
        return LineDisplay(lambda text: None, console.look)
    if console.interactive:
        return LiveDisplay(console.write, console.look, time.monotonic, console.size)
    return LineDisplay(console.write, console.at_full_length().look)


def _report(console: Console, done: RunView, as_json: bool) -> None:
    if not as_json:
        errors = Console.of_errors().at_full_length()
        if told := [
            *failure_lines(done, errors.look),
            *warning_lines(done, errors.look),
            *remark_lines(done.remarks, errors.look),
        ]:
            errors.show(["", *told, ""])
    console.answer(done, as_json, lambda look: [summary_line(done, look)])
