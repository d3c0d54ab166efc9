"""`dagx why`: the reason for the state of an asset."""

from __future__ import annotations

from typing import Annotated

import typer

from dagx_cli.console import Console
from dagx_cli.options import Ascii, Asset, Json, ProjectPath, Python
from dagx_cli.render.why import why_lines
from dagx_engine import api


def why(
    asset: Asset,
    project: ProjectPath = None,
    python: Python = None,
    everything: Annotated[
        bool, typer.Option("-a", "--all", help="Every part by name, and whole differences.")
    ] = False,
    as_json: Json = False,
    ascii_only: Ascii = False,
) -> int:
    """Say why an asset is stale.

    With the lines of code that changed, down to the root cause; of a fresh one, what it rests on.
    """
    console = Console.of_process(ascii_only=ascii_only).at_full_length()
    with api.open_project(project, python=python) as opened:
        view = api.why(opened, asset)
    console.answer(view, as_json, lambda look: why_lines(view, look, everything=everything))
    return 0
