"""dagx: a function for each asset, a hundred in a file; the value of a source stands in its code."""

from __future__ import annotations

import re
from pathlib import Path

from bench.graph import EDITED, Graph
from bench.tools.tool import Tool, save

__all__ = ["dagx", "definitions"]


def definitions(graph: Graph, nodes: range, imports: str) -> list[str]:
    """The assets of one file; the same text serves Dagster."""
    lines = [imports, ""]
    for node in nodes:
        above = [f"a{one}" for one in graph.needs(node)]
        lines += [
            "",
            "@dg.asset",
            f"def a{node}({', '.join(above)}):",
            f"    return {' + '.join([str(node), *above])}",
            "",
        ]
    return lines


def dagx(program: str, python: str) -> Tool:
    def command(*words: str) -> list[str]:
        return [program, *words, "--python", python]

    return Tool(
        name="dagx",
        write=_write,
        edit=_edit,
        state=(".dagx",),
        run=command("run"),
        ran=_ran,
        status=command("status"),
        plan=command("plan"),
        planned=_planned,
        load=command("ls"),
    )


def _write(graph: Graph, project: Path) -> None:
    save(project / "pyproject.toml", ["[tool.dagx]", "max_workers = 2"])
    for number, nodes in enumerate(graph.files):
        save(project / f"defs/part{number}.py", definitions(graph, nodes, "import dagx as dg"))


def _edit(project: Path, value: int) -> None:
    path = project / "defs/part0.py"
    head = f"def a{EDITED}():\n    return "
    path.write_text(re.sub(re.escape(head) + r"-?\d+", f"{head}{value}", path.read_text()))


def _ran(out: str) -> int:
    """From the line that it ends with; large numbers are grouped."""
    if re.search(r"nothing to do: [\d,]+ assets are fresh", out):
        return 0
    found = re.findall(r"^([\d,]+) made, ([\d,]+) unchanged, ([\d,]+) failed", out, re.MULTILINE)
    if not found or found[-1][2] != "0":
        return -1
    return sum(int(part.replace(",", "")) for part in found[-1][:2])


def _planned(out: str) -> int:
    return len(re.findall(r"^  ↻", out, re.MULTILINE))
