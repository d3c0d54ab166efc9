"""ninja: a shell command for each target, from files to files."""

from __future__ import annotations

import re
from pathlib import Path

from bench.graph import EDITED, Graph
from bench.tools.tool import Tool, save, source_files

__all__ = ["ninja"]


def ninja(program: str) -> Tool:
    return Tool(
        name="ninja",
        write=_write,
        edit=lambda project, value: save(project / f"in/s{EDITED}", [str(value)]),
        state=("out", ".ninja_log", ".ninja_deps"),
        run=[program, "-j", "2"],
        ran=_ran,
        status=[program, "-n"],
        plan=[program, "-n"],
        planned=_ran,
    )


def _write(graph: Graph, project: Path) -> None:
    source_files(graph, project)
    lines = ["rule make", "  command = cat $in > $out", ""]
    for node in graph.nodes:
        above = [f"out/a{one}" for one in graph.needs(node)] or [f"in/s{node}"]
        lines.append(f"build out/a{node}: make {' '.join(above)}")
    save(project / "build.ninja", lines)


def _ran(out: str) -> int:
    if "no work to do" in out:
        return 0
    found = re.findall(r"\[(\d+)/\d+\]", out)
    return int(found[-1]) if found else -1
