"""`dagx status`: what is fresh, what is not, and why."""

from __future__ import annotations

from dagx_cli.options import Ascii, Json, ProjectPath, Python, Selection, chosen
from dagx_cli.showing import show_status


def status(
    selection: Selection = None,
    project: ProjectPath = None,
    python: Python = None,
    as_json: Json = False,
    ascii_only: Ascii = False,
) -> int:
    """Show the state of each asset and its reason."""
    return show_status(project, python, chosen(selection), as_json=as_json, ascii_only=ascii_only)
