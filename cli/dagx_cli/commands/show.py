"""`dagx show`: one asset in full."""

from __future__ import annotations

import time

from dagx_cli.console import Console
from dagx_cli.options import Ascii, Asset, Json, ProjectPath, Python
from dagx_cli.render.show import show_lines
from dagx_engine import api


def show(
    asset: Asset,
    project: ProjectPath = None,
    python: Python = None,
    as_json: Json = False,
    ascii_only: Ascii = False,
) -> int:
    """Show an asset in full.

    Its definition, metadata and preview, where it is stored, and its history.
    """
    console = Console.of_process(ascii_only=ascii_only)
    with api.open_project(project, python=python) as opened:
        view = api.show(opened, asset)
    console.answer(view, as_json, lambda look: show_lines(view, look, time.time()))
    return 0
