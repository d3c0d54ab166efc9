"""What is stored of a project: read once, and kept up to date by whoever writes.

It answers with rows, and with records as decisions need them: of which it also says whether they can be used again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from dagx_engine.io.files import Files
from dagx_engine.io.objects import Objects
from dagx_engine.io.rows import (
    Evaluation,
    Kept,
    Materialization,
    Observation,
    PartitionRow,
    Written,
    partition_row_of,
    was_made,
)
from dagx_engine.io.store import Store
from dagx_engine.pure.definitions import CheckKey, Key, Product, part_key
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.manifest import ABSENT, Accepted, Manifest
from dagx_engine.pure.staleness import Record, absent_assets

__all__ = ["Ledger"]

_Accepted = Mapping[int, tuple[Accepted, ...]]


class Ledger:
    """`store` is None while nothing is stored."""

    def __init__(self, store: Store | None, disk: Files, objects: Objects) -> None:
        self._store = store
        self._disk = disk
        self._objects = objects
        self._history: dict[Key, list[Materialization]] | None = None
        self._evaluations: dict[CheckKey, list[Evaluation]] | None = None
        self._observations: dict[Key, Observation] | None = None
        self._left_out: set[Key] | None = None
        self._accepted: tuple[_Accepted, _Accepted] | None = None
        self._absent: tuple[tuple[int, frozenset[Key]], Mapping[Key, Key]] | None = None
        self._manifests: dict[str, Manifest] = {}
        self._partitions: dict[Key, PartitionRow] | None = None
        self._included: list[tuple[str, str]] = []
        self._writers: dict[str, set[tuple[str, str, str]]] | None = None
        self._texts: set[str] | None = None
        self.seen_objects: dict[str, tuple[int, bool]] = {}
        """Large values that were looked for: how many bytes they are to have, and whether they were whole."""
        self.seen_files: dict[str, str] = {}
        """Files that steps wrote, as they were found."""
        self.changes = 0
        """Another number when what is stored became something else."""
        self._lasting: dict[Product, list[Record]] = {}
        """The records of products of which nothing lies in a file: they are what they are until a row is added."""

    def history(self) -> Mapping[Key, Sequence[Materialization]]:
        """For each asset its materializations, the current one first. Read once, and again after `forget`.

        Of partitioned assets it has the partitions that were asked for with `include`.
        """
        if self._history is None:
            found = self._store.history() if self._store is not None else {}
            self._history = {Key(asset): items for asset, items in found.items()}
            if self._store is not None and self._included:
                parts = self._store.partitions.history(self._included)
                self._history.update({part_key(*pair): items for pair, items in parts.items()})
        return self._history

    def include(self, partitions: Iterable[tuple[str, str]]) -> None:
        """From now on, keep the whole history of these partitions, by asset and key."""
        self._included = list(partitions)
        self.changes += 1
        self._history = self._evaluations = None
        self._lasting.clear()

    def partitions(self) -> Mapping[Key, PartitionRow]:
        """What is current of each partition. Read as `history` is."""
        if self._partitions is None:
            rows = self._store.partitions.current() if self._store is not None else []
            self._partitions = {part_key(row.asset, row.partition): row for row in rows}
        return self._partitions

    def current(self, key: Key) -> Materialization | None:
        """What is current of an asset, or of a partition."""
        items = self.history().get(key)
        if items:
            return items[0]
        row = self.partitions().get(key)
        return None if row is None or self._store is None else self._store.partitions.materialization(row.id)

    def evaluations(self) -> Mapping[CheckKey, Sequence[Evaluation]]:
        """For each check its results, the current one first. Read as `history` is."""
        if self._evaluations is None:
            found = self._store.evaluations() if self._store is not None else {}
            self._evaluations = {CheckKey(Key(asset), name): items for (asset, name), items in found.items()}
            if self._store is not None and self._included:
                parts = self._store.partitions.evaluations(self._included)
                for (asset, partition, name), items in parts.items():
                    self._evaluations[CheckKey(part_key(asset, partition), name)] = items
        return self._evaluations

    def observations(self) -> Mapping[Key, Observation]:
        """For each external asset that was observed, the newest observation. Read as `history` is."""
        if self._observations is None:
            found = self._store.observations() if self._store is not None else {}
            self._observations = {Key(asset): item for asset, item in found.items()}
        return self._observations

    def kept(self) -> Kept:
        """All three. Of checks that look at one partition at a time, the newest result stands for all."""
        evaluations = dict(self.evaluations())
        if self._store is not None and self.partitions():
            for item in self._store.partitions.newest_evaluations():
                evaluations.setdefault(CheckKey(Key(item.asset), item.name), [item])
        return Kept(self.history(), evaluations, self.observations(), self.partitions())

    def has_text(self, digest: str) -> bool:
        """Whether the source text of a part of code is stored."""
        if self._texts is None:
            self._texts = self._store.texts.digests() if self._store is not None else set()
        return digest in self._texts

    def learn(self, written: Written) -> None:
        """These materializations, results and observations are current from now on."""
        self.changes += 1
        if self._texts is not None:
            self._texts.update(written.texts)
        if self._history is not None:
            for item in written.made:
                self._lasting.pop(item.key, None)
                _put_first(self._history.setdefault(item.key, []), item)
                if item.partition and self._partitions is not None:
                    self._partitions[item.key] = partition_row_of(item)
                if self._left_out is not None:
                    self._left_out -= {item.key}
                    self._left_out |= {item.key} if _is_left_out(item) else set()
            self._writers = None
        if self._evaluations is not None:
            for check in written.checks:
                self._lasting.pop(check.check, None)
                _put_first(self._evaluations.setdefault(check.check, []), check)
        if self._observations is not None:
            self._observations.update((Key(seen.asset), seen) for seen in written.observed)

    def restore(self, records: Sequence[Record]) -> None:
        """What these records stand for is current again."""
        for record in records:
            if isinstance(record.product, CheckKey):
                checks = [e for e in self.evaluations().get(record.product, ()) if e.id == record.id]
                self.learn(Written(checks=checks))
            else:
                made = [item for item in self.history().get(record.product, ()) if item.id == record.id]
                self.learn(Written(made=made))

    def absent(self, generation: Generation) -> Mapping[Key, Key]:
        """The assets that are not there because a step left an asset out, each with that asset."""
        if self._left_out is None:
            found = self.history()
            self._left_out = {key for key, items in found.items() if items and _is_left_out(items[0])}
            self._left_out |= {key for key, row in self.partitions().items() if _is_left_out(row)}
        if not self._left_out:
            return {}
        wanted = (generation.number, frozenset(self._left_out))
        if self._absent is None or self._absent[0] != wanted:
            self._absent = (wanted, absent_assets(generation, self._left_out))
        return self._absent[1]

    def was_made(self, key: Key) -> bool:
        """Whether an asset, or a partition, ever had a value."""
        return was_made(self.history().get(key, ()))

    def forget(self) -> None:
        """The rows changed: read them again when they are needed."""
        self.changes += 1
        self._history = self._evaluations = self._observations = self._left_out = None
        self._partitions = self._writers = self._texts = self._accepted = None
        self._lasting.clear()

    def drop(self, made: Collection[int], checks: Collection[int]) -> None:
        """These rows are gone; none of them was current."""
        self.changes += 1
        gone, over = frozenset(made), frozenset(checks)
        self._lasting.clear()
        for items in (self._history or {}).values() if gone else ():
            items[:] = [item for item in items if item.id not in gone]
        for results in (self._evaluations or {}).values() if over else ():
            results[:] = [result for result in results if result.id not in over]

    def versions(self, keys: Iterable[Key]) -> dict[Key, str]:
        """The data version of what is current of each of these assets, as far as there is one."""
        history, partitions, seen = self.history(), self.partitions(), self.observations()
        found: dict[Key, str] = {}
        for key in keys:
            items = history.get(key)
            item = items[0] if items else partitions.get(key) or seen.get(key)
            if item is not None:
                found[key] = item.data_version
        return found

    def records(self, products: Collection[Product] | None = None) -> dict[Product, list[Record]]:
        """What is stored of these products (None: of all) as far as decisions need it."""
        history, evaluations, seen = self.history(), self.evaluations(), self.observations()
        partitions = self.partitions()
        wanted: Collection[Product] = (
            dict.fromkeys([*history.keys(), *evaluations.keys(), *seen.keys(), *partitions.keys()])
            if products is None
            else products
        )
        found: dict[Product, list[Record]] = {}
        for product in wanted:
            if product in self._lasting:
                found[product] = self._lasting[product]
                continue
            if isinstance(product, CheckKey):
                results = evaluations.get(product, ())
                records = [self._record_of_check(product, result) for result in results]
            else:
                items = history.get(product, ())
                records = [self._record(item) for item in items]
                if records and all(item.object_digest is None and not item.written for item in items):
                    self._lasting[product] = records
                if not records and product in partitions:
                    records = [self._record(partitions[product])]
                if not records and product in seen:
                    records = [_record_of_observation(seen[product])]
            if records:
                found[product] = records
        return found

    def _record_of_check(self, check: CheckKey, item: Evaluation) -> Record:
        """A blocking one that failed is no result: its step failed, and is to be tried again."""
        holds_back = item.blocking and item.passed is False and item.severity == "ERROR"
        manifest = self._manifest(item.manifest_key, item.parts)
        lost = f"{check} failed, and holds back what needs {check.asset}" if holds_back else ""
        accepted = self._acceptances()[1].get(item.id, ())
        return Record(item.id, check, manifest, str(item.passed), not holds_back, lost, accepted)

    def _acceptances(self) -> tuple[_Accepted, _Accepted]:
        if self._accepted is None:
            self._accepted = self._store.acceptances.read() if self._store is not None else ({}, {})
        return self._accepted

    def _manifest(self, key: str, parts: tuple[tuple[str, str], ...]) -> Manifest:
        manifest = self._manifests.get(key)
        if manifest is None:
            manifest = self._manifests[key] = Manifest(parts)
        return manifest

    def _lost(self, item: Materialization | PartitionRow) -> str:
        """What of a materialization is gone or was overwritten by something else, in words."""
        if item.standing == "unsure":
            return "its step failed after it was made"
        if item.object_digest is not None:
            is_whole = self._objects.is_whole(item.object_digest, item.size)
            self.seen_objects[item.object_digest] = (item.size, is_whole)
            if not is_whole:
                return "its stored bytes are gone"
        for name, digest in item.written:
            found = self.seen_files[name] = self._disk.digest(name)
            if found != digest and not self._is_shared(name, item):
                path = name.partition(":")[2]
                return (
                    f"{path}, which it wrote, is gone"
                    if found == ABSENT
                    else f"{path}, which it wrote, was changed"
                )
        return ""

    def currents(self) -> Iterable[Materialization | PartitionRow]:
        """What is current of each asset and of each partition."""
        history = self.history()
        yield from (found[0] for found in history.values() if found)
        yield from (row for key, row in self.partitions().items() if key not in history)

    def _is_shared(self, name: str, item: Materialization | PartitionRow) -> bool:
        """Whether another asset writes the same file, or another partition something else into it: then it belongs to
        none of them.
        """
        if self._writers is None:
            self._writers = {}
            for current in self.currents():
                for path, digest in current.written:
                    writer = (current.asset, current.partition, digest)
                    self._writers.setdefault(path, set()).add(writer)
        mine = dict(item.written)[name]
        return any(
            asset != item.asset or (partition != item.partition and digest != mine)
            for asset, partition, digest in self._writers.get(name, ())
        )

    def writers(self, name: str) -> list[str]:
        """The assets whose current value has this file."""
        return [item.asset for item in self.currents() if name in dict(item.written)]

    def written_otherwise(self, name: str) -> bool:
        """Whether an asset wrote this file and it holds something else now."""
        written = (pair for item in self.currents() for pair in item.written)
        return any(n == name and d != self._disk.digest(name) for n, d in written)

    def _record(self, item: Materialization | PartitionRow) -> Record:
        manifest = self._manifest(item.manifest_key, item.parts)
        lost = self._lost(item)
        key = part_key(item.asset, item.partition)
        accepted = self._acceptances()[0].get(item.id, ())
        return Record(item.id, key, manifest, item.data_version, not lost, lost, accepted)


Row = TypeVar("Row", Materialization, Evaluation)


def _put_first(rows: list[Row], row: Row) -> None:
    rows[:] = [row] + [other for other in rows if other.id != row.id]


def _is_left_out(item: Materialization | PartitionRow) -> bool:
    return item.standing == "left out"


def _record_of_observation(item: Observation) -> Record:
    return Record(item.id, Key(item.asset), Manifest(()), item.data_version)
