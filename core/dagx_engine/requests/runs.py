"""`dagx runs` and `dagx logs`: what was written down of runs. Starts no user code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dagx_engine.io.log_names import log_path, logs_of
from dagx_engine.io.rows import RunRow
from dagx_engine.io.store import Store
from dagx_engine.opening import Project, opened
from dagx_engine.pure.errors import UsageError
from dagx_engine.stored_views import run_view
from dagx_engine.views import LogsView, RunView
from dagx_engine.workspace import Workspace

__all__ = ["logs", "run_named", "runs"]


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
    return run_view(row, steps, results, logs_of(space.files.state, row.id), ops=ops)


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
            texts = [
                _read_log(Path(log_path(space.files.state, row.id, item.step, n)))
                for n in range(1, item.attempt + 1)
            ]
            names = item.assets or item.checks
            found.append((names[0] if len(names) == 1 else item.step, "".join(texts)))
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
