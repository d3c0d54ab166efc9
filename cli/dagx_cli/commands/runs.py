"""`dagx runs`: the runs so far."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from dagx_cli.console import Console
from dagx_cli.options import Ascii, Json, ProjectPath, Python
from dagx_cli.render.runs import run_lines, runs_lines
from dagx_engine import api


def runs(
    run_id: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="A run, by its id or the first letters of it.")
    ] = None,
    project: ProjectPath = None,
    python: Python = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, metavar="N", help="Show so many.")] = 20,
    as_json: Json = False,
    ascii_only: Ascii = False,
) -> int:
    """List the last runs, or the steps of one and their cost.

    The newest run comes first.
    """
    console = Console.of_process(ascii_only=ascii_only)
    with api.open_project(project, python=python) as opened:
        if run_id is not None:
            run = api.run_named(opened, run_id)
            console.answer(run, as_json, lambda look: run_lines(run, look, time.time()))
            return 0
        found = api.runs(opened, limit)
    console.answer(found, as_json, lambda look: runs_lines(found, look, time.time()))
    return 0
