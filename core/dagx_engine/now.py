"""What an opened project is like at this moment: what its files, its history and the clock say, and by that which of
its steps are fresh, and which would fail again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from typing import Any, Protocol

from dagx_engine.io.clock import Clock
from dagx_engine.io.files import Files
from dagx_engine.io.objects import Objects
from dagx_engine.io.store import Store
from dagx_engine.io.surroundings import Surroundings
from dagx_engine.late import late
from dagx_engine.ledger import Ledger
from dagx_engine.pure.declared import declared_names, joined
from dagx_engine.pure.definitions import Key, Product, StepName
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.manifest import Manifest
from dagx_engine.pure.plan import Outlook, outlook
from dagx_engine.pure.staleness import (
    AHEAD,
    PAST,
    Observed,
    Record,
    as_far_as_seen,
    current_of,
    manifest_of,
    traced_names,
)
from dagx_engine.questions import newest

__all__ = ["Failure", "Now", "as_of"]


class Failure:
    """The last attempt of a step, which failed: from what it was made, and the first line of its error."""

    __slots__ = ("line", "manifest", "run")

    def __init__(self, manifest: Manifest, line: str, run: str) -> None:
        self.manifest = manifest
        self.line = line
        self.run = run


class Looked(Protocol):
    """What is to be had of the project."""

    store: Store | None
    ledger: Ledger
    disk: Files
    surroundings: Surroundings
    objects: Objects
    clock: Clock
    generation: Generation | None
    moment: float

    def in_force(self) -> Generation: ...


class Now:
    """It is looked at anew each time that it is asked, unless that is `at_once`."""

    def __init__(self, space: Looked) -> None:
        self._space = space
        self.judged: Outlook | None = None
        self.observed: Observed = {}
        """The last verdicts, and what they were given on."""
        self.observed_of_failures: dict[str, str] = {}
        """On what it was found that steps would fail again."""
        self._glance: dict[object, Any] | None = None
        """What was found out since `at_once` was opened."""

    def observe(
        self,
        records: Mapping[Product, Sequence[Record]],
        generation: Generation,
        steps: Iterable[StepName] | None = None,
        *,
        patience: float = 0.0,
    ) -> Observed:
        """What the outside things are now that these results depend on, and those that `steps` (None: all) were
        declared to be made from; `patience` is for files being written.
        """
        traced = traced_names(record for found in records.values() for record in found)
        return self.look([*declared_names(generation, steps), *traced], patience=patience)

    def look(self, names: Iterable[str], *, patience: float = 0.0) -> Observed:
        """What files, the history and the clock say now of these traced parts."""
        found: dict[str, str] = {}
        rest: list[str] = []
        for name in names:
            kind, _, about = name.partition(":")
            if kind == "until":
                found[name] = AHEAD if self._space.clock.now() < float(about) else PAST
            elif kind == "declared":
                matching = self._space.disk.matching(about)
                found[name] = joined(matching)
                rest += [f"file:{each}" for each in matching]
            elif kind in ("learned", "unpickled"):
                continue  # the generation knows what that is now
            elif kind in ("made", "seen", "checked"):
                store = self._space.store
                found[name] = newest(store.events if store is not None else None, name)
            else:
                rest.append(name)
        if not rest:
            return found
        return {**self._space.surroundings.observe(rest, patience=patience), **found}

    @contextlib.contextmanager
    def at_once(self) -> Generator[None, None, None]:
        """While it is open, files and failures are as they were when they were first looked at: what is shown and what
        is decided rest on the same, and it is found out once.
        """
        before, self._glance = self._glance, {} if self._glance is None else self._glance
        try:
            yield
        finally:
            self._glance = before

    @property
    def _state(self) -> tuple[int, ...]:
        """Other numbers when other definitions are in force, or something else is stored."""
        space = self._space
        return id(space.generation), space.ledger.changes, space.store.changes if space.store else 0

    def outlook(
        self,
        selected: Sequence[StepName],
        *,
        force: bool = False,
        wanted: Mapping[StepName, Collection[Product]] | None = None,
    ) -> Outlook:
        """The verdict on each selected step, as things are now; of `wanted` steps on what is wanted of them."""
        if self._glance is None or wanted:
            return self._outlook(selected, force, wanted)
        about = ("outlook", *self._state, tuple(selected), force)
        if about not in self._glance:
            self._glance[about] = self._outlook(selected, force, None), self.observed
        found: Outlook
        found, self.observed = self._glance[about]
        self.judged = found
        return found

    def _outlook(
        self,
        selected: Sequence[StepName],
        force: bool,
        wanted: Mapping[StepName, Collection[Product]] | None,
    ) -> Outlook:
        generation = self._space.in_force()
        if not generation.is_partitioned:
            records = self._space.ledger.records(_concerned(generation, selected))
            observed = self.observed = self.observe(records, generation, selected)
            absent = self._space.ledger.absent(generation)
            found = outlook(
                generation, selected, records, observed, force=force, wanted=wanted, absent=absent
            )
            self.judged = found
            return found
        records = self._space.ledger.records()
        observed = self.observe(records, generation)
        with as_of(self._space.moment):
            standing: Any = late("dagx_engine.pure.standing")
            judge = standing.judge_of(generation, records, observed)
            found = outlook(generation, selected, records, observed, force=force, wanted=wanted, judge=judge)
            self.judged = found
            return found

    def set_aside_damaged(self, found: Outlook) -> tuple[str, ...]:
        """Look at the bytes of all values that planned steps will load and that none of them makes.

        There is a word for each damaged one; it counts as gone, so the plan is to be made again.
        """
        generation = self._space.in_force()
        made = {product for item in found.planned for product in item.products}
        loaded = (key for item in found.planned for key in generation.loads(item.step) if key not in made)
        bad = [key for key in dict.fromkeys(loaded) if not self._is_sound(key)]
        if bad:
            self._space.ledger.forget()
        return tuple(f"the stored value of {key} was damaged; it was set aside" for key in bad)

    def _is_sound(self, key: Key) -> bool:
        """Whether the stored value of an asset, if it is there, has the bytes that it was stored with."""
        item = self._space.ledger.current(key)
        if item is None or item.object_digest is None:
            return True
        return not self._space.objects.is_whole(item.object_digest, item.size) or self._space.objects.check(
            item.object_digest
        )

    def failures_stored(self) -> list[tuple[tuple[str, str], ...]]:
        """The manifests of all attempts that were the last of their step and failed."""
        return [row.parts for row in self._space.store.failures()] if self._space.store is not None else []

    def failures(self) -> dict[StepName, Failure]:
        """The steps whose last attempt failed, and would fail the same way: nothing they depend on changed since."""
        if self._space.store is None or self._space.generation is None:
            return {}
        if self._glance is None:
            return self._failures(self._space.store, self._space.generation)
        about = ("failures", *self._state)
        if about not in self._glance:
            self._glance[about] = self._failures(self._space.store, self._space.generation)
        found: dict[StepName, Failure] = self._glance[about]
        return found

    def _failures(self, store: Store, generation: Generation) -> dict[StepName, Failure]:
        found: dict[StepName, Failure] = {}
        for row in store.failures():
            step = StepName(row.step)
            if step not in generation.steps:
                continue
            versions = current_of(self._space.ledger.records(_concerned(generation, [step])))
            manifest, traced = as_far_as_seen(Manifest(row.parts))
            look = self.look([*declared_names(generation, [step]), *traced])
            self.observed_of_failures.update(look)
            now = manifest_of(generation, step, versions, traced, look)
            if now == manifest:
                found[step] = Failure(manifest, row.line, row.run)
        return found


def as_of(moment: float) -> contextlib.AbstractContextManager[object]:
    """While it is open, there are the partitions that there were at that moment."""
    now: Any = late("dagx.partitions.moment")
    found: contextlib.AbstractContextManager[object] = now.moment(moment)
    return found


def _concerned(generation: Generation, steps: Sequence[StepName]) -> Collection[Product]:
    """What these steps make, and what they need of others."""
    found: dict[Product, None] = {}
    for step in steps:
        found.update(dict.fromkeys(generation.steps[step].products))
        found.update(dict.fromkeys(generation.inputs(step)))
    return found
