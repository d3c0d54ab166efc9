"""`dagx accept`: an edit that changes nothing makes nothing stale."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from dagx_cli.console import Console
from dagx_cli.options import (
    Ascii,
    Json,
    Partition,
    PartitionRange,
    ProjectPath,
    Python,
    asked_partitions,
)
from dagx_cli.progress import told_on
from dagx_cli.render.accept import accept_lines, offer_lines
from dagx_engine import api

if TYPE_CHECKING:
    from dagx_engine.views.upkeep import AcceptView

_LEFT = 2
"""Something that was asked for was not accepted; the rest was."""

_Selection = Annotated[
    list[str], typer.Argument(metavar="SELECTION...", help="Which assets, such as: report  'state:stale'")
]


def accept(
    selection: _Selection,
    project: ProjectPath = None,
    python: Python = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take back what was accepted.")] = False,
    data: Annotated[
        bool, typer.Option("--data", help="Also where files, inputs or config differ, not only code.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    partition: Partition = None,
    partition_range: PartitionRange = None,
    as_json: Json = False,
    ascii_only: Ascii = False,
) -> int:
    """Let a stale asset count as fresh: the edit changes nothing.

    Nothing runs. What is accepted is exactly what differs now: the next edit makes the asset stale again. Of a
    partitioned asset all stale partitions are meant, or those that are given.

    \b
    Examples:
      dagx accept report            the code of report was tidied up
      dagx accept 'state:stale'     of all stale assets; asks first
      dagx accept report --undo     it is stale again
    """
    console = Console.of_process(ascii_only=ascii_only).at_full_length()
    words = " ".join(selection)
    asked = asked_partitions(partition, partition_range, None)

    def confirm(view: AcceptView) -> bool:
        is_plain = [asset.key for asset in view.assets] == [words]
        return yes or is_plain or _agreed(view, Console.of_errors().at_full_length())

    with api.open_project(project, python=python) as opened:
        view = api.accept(
            opened,
            words,
            data=data,
            undo=undo,
            asked=asked,
            confirm=confirm,
            on_event=told_on(Console.of_errors()),
        )
    console.answer(view, as_json, lambda look: accept_lines(view, look))
    if not view.done:
        return 1
    return _LEFT if view.left else 0


def _agreed(view: AcceptView, errors: Console) -> bool:
    """Whether the person at the terminal agrees. Raises UsageError when there is none."""
    lines = offer_lines(view, errors.look)
    if not (errors.interactive and sys.stdin is not None and sys.stdin.isatty()):
        raise api.UsageError(
            "\n".join(["this needs a yes, and there is no terminal to ask at", *lines]), hint="say --yes"
        )
    errors.show(["this would be taken back:" if view.undo else "this would be accepted:", *lines])
    return typer.confirm("take it back?" if view.undo else "accept it?", err=True)
