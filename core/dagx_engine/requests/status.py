"""`dagx status` and `dagx ls` of a whole project: found out, or as it was told last while nothing has changed.

What a front end makes of the answer is kept beside all that the answer rests on: the definitions and what they were
made from, the rows of the store, files and whatever else was looked at, the stored values. That is looked at each
time, which is a small part of judging everything anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dagx.version import __version__
from dagx_engine.io.kept_answers import Rests, read_answer, write_answer
from dagx_engine.late import late
from dagx_engine.opening import Project, loaded, opened, status_of
from dagx_engine.pure.staleness import Fresh
from dagx_engine.workspace import Workspace

if TYPE_CHECKING:
    from dagx_engine.pure.generation import Generation
    from dagx_engine.views import StatusView

__all__ = ["rests_of", "status", "status_as", "still_holds"]


def status(project: Project, selection: str | None = None) -> StatusView:
    """How the selected assets are now; without a selection, with the jobs. Raises ProjectError, UsageError."""
    with loaded(project) as (space, generation):
        found = status_of(space, generation)
        if selection is None:
            return found
        looking: Any = late("dagx_engine.present")
        choosing: Any = late("dagx_engine.pure.selecting")
        wanted = set(
            choosing.select_keys(
                generation, selection, lambda: looking.looks(found.assets, space.clock.now())
            )
        )
        return replace(found, assets=tuple(view for view in found.assets if view.key in wanted), jobs=())


def status_as(project: Project, form: str, make: Callable[[StatusView], str]) -> str:
    """What `make` makes of the status of everything, and of nothing else; `form` is its name.

    Raises ProjectError.
    """
    with opened(project) as space:
        known = read_answer(project.files.state, form)
        if known is not None and still_holds(space, known[0]):
            return known[1]
        generation, began = space.load(), space.store.commits_of_others() if space.store is not None else 0
        at_work = space.at_work()
        text = make(status_of(space, generation))
        rests = None if at_work else rests_of(space, generation)
        if rests is not None and space.store is not None and space.store.commits_of_others() == began:
            write_answer(project.files.state, form, rests, text)
        return text


def _asked(space: Workspace) -> list[object]:
    files = space.files
    return [__version__, files.name, str(files.root), sorted(files.pools.items())]


def still_holds(space: Workspace, rests: Rests) -> bool:
    """Whether all that an answer rests on is as it was. Starts nothing."""
    return (
        space.store is not None
        and [*rests.asked] == _plain(_asked(space))
        and not space.at_work()
        and space.store.standing() == rests.stored
        and space.kept_definitions() == rests.definitions
        and space.now.look(rests.observed) == rests.observed
        and all(
            space.objects.is_whole(name, size) == bool(was) for name, (size, was) in rests.objects.items()
        )
    )


def _plain(value: object) -> object:
    """As it comes back from JSON."""
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def rests_of(space: Workspace, generation: Generation) -> Rests | None:
    """What the status that was found just now rests on; None when that is not known to the last.

    What the verdicts were given on counts, not how it is by now.
    """
    found = space.now.judged
    if space.store is None or not space.definitions or found is None or generation.is_partitioned:
        return None
    observed = dict(space.now.observed)
    if (
        all(isinstance(verdict, Fresh) for verdict in found.verdicts.values())
        and not space.now.observed_of_failures
    ):
        currents = list(space.ledger.currents())  # what was made earlier makes no difference
        files = [pair for item in currents for pair in item.written]
        objects = {item.object_digest: (item.size, 1) for item in currents if item.object_digest is not None}
    else:
        files = [*space.now.observed_of_failures.items(), *space.ledger.seen_files.items()]
        objects = {name: (size, int(whole)) for name, (size, whole) in space.ledger.seen_objects.items()}
    for name, digest in files:
        if observed.setdefault(name, digest) != digest:
            return None  # it changed meanwhile, or is of several that write it
    return Rests(_asked(space), space.definitions, space.store.standing(), observed, objects)
