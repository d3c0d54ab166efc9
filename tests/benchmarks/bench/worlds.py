"""Projects that stand ready: each written and built once, by the tool's own run, and then used by all rows."""

from __future__ import annotations

from pathlib import Path

from bench.graph import Graph
from bench.processes import Broken, Ended, run
from bench.setting import Setting
from bench.taking import expect
from bench.tools.dagx import dagx
from bench.tools.doit import doit
from bench.tools.dvc import dvc
from bench.tools.ninja import ninja
from bench.tools.snakemake import snakemake
from bench.tools.tool import Tool

__all__ = ["LARGEST", "Worlds", "tools"]

LARGEST = {"ninja": 10_000, "doit": 10_000, "Snakemake": 1_000, "DVC": 100}
"""Assets at which a first run of the tool still takes less than about half a minute."""
LONGEST_BUILD = 600.0
"""Seconds that the first run of a project may take, before the rows that need it are left out."""


def tools(setting: Setting) -> list[Tool]:
    """dagx first."""
    found = [dagx(setting.dagx, setting.python)]
    if setting.rivals is not None:
        program = setting.rivals.program
        found += [
            ninja(program("ninja")),
            doit(program("doit")),
            snakemake(program("snakemake")),
            dvc(program("dvc"), setting.environment),
        ]
    return found


class Worlds:
    """One project for each tool and size."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.tools = {tool.name: tool for tool in tools(setting)}
        self._written: set[Path] = set()
        self._built: dict[Path, float | Broken] = {}

    def folder(self, tool: str, size: int) -> Path:
        return self.setting.scratch / "projects" / f"{tool.lower()}-{size}"

    def written(self, tool: str, size: int) -> Path:
        """Its sources alone, or with what an earlier row made of them."""
        project = self.folder(tool, size)
        if project not in self._written:
            project.mkdir(parents=True, exist_ok=True)
            self.tools[tool].write(Graph(size), project)
            self._written.add(project)
        return project

    def built(self, tool: str, size: int) -> Path:
        """Everything is made and nothing stale."""
        project = self.written(tool, size)
        found = self._built.get(project)
        if found is None:
            try:
                found = self._build(self.tools[tool], size, project)
            except Broken as problem:
                found = problem
            self._built[project] = found
        if isinstance(found, Broken):
            raise found
        return project

    def seconds_of_build(self, tool: str, size: int) -> float:
        found = self._built[self.folder(tool, size)]
        if isinstance(found, Broken):
            raise found
        return found

    def _build(self, tool: Tool, size: int, project: Path) -> float:
        tool.forget(project)
        done = run(tool.run, project, self.setting.environment, allowed=LONGEST_BUILD)
        expect(tool.ran(done.out), Graph(size).size, f"steps of the first run of {size} assets")
        return done.seconds

    def ask(self, tool: str, size: int, command: list[str]) -> Ended:
        return run(command, self.folder(tool, size), self.setting.environment)
