"""`dagx lineage`: the graph, for people and for the programs that draw it."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from dagx_cli.console import Console
from dagx_cli.options import Ascii, Json, ProjectPath, Python, Selection, chosen
from dagx_cli.render.lineage import dot_lines, mermaid_lines, tree_lines
from dagx_cli.render.look import Look
from dagx_engine import api
from dagx_engine.views import LineageView


class Format(str, Enum):
    TREE = "tree"
    MERMAID = "mermaid"
    DOT = "dot"
    JSON = "json"


def lineage(
    selection: Selection = None,
    project: ProjectPath = None,
    python: Python = None,
    form: Annotated[Format, typer.Option("--format", help="How to draw it.")] = Format.TREE,
    as_json: Json = False,
    ascii_only: Ascii = False,
) -> int:
    """Draw the graph of assets.

    \b
    Examples:
      dagx lineage
      dagx lineage --format mermaid > lineage.mmd
      dagx lineage --format dot | dot -Tsvg > lineage.svg
    """
    console = Console.of_process(ascii_only=ascii_only)
    with api.open_project(project, python=python) as opened:
        view = api.lineage(opened, chosen(selection))
    console.answer(view, as_json or form is Format.JSON, lambda look: _drawn(view, form, look))
    return 0


def _drawn(view: LineageView, form: Format, look: Look) -> list[str]:
    match form:
        case Format.MERMAID:
            return mermaid_lines(view)
        case Format.DOT:
            return dot_lines(view)
        case _:
            return tree_lines(view, look)
