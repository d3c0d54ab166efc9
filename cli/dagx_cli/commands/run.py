"""`dagx run`: make what is not fresh."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from dagx_cli.console import Console
from dagx_cli.live import Display, LineDisplay, LiveDisplay
from dagx_cli.options import (
    Ascii,
    Config,
    Job,
    Json,
    Partition,
    PartitionRange,
    Partitions,
    ProjectPath,
    Python,
    Selection,
    asked_partitions,
    chosen,
)
from dagx_cli.progress import Progress
from dagx_cli.render.checks import warning_lines
from dagx_cli.render.plan import plan_lines
from dagx_cli.render.remarks import remark_lines
from dagx_cli.render.run import failure_lines, summary_line
from dagx_cli.signals import stopped_by_signals
from dagx_engine import api
from dagx_engine.views import RunStatus, RunView

_REFUSED = 2
"""Something that was selected is not run by dagx; the rest was."""


def run(
    selection: Selection = None,
    project: ProjectPath = None,
    python: Python = None,
    partition: Partition = None,
    partition_range: PartitionRange = None,
    partitions: Partitions = None,
    force: Annotated[bool, typer.Option("--force", help="Also what is fresh.")] = False,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Stop at the first failure.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would run, as `dagx plan` does.")
    ] = False,
    job: Job = None,
    config: Config = None,
    as_json: Json = False,
    ascii_only: Ascii = False,
) -> int:
    """Materialize what is not fresh, or run a job.

    \b
    Examples:
      dagx run                  everything that is stale or missing
      dagx run report           this asset
      dagx run '+key:report'    this asset and all upstream of it
      dagx run group:raw        all assets of a group
      dagx run --force          everything, fresh or not
      dagx run 'checks(report)' the checks of this asset alone
      dagx run --dry-run        say what would run, and why
      dagx run sales --partition 2024-01-03
      dagx run sales --partition-range 2024-01-01...2024-01-31
      dagx run '+key:sales' --partitions missing
      dagx run --job nightly    a job by its name: its assets, or its ops

    \b
    Exit codes: 0 all is fresh now; 1 a step or a blocking check failed; 2 usage;
    3 the project does not load; 4 another dagx holds the project;
    130 interrupted, 143 by SIGTERM: what was made stays made.
    """
    console = Console.of_process(ascii_only=ascii_only)
    words = chosen(selection)
    asked = asked_partitions(partition, partition_range, partitions)
    with api.open_project(project, python=python, config=config) as opened:
        if dry_run:
            view = api.plan(opened, words, job=job, force=force, asked=asked)
            console.answer(view, as_json, lambda look: plan_lines(view, look))
            return 0
        with stopped_by_signals() as interruption:
            try:
                with Progress(display_of(console, as_json)) as progress:
                    done = api.run(
                        opened,
                        words,
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
