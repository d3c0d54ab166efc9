"""`dagx dev`: watch the project and rebuild what a save affects, on a screen or as a stream of lines."""

from __future__ import annotations

from typing import Annotated

import typer

from dagx_cli.options import Ascii, Config, ProjectPath, Python
from dagx_cli.watching import watch_project


def dev(
    project: ProjectPath = None,
    python: Python = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="Print a line for each event instead of the screen.")
    ] = False,
    run: Annotated[bool, typer.Option("--run", help="Also make what was never made.")] = False,
    no_auto: Annotated[bool, typer.Option("--no-auto", help="Rebuild nothing by itself.")] = False,
    config: Config = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object a line for each event.")
    ] = False,
    ascii_only: Ascii = False,
) -> int:
    """Watch, and rebuild what a save affects.

    The graph of assets, its states and its logs are live on the screen.
    Opens the screen on a terminal; prints plain lines where there is none,
    in CI, with TERM=dumb or with --plain.

    Ends with q on the screen. As a stream it ends with ^C (exit code 130) or SIGTERM (143).
    """
    return watch_project(
        project,
        python,
        plain=plain,
        run=run,
        no_auto=no_auto,
        config=config,
        as_json=as_json,
        ascii_only=ascii_only,
    )
