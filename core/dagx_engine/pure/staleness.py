"""Fresh, restorable, stale or missing: one rule for the plan, the run and `why`.

Knows nothing of scheduling: it is given what is stored and what is so now, and answers with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dagx_engine.pure.generation import Generation, Key, StepName
from dagx_engine.pure.manifest import Change, Manifest, difference

__all__ = [
    "Fresh",
    "Missing",
    "Observed",
    "Record",
    "Restorable",
    "Stale",
    "Verdict",
    "current_of",
    "manifest_of",
    "traced_names",
    "verdict",
]

Observed = Mapping[str, str]
"""What is so now of the world outside: `file:<path>`, `dir:<path>` to a digest."""

_TRACED = ("file:", "dir:", "env:")


@dataclass(frozen=True)
class Record:
    """What is stored of one materialization, as far as a decision needs it."""

    id: int
    asset: Key
    manifest: Manifest
    data_version: str
    whole: bool = True
    """False: something of it is gone or was overwritten, so it cannot be used."""
    lost: str = ""
    """What is gone, in words."""


@dataclass(frozen=True)
class Fresh:
    manifest: Manifest


@dataclass(frozen=True)
class Restorable:
    """An earlier result was made from exactly what is there now."""

    manifest: Manifest
    records: tuple[Record, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Stale:
    manifest: Manifest
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Missing:
    manifest: Manifest
    lost: str = ""
    """It was made from exactly this, and something of it is gone since: what, in words."""


Verdict = Fresh | Restorable | Stale | Missing


def traced_names(records: Iterable[Record]) -> frozenset[str]:
    """The outside things that these materializations were seen to depend on: what must be looked at now."""
    return frozenset(n for record in records for n, _ in record.manifest.parts if n.startswith(_TRACED))


def manifest_of(
    generation: Generation,
    step: StepName,
    versions: Mapping[Key, str],
    traced: Iterable[str],
    observed: Observed,
) -> Manifest:
    """Everything that the step's result depends on, as it is now.

    `versions` has the data version of each upstream asset that has one; `traced` names what an earlier run was seen
    to read, `observed` what those things are now.
    """
    parts = list(generation.steps[step].parts)
    for key in generation.inputs(step):
        external = generation.assets[key].step is None
        parts.append((f"input:{key}", versions.get(key, "external" if external else "missing")))
    parts += [(name, observed[name]) for name in traced]
    return Manifest.of(parts)


def _now(
    generation: Generation,
    step: StepName,
    versions: Mapping[Key, str],
    record: Record | None,
    observed: Observed,
) -> Manifest:
    traced = traced_names([record]) if record else ()
    return manifest_of(generation, step, versions, traced, observed)


def verdict(
    generation: Generation,
    step: StepName,
    versions: Mapping[Key, str],
    stored: Mapping[Key, Sequence[Record]],
    observed: Observed,
) -> Verdict:
    """Whether the step must run, and why.

    `stored` has, for each asset of the step, its materializations, the current one first. A result may be used again
    when every asset of the step has one whose manifest equals what the manifest is now, its own traced reads included.
    """
    assets = generation.steps[step].assets
    currents = [stored[key][0] for key in assets if stored.get(key)]
    first = currents[0] if currents else None
    now = _now(generation, step, versions, first, observed)
    if first is None or len(currents) < len(assets):
        found = _earlier(generation, step, versions, stored, observed)
        return Restorable(now, found, ()) if found else Missing(now)
    behind = next((record for record in currents if record.manifest != now), first)
    changes = difference(now, behind.manifest)
    if not changes and all(record.whole for record in currents):
        return Fresh(now)
    found = _earlier(generation, step, versions, stored, observed)
    if found:
        return Restorable(found[0].manifest, found, changes)
    return Stale(now, changes) if changes else Missing(now, lost=_lost(currents))


def _lost(currents: Sequence[Record]) -> str:
    said = [record.lost for record in currents if not record.whole and record.lost]
    return said[0] if said else "its stored bytes are gone"


def _earlier(
    generation: Generation,
    step: StepName,
    versions: Mapping[Key, str],
    stored: Mapping[Key, Sequence[Record]],
    observed: Observed,
) -> tuple[Record, ...]:
    """For each asset of the step a whole record, all of one manifest that fits what is so now; empty if none is."""
    first, *others = generation.steps[step].assets
    for record in stored.get(first, ()):
        if record.whole and record.manifest == _now(generation, step, versions, record, observed):
            twins = [_equal(record, stored.get(key, ())) for key in others]
            found = [record, *(twin for twin in twins if twin is not None)]
            if len(found) == 1 + len(others):
                return tuple(found)
    return ()


def _equal(record: Record, among: Sequence[Record]) -> Record | None:
    """The newest whole record that was made from the same."""
    return next((other for other in among if other.whole and other.manifest == record.manifest), None)


def current_of(stored: Mapping[Key, Sequence[Record]]) -> dict[Key, str]:
    """The data version of each asset's current materialization."""
    return {key: records[0].data_version for key, records in stored.items() if records}
