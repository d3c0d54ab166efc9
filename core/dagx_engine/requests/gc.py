"""`dagx gc`: what nothing needs any more goes, and what went is told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from dagx_engine.collecting import Garbage, drop_garbage, find_garbage, verify_objects
from dagx_engine.io.objects import Removed, size_of
from dagx_engine.opening import Project, opened
from dagx_engine.pure.retention import Retention
from dagx_engine.pure.wishes import GcWish
from dagx_engine.requests.wherever import wherever
from dagx_engine.views import Event
from dagx_engine.views.upkeep import CollectedLine, CollectedView
from dagx_engine.workspace import Workspace

__all__ = ["collect", "gc"]


def gc(
    project: Project,
    *,
    dry_run: bool = False,
    undefined: bool = False,
    verify: bool = False,
    on_event: Callable[[Event], None] = lambda event: None,
) -> CollectedView:
    """Take away what nothing needs any more; with `dry_run` only say what that is.

    `undefined`: also the results of assets that the project does not define any more, which is loaded for that.
    `verify`: before, hold all stored bytes against their names. Raises BusyError, unless nothing is to change;
    ProjectError when the project does not load and has to.
    """

    def here(space: Workspace) -> CollectedView:
        known = space.load().assets.keys() if undefined and space.store is not None else None
        return collect(space, dry_run=dry_run, known=known, verify=verify)

    if not dry_run:
        return wherever(project, GcWish(undefined, verify), CollectedView, here, on_event)
    with opened(project, write=verify) as space:
        return here(space)


def collect(space: Workspace, *, dry_run: bool, known: Collection[str] | None, verify: bool) -> CollectedView:
    """The same in an opened project; `known` are its assets when results of others are to go."""
    store = space.store
    if store is None:
        return CollectedView(dry_run, (), 0, 0, space.files.cache_size)
    damaged = verify_objects(space, store) if verify else ()
    alone = not dry_run or verify or not space.is_alive
    garbage = find_garbage(space, store, known=known, alone=alone)
    lines = list(_lines(space, garbage))
    weights = store.retiring.weights()
    gone = {*garbage.freed, *garbage.freed_over, *garbage.freed_foreign}
    kept = [weight for weight in weights if weight.digest not in gone]
    if not dry_run:
        drop_garbage(space, store, garbage)
        space.left_half_made = Removed(0, 0)
        if packed := store.pack():
            lines.append(CollectedLine("state.db", 1, packed, "packed"))
    return CollectedView(
        dry_run,
        tuple(line for line in lines if line.count),
        len(kept),
        sum(weight.size for weight in kept),
        space.files.cache_size,
        damaged,
        tuple(_notes(space, alone, sum(weight.size for weight in kept))),
    )


def _lines(space: Workspace, garbage: Garbage) -> Iterable[CollectedLine]:
    expired, over, foreign = garbage.expired, garbage.over, garbage.foreign
    keeps = f"retention keeps {_words(space.files.retention)}"
    yield _line("results", len(expired.materializations), sum(garbage.freed.values()), keeps)
    yield _line("results of checks", len(expired.evaluations), 0, keeps)
    yield _line("observations", len(expired.observations), 0, keeps)
    size = sum(garbage.freed_over.values())
    yield _line("results", len(over.materializations), size, "cache_size is full; the oldest went first")
    size = sum(garbage.freed_foreign.values())
    yield _line("results", len(foreign.materializations), size, "of assets that the project has no longer")
    count = len(foreign.evaluations) + len(foreign.observations)
    yield _line("results of checks", count, 0, "of assets that the project has no longer")
    runs = [space.files.state / "logs" / run for run in garbage.runs]
    logs = [path for path in garbage.logs if path not in runs]
    yield _line("runs", len(runs), sum(map(size_of, runs)), "old, and made nothing that is kept")
    yield _line("logs", len(logs), sum(map(size_of, logs)), "of runs that are not kept")
    strays = garbage.strays
    yield _line("objects", len(strays), sum(strays.values()), "no result names them: dagx was killed")
    left = space.left_half_made if space.store is not None else Removed(0, 0)
    yield _line("unfinished files", left.files, left.size, "left by a step that did not end")
    files = garbage.files
    yield _line("damaged objects", len(files), sum(map(size_of, files)), "set aside earlier")


def _line(what: str, count: int, size: int, why: str) -> CollectedLine:
    return CollectedLine(what, count, size, why)


def _words(keep: Retention) -> str:
    days = f"{keep.seconds / 86400:g} days" if keep.seconds is not None else ""
    newest = f"the newest {keep.newest} of each asset" if keep.newest is not None else ""
    return " and ".join(filter(None, (newest, days)))


def _notes(space: Workspace, alone: bool, size: int) -> Iterable[str]:
    if not alone:
        yield "another dagx is at work: what it has not finished is not counted"
    if size > space.files.cache_size:
        yield "what is current does not fit into cache_size, and stays"
