"""A step executed again to see what comes out: its outputs go to a scratch folder, and it writes nothing else."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Any

from dagx.worker.project import LoadedProject
from dagx.worker.step import run_step
from dagx.worker.tracing.guarding import Guard

__all__ = ["run_guarded"]

_guards: list[Guard] = []


def run_guarded(project: LoadedProject, message: Mapping[str, Any], end: socket.socket) -> dict[str, Any]:
    """Execute the step and answer as always; with what was refused to it, and what it did that nobody sees through."""
    if not _guards:
        _guards.append(Guard(project.tracer.counts))
        project.tracer.guard = _guards[0]
    guard, asked = _guards[0], message["guard"]
    guard.begin(asked["may"], asked["reads"], message["storage"], asked["made"])
    try:
        answer = run_step(project, message, end, lambda news: None)
    finally:
        guard.end()
    return {**answer, "refused": guard.refused, "clues": list(guard.clues)}
