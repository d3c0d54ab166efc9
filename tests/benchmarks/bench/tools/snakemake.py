"""Snakemake: one rule for all targets, whose inputs a function tells; a shell command for each."""

from __future__ import annotations

import re
from pathlib import Path

from bench.graph import EDITED, Graph
from bench.tools.tool import Tool, save, source_files

__all__ = ["snakemake"]


def snakemake(program: str) -> Tool:
    command = [program, "--cores", "2", "--scheduler", "greedy"]
    return Tool(
        name="Snakemake",
        write=_write,
        edit=lambda project, value: save(project / f"in/s{EDITED}", [str(value)]),
        state=("out", ".snakemake"),
        run=command,
        ran=_ran,
        status=[*command, "--dry-run", "--quiet"],
        plan=[*command, "--dry-run"],
        planned=_planned,
    )


def _write(graph: Graph, project: Path) -> None:
    source_files(graph, project)
    lines = ["NEEDS = {"]
    for node in graph.nodes:
        above = [f"out/a{one}" for one in graph.needs(node)] or [f"in/s{node}"]
        lines.append(f"    '{node}': {above!r},")
    last = [f"out/a{node}" for node in graph.nodes[-graph.width :]]
    lines += ["}", "", "rule all:", f"    input: {last!r}", ""]
    lines += ["rule make:", "    input: lambda wildcards: NEEDS[wildcards.node]", "    output: 'out/a{node}'"]
    lines += ["    shell: 'cat {input} > {output}'"]
    save(project / "Snakefile", lines)


def _ran(out: str) -> int:
    """Less the rule that asks for all."""
    if "Nothing to be done" in out:
        return 0
    found = re.findall(r"(\d+) of \d+ steps \(100%\) done", out)
    return int(found[-1]) - 1 if found else -1


def _planned(out: str) -> int:
    found = re.search(r"^make\s+(\d+)", out, re.MULTILINE)
    return int(found[1]) if found else 0
