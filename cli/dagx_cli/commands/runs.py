"""`dagx runs`: the runs so far."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from dagx_cli.console import Console
from dagx_cli.options import Ascii, Json, ProjectPath, Python
from dagx_cli.render.runs import runs_lines
from dagx_engine import api


def runs(
    project: ProjectPath = None,
    python: Python = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, metavar="N", help="Show so many.")] = 20,
    as_json: Json = False,
    ascii_only: Ascii = False,
) -> int:
    """List the last runs, newest first."""
    console = Console.of_process(ascii_only=ascii_only)
    with api.open_project(project, python=python) as opened:
        found = api.runs(opened, limit)
    console.answer(found, as_json, lambda look: runs_lines(found, look, time.time()))
    return 0
