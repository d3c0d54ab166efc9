"""The one door for front ends: open a project, ask it, run it, watch it.

Every function returns a view; every refusal is a `DagxError` with a message, a hint and, where the command line tells
them apart, an exit code.
"""

from __future__ import annotations

import importlib
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from dagx.errors import DagxError
from dagx_engine import present
from dagx_engine.choosing import asked_job, choose_run, stale_partitions
from dagx_engine.io.rows import RunRow
from dagx_engine.io.store import Store
from dagx_engine.opening import Project, loaded, looker, open_project, opened, views_of
from dagx_engine.pure.asked import WHICH, Asked, asked_range
from dagx_engine.pure.errors import BusyError, ProjectError, UsageError
from dagx_engine.pure.generation import Generation, Key, StepName
from dagx_engine.pure.plan import Planned, runnable, unready
from dagx_engine.pure.selecting import Choice, key_named, select_keys
from dagx_engine.views import (
    DoctorView,
    Event,
    LineageView,
    Loaded,
    LogsView,
    Notice,
    PlanView,
    RunEnded,
    RunView,
    ShowView,
    StatusView,
)
from dagx_engine.workspace import Workspace

if TYPE_CHECKING:
    from dagx_engine.collecting import Collector
    from dagx_engine.dev import Dev
    from dagx_engine.executor import Executor
    from dagx_engine.requests.accept import accept
    from dagx_engine.requests.audit import audit
    from dagx_engine.requests.diff import diff
    from dagx_engine.requests.gc import gc
    from dagx_engine.requests.spin import spin
    from dagx_engine.requests.stats import stats
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
    "why",
]


_LATE = {
    "Dev": "dagx_engine.dev",
    "accept": "dagx_engine.requests.accept",
    "audit": "dagx_engine.requests.audit",
    "diff": "dagx_engine.requests.diff",
    "gc": "dagx_engine.requests.gc",
    "spin": "dagx_engine.requests.spin",
    "stats": "dagx_engine.requests.stats",
    "why": "dagx_engine.requests.why",
}
"""What few commands ask for, with the module of each: the others start without."""


def __getattr__(name: str) -> object:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(importlib.import_module(_LATE[name]), name)
    return found


def status(project: Project, selection: str | None = None) -> StatusView:
    """How the selected assets are now; without a selection, with the jobs. Raises ProjectError, UsageError."""
    with loaded(project) as (space, generation):
        found = views_of(space, generation)
        wanted = set(select_keys(generation, selection, lambda: present.looks(found, space.clock.now())))
        views = tuple(view for view in found if view.key in wanted)
        view = present.status_view(project.name, project.root, views, generation)
        return view if selection is None else replace(view, jobs=())


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


class _Interrupt:
    """Put into the inbox by Ctrl-C."""


def run(
    project: Project,
    selection: str | None = None,
    *,
    job: str | None = None,
    force: bool = False,
    fail_fast: bool = False,
    asked: Asked | None = None,
    on_event: Callable[[Event], None] = lambda event: None,
) -> RunView:
    """Run what is stale among the selected steps and wait for it; or a job, by its name: of assets in the same way, of
    ops always. A selection that is one name and no asset's may be that of a job, too.

    `force` runs them all; `fail_fast` stops at the first failure; `asked` are the partitions of those that have some,
    which do not run without. Ctrl-C cancels the run and waits for its steps to
    end; a second one does not wait. Raises ProjectError, UsageError, BusyError.
    """
    wanted = asked_job(selection, job, asked, has_config=project.asked_config is not None)
    with opened(project, write=True) as space:
        began = time.monotonic()
        generation = space.load(wanted)
        on_event(Loaded(generation.number, len(generation.assets), time.monotonic() - began, first=True))
        if job is None and generation.job is not None:
            name = generation.job.name
            on_event(Notice(f"{name} is a job, and no asset: this is dagx run --job {name}"))
        choice, left = choose_run(space, selection, job, asked, looker(space, generation))
        generation = space.in_force()
        steps, refused = runnable(generation, choice.steps)
        if (refused or left) and not steps:
            others = any(step.refusal for step in generation.steps.values())
            raise UsageError(
                "\n".join([*left, *refused]), hint="other assets run: dagx run" if others else None
            )
        found = space.outlook(steps, force=force, wanted=choice.parts)
        damaged = space.set_aside_damaged(found)
        if damaged:
            found = space.outlook(steps, force=force, wanted=choice.parts)
        _check_ready(space, generation, found.planned)
        notices = [
            *damaged,
            *left,
            *refused,
            *_along(generation, choice, found.planned),
            *_shaky_ground(space, generation, steps),
        ]
        for words in notices:
            on_event(Notice(words, "warning"))
        ended: list[RunView] = []

        def see(event: Event) -> None:
            if isinstance(event, RunEnded):
                ended.append(event.run)
            on_event(event)

        executing: Any = importlib.import_module("dagx_engine.executor")
        collecting: Any = importlib.import_module("dagx_engine.collecting")
        executor, collector = executing.Executor(space, see), collecting.Collector(space)
        expected = space.writable().expected_seconds()
        shown = present.plan_view(
            generation, found, expected, force=force, refused=refused, slots=space.slots
        )
        try:
            with _interrupts(space):
                of = selection if generation.job is None else f"--job {generation.job.name}"
                shown_as = " ".join(filter(None, (of, str(asked) if asked is not None else "")))
                request = executing.Request(steps, shown_as, "you", force, fail_fast, choice.parts)
                executor.begin(request, shown)
                _drive(space, executor)
                _tidy(collector, on_event)
        finally:
            executor.close()
        return ended[-1]


