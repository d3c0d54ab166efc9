"""The graph with partitions in it: each that is to be made a step of its own, beside those that something needs.

Knows nothing of what is stored but which partitions are there. What is made of them runs as any other step does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from dagx.partitions.definition import PartitionsDefinition, PartitionsSubset
from dagx.partitions.keys import PartitionKeyRange
from dagx.partitions.mapping import PartitionMapping
from dagx.partitions.ordered import OrderedPartitions, PlacesSubset
from dagx.partitions.ranges import of_numbers
from dagx.partitions.upstream import is_identity_like, upstream_subset
from dagx_engine.pure.definitions import Key, Part, Product, StepDef, StepName, part_key, part_product
from dagx_engine.pure.generation import Generation

__all__ = ["Edges", "Spans", "there_of", "unfold"]

Spans = Mapping[StepName, Sequence[PartitionKeyRange]]
"""What is to be made of each step: each range in one go."""


def there_of(definition: PartitionsDefinition, keys: Iterable[str]) -> PartitionsSubset:
    """Of these keys those that are partitions now, as a subset."""
    if isinstance(definition, OrderedPartitions):
        places = (definition.place_of(key) for key in keys)
        found = PlacesSubset(definition, of_numbers(place for place in places if place is not None))
        return found & definition.subset_with_all_partitions()
    known = [key for key in keys if definition.has_partition_key(key)]
    return definition.subset_with_partition_keys(known)


def unfold(generation: Generation, made: Mapping[Key, PartitionsSubset], spans: Spans) -> Generation:
    """The generation as it was loaded, with a step for each span.

    `made` are the partitions that are there. An unpartitioned product needs those of them that its mapping asks for,
    and those of `spans`.
    """
    return _Unfolding(generation, made, spans).result()


class Edges:
    """Which partitions need which; of those that are not `there`, none are needed."""

    def __init__(self, generation: Generation, there: Mapping[Key, PartitionsSubset]) -> None:
        self._generation = generation
        self._there = there
        self.mentioned: dict[Key, tuple[Key, str]] = {}
        """Every partition that was found to be needed: the asset, and which of it."""

    def is_told_apart(self, key: Key) -> bool:
        """Whether dagx keeps the asset partition by partition. Of external ones it knows the whole alone."""
        asset = self._generation.assets[key]
        return asset.partitions_def is not None and asset.step is not None

    def wanted(
        self, dep: Key, mapping: PartitionMapping, own: PartitionsDefinition | None, keys: Sequence[str]
    ) -> PartitionsSubset:
        """The partitions of a partitioned asset that some partitions of another need."""
        definition = self._generation.assets[dep].partitions_def
        assert definition is not None
        subset = None if own is None else own.subset_with_partition_keys(keys)
        return upstream_subset(mapping, subset, own, definition).partitions_subset

    def needed(
        self,
        dep: Key,
        mappings: Mapping[Key, PartitionMapping],
        own: PartitionsDefinition | None,
        keys: Sequence[str],
    ) -> list[str]:
        """The partitions that are there of those that are wanted; one empty text for an asset that has none."""
        if not self.is_told_apart(dep):
            return [""]
        there, mapping = self._there.get(dep), mappings[dep]
        if there is None:
            return []
        if own is not None and is_identity_like(mapping) and own == there.partitions_def:
            return [key for key in keys if key in there]
        return list(self.wanted(dep, mapping, own, keys) & there)

    def deps(self, step: StepName, product: Product, keys: Sequence[str]) -> tuple[Key, ...]:
        """What partitions of one product were declared to need."""
        generation = self._generation
        declared = generation.assets[product] if isinstance(product, str) else generation.checks[product]
        own = generation.steps[step].partitions_def
        return self._keys(declared.deps, declared.mappings, own, keys)

    def _declared(self, product: Product) -> tuple[Key, ...]:
        """The assets that a product was declared to need."""
        return self._generation.deps(product)

    def loads(self, step: StepName, keys: Sequence[str]) -> tuple[Key, ...]:
        """What is passed to the function that makes these partitions."""
        found = self._generation.steps[step]
        return self._keys(found.loads, found.mappings, found.partitions_def, keys)

    def inputs(self, step: StepName, product: Product, key: str) -> tuple[Key, ...]:
        """All that one partition of a product is made from, as `Generation.inputs` says it for a step."""
        found = self._generation.steps[step]
        loads = self.loads(step, [key])
        if found.in_parts:
            siblings = [dep for dep in self._declared(product) if dep in found.assets and dep != product]
            made_with = (part_key(dep, key) for dep in siblings)  # there or not, they count
            return tuple(dict.fromkeys((*loads, *self.deps(step, product, [key]), *made_with)))
        deps = [dep for each in found.products for dep in self.deps(step, each, [key])]
        own = {part_key(asset, key) for asset in found.assets}
        return tuple(dep for dep in dict.fromkeys((*deps, *loads)) if dep not in own)

    def lacks(self, step: StepName, keys: Sequence[str]) -> dict[Key, PartitionsSubset]:
        """What would be passed to the function and is not there."""
        found = self._generation.steps[step]
        lacking: dict[Key, PartitionsSubset] = {}
        for dep in found.loads:
            if dep in found.may_miss or not self.is_told_apart(dep):
                continue
            wanted = self.wanted(dep, found.mappings[dep], found.partitions_def, keys)
            there = self._there.get(dep)
            absent = wanted if there is None else wanted - there
            if absent:
                lacking[dep] = absent
        return lacking

    def _keys(
        self,
        deps: Iterable[Key],
        mappings: Mapping[Key, PartitionMapping],
        own: PartitionsDefinition | None,
        keys: Sequence[str],
    ) -> tuple[Key, ...]:
        found: list[Key] = []
        for dep in deps:
            for key in self.needed(dep, mappings, own, keys):
                found.append(part_key(dep, key))
                if key:
                    self.mentioned[found[-1]] = (dep, key)
        return tuple(found)


class _Unfolding:
    def __init__(self, generation: Generation, made: Mapping[Key, PartitionsSubset], spans: Spans) -> None:
        self._generation = generation
        self._made = made
        self._spans = spans
        self._edges = Edges(generation, self._there())
        self._parts: dict[Product, Part] = {}
        self._steps: dict[StepName, StepDef] = {}

    def _there(self) -> dict[Key, PartitionsSubset]:
        """What is there, and what is to be made."""
        there = dict(self._made)
        for name, spans in self._spans.items():
            step = self._generation.steps[name]
            assert step.partitions_def is not None
            for span in spans:
                more = step.partitions_def.subset_of_range(span)
                for key in step.assets:
                    there[key] = there[key] | more if key in there else more
        return there

    def result(self) -> Generation:
        for name, step in self._generation.steps.items():
            if step.refusal:
                self._steps[name] = step
            elif step.partitions_def is not None:
                for span in self._spans.get(name, ()):
                    keys = tuple(step.partitions_def.subset_of_range(span))
                    made = self._span(step, keys)
                    self._steps[made.name] = made
                self._steps[name] = step
            else:
                self._steps[name] = self._whole(step)
        self._add_needed()
        return replace(self._generation, steps=self._steps, parts=self._parts, made=self._made)

    def _whole(self, step: StepDef) -> StepDef:
        """An unpartitioned step: it may need partitions."""
        needs = {dep for product in step.products for dep in self._generation.deps(product)} | {*step.loads}
        if not any(self._edges.is_told_apart(dep) for dep in needs):
            return step
        for product in step.products:
            self._parts[product] = Part(product, "", step.name, self._edges.deps(step.name, product, ()))
        return replace(step, loads=self._edges.loads(step.name, ()), lacks=self._edges.lacks(step.name, ()))

    def _span(self, step: StepDef, keys: tuple[str, ...]) -> StepDef:
        """A step for some partitions. For several it is one that can make some of its products: each by itself."""
        ends = "...".join(dict.fromkeys((keys[0], keys[-1])))
        name = StepName(f"{step.name}[{ends}]")
        for product in step.products:
            for key in keys:
                deps = (
                    self._edges.deps(step.name, product, [key])
                    if len(keys) == 1
                    else self._edges.inputs(step.name, product, key)
                )
                self._parts[part_product(product, key)] = Part(product, key, name, deps)
        return replace(
            step,
            name=name,
            assets=tuple(part_key(asset, key) for asset in step.assets for key in keys),
            checks=tuple(
                check._replace(asset=part_key(check.asset, key)) for check in step.checks for key in keys
            ),
            loads=self._edges.loads(step.name, keys),
            lacks=self._edges.lacks(step.name, keys),
            in_parts=step.in_parts or len(keys) > 1,
            of=step.name,
            partitions=keys,
        )

    def _add_needed(self) -> None:
        """The partitions that are needed and are not made now."""
        for key, (dep, partition) in self._edges.mentioned.items():
            if key not in self._parts:
                step = self._generation.assets[dep].step
                assert step is not None
                self._parts[key] = Part(dep, partition, step)
