"""`dagx gc`: take away what nothing needs any more."""

from __future__ import annotations

from typing import Annotated

import typer

from dagx_cli.console import Console
from dagx_cli.options import Ascii, Json, ProjectPath, Python
from dagx_cli.progress import told_on
from dagx_cli.render.gc import gc_lines
from dagx_engine import api


def gc(
    project: ProjectPath = None,
    python: Python = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    undefined: Annotated[
        bool, typer.Option("--undefined", help="Also results of assets that are no longer defined.")
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Read all stored results; set damaged ones aside.")
    ] = False,
    as_json: Json = False,
    ascii_only: Ascii = False,
) -> int:
    """Take away what is stored and not needed.

    What is current always stays. Earlier results stay as `retention` and `cache_size` in [tool.dagx] say; old runs,
    their logs and what a killed dagx left behind go. A little of it is done after each run.
    """
    console = Console.of_process(ascii_only=ascii_only)
    with api.open_project(project, python=python) as opened:
        view = api.gc(
            opened, dry_run=dry_run, undefined=undefined, verify=verify, on_event=told_on(Console.of_errors())
        )
    console.answer(view, as_json, lambda look: gc_lines(view, look))
    return 0
