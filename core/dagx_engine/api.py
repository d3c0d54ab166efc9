"""The one door for front ends: open a project, ask it, run it, watch it.

Every function returns a view; every refusal is a `DagxError` with a message, a hint and, where the command line tells
them apart, an exit code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dagx_engine import present
from dagx_engine.choosing import asked_job, choose_run
from dagx_engine.io.rows import RunRow
from dagx_engine.io.store import Store
from dagx_engine.late import late
from dagx_engine.opening import Project, loaded, looker, open_project, opened, status_of, views_of
from dagx_engine.pure.asked import WHICH, Asked, asked_range
from dagx_engine.pure.errors import BusyError, ProjectError, UsageError
from dagx_engine.pure.generation import Key, StepName
from dagx_engine.pure.plan import runnable
from dagx_engine.pure.selecting import key_named, select_keys
from dagx_engine.views import (
    DoctorView,
    LineageView,
    LogsView,
    PlanView,
    RunView,
    ShowView,
    StatusView,
)
from dagx_engine.workspace import Workspace

if TYPE_CHECKING:
    from dagx_engine.dev import Dev
    from dagx_engine.requests.accept import accept
    from dagx_engine.requests.audit import audit
    from dagx_engine.requests.cancel import cancel
    from dagx_engine.requests.diff import diff
    from dagx_engine.requests.gc import gc
    from dagx_engine.requests.run import run
    from dagx_engine.requests.spin import spin
    from dagx_engine.requests.stats import stats
    from dagx_engine.requests.status import status_as
    from dagx_engine.requests.why import why

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
    "run": "dagx_engine.requests.run",
    "spin": "dagx_engine.requests.spin",
    "stats": "dagx_engine.requests.stats",
    "status_as": "dagx_engine.requests.status",
    "why": "dagx_engine.requests.why",
}
"""What few commands ask for, with the module of each: the others start without."""


def __getattr__(name: str) -> object:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(late(_LATE[name]), name)
    return found


def status(project: Project, selection: str | None = None) -> StatusView:
    """How the selected assets are now; without a selection, with the jobs. Raises ProjectError, UsageError."""
    with loaded(project) as (space, generation):
        found = status_of(space, generation)
        if selection is None:
            return found
        wanted = set(
            select_keys(generation, selection, lambda: present.looks(found.assets, space.clock.now()))
        )
        return replace(found, assets=tuple(view for view in found.assets if view.key in wanted), jobs=())


def plan(
    project: Project,
    selection: str | None = None,
    *,
    job: str | None = None,
    force: bool = False,
    asked: Asked | None = None,
) -> PlanView:
    """What `run` would do now, and why. Raises ProjectError, UsageError."""
    wanted = asked_job(selection, job, asked, has_config=project.asked_config is not None)
    with loaded(project, wanted) as (space, generation):
        choice, left = choose_run(space, selection, job, asked, looker(space, generation))
        generation = space.in_force()
        steps, refused = runnable(generation, choice.steps)
        refused = (*left, *refused)
        found = space.outlook(steps, force=force, wanted=choice.parts)
        expected = space.store.expected_seconds() if space.store is not None else {}
        return present.plan_view(generation, found, expected, force=force, refused=refused, slots=space.slots)


def show(project: Project, asset: str) -> ShowView:
    """What is stored of an asset. Raises ProjectError, UsageError."""
    with loaded(project) as (space, generation):
        key = key_named(generation, asset)
        view = next(view for view in views_of(space, generation) if view.key == key)
        recorded = space.recorded(key, view.step)
        error = space.last_error(view.step)
        remarking: Any = late("dagx_engine.remarks")
        remarks = remarking.remarks_of(space, generation, [StepName(view.step)]) if view.step else ()
        costs = space.costs(view.step)
        return present.show_view(view, space.stored(key), space.object_place, error, recorded, remarks, costs)


def lineage(project: Project, selection: str | None = None) -> LineageView:
    """The selected assets and the edges between them. Raises ProjectError, UsageError."""
    with loaded(project) as (space, generation):
        found = views_of(space, generation)
        wanted = set(select_keys(generation, selection, lambda: present.looks(found, space.clock.now())))
        views = tuple(view for view in found if view.key in wanted)
        edges = tuple((up, view.key) for view in views for up in view.upstream if Key(up) in wanted)
        return LineageView(views, edges)


def runs(project: Project, limit: int = 20) -> tuple[RunView, ...]:
    """The last runs, newest first. Starts no user code."""
    with opened(project) as space:
        if space.store is None:
            return ()
        alive = space.is_alive
        found = [
            row if alive or row.status != "running" else replace(row, status="crashed")
            for row in space.store.runs(limit)
        ]
        return tuple(_run_view(space, space.store, row) for row in found)


def run_named(project: Project, run_id: str) -> RunView:
    """One run, by its id or how that begins. Starts no user code. Raises UsageError."""
    with opened(project) as space:
        if space.store is None:
            raise UsageError("there is no run yet", hint="dagx run")
        row = _find_run(space.store, run_id, None)
        if row.status == "running" and not space.is_alive:
            row = replace(row, status="crashed")
        return _run_view(space, space.store, row)


def _run_view(space: Workspace, store: Store, row: RunRow) -> RunView:
    steps, results, ops = store.steps(row.id), store.evaluations_of(row.id), store.ops(row.id)
    return present.run_view(row, steps, results, space.log_of, ops=ops)


def logs(project: Project, run_id: str | None = None, step: str | None = None) -> LogsView:
    """What the steps of a run wrote: of the last run unless `run_id` (or how it begins) is given. Raises UsageError."""
    with opened(project) as space:
        if space.store is None:
            raise UsageError("there is no run yet", hint="dagx run")
        row = _find_run(space.store, run_id, step)
        found = []
        for item in space.store.steps(row.id):
            if step is not None and step not in (item.step, *item.assets, *item.checks):
                continue
            texts = [_read_log(space.log_path(row.id, item.step, n)) for n in range(1, item.attempt + 1)]
            found.append((item.step, "".join(texts)))
        if step is not None and not found:
            raise UsageError(
                f'run {row.id} has no step or asset "{step}"', hint=f"dagx runs; dagx logs {row.id}"
            )
        return LogsView(row.id, tuple(found))


def _find_run(store: Store, prefix: str | None, step: str | None) -> RunRow:
    if prefix is None:
        worked = store.last_run_that_worked()
        found: Sequence[RunRow] = [worked] if worked is not None else store.runs(1)
        if step is not None and (last := store.last_attempt(step)):
            found = store.find_run(last[0])
    else:
        found = store.find_run(prefix)
    if not found:
        raise UsageError(
            f"there is no run {prefix}" if prefix else "there is no run yet", hint="dagx runs lists them"
        )
    if len(found) > 1:
        raise UsageError(f"several runs begin with {prefix}: {', '.join(row.id for row in found)}")
    return found[0]


def _read_log(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""


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
