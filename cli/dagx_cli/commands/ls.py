"""`dagx ls`: the assets of the project, and its jobs."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from dagx_cli.console import Console
from dagx_cli.options import Ascii, Json, ProjectPath, Python, Selection, chosen
from dagx_cli.render.assets import LsRows, ls_lines, ls_rows, ls_table
from dagx_cli.render.jobs import jobs_lines
from dagx_engine import api


def ls(
    selection: Selection = None,
    project: ProjectPath = None,
    python: Python = None,
    jobs: Annotated[bool, typer.Option("--jobs", help="List the jobs alone.")] = False,
    as_json: Json = False,
    ascii_only: Ascii = False,
) -> int:
    """List the assets, group by group, and the jobs."""
    console = Console.of_process(ascii_only=ascii_only)
    with api.open_project(project, python=python) as opened:
        words = chosen(selection)
        if words or jobs:
            view = api.status(opened, words)
            if jobs:
                console.answer(view.jobs, as_json, lambda look: jobs_lines(view.jobs, look))
            else:
                console.answer(view, as_json, lambda look: ls_lines(view, look))
        elif as_json:
            console.write_json(lambda make, form: api.status_as(opened, form, make))
        else:
            text = api.status_as(opened, "ls", lambda view: json.dumps(ls_rows(view)))
            console.show(ls_table(LsRows(*json.loads(text)), console.look))
    return 0
