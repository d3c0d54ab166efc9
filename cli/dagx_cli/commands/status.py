"""`dagx status`: what is fresh, what is not, and why."""

from __future__ import annotations

import json
import time

from dagx_cli.console import Console
from dagx_cli.options import Ascii, Json, ProjectPath, Python, Selection, chosen
from dagx_cli.render.assets import StatusRows, status_lines, status_rows, status_table
from dagx_engine import api


def status(
    selection: Selection = None,
    project: ProjectPath = None,
    python: Python = None,
    as_json: Json = False,
    ascii_only: Ascii = False,
) -> int:
    """Show the state of each asset and its reason."""
    console = Console.of_process(ascii_only=ascii_only)
    with api.open_project(project, python=python) as opened:
        if words := chosen(selection):
            view = api.status(opened, words)
            console.answer(view, as_json, lambda look: status_lines(view, look, time.time()))
        elif as_json:
            console.write_json(lambda make, form: api.status_as(opened, form, make))
        else:
            text = api.status_as(opened, "status", lambda view: json.dumps(status_rows(view)))
            console.show(status_table(StatusRows(*json.loads(text)), console.look, time.time()))
    return 0
