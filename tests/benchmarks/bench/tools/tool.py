"""What a row needs to know of a tool."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.graph import Graph

__all__ = ["Tool", "save", "source_files"]


@dataclass(frozen=True)
class Tool:
    """How a project of this tool is written, edited, run and asked. A command is None where the tool has none."""

    name: str
    write: Callable[[Graph, Path], None]
    edit: Callable[[Path, int], None]
    """Save another value of the edited source."""
    state: tuple[str, ...]
    """What it keeps in the project, results included: without it the project is as if it were new."""
    run: list[str]
    """Makes what is not fresh, two steps at a time."""
    ran: Callable[[str], int]
    """How many steps a run executed, from what it printed."""
    status: list[str] | None = None
    plan: list[str] | None = None
    planned: Callable[[str], int] | None = None
    """How many steps `plan` says would run."""
    load: list[str] | None = None

    def forget(self, project: Path) -> None:
        for name in self.state:
            shutil.rmtree(project / name, ignore_errors=True)
            (project / name).unlink(missing_ok=True)
        for cache in project.rglob("__pycache__"):
            shutil.rmtree(cache)


def save(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*lines, ""]))


def source_files(graph: Graph, project: Path) -> None:
    """A file for each source, for tools whose steps are made from files."""
    for node in graph.sources:
        save(project / f"in/s{node}", [str(node)])
