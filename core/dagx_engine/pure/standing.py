"""How partitioned assets stand: which of their partitions are made, and which of those are stale.

Looks at the partitions that are made; of those that are not it knows only which they are, never walks over them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from dagx.partitions.definition import PartitionsSubset
from dagx.partitions.upstream import downstream_subset
from dagx_engine.pure.declared import declared_parts
from dagx_engine.pure.definitions import CheckKey, Key, StepName, part_key
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.manifest import Accepted, Change, Manifest
from dagx_engine.pure.staleness import (
    InPartitions,
    Observed,
    Record,
    Standing,
    Stored,
    Verdict,
    current_of,
    traced_names,
    traced_parts,
)
from dagx_engine.pure.unfolding import Edges

__all__ = ["judge_of"]

Judge = Callable[[StepName, Mapping[StepName, Verdict], Collection[StepName]], InPartitions]


def judge_of(generation: Generation, stored: Stored, observed: Observed) -> Judge:
    """What answers how the partitions of a step stand.

    It is asked upstream first, and told the verdicts so far and which of the steps judged will or may run.
    """
    return _Judge(generation, stored, observed).verdict


class _Judge:
    def __init__(self, generation: Generation, stored: Stored, observed: Observed) -> None:
        self._generation = generation
        self._stored = stored
        self._observed = observed
        self._versions = current_of(stored)
        self._edges = Edges(generation, generation.made)

    def verdict(
        self, step: StepName, before: Mapping[StepName, Verdict], planned: Collection[StepName]
    ) -> InPartitions:
        found = self._generation.steps[step]
        definition = found.partitions_def
        assert definition is not None
        everything = definition.subset_with_all_partitions()
        doubtful = self._doubtful(step, everything, before, planned)
        standings: dict[Key, Standing] = {}
        for asset in found.assets:
            made = self._generation.made.get(asset, definition.empty_subset()) & everything
            keys: list[str] = []
            why: tuple[str, ...] = ()
            changes: tuple[Change, ...] = ()
            accepted: dict[Accepted, None] = {}
            for key in made:
                record = self._stored[part_key(asset, key)][0]
                parts = self._parts(step, asset, key, record)
                if not record.whole or parts != record.manifest.as_dict():
                    now = Manifest.of(parts.items())
                    differs = record.behind(now)
                    if record.whole and not differs:
                        accepted.update(dict.fromkeys(record.counts_on(now)))
                        continue
                    if not keys:
                        changes = differs
                        why = () if changes or record.whole else (record.lost or "its stored bytes are gone",)
                    keys.append(key)
            stale = definition.subset_with_partition_keys(keys)
            standings[asset] = Standing(
                everything, made, stale | (doubtful & made), stale, changes, "".join(why), tuple(accepted)
            )
        return InPartitions(Manifest(()), standings)

    def _parts(self, step: StepName, made: Key, key: str, record: Record) -> dict[str, str]:
        """What the manifest of one partition would be now: as `manifest_of` says it."""
        parts = dict(self._generation.steps[step].parts)
        parts["partition"] = key
        for dep in self._edges.inputs(step, made, key):
            asset = self._generation.assets.get(dep)
            otherwise = "external" if asset is not None and asset.step is None else "missing"
            parts[f"input:{dep}"] = self._versions.get(dep, otherwise)
        parts.update(declared_parts(self._generation.steps[step], self._observed))
        parts.update(traced_parts(self._generation, traced_names([record]), self._observed))
        return parts

    def _doubtful(
        self,
        step: StepName,
        everything: PartitionsSubset,
        before: Mapping[StepName, Verdict],
        planned: Collection[StepName],
    ) -> PartitionsSubset:
        """The partitions that may be made anew because something upstream is not fresh."""
        generation = self._generation
        own = everything.partitions_def
        found = own.empty_subset()
        for product in generation.steps[step].products:
            declared = (
                generation.checks[product] if isinstance(product, CheckKey) else generation.assets[product]
            )
            for dep in declared.deps:
                maker = generation.assets[dep].step
                above = before.get(maker) if maker is not None else None
                if isinstance(above, InPartitions):
                    stale = above.standings[dep].stale
                    if stale:
                        mapping = declared.mappings[dep]
                        found = found | downstream_subset(mapping, stale, stale.partitions_def, own)
                elif maker in planned:
                    return everything
        return found
