"""The options and arguments that several commands share, each written once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dagx_engine import api

__all__ = [
    "Ascii",
    "Asset",
    "Config",
    "Job",
    "Json",
    "Partition",
    "PartitionRange",
    "Partitions",
    "ProjectPath",
    "Python",
    "Selection",
    "asked_partitions",
    "chosen",
]

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
Job = Annotated[
    str | None,
    typer.Option("--job", metavar="NAME", help="The job of this name, in place of a selection."),
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


Partition = Annotated[
    str | None, typer.Option("--partition", metavar="KEY", help="This partition of what is partitioned.")
]
PartitionRange = Annotated[
    str | None,
    typer.Option("--partition-range", metavar="FIRST...LAST", help="These partitions, both ends included."),
]
Partitions = Annotated[
    str | None,
    typer.Option("--partitions", metavar="WHICH", help="The partitions that are: missing, stale, or all."),
]


def asked_partitions(partition: str | None, span: str | None, which: str | None) -> api.Asked | None:
    """What was asked for, in whichever way; None: no partitions. Raises UsageError when it was in several."""
    if sum(given is not None for given in (partition, span, which)) > 1:
        raise api.UsageError(
            "partitions are asked for in several ways",
            hint="give one of --partition, --partition-range and --partitions",
        )
    if partition is not None:
        return api.Asked(partition, partition)
    if which is not None:
        return api.Asked(which=which)
    return api.asked_range(span) if span is not None else None


def chosen(words: list[str] | None) -> str | None:
    """The selection as one text; None: everything."""
    return " ".join(words) if words else None
