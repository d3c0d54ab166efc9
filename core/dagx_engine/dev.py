"""`dagx dev` as front ends hold it."""

from __future__ import annotations

from dagx_engine.daemon import Daemon
from dagx_engine.opening import Project

__all__ = ["Dev"]


class Dev(Daemon):
    """`dagx dev`: watches, reloads and reruns in a thread of its own. All methods may be called from any thread."""

    def __init__(self, project: Project, *, run_missing: bool = False, auto: bool = True) -> None:
        super().__init__(
            project.files,
            project.interpreter,
            asked_python=project.asked_python,
            asked_config=project.asked_config,
            run_missing=run_missing,
            auto=auto,
        )
