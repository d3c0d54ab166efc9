"""`dagx doctor`: is everything in place, and what was chosen."""

from __future__ import annotations

from dagx_cli.console import Console
from dagx_cli.options import Ascii, Json, ProjectPath, Python
from dagx_cli.render.doctor import doctor_lines
from dagx_engine import api


def doctor(
    project: ProjectPath = None,
    python: Python = None,
    as_json: Json = False,
    ascii_only: Ascii = False,
) -> int:
    """Check the project, its Python, its state.

    Exit with 1 when something needs attention.
    """
    console = Console.of_process(ascii_only=ascii_only)
    view = api.doctor(project, python=python)
    console.answer(view, as_json, lambda look: doctor_lines(view, look))
    return 0 if view.ok else 1
