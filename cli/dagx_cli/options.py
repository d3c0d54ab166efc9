"""The options and arguments that several commands share, each written once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Ascii", "Asset", "Config", "Json", "ProjectPath", "Python", "Selection", "chosen"]

ProjectPath = Annotated[
    Path | None,
    typer.Option("-C", "--project", metavar="PATH", exists=True, help="Work on the project in this folder."),
]
Python = Annotated[
    str | None,
    typer.Option("--python", metavar="PATH", help="Run the project's code with this Python."),
]
Config = Annotated[
    Path | None,
    typer.Option("-c", "--config", metavar="FILE", help="Run config for the steps: JSON, TOML or YAML."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Ascii = Annotated[bool, typer.Option("--ascii", help="Use ASCII signs only.")]
Asset = Annotated[str, typer.Argument(metavar="ASSET", help="Key of an asset.")]
Selection = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[SELECTION]...",
        help="Which assets, such as: report  '+key:report'  group:raw",
        show_default=False,
    ),
]


def chosen(words: list[str] | None) -> str | None:
    """The selection as one text; None: everything."""
    return " ".join(words) if words else None
