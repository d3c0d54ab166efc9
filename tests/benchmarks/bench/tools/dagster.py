"""Dagster: the functions of dagx's project, unchanged. No command of its own makes what is stale: rows are special."""

from __future__ import annotations

import re
from pathlib import Path

from bench.graph import Graph
from bench.tools.dagx import definitions
from bench.tools.tool import save

__all__ = [
    "default_executor",
    "in_process",
    "load",
    "made_in_process",
    "made_one_process_each",
    "write_for_dagster",
]

PROCESS_EACH = 20
"""Assets that the default executor is given: a process each takes it about a second."""
_JOB = "dg.define_asset_job('everything', config={'execution': {'config': {'multiprocess': {'max_concurrent': 2}}}})"
_LOAD = """
import sys

import definitions

sys.exit(0 if len(definitions.defs.get_repository_def().asset_graph.get_all_asset_keys()) == {size} else 1)
"""
_RUN = """
import sys

import dagster as dg
import definitions

with dg.DagsterInstance.get() as instance:
    result = dg.materialize(list(definitions.defs.assets), instance=instance)
print("made", len(result.get_asset_materialization_events()))
sys.exit(0 if result.success else 1)
"""


def write_for_dagster(graph: Graph, project: Path) -> None:
    lines = ["import dagster as dg", ""]
    for number, nodes in enumerate(graph.files):
        save(project / f"parts/part{number}.py", definitions(graph, nodes, "import dagster as dg"))
        lines.append(f"from parts import part{number}")
    parts = ", ".join(f"part{number}" for number in range(len(graph.files)))
    save(project / "parts/__init__.py", [])
    lines += ["", "defs = dg.Definitions(", f"    assets=dg.load_assets_from_modules([{parts}]),"]
    save(project / "definitions.py", [*lines, f"    jobs=[{_JOB}],", ")"])
    save(project / "load.py", [_LOAD.format(size=graph.size)])
    save(project / "run.py", [_RUN])


def load(binaries: Path) -> list[str]:
    return [str(binaries / "python"), "load.py"]


def in_process(binaries: Path) -> list[str]:
    return [str(binaries / "python"), "run.py"]


def default_executor(binaries: Path) -> list[str]:
    return [str(binaries / "dagster"), "job", "execute", "-f", "definitions.py", "-j", "everything"]


def made_in_process(out: str) -> int:
    found = re.findall(r"^made (\d+)$", out, re.MULTILINE)
    return int(found[-1]) if found else -1


def made_one_process_each(out: str) -> int:
    """The lines of its processes run into each other: what can be relied on is the end of the run."""
    return PROCESS_EACH if " - RUN_SUCCESS - " in out else -1
