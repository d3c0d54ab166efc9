"""Fresh, restorable, stale or missing: one rule for the plan, the run and `why`.

Knows nothing of scheduling: it is given what is stored and what is so now, and answers with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from dagx_engine.pure.declared import DECLARED, declared_parts
from dagx_engine.pure.definitions import CheckKey, Key, Product, StepName
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.manifest import EDGES, INCOMPLETE, LEARNED, Accepted, Change, Manifest, difference
from dagx_engine.pure.value import dataclass

if TYPE_CHECKING:
    from dagx.partitions.definition import PartitionsSubset

__all__ = [
    "AHEAD",
    "EDGES",
    "LEARNED",
    "LEFT_OUT",
    "NEVER",
    "PAST",
    "Fresh",
    "Held",
    "InPartitions",
    "InParts",
    "Missing",
    "Observed",
    "One",
    "Record",
    "Restorable",
    "Stale",
    "Standing",
    "Unkept",
    "Verdict",
    "absent_assets",
    "as_far_as_seen",
    "current_of",
    "left_out",
    "manifest_of",
    "needs_work",
    "traced_names",
    "traced_parts",
    "verdict",
]

Stored = Mapping[Product, Sequence["Record"]]
"""For each product what is stored of it, the current one first."""

LEFT_OUT = "left out"
"""The data version of an asset that its step did not make."""

Observed = Mapping[str, str]
"""What is so now of the world outside: `file:<path>`, `dir:<path>` to a digest; `made:<asset>`, `seen:<asset>` and
`checked:<asset>:<check>` to the number of what happened last; `until:<moment>` to whether that is AHEAD or PAST;
`declared:<pattern>` to the names of the files that match, each of which is there as `file:<path>`."""

NEVER = "never"
AHEAD = "ahead"
PAST = "past"


@dataclass(frozen=True)
class Record:
    """What is stored of one materialization, or of one result of a check, as far as a decision needs it."""

    id: int
    product: Product
    manifest: Manifest
    data_version: str
    whole: bool = True
    """False: something of it is gone or was overwritten, or it holds back what needs it: it cannot be used again."""
    lost: str = ""
    """What is gone, in words."""
    accepted: tuple[Accepted, ...] = ()
    """Differences that count as none for this result. They are no part of what it was made from."""

    def behind(self, now: Manifest) -> tuple[Change, ...]:
        """What of it differs from what is so now and was not accepted: empty when it may stand for it."""
        changes = difference(now, self.manifest)
        if not self.accepted:
            return changes
        accepted = {each.change for each in self.accepted}
        return tuple(change for change in changes if change not in accepted)

    def counts_on(self, now: Manifest) -> tuple[Accepted, ...]:
        """The accepted differences without which it would not stand for what is so now."""
        changes = set(difference(now, self.manifest))
        return tuple(each for each in self.accepted if each.change in changes)


@dataclass(frozen=True)
class Fresh:
    manifest: Manifest
    accepted: tuple[Accepted, ...] = ()
    """Differences without which it would be stale: somebody accepted them."""


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


@dataclass(frozen=True)
class Held:
    """It cannot be made: these assets, which it needs, are not there, because a step left them out."""

    manifest: Manifest
    absent: tuple[Key, ...]


@dataclass(frozen=True)
class Unkept:
    """It keeps nothing: it runs whenever it is asked for, and only then."""

    manifest: Manifest


One = Fresh | Restorable | Stale | Missing | Held | Unkept


@dataclass(frozen=True)
class InParts:
    """A step that can make its products one by one: how each stands, and which are to be made now."""

    manifest: Manifest
    verdicts: Mapping[Product, One]
    todo: tuple[Product, ...]


@dataclass(frozen=True)
class Standing:
    """How the partitions of one asset stand: those there are, those made, and of these the stale ones.

    `stale` has `changed`, those that would be made anew now, and those that may be because of something upstream.
    `changes` are the reasons of the first changed one, or `lost` is.
    """

    everything: PartitionsSubset
    made: PartitionsSubset
    stale: PartitionsSubset
    changed: PartitionsSubset
    changes: tuple[Change, ...] = ()
    lost: str = ""
    accepted: tuple[Accepted, ...] = ()
    """What was accepted of partitions that would be stale without."""


@dataclass(frozen=True)
class InPartitions:
    """A partitioned step as a whole: it runs only for the partitions that are asked for."""

    manifest: Manifest
    standings: Mapping[Key, Standing]


Verdict = One | InParts | InPartitions


def needs_work(found: Verdict) -> bool:
    """Whether something is to be made, or put back."""
    match found:
        case Fresh() | Held():
            return False
        case InParts(_, verdicts, todo):
            return bool(todo) or any(isinstance(each, Restorable) for each in verdicts.values())
        case InPartitions(_, standings):
            return any(standing.stale for standing in standings.values())
        case _:
            return True


def traced_names(records: Iterable[Record]) -> frozenset[str]:
    """The outside things that these materializations were seen to depend on: what must be looked at now."""
    return frozenset[str]().union(*(record.manifest.traced for record in records))


def as_far_as_seen(manifest: Manifest) -> tuple[Manifest, list[str]]:
    """A manifest without the doubt that something was not seen; and the outside things in it."""
    parts = tuple(part for part in manifest.parts if not part[0].startswith(INCOMPLETE))
    seen = Manifest(parts)
    return seen, sorted(seen.traced)


def manifest_of(
    generation: Generation,
    step: StepName,
    versions: Mapping[Key, str],
    traced: Iterable[str],
    observed: Observed,
    product: Product | None = None,
) -> Manifest:
    """Everything that the step's result depends on, as it is now; or that one `product` of it does.

    `versions` has the data version of each upstream asset that has one; `traced` names what an earlier run was seen
    to read, `observed` what those things are now.
    """
    parts = list(generation.steps[step].parts)
    for key in generation.inputs(step, product):
        version = versions.get(key)
        if version is None:
            version = "external" if generation.maker(key) is None else "missing"
        parts.append((f"input:{key}", version))
    partition = generation.part(product)[1] if product is not None else ""
    if partition:
        parts.append(("partition", partition))
    elif generation.steps[step].partitions:
        parts.append(("partition", generation.steps[step].span))
    parts += declared_parts(generation.steps[step], observed)
    parts += traced_parts(generation, traced, observed)
    return Manifest.of(parts)


def traced_parts(generation: Generation, traced: Iterable[str], observed: Observed) -> list[tuple[str, str]]:
    """What the traced things are now, and what can be reached from those that are code."""
    parts: list[tuple[str, str]] = []
    for name in traced:
        if name.startswith(EDGES):
            parts += generation.learned(name)
        elif not name.startswith(DECLARED):  # those of the step count, not those of a record
            parts.append((name, observed[name]))
    return parts


def left_out(stored: Stored) -> list[Key]:
    """The assets that their step ran and did not make."""
    return [
        key
        for key, records in stored.items()
        if not isinstance(key, CheckKey) and records and records[0].data_version == LEFT_OUT
    ]


def absent_assets(generation: Generation, left_out: Iterable[Key]) -> dict[Key, Key]:
    """The assets that are not there because a step left an asset out: each with that asset.

    That is the asset itself, and all that needs it, at any distance.
    """
    absent = {key: key for key in left_out if key in generation.assets or key in generation.parts}
    if not absent:
        return absent
    for name in generation.steps:
        for group in _groups(generation, name):
            roots = [absent[key] for key in _outside(generation, name, group) if key in absent]
            if roots:
                absent.update((key, roots[0]) for key in group if not isinstance(key, CheckKey))
    return absent


def _groups(generation: Generation, step: StepName) -> tuple[tuple[Product, ...], ...]:
    """The products of a step that are made together, and so judged together."""
    made = generation.steps[step]
    return tuple((product,) for product in made.products) if made.in_parts else (made.products,)


def _outside(generation: Generation, step: StepName, group: Sequence[Product]) -> Iterable[Key]:
    """What the products of a group need of other steps."""
    own = generation.steps[step].assets
    product = group[0] if generation.steps[step].in_parts else None
    return [key for key in generation.inputs(step, product) if key not in own]


def verdict(
    generation: Generation,
    step: StepName,
    versions: Mapping[Key, str],
    stored: Stored,
    observed: Observed,
    *,
    wanted: Collection[Product] | None = None,
    absent: Mapping[Key, Key] | None = None,
) -> Verdict:
    """Whether the step must run, and why.

    `stored` has, for each product of the step, its materializations, the current one first. A result may be used again
    when every product of the step has one whose manifest equals what the manifest is now, its own traced reads
    included. `wanted` are the products that are asked for, all by default; it counts for a step that works in parts.
    `absent` is what `absent_assets` answers.
    """
    judging = _Judging(generation, step, versions, stored, observed, absent or {})
    made = generation.steps[step]
    if made.observes or made.job:
        return Unkept(judging.now(None))
    if not made.in_parts:
        return judging.group(made.products)
    verdicts = {product: judging.group((product,)) for product in made.products}
    return InParts(
        judging.now(None), verdicts, _todo(generation, verdicts, made.products if wanted is None else wanted)
    )


def _todo(
    generation: Generation, verdicts: Mapping[Product, One], wanted: Collection[Product]
) -> tuple[Product, ...]:
    """What is wanted and must be made, with what needs it of the same step: that is made from the new value."""
    todo: dict[Product, None] = {}
    grew = True
    while grew:
        grew = False
        for product, found in verdicts.items():
            if product in todo or product not in wanted or isinstance(found, Held):
                continue
            needs_new = any(dep in todo for dep in generation.deps(product))
            if needs_new or isinstance(found, Stale | Missing):
                todo[product] = None
                grew = True
    return tuple(product for product in verdicts if product in todo)


@dataclass(frozen=True)
class _Judging:
    """One step, held against what is stored and what is so now."""

    generation: Generation
    step: StepName
    versions: Mapping[Key, str]
    stored: Stored
    observed: Observed
    absent: Mapping[Key, Key]

    def now(self, record: Record | None, product: Product | None = None) -> Manifest:
        """The manifest as it is now, with what was read to make `record`."""
        traced = traced_names([record]) if record else ()
        return manifest_of(self.generation, self.step, self.versions, traced, self.observed, product)

    def group(self, products: Sequence[Product]) -> One:
        """The verdict on products that are made together."""
        product = products[0] if self.generation.steps[self.step].in_parts else None
        currents = [self.stored[each][0] for each in products if self.stored.get(each)]
        first = currents[0] if currents else None
        now = self.now(first, product)
        if self.absent:
            outside = _outside(self.generation, self.step, products)
            absent = tuple(key for key in outside if key in self.absent)
            if absent:
                return Held(now, absent)
        if _stand(currents, products, lambda record: record.manifest == now):
            return Fresh(now)
        found = _earlier(products, self.stored, lambda record: record.manifest == self.now(record, product))
        if not found and _stand(currents, products, lambda record: not record.behind(now)):
            return Fresh(now, tuple(dict.fromkeys(a for record in currents for a in record.counts_on(now))))
        found = found or self._accepted_earlier(products, product)
        if first is None or len(currents) < len(products):
            return Restorable(now, found, ()) if found else Missing(now)
        behind = next((record for record in currents if record.behind(now)), first)
        changes = behind.behind(now)
        if found:
            return Restorable(found[0].manifest, found, changes)
        return Stale(now, changes) if changes else Missing(now, lost=_lost(currents))

    def _accepted_earlier(self, products: Sequence[Product], product: Product | None) -> tuple[Record, ...]:
        """Earlier results that stand for what is so now by what somebody accepted."""
        if not any(record.accepted for each in products for record in self.stored.get(each, ())):
            return ()
        return _earlier(products, self.stored, lambda record: not record.behind(self.now(record, product)))


def _stand(currents: Sequence[Record], products: Sequence[Product], fits: Callable[[Record], bool]) -> bool:
    """Whether all products are there, whole, and stand for what is so now."""
    return len(currents) == len(products) and all(record.whole and fits(record) for record in currents)


def _lost(currents: Sequence[Record]) -> str:
    said = [record.lost for record in currents if not record.whole and record.lost]
    return said[0] if said else "its stored bytes are gone"


def _earlier(
    products: Sequence[Product], stored: Stored, fits: Callable[[Record], bool]
) -> tuple[Record, ...]:
    """For each product a whole record, all of one manifest that fits what is so now; empty if none is."""
    first, *others = products
    for record in stored.get(first, ()):
        if record.whole and fits(record):
            twins = [_twin(record, stored.get(product, ()), fits) for product in others]
            found = [record, *(twin for twin in twins if twin is not None)]
            if len(found) == 1 + len(others):
                return tuple(found)
    return ()


def _twin(record: Record, among: Sequence[Record], fits: Callable[[Record], bool]) -> Record | None:
    """The newest whole record that was made from the same, and fits too."""
    return next(
        (other for other in among if other.whole and other.manifest == record.manifest and fits(other)), None
    )


def current_of(stored: Stored) -> dict[Key, str]:
    """The data version of each asset's current materialization."""
    return {
        key: records[0].data_version
        for key, records in stored.items()
        if records and not isinstance(key, CheckKey)
    }
