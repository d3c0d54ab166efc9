"""DVC: a stage for each target, with a shell command, from files to files."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from bench.graph import EDITED, Graph
from bench.tools.tool import Tool, save, source_files

__all__ = ["dvc"]


def dvc(program: str, environment: Mapping[str, str]) -> Tool:
    return Tool(
        name="DVC",
        write=partial(_write, program, environment),
        edit=lambda project, value: save(project / f"in/s{EDITED}", [str(value)]),
        state=("out", "dvc.lock", ".dvc/cache", ".dvc/tmp"),
        run=[program, "repro"],
        ran=lambda out: len(re.findall(r"^Running stage", out, re.MULTILINE)),
        status=[program, "status"],
    )


def _write(program: str, environment: Mapping[str, str], graph: Graph, project: Path) -> None:
    source_files(graph, project)
    (project / "out").mkdir(exist_ok=True)
    if not (project / ".dvc").exists():
        subprocess.run(
            [program, "init", "--no-scm", "--quiet"], cwd=project, env=dict(environment), check=True
        )
    lines = ["stages:"]
    for node in graph.nodes:
        above = [f"out/a{one}" for one in graph.needs(node)] or [f"in/s{node}"]
        lines += [f"  a{node}:", f"    cmd: mkdir -p out && cat {' '.join(above)} > out/a{node}"]
        lines += ["    deps:", *(f"      - {one}" for one in above), "    outs:", f"      - out/a{node}"]
    save(project / "dvc.yaml", lines)
