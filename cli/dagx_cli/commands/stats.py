"""`dagx stats`: what the steps cost, and what reuse saved."""

from __future__ import annotations

from typing import Annotated

import typer

from dagx_cli.console import Console
from dagx_cli.options import Ascii, Json, ProjectPath, Python
from dagx_cli.render.stats import stats_lines
from dagx_engine import api


def stats(
    project: ProjectPath = None,
    python: Python = None,
    since: Annotated[
        str, typer.Option("--since", metavar="TIME", help="Look so far back: 90m, 12h, 30d, 8w.")
    ] = "30d",
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, metavar="N", help="So many lines in each table.")
    ] = 5,
    as_json: Json = False,
    ascii_only: Ascii = False,
) -> int:
    """Show where time and memory go.

    Counted are the steps of the runs that are kept, each with its usual time: the median of the last five executions
    that worked. A step that was to be run and was fresh, or whose earlier result was put back, saved that time.
    """
    console = Console.of_process(ascii_only=ascii_only)
    with api.open_project(project, python=python) as opened:
        view = api.stats(opened, since=since, limit=limit)
    console.answer(view, as_json, lambda look: stats_lines(view, look))
    return 0
