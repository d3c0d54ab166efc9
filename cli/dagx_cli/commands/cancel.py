"""`dagx cancel`: stop the run that another command, or `dagx dev`, has under way."""

from __future__ import annotations

from typing import Annotated

import typer

from dagx_cli.console import Console
from dagx_cli.options import Ascii, Json, ProjectPath, Python
from dagx_engine import api

_Run = Annotated[
    str, typer.Argument(metavar="[RUN]", help="Only if it is this run; how its id begins is enough.")
]


def cancel(
    run: _Run = "",
    project: ProjectPath = None,
    python: Python = None,
    as_json: Json = False,
    ascii_only: Ascii = False,
) -> int:
    """Stop what is running, as ^C does where it was started.

    Its steps are asked to end; what was made stays made, and the next run does the rest.
    """
    console = Console.of_process(ascii_only=ascii_only)
    with api.open_project(project, python=python) as opened:
        view = api.cancel(opened, run)
    console.answer(
        view, as_json, lambda look: [f"run {run} of {view.engine} is being stopped" for run in view.runs]
    )
    return 0
