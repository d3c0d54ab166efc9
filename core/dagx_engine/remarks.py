"""What there is to say of steps beside how they stand: read from what is stored, each time anew."""

from __future__ import annotations

from collections.abc import Collection

from dagx_engine.pure.generation import Generation, Key, StepName
from dagx_engine.pure.learning import learned_edges
from dagx_engine.pure.missing_edges import missing_edges
from dagx_engine.pure.networking import NETWORK, network_remarks
from dagx_engine.pure.staleness import LEARNED
from dagx_engine.views import RemarkView
from dagx_engine.workspace import Workspace

__all__ = ["remarks_of"]

_TOLD = ("file:", "dir:", "exists:", NETWORK)


def remarks_of(
    space: Workspace, generation: Generation, steps: Collection[StepName] | None = None
) -> tuple[RemarkView, ...]:
    """The remarks on these steps, on all without a list; of files that one writes, those on who reads them too."""
    if steps is not None and not steps:
        return ()
    writers: dict[str, set[Key]] = {}
    for item in space.ledger.currents():
        if item.asset in generation.assets:
            for name, _ in item.written:
                writers.setdefault(name, set()).add(Key(item.asset))
    read = _parts(space, generation, None if writers else steps, _TOLD)
    told = {step: names for step, names in read.items() if steps is None or step in steps}
    found = [*missing_edges(generation, read, writers, steps), *network_remarks(generation, told)]
    rows = space.learned()
    if rows:
        rests = _parts(space, generation, steps, (LEARNED,))
        found += learned_edges(generation, [(row.step, row.part, row.run) for row in rows], rests)
    return tuple(RemarkView(*each) for each in found)


def _parts(
    space: Workspace, generation: Generation, steps: Collection[StepName] | None, kinds: tuple[str, ...]
) -> dict[StepName, set[str]]:
    """The parts of these kinds that what is current of each of these steps was made of."""
    found: dict[StepName, set[str]] = {}
    made = (
        (generation.assets[Key(item.asset)].step, item)
        for item in space.ledger.currents()
        if item.asset in generation.assets
    )
    checked = (
        (generation.checks[key].step, items[0])
        for key, items in space.ledger.evaluations().items()
        if items and key in generation.checks
    )
    for step, item in (*made, *checked):
        if step is not None and (steps is None or step in steps):
            found.setdefault(step, set()).update(name for name, _ in item.parts if name.startswith(kinds))
    return found
