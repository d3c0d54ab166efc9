"""What there is to say of steps beside how they stand: read from what is stored, each time anew."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from dagx_engine.io.rows import Evaluation, Materialization, PartitionRow
from dagx_engine.pure.definitions import Key, StepName
from dagx_engine.pure.generation import Generation
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
        if item.written and item.asset in generation.assets:
            for name, _ in item.written:
                writers.setdefault(name, set()).add(Key(item.asset))
    # Who else reads what these write is asked only where they write something: that is a look at all there is.
    makers = {generation.assets[key].step for keys in writers.values() for key in keys}
    concerned = steps if steps is None or makers.isdisjoint(steps) else None
    read = _parts(space, generation, concerned, _TOLD)
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
    for step, item in _currents(space, generation, steps):
        found.setdefault(step, set()).update(name for name, _ in item.parts if name.startswith(kinds))
    return found


def _currents(
    space: Workspace, generation: Generation, steps: Collection[StepName] | None
) -> Iterator[tuple[StepName, Materialization | PartitionRow | Evaluation]]:
    """What is current of what these steps make, each with its step."""
    ledger = space.ledger
    evaluations = ledger.evaluations()
    if steps is None or ledger.partitions():
        for item in ledger.currents():
            asset = generation.assets.get(Key(item.asset))
            if asset is not None and asset.step is not None and (steps is None or asset.step in steps):
                yield asset.step, item
        checks = [key for key in generation.checks if steps is None or generation.checks[key].step in steps]
        yield from (
            (generation.checks[key].step, found[0]) for key in checks if (found := evaluations.get(key))
        )
        return
    history = ledger.history()
    for step in generation.in_order(steps):  # few: no more than theirs is looked at
        of = generation.steps[step]
        yield from ((step, made[0]) for key in of.assets if (made := history.get(key)))
        yield from ((step, found[0]) for key in of.checks if (found := evaluations.get(key)))
