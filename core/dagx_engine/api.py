"""The one door for front ends: open a project, ask it, run it, watch it.

Every function returns a view; every refusal is a `DagxError` with a message, a hint and the exit code that the
command line uses.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dagx_engine.views import (
    DoctorView,
    Event,
    LineageView,
    LogsView,
    PlanView,
    RunView,
    ShowView,
    StatusView,
    WhyView,
)

# CONTRACT (being implemented): signatures that the front ends may rely on.
#
# Errors, all subclasses of dagx.errors.DagxError (fields .message, .hint), importable from here:
#   UsageError          exit 2   unknown asset, selection that does not parse, unknown run
#   ProjectError        exit 3   no project, no assets, the project does not load (text has file:line)
#   BusyError           exit 4   another dagx holds the project (text says who: pid, since when, which command)


class Project:
    """A project folder that was found: root, name, settings, interpreter. Nothing of the user has been loaded."""

    root: Path
    name: str

    def close(self) -> None: ...

    def __enter__(self) -> Project: ...

    def __exit__(self, *exc: object) -> None: ...


def open_project(start: Path | None = None, *, python: str | None = None) -> Project: ...


def status(project: Project, selection: str | None = None) -> StatusView: ...  # also serves `ls`


def plan(project: Project, selection: str | None = None, *, force: bool = False) -> PlanView: ...


def run(
    project: Project,
    selection: str | None = None,
    *,
    force: bool = False,
    fail_fast: bool = False,
    on_event: Callable[[Event], None] = lambda event: None,
) -> RunView:
    """Blocks until the run ended. KeyboardInterrupt in it cancels the run, waits for the workers, returns CANCELLED."""
    ...


def show(project: Project, asset: str) -> ShowView: ...


def why(project: Project, asset: str) -> WhyView: ...


def runs(project: Project, limit: int = 20) -> tuple[RunView, ...]: ...  # newest first; starts no user code


def logs(project: Project, run_id: str | None = None, step: str | None = None) -> LogsView:
    """Of the last run unless `run_id` (a prefix is enough); all its steps unless `step` (an asset key is fine)."""
    ...


def lineage(project: Project, selection: str | None = None) -> LineageView: ...


def doctor(start: Path | None = None, *, python: str | None = None) -> DoctorView: ...


def init(folder: Path) -> tuple[Path, ...]:
    """Write a small working project; refuses to overwrite (UsageError). Returns the files written."""
    ...


class Dev:
    """`dagx dev`: watches, reloads, reruns, in a thread of its own. All methods may be called from any thread."""

    def __init__(self, project: Project, *, run_missing: bool = False, auto: bool = True) -> None: ...

    def start(self) -> None: ...

    def events(self, timeout: float | None = 0.0) -> list[Event]:
        """All news since the last call, in order; waits up to `timeout` seconds for the first one (None: for ever).
        The first event after start is BoardReplaced or LoadFailed."""
        ...

    def run(self, selection: str | None = None, *, force: bool = False) -> None:
        """Ask for a run; what becomes of it arrives as events (a refusal as a Notice)."""
        ...

    def stop(self) -> None:
        """Cancel the active run, if any."""
        ...

    def set_auto(self, on: bool) -> None: ...

    @property
    def auto(self) -> bool: ...

    def why(self, asset: str) -> WhyView | None: ...

    def show(self, asset: str) -> ShowView | None: ...

    def log_path(self, asset: str) -> Path | None:
        """The log of the last attempt of the step that makes this asset."""
        ...

    def close(self) -> None:
        """Cancel what runs, end all processes, give the lock back. Blocks until it is done."""
        ...
