"""doit: a task for each target, with a Python function as its action, from files to files."""

from __future__ import annotations

import re
from pathlib import Path

from bench.graph import EDITED, Graph
from bench.tools.tool import Tool, save, source_files

__all__ = ["doit"]


def doit(program: str) -> Tool:
    return Tool(
        name="doit",
        write=_write,
        edit=lambda project, value: save(project / f"in/s{EDITED}", [str(value)]),
        state=("out", ".doit.db", ".doit.db.db", ".doit.db.dat", ".doit.db.dir", ".doit.db.bak"),
        run=[program],
        ran=lambda out: len(re.findall(r"^\.  make:", out, re.MULTILINE)),
        status=[program, "list", "--all", "--status"],
        plan=[program, "list", "--all", "--status"],
        load=[program, "list", "--all"],
    )


def _write(graph: Graph, project: Path) -> None:
    source_files(graph, project)
    (project / "out").mkdir(exist_ok=True)
    lines = [
        "import os",
        "",
        "",
        "def make(node, above):",
        "    os.makedirs('out', exist_ok=True)",
        "    parts = [open(name).read() for name in above]",
        "    with open(f'out/a{node}', 'w') as target:",
        "        target.write(''.join(parts))",
        "",
        "",
        "NEEDS = {",
    ]
    for node in graph.nodes:
        above = [f"out/a{one}" for one in graph.needs(node)] or [f"in/s{node}"]
        lines.append(f"    {node}: {above!r},")
    lines += [
        "}",
        "",
        "",
        "def task_make():",
        "    for node, above in NEEDS.items():",
        "        yield {",
        "            'name': str(node),",
        "            'actions': [(make, [node, above])],",
        "            'file_dep': above,",
        "            'targets': [f'out/a{node}'],",
        "        }",
    ]
    save(project / "dodo.py", lines)
