"""The one door for front ends: open a project, ask it, run it, watch it.

Every function returns a view; every refusal is a `DagxError` with a message, a hint and, where the command line tells
them apart, an exit code.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from dagx_engine.late import late
from dagx_engine.opening import Project, open_project
from dagx_engine.pure.asked import WHICH, Asked, asked_range
from dagx_engine.pure.errors import BusyError, ProjectError, UsageError

if TYPE_CHECKING:
    from dagx_engine.dev import Dev
    from dagx_engine.requests.accept import accept
    from dagx_engine.requests.audit import audit
    from dagx_engine.requests.cancel import cancel
    from dagx_engine.requests.diff import diff
    from dagx_engine.requests.gc import gc
    from dagx_engine.requests.plan import plan
    from dagx_engine.requests.run import run
    from dagx_engine.requests.runs import logs, run_named, runs
    from dagx_engine.requests.show import lineage, show
    from dagx_engine.requests.spin import spin
    from dagx_engine.requests.stats import stats
    from dagx_engine.requests.status import status, status_as
    from dagx_engine.requests.why import why
    from dagx_engine.views import DoctorView

__all__ = [
    "WHICH",
    "Asked",
    "BusyError",
    "Dev",
    "Project",
    "ProjectError",
    "UsageError",
    "accept",
    "asked_range",
    "audit",
    "cancel",
    "diff",
    "doctor",
    "gc",
    "init",
    "lineage",
    "logs",
    "open_project",
    "plan",
    "run",
    "run_named",
    "runs",
    "show",
    "spin",
    "stats",
    "status",
    "status_as",
    "why",
]


_LATE = {
    "Dev": "dagx_engine.dev",
    "accept": "dagx_engine.requests.accept",
    "audit": "dagx_engine.requests.audit",
    "cancel": "dagx_engine.requests.cancel",
    "diff": "dagx_engine.requests.diff",
    "gc": "dagx_engine.requests.gc",
    "lineage": "dagx_engine.requests.show",
    "logs": "dagx_engine.requests.runs",
    "plan": "dagx_engine.requests.plan",
    "run": "dagx_engine.requests.run",
    "run_named": "dagx_engine.requests.runs",
    "runs": "dagx_engine.requests.runs",
    "show": "dagx_engine.requests.show",
    "spin": "dagx_engine.requests.spin",
    "stats": "dagx_engine.requests.stats",
    "status": "dagx_engine.requests.status",
    "status_as": "dagx_engine.requests.status",
    "why": "dagx_engine.requests.why",
}
"""The module of each question: a command starts without those of the others."""


def __getattr__(name: str) -> object:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(late(_LATE[name]), name)
    return found


def doctor(start: Path | None = None, *, python: str | None = None) -> DoctorView:
    """What dagx found on this machine and in this project, and what is in its way. Raises nothing."""
    checkup: Any = late("dagx_engine.checkup")
    found: DoctorView = checkup.examine_machine(start or Path.cwd(), python)
    return found


def init(folder: Path) -> tuple[Path, ...]:
    """Write a small working project; nothing that is there is overwritten (UsageError). Returns the files."""
    template: Any = late("dagx_engine.io.template")
    written: tuple[Path, ...] = template.write_template(folder)
    return written
