"""`dagx logs`: what steps wrote."""

from __future__ import annotations

from typing import Annotated

import typer

from dagx_cli.console import Console
from dagx_cli.options import Ascii, Json, ProjectPath, Python
from dagx_cli.render.runs import logs_lines
from dagx_engine import api


def logs(
    asset: Annotated[str | None, typer.Argument(metavar="[ASSET]", help="Only the log of its step.")] = None,
    run: Annotated[
        str | None,
        typer.Option("--run", metavar="RUN", help="Of this run, not the last; a prefix is enough."),
    ] = None,
    project: ProjectPath = None,
    python: Python = None,
    as_json: Json = False,
    ascii_only: Ascii = False,
) -> int:
    """Print what the steps of a run wrote."""
    console = Console.of_process(ascii_only=ascii_only)
    with api.open_project(project, python=python) as opened:
        view = api.logs(opened, run, asset)
    console.answer(view, as_json, lambda look: logs_lines(view, look))
    return 0