def _tidy(collector: Collector, on_event: Callable[[Event], None]) -> None:
    """The run is over whatever becomes of this."""
    try:
        words = collector.tidy()
    except DagxError as error:
        on_event(Notice(f"what is not needed any more could not be taken away: {error}", "warning"))
    else:
        if words:
            on_event(Notice(words))


def _check_ready(space: Workspace, generation: Generation, planned: Sequence[Planned]) -> None:
    """Raise UsageError when a step would begin without what it needs: a value, or its config."""
    for item in planned:
        if problem := generation.steps[item.step].config_problem:
            raise UsageError(
                f'the config of "{generation.steps[item.step].title}" does not fit\n{problem}',
                hint="give it in a file: dagx run --config FILE",
            )
    absent = unready(generation, planned, space.ledger.records())
    if absent:
        step, keys = next(iter(absent.items()))
        wanted = generation.steps[step].title
        raise UsageError(
            f'"{wanted}" needs "{keys[0]}", which was never made and is not selected',
            hint=f"run it with what it needs: dagx run '+key:\"{_asset_of(generation, step, keys[0])}\"'",
        )


def _asset_of(generation: Generation, step: StepName, otherwise: Key) -> str:
    """The first asset that a step makes, whatever partitions of it."""
    return str(generation.part(next(iter(generation.steps[step].assets), otherwise))[0])


def _along(generation: Generation, choice: Choice, planned: Sequence[Planned]) -> Iterator[str]:
    """A word for each step that makes more than was selected, because it makes all or nothing."""
    told: set[StepName] = set()
    for item in planned:
        name = generation.steps[item.step].of or item.step
        rest = choice.beside.get(name)
        if rest and name not in told:
            told.add(name)
            yield f"{name} makes {', '.join(map(str, rest))} along: it cannot make a part of what it makes"


def _shaky_ground(space: Workspace, generation: Generation, steps: Sequence[StepName]) -> Iterator[str]:
    """A word for each selected step that rests on something stale that is not selected: it runs all the same."""
    chosen = set(steps)
    if chosen.issuperset(generation.routine):
        return
    found = space.outlook(generation.routine)
    planned = {item.step for item in found.planned}
    told: set[StepName] = set()
    for step in steps:
        of = generation.steps[step].of
        if of in told:
            continue  # of many partitions, the first that does speaks for all
        partitions = stale_partitions(generation, step, found)
        if partitions:
            told |= {of} if of is not None else set()
            more = f" and {len(partitions) - 1:,} more partitions" if len(partitions) > 1 else ""
            yield (
                f"{generation.steps[step].title} rests on {partitions[0]}{more}, stale and not selected; those are "
                f"made by: dagx run {generation.part(partitions[0])[0]} --partitions stale"
            )
        stale = sorted(set(generation.whole(generation.upstream(step) & planned)) - chosen)
        if stale:
            told |= {of} if of is not None else set()
            asset, names = generation.steps[step].title, [generation.steps[up].title for up in stale]
            whole = _asset_of(generation, step, Key(names[0] if generation.steps[step].job else asset))
            yield (
                f"{asset} rests on {', '.join(names)}, which is not fresh and is not selected; "
                f"with what it needs: dagx run '+key:\"{whole}\"'"
            )


def _drive(space: Workspace, executor: Executor) -> None:
    asked = False
    while executor.active:
        said = space.inbox.get()
        if isinstance(said, _Interrupt):
            if asked:
                raise KeyboardInterrupt
            asked = True
            executor.cancel()
        else:
            executor.take(said)


@contextmanager
def _interrupts(space: Workspace) -> Iterator[None]:
    """Turn Ctrl-C, TERM and a closed terminal into messages, so that nothing is torn in the middle of a transaction.

    Handlers that the front end installed are called first, so it knows which signal it was; that they raise
    KeyboardInterrupt means nothing here.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [
        n for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if signal.getsignal(n) != signal.SIG_IGN
    ]
    before = {number: signal.getsignal(number) for number in numbers}

    def heard(number: int, frame: FrameType | None) -> None:
        handler = before[signal.Signals(number)]
        with suppress(KeyboardInterrupt):
            if callable(handler):
                handler(number, frame)
        space.inbox.put(_Interrupt())

    for number in numbers:
        signal.signal(number, heard)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def show(project: Project, asset: str) -> ShowView:
    """What is stored of an asset. Raises ProjectError, UsageError."""
    with loaded(project) as (space, generation):
        key = key_named(generation, asset)
        view = next(view for view in views_of(space, generation) if view.key == key)
        recorded = space.recorded(key, view.step)
        error = space.last_error(view.step)
        remarking: Any = importlib.import_module("dagx_engine.remarks")
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
    checkup: Any = importlib.import_module("dagx_engine.checkup")
    found: DoctorView = checkup.examine_machine(start or Path.cwd(), python)
    return found


def init(folder: Path) -> tuple[Path, ...]:
    """Write a small working project; nothing that is there is overwritten (UsageError). Returns the files."""
    template: Any = importlib.import_module("dagx_engine.io.template")
    written: tuple[Path, ...] = template.write_template(folder)
    return written
