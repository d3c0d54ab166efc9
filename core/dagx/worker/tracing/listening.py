"""Puts all ears on: what the interpreter does not tell of itself is heard by wrapping it."""

from __future__ import annotations

from dagx.worker.tracing import probes, programs, readers, sqlite, variables
from dagx.worker.tracing.following import follow
from dagx.worker.tracing.tracer import Tracer

__all__ = ["install", "listen"]

_installed: list[bool] = []


def install() -> None:
    """Once a process, and before the project is imported: what it takes from a module it should take wrapped."""
    if not _installed:
        _installed.append(True)
        readers.install()
        variables.install()
        probes.install()
        sqlite.install()
        programs.install()


def listen(tracer: Tracer) -> None:
    """From now on the tracer is told, and the environment is the one that this process was given."""
    install()
    variables.at_start()
    follow(tracer)
