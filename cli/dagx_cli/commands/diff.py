"""`dagx diff`: what differs between two values of an asset."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from dagx_cli.console import Console
from dagx_cli.options import Ascii, Asset, Json, ProjectPath, Python
from dagx_cli.render.diff import diff_lines
from dagx_engine import api

_DIFFERENT = 1

_Before = Annotated[
    str, typer.Argument(metavar="[A]", help="The one before it: a run, or -1, -2, ...", show_default=False)
]
_After = Annotated[
    str, typer.Argument(metavar="[B]", help="The other one; the current one without.", show_default=False)
]


def diff(
    asset: Asset,
    before: _Before = "-1",
    after: _After = "0",
    project: ProjectPath = None,
    python: Python = None,
    key: Annotated[
        str, typer.Option("--key", metavar="COL[,COL]", help="Tell rows apart by these columns.")
    ] = "",
    rows: Annotated[
        int, typer.Option("-n", "--rows", metavar="N", min=0, help="Show so many rows of each kind.")
    ] = 10,
    fails: Annotated[bool, typer.Option("--exit-code", help="End with 1 if they differ.")] = False,
    as_json: Json = False,
    ascii_only: Ascii = False,
) -> int:
    """Show what differs between two values of an asset.

    Of tables the columns and rows that came, went or changed; of text and JSON the lines. Without A and B the current
    value is held against the one before. A materialization is named by its run, as `dagx show` lists them, or counted
    back from the current one.

    \b
    Examples:
      dagx diff report                  what the last run made different
      dagx diff report -3               since three materializations ago
      dagx diff report 1f0c 9a3e        between two runs
      dagx diff flights --key id        which cells of which rows changed
      dagx diff 'daily[2024-01-03]'     of one partition
    """
    console = Console.of_process(ascii_only=ascii_only)
    for name in (asset, before, after):
        if name.startswith("--") or (name.startswith("-") and not name[1:].isdigit()):
            raise api.UsageError(f"no such option: {name}", hint="`dagx diff --help` shows what it takes")
    columns = [name.strip() for name in key.split(",") if name.strip()]
    with api.open_project(project, python=python) as opened:
        view = api.diff(opened, asset, before, after, key=columns, rows=rows)
    console.answer(view, as_json, lambda look: diff_lines(view, look, time.time()))
    return _DIFFERENT if fails and not view.same else 0
