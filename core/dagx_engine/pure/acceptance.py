"""What a person may accept of stale results: which differences, of which results, or why none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from dagx_engine.pure.definitions import Key, Product, StepName
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.manifest import UNSEEN, Change
from dagx_engine.pure.staleness import (
    Fresh,
    Held,
    Missing,
    Observed,
    One,
    Record,
    Restorable,
    Stale,
    Stored,
    Unkept,
    manifest_of,
    traced_names,
)
from dagx_engine.pure.value import dataclass

__all__ = ["Acceptable", "Refused", "acceptable", "is_of_code"]

_OF_CODE = ("code", "code_version", "module", "value", "package", "python", "learned", "unpickled")


@dataclass(frozen=True)
class Acceptable:
    """The results of a step that are stale, each with what of it differs from what is so now."""

    results: tuple[tuple[Record, tuple[Change, ...]], ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """All of them, each once."""
        return tuple(dict.fromkeys(change for _, changes in self.results for change in changes))


@dataclass(frozen=True)
class Refused:
    """Nothing of it can be accepted: why, in words, or which differences are of data. Neither: it is fresh."""

    why: str = ""
    data: tuple[Change, ...] = ()


def is_of_code(change: Change) -> bool:
    """Whether this is a difference of what makes the data, as an edit that changes nothing is, not of the data."""
    return change.part.partition(":")[0] in _OF_CODE


def acceptable(
    generation: Generation,
    step: StepName,
    products: tuple[Product, ...],
    found: One,
    versions: Mapping[Key, str],
    stored: Stored,
    observed: Observed,
    *,
    data: bool = False,
) -> Acceptable | Refused:
    """What can be accepted of these products of a step, which are judged together; `found` is the verdict on them.

    `data`: also differences of files, inputs, config and the like.
    """
    match found:
        case Fresh():
            return Refused()
        case Missing(_, lost):
            return Refused(lost or "it was never made")
        case Restorable():
            return Refused("an earlier result fits as it is: a run puts it back, and executes nothing")
        case Held():
            return Refused("what it needs is not there")
        case Unkept():
            return Refused("it keeps no result")
        case Stale():
            pass
        case _:
            assert_never(found)
    results: list[tuple[Record, tuple[Change, ...]]] = []
    for product in products:
        record = stored[product][0]
        if not record.whole:
            return Refused(record.lost or "its stored bytes are gone")
        traced = traced_names([record])
        part = product if generation.steps[step].in_parts else None
        changes = record.behind(manifest_of(generation, step, versions, traced, observed, part))
        if changes:
            results.append((record, changes))
    done = Acceptable(tuple(results))
    if any(change.after == UNSEEN for change in done.changes):
        return Refused("not all that it reads was seen, so nobody can tell what differs")
    of_data = tuple(change for change in done.changes if not is_of_code(change))
    return Refused(data=of_data) if of_data and not data else done
