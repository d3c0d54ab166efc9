"""`dagx audit`: whether what is stored is what a run would make."""

from __future__ import annotations

from typing import Annotated

import typer

from dagx_cli.console import Console
from dagx_cli.options import (
    Ascii,
    Json,
    Partition,
    PartitionRange,
    ProjectPath,
    Python,
    Selection,
    asked_partitions,
    chosen,
)
from dagx_cli.progress import Progress
from dagx_cli.render.audit import audit_lines
from dagx_cli.running import display_of
from dagx_cli.signals import stopped_by_signals
from dagx_engine import api


def audit(
    selection: Selection = None,
    project: ProjectPath = None,
    python: Python = None,
    sample: Annotated[
        int | None, typer.Option("--sample", metavar="N", min=1, help="Only so many, picked at random.")
    ] = None,
    newest: Annotated[
        int, typer.Option("--newest", metavar="N", min=1, help="Of partitioned assets so many partitions.")
    ] = 1,
    partition: Partition = None,
    partition_range: PartitionRange = None,
    writing: Annotated[
        bool, typer.Option("--writing", help="Also what writes files; they are put back.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="End with 1 if something is not deterministic, too.")
    ] = False,
    as_json: Json = False,
    ascii_only: Ascii = False,
) -> int:
    """Execute what is fresh again, and compare.

    Each fresh asset is executed on its stored inputs, and the bytes that come out are compared with those that are
    stored. Nothing stored changes, and no file. What differs is executed again: comes it out the same as the second
    time, then dagx has missed an input (a false hit); else it is not deterministic.

    \b
    Examples:
      dagx audit                all that is fresh
      dagx audit report         this asset
      dagx audit --sample 20    some, as a job of every night
      dagx audit --writing      also what writes files

    \b
    Exit codes: 0 nothing stored is wrong; 1 a false hit, or a step failed.
    """
    console = Console.of_process(ascii_only=ascii_only)
    asked = asked_partitions(partition, partition_range, None)
    with api.open_project(project, python=python) as opened, stopped_by_signals() as interruption:
        try:
            with Progress(display_of(console, as_json)) as progress:
                view = api.audit(
                    opened,
                    chosen(selection),
                    sample=sample,
                    newest=newest,
                    writing=writing,
                    asked=asked,
                    on_event=progress,
                )
        except KeyboardInterrupt:
            return interruption.exit_code
    full = console.at_full_length() if not console.interactive else console
    full.answer(view, as_json, lambda look: audit_lines(view, look))
    wrong = not view.ok or (strict and {"hash seed", "not deterministic"} & view.counts.keys())
    return 1 if wrong else 0
