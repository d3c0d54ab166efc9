"""`dagx ls`: the assets of the project, and its jobs."""

from __future__ import annotations

from typing import Annotated

import typer

from dagx_cli.options import Ascii, Json, ProjectPath, Python, Selection, chosen
from dagx_cli.showing import show_assets


def ls(
    selection: Selection = None,
    project: ProjectPath = None,
    python: Python = None,
    jobs: Annotated[bool, typer.Option("--jobs", help="List the jobs alone.")] = False,
    as_json: Json = False,
    ascii_only: Ascii = False,
) -> int:
    """List the assets, group by group, and the jobs."""
    return show_assets(project, python, chosen(selection), jobs=jobs, as_json=as_json, ascii_only=ascii_only)
