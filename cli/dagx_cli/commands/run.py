"""`dagx run`: make what is not fresh."""

from __future__ import annotations

from typing import Annotated

import typer

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
from dagx_cli.running import run_assets


def run(
    selection: Selection = None,
    project: ProjectPath = None,
    python: Python = None,
    partition: Partition = None,
    partition_range: PartitionRange = None,
    partitions: Partitions = None,
    force: Annotated[bool, typer.Option("--force", help="Also what is fresh.")] = False,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Stop at the first failure.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would run, as `dagx plan` does.")
    ] = False,
    job: Job = None,
    config: Config = None,
    as_json: Json = False,
    ascii_only: Ascii = False,
) -> int:
    """Materialize what is not fresh, or run a job.

    \b
    Examples:
      dagx run                  everything that is stale or missing
      dagx run report           this asset
      dagx run '+key:report'    this asset and all upstream of it
      dagx run group:raw        all assets of a group
      dagx run --force          everything, fresh or not
      dagx run 'checks(report)' the checks of this asset alone
      dagx run --dry-run        say what would run, and why
      dagx run sales --partition 2024-01-03
      dagx run sales --partition-range 2024-01-01...2024-01-31
      dagx run '+key:sales' --partitions missing
      dagx run --job nightly    a job by its name: its assets, or its ops

    \b
    Exit codes: 0 all is fresh now; 1 a step or a blocking check failed; 2 usage;
    3 the project does not load; 4 another dagx holds the project;
    130 interrupted, 143 by SIGTERM: what was made stays made.
    """
    return run_assets(
        project,
        python,
        chosen(selection),
        asked=asked_partitions(partition, partition_range, partitions),
        force=force,
        fail_fast=fail_fast,
        dry_run=dry_run,
        job=job,
        config=config,
        as_json=as_json,
        ascii_only=ascii_only,
    )
