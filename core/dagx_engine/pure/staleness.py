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
    """False: its bytes are missing or damaged, so it cannot be used."""


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
    changes: tuple[Change, ...] = ()


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
    changes = difference(now, first.manifest)
    if not changes and all(r.whole and r.manifest == first.manifest for r in currents):
        return Fresh(now)
    found = _earlier(generation, step, versions, stored, observed)
    if found:
        return Restorable(found[0].manifest, found, changes)
    return Stale(now, changes) if changes else Missing(now)


def _earlier(
    generation: Generation,
    step: StepName,
    versions: Mapping[Key, str],
    stored: Mapping[Key, Sequence[Record]],
    observed: Observed,
) -> tuple[Record, ...]:
    """For each asset of the step the newest whole record that fits what is so now; empty unless all have one."""
    found = []
    for key in generation.steps[step].assets:
        for record in stored.get(key, ()):
            if record.whole and record.manifest == _now(generation, step, versions, record, observed):
                found.append(record)
                break
        else:
            return ()
    return tuple(found) if len({record.manifest.key for record in found}) == 1 else ()


def current_of(stored: Mapping[Key, Sequence[Record]]) -> dict[Key, str]:
    """The data version of each asset's current materialization."""
    return {key: records[0].data_version for key, records in stored.items() if records}
