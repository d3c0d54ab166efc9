"""`dagx plan`: what a run would do."""

from __future__ import annotations

from typing import Annotated

import typer

from dagx_cli.console import Console
from dagx_cli.options import (
    Ascii,
    Config,
    Job,
    Json,
    Partition,
    PartitionRange,
    Partitions,
    ProjectPath,
    Python,
    Selection,
    asked_partitions,
    chosen,
)
from dagx_cli.render.plan import plan_lines
from dagx_engine import api


def plan(
    selection: Selection = None,
    project: ProjectPath = None,
    python: Python = None,
    force: Annotated[bool, typer.Option("--force", help="Also what is fresh.")] = False,
    partition: Partition = None,
    partition_range: PartitionRange = None,
    partitions: Partitions = None,
    job: Job = None,
    config: Config = None,
    as_json: Json = False,
    ascii_only: Ascii = False,
) -> int:
    """Show what a run would do, why, and how long.

    The time is what earlier runs took; nothing is run.
    """
    console = Console.of_process(ascii_only=ascii_only)
    asked = asked_partitions(partition, partition_range, partitions)
    with api.open_project(project, python=python, config=config) as opened:
        view = api.plan(opened, chosen(selection), job=job, force=force, asked=asked)
    console.answer(view, as_json, lambda look: plan_lines(view, look))
    return 0
