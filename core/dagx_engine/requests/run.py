"""`dagx run`: what is not fresh is made, here or by the engine that holds the project."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dagx.errors import DagxError
from dagx_engine.choosing import asked_job
from dagx_engine.idle import idle_run, is_idle, settle, settled_run
from dagx_engine.late import late
from dagx_engine.opening import Project
from dagx_engine.pure.asked import Asked, RunWish
from dagx_engine.requests.interrupts import interrupts
from dagx_engine.requests.wherever import wherever
from dagx_engine.views import Event, Loaded, Notice, RunEnded, RunView
from dagx_engine.workspace import Workspace

if TYPE_CHECKING:
    from dagx_engine.collecting import Collector
    from dagx_engine.executor import Executor

__all__ = ["run"]


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
    config, has_config = project.files.config, project.asked_config is not None
    wish = RunWish(
        selection,
        job,
        force,
        fail_fast,
        asked,
        str(project.interpreter.path),
        str(config) if config is not None else None,
        has_config,
    )
    asked_job(selection, job, asked, has_config=has_config)  # what contradicts itself is refused first
    return wherever(project, wish, RunView, lambda space: _run_here(space, wish, on_event), on_event)


def _run_here(space: Workspace, wish: RunWish, on_event: Callable[[Event], None]) -> RunView:
    began = time.monotonic()
    is_whole = wish.selection is None and wish.job is None and wish.asked is None and not wish.has_config
    if is_whole and not wish.force and (done := settled_run(space, began, on_event)) is not None:
        _tidy(_collector(space), on_event)
        return done
    generation = space.load(asked_job(wish.selection, wish.job, wish.asked, has_config=wish.has_config))
    on_event(Loaded(generation.number, len(generation.assets), time.monotonic() - began, first=True))
    if wish.force:
        space.pool().expect(generation.number, len(generation.routine) if is_whole else 1)
    notices: list[Notice] = []

    def tell(notice: Notice) -> None:
        notices.append(notice)
        on_event(notice)

    preparing: Any = late("dagx_engine.preparing")  # what carries runs out is seldom needed
    request, plan = preparing.prepare(space, wish, tell)
    if not wish.force and is_idle(space, request.steps):
        done = idle_run(space, request.steps, request.selection, plan, on_event)
        if is_whole and not notices:
            settle(space, done)
        _tidy(_collector(space), on_event)
        return done
    collector = _collector(space)
    ended: list[RunView] = []

    def see(event: Event) -> None:
        if isinstance(event, RunEnded):
            ended.append(event.run)
        on_event(event)

    executing: Any = late("dagx_engine.executor")
    executor = executing.Executor(space, see)
    try:
        with interrupts(lambda: space.inbox.put(_Interrupt())):
            executor.begin(request, plan)
            _drive(space, executor)
            _tidy(collector, on_event)
    finally:
        executor.close()
    return ended[-1]


def _collector(space: Workspace) -> Collector:
    """It looks at what is new since it was made."""
    collecting: Any = late("dagx_engine.collecting")
    found: Collector = collecting.Collector(space)
    return found


def _tidy(collector: Collector, on_event: Callable[[Event], None]) -> None:
    """The run is over whatever becomes of this."""
    try:
        words = collector.tidy()
    except DagxError as error:
        on_event(Notice(f"what is not needed any more could not be taken away: {error}", "warning"))
    else:
        if words:
            on_event(Notice(words))


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
