"""`dagx init`: write a small project that works."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dagx_cli.console import Console
from dagx_cli.options import Ascii, Json, ProjectPath
from dagx_cli.render.welcome import init_lines
from dagx_engine import api


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="[FOLDER]", help="Where; made if need be.", show_default=False)
    ] = Path(),
    project: ProjectPath = None,
    ascii_only: Ascii = False,
    as_json: Json = False,
) -> int:
    """Write a small working project.

    Nothing is overwritten.
    """
    target = (project or Path()) / folder
    files = api.init(target)
    Console.of_process(ascii_only=ascii_only).answer(
        [str(file) for file in files], as_json, lambda look: init_lines(files, target, look)
    )
    return 0
