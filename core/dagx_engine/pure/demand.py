"""What an attempt of a step is asked for, by its verdict: products, for some partitions; and what is put back."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dagx_engine.pure.definitions import Product, StepName
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.staleness import Fresh, InParts, Record, Restorable, Verdict

__all__ = ["asked_of", "extent_of", "is_reusable", "restorable"]


def asked_of(
    generation: Generation,
    step: StepName,
    found: Verdict,
    wanted: Collection[Product] | None,
    *,
    force: bool,
) -> tuple[Product, ...]:
    """What an attempt is asked for. Of several partitions, all from the first to the last that is to be made."""
    definition = generation.steps[step]
    if len(definition.partitions) > 1:
        todo = found.todo if isinstance(found, InParts) and not force else definition.products
        partitions = {generation.part(product)[1] for product in todo}
        places = [place for place, key in enumerate(definition.partitions) if key in partitions]
        chosen = set(definition.partitions[places[0] : places[-1] + 1])
        return tuple(p for p in definition.products if generation.part(p)[1] in chosen)
    if isinstance(found, InParts) and not force:
        return found.todo
    return tuple(p for p in definition.products if wanted is None or p in wanted)


def extent_of(
    generation: Generation, step: StepName, products: Sequence[Product]
) -> tuple[tuple[str, ...], bool]:
    """The partitions that an attempt is for, and whether it is to make less than its function can for them."""
    definition = generation.steps[step]
    if len(definition.partitions) > 1:
        made = {generation.part(product)[1] for product in products}
        return tuple(key for key in definition.partitions if key in made), False
    return definition.partitions, set(products) != set(definition.products)


def is_reusable(found: Verdict) -> bool:
    """Whether nothing has to be made: all is fresh, or can be put back."""
    return not found.todo if isinstance(found, InParts) else isinstance(found, Fresh | Restorable)


def restorable(found: Verdict, wanted: Collection[Product] | None) -> tuple[Record, ...]:
    """The earlier results that fit, of what is wanted."""
    if isinstance(found, Restorable):
        return found.records
    if not isinstance(found, InParts):
        return ()
    return tuple(
        record
        for each in found.verdicts.values()
        if isinstance(each, Restorable)
        for record in each.records
        if wanted is None or record.product in wanted
    )
