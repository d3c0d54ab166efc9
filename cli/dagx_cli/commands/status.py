"""`dagx status`: what is fresh, what is not, and why."""

from __future__ import annotations

import time

from dagx_cli.console import Console
from dagx_cli.failures import broken_project
from dagx_cli.options import Ascii, Json, ProjectPath, Python, Selection, chosen
from dagx_cli.render.assets import status_lines
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
        view = api.status(opened, chosen(selection))
    console.answer(view, as_json, lambda look: status_lines(view, look, time.time()))
    return broken_project(view)
