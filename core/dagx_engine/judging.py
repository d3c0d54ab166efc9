"""Looks at one step as things are at this moment: the verdict on it, and results that are put back.

Knows the workspace; of the run that asks no more than what is wanted of the step.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dagx_engine.pure.definitions import CheckKey, Product, StepName
from dagx_engine.pure.demand import restorable
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.staleness import Record, Verdict, verdict
from dagx_engine.workspace import Workspace

__all__ = ["judge", "put_back"]

_PATIENCE_SECONDS = 5.0
"""How long a step waits for files that somebody is writing, before it begins all the same."""


def judge(
    space: Workspace,
    generation: Generation,
    step: StepName,
    wanted: Collection[Product] | None,
    *,
    may_restore: bool,
) -> Verdict:
    """The verdict on what is wanted of the step. What it would put back has the bytes that it was stored with."""
    while True:
        definition = generation.steps[step]
        stored = space.ledger.records(definition.products)
        versions = space.ledger.versions([*generation.inputs(step), *definition.assets])
        observed = space.now.observe(stored, generation, [step], patience=_PATIENCE_SECONDS)
        absent = space.ledger.absent(generation)
        found = verdict(generation, step, versions, stored, observed, wanted=wanted, absent=absent)
        if not may_restore or not _set_aside_damaged(space, generation, step, restorable(found, wanted)):
            return found


def _set_aside_damaged(
    space: Workspace, generation: Generation, step: StepName, records: Sequence[Record]
) -> bool:
    """Look at the bytes of what would be put back; whether some were not what they should be."""
    numbers = {record.id for record in records}
    if not numbers:
        return False
    items = [
        item
        for product in generation.steps[step].assets
        for item in space.ledger.history().get(product, ())
        if item.id in numbers and item.object_digest is not None
    ]
    bad = [item for item in items if not space.objects.check(item.object_digest or "")]
    if bad:
        space.ledger.forget()
    return bool(bad)


def put_back(space: Workspace, run: str, step: StepName, records: Sequence[Record], *, whole: bool) -> None:
    """Make these earlier results the current ones; `whole`: that is all that the run does of the step."""
    made = [record.id for record in records if not isinstance(record.product, CheckKey)]
    checks = [record.id for record in records if isinstance(record.product, CheckKey)]
    space.writable().restore(run, step, space.clock.now(), made, checks, whole=whole)
    space.ledger.restore(records)
