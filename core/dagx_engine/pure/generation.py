"""One loaded version of the project's definitions, as values. Knows nothing of how it was loaded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from dagx_engine.pure.definitions import (
    AssetDef,
    Automation,
    CheckDef,
    CheckKey,
    JobDef,
    Key,
    Part,
    Place,
    Product,
    Reach,
    StepDef,
    StepName,
)
from dagx_engine.pure.manifest import ABSENT, SEEN, UNSEEN
from dagx_engine.pure.value import dataclass

if TYPE_CHECKING:
    from dagx.partitions.definition import PartitionsSubset

__all__ = ["Generation"]


@dataclass(frozen=True)
class Generation:
    """All definitions of one load. `assets` and `steps` are in dependency order, upstream first."""

    number: int
    assets: Mapping[Key, AssetDef]
    steps: Mapping[StepName, StepDef]
    checks: Mapping[CheckKey, CheckDef] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    """Part name to where that piece of code is written."""
    modules: Mapping[str, str] = field(default_factory=dict)
    """File of each loaded project module, relative to the project, to the digest of the bytes that were executed."""
    read_at_import: tuple[str, ...] = ()
    """Data files that importing the project read, relative to it: a change of one is a change of code."""
    third_party: tuple[str, ...] = ()
    """Top-level names of the third-party modules that loading imported."""
    automation: Automation = Automation()
    jobs: Mapping[str, JobDef] = field(default_factory=dict)
    """What can be run by a name."""
    job: JobDef | None = None
    """The job that is run, if one was asked for."""
    max_workers: int | None = None
    """How many steps run at once, if the project's executor says so."""
    limits: Mapping[str, int] = field(default_factory=dict)
    """How many steps at once may hold a slot of a pool; one without a limit holds nothing back."""
    run_config: Mapping[str, object] = field(default_factory=dict)
    """What the steps are told, as it was written: variables are not read, so that no secret is in it."""
    parts: Mapping[Product, Part] = field(default_factory=dict)
    """The partitions that are made now, or that something needs; and the unpartitioned products that need them."""
    made: Mapping[Key, PartitionsSubset] = field(default_factory=dict)
    """The partitions of each asset that are there."""
    is_proven: bool = False
    """Whether it is noted what steps execute."""
    proof: str = ""
    """The same in words, with why it is not."""
    reach: dict[str, Reach] = field(default_factory=dict)
    """Where learned edges lead, by the names of their parts. It grows: workers say it of those that they learn."""

    def learned(self, name: str) -> Iterable[tuple[str, str]]:
        """The part of a learned edge as it is now, and those of what it leads to."""
        if name not in self.reach:
            return ((name, UNSEEN),)
        parts = self.reach[name]
        return ((name, ABSENT),) if parts is None else ((name, SEEN), *parts)

    def with_steps(self, steps: Mapping[StepName, StepDef]) -> Generation:
        """The same with other steps, or another order of them."""
        return replace(self, steps=steps)

    def with_limits(self, limits: Mapping[str, int]) -> Generation:
        """The same with more limits."""
        return replace(self, limits={**self.limits, **limits})

    @cached_property
    def shut(self) -> Mapping[StepName, str]:
        """The steps that cannot run because a pool of theirs has no slots at all, each with that pool."""
        pools = {pool for pool, limit in self.limits.items() if limit < 1}
        return {
            name: pool
            for name, step in (self.steps.items() if pools else ())
            for pool in step.pools
            if pool in pools
        }

    # Edges. `_waits` has, beside the makers of what a step needs, what it only waits for.

    @cached_property
    def _upstream(self) -> Mapping[StepName, frozenset[StepName]]:
        observers = {key: step.name for step in self.steps.values() for key in step.observes}
        found: dict[StepName, frozenset[StepName]] = {}
        for name in self.steps:
            keys = self.inputs(name)
            makers = {self.maker(key) for key in keys} | {observers.get(key) for key in keys}
            found[name] = frozenset(maker for maker in makers if maker is not None and maker != name)
        return found

    @cached_property
    def _waits(self) -> Mapping[StepName, frozenset[StepName]]:
        blocking: dict[Key, set[StepName]] = {}
        for check in self.checks.values():
            if check.blocking and check.step != self.assets[check.key.asset].step:
                blocking.setdefault(check.key.asset, set()).add(check.step)
        for product, part in self.parts.items():
            if not isinstance(product, CheckKey) or not part.partition or not self.check(product).blocking:
                continue
            if part.step != self.maker(product.asset):
                blocking.setdefault(product.asset, set()).add(part.step)
        if not blocking:
            return self._upstream
        return {
            name: needs.union(
                *(blocking.get(key, ()) for key in (self.inputs(name) if self.steps[name].assets else ()))
            )
            for name, needs in self._upstream.items()
        }

    @cached_property
    def _downstream(self) -> Mapping[StepName, frozenset[StepName]]:
        found: dict[StepName, set[StepName]] = {name: set() for name in self.steps}
        for name, needs in self._waits.items():
            for need in needs:
                found[need].add(name)
        return {name: frozenset(others) for name, others in found.items()}

    @cached_property
    def _children(self) -> Mapping[Key, tuple[Key, ...]]:
        found: dict[Key, list[Key]] = {key: [] for key in self.assets}
        for asset in self.assets.values():
            for dep in asset.deps:
                found[dep].append(asset.key)
        return {key: tuple(children) for key, children in found.items()}

    @cached_property
    def _checks_of(self) -> Mapping[Key, tuple[CheckKey, ...]]:
        found: dict[Key, list[CheckKey]] = {}
        for key in self.checks:
            found.setdefault(key.asset, []).append(key)
        return {asset: tuple(keys) for asset, keys in found.items()}

    @cached_property
    def is_partitioned(self) -> bool:
        """Whether any asset is, that dagx runs."""
        return any(step.partitions_def is not None for step in self.steps.values())

    def whole(self, steps: Iterable[StepName]) -> tuple[StepName, ...]:
        """Of these steps those that run as they are: not the partitioned ones, of which some must be asked for."""
        return tuple(s for s in steps if self.steps[s].partitions_def is None or self.steps[s].of is not None)

    def shown(self, step: StepName) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The assets that a step makes or observes, and its checks, as people are told of them: several partitions
        as a range, for there may be thousands.
        """
        found = self.steps[step]
        if len(found.partitions) < 2 or found.of is None:
            return (*found.assets, *found.observes), tuple(str(key) for key in found.checks)
        of = self.steps[found.of]
        checks = (f"{key.asset}[{found.span}]:{key.name}" for key in of.checks)
        return tuple(f"{asset}[{found.span}]" for asset in of.assets), tuple(checks)

    @cached_property
    def routine(self) -> tuple[StepName, ...]:
        """The steps that a run of everything looks at."""
        return tuple(name for name, step in self.steps.items() if step.is_routine)

    def part(self, product: Product) -> tuple[Product, str]:
        """The asset or check, and which partition of it; that is empty for what is not partitioned."""
        found = self.parts.get(product)
        return (product, "") if found is None else (found.of, found.partition)

    def check(self, key: CheckKey) -> CheckDef:
        """A check, also when one partition of it is named."""
        of = self.part(key)[0]
        assert isinstance(of, CheckKey)
        return self.checks[of]

    def maker(self, key: Key) -> StepName | None:
        """The step that makes an asset, or a partition of it; None when it is external."""
        found = self.parts.get(key)
        return self.assets[key].step if found is None else found.step

    def deps(self, product: Product) -> tuple[Key, ...]:
        """The assets that one product needs: of partitioned ones the partitions."""
        found = self.parts.get(product)
        if found is not None:
            return found.deps
        return self.checks[product].deps if isinstance(product, CheckKey) else self.assets[product].deps

    def inputs(self, step: StepName, product: Product | None = None) -> tuple[Key, ...]:
        """The assets that the step needs, in the order they were declared, each once.

        For one `product` of a step that works in parts: what that needs, other products of the step among it.
        """
        made = self.steps[step]
        if product is not None and made.in_parts:
            # One that makes several partitions has in the deps of each what is loaded for it.
            loads = made.loads if len(made.partitions) < 2 else ()
            return tuple(dict.fromkeys((*loads, *self.deps(product))))
        known = self._inputs.get(step)
        if known is None:
            known = self._inputs[step] = self._inputs_of(made)
        return known

    @cached_property
    def _inputs(self) -> dict[StepName, tuple[Key, ...]]:
        """Those found so far: they are asked for at every turn."""
        return {}

    def _inputs_of(self, made: StepDef) -> tuple[Key, ...]:
        found = dict.fromkeys(dep for each in made.products for dep in self.deps(each))
        found.update(dict.fromkeys(made.loads))
        return tuple(dep for dep in found if dep not in made.assets)

    def loads(self, step: StepName) -> tuple[Key, ...]:
        """Those inputs whose value is passed to the function."""
        return self.steps[step].loads

    def upstream(self, step: StepName) -> frozenset[StepName]:
        """The steps that make, or observe, what this step needs."""
        return self._upstream[step]

    def waits_for(self, step: StepName) -> frozenset[StepName]:
        """The steps that must have ended well before this one begins: upstream, and the blocking checks of that."""
        return self._waits[step]

    def downstream(self, step: StepName) -> frozenset[StepName]:
        """The steps that wait for this step."""
        return self._downstream[step]

    def children(self, key: Key) -> tuple[Key, ...]:
        """The assets that need this asset."""
        return self._children[key]

    def checks_of(self, key: Key) -> tuple[CheckKey, ...]:
        """The checks of an asset."""
        return self._checks_of.get(key, ())

    def steps_of(self, keys: Iterable[Key]) -> tuple[StepName, ...]:
        """The steps that make these assets, in dependency order; external assets have none."""
        wanted = {self.maker(key) for key in keys}
        return tuple(name for name in self.steps if name in wanted)

    @cached_property
    def places_of_steps(self) -> Mapping[StepName, int]:
        """The number of each in the order of all, upstream first."""
        return {name: place for place, name in enumerate(self.steps)}

    def in_order(self, steps: Collection[StepName]) -> list[StepName]:
        """Those of these steps that there are, upstream first. A few cost what a few cost."""
        if 8 * len(steps) > len(self.steps):
            return [name for name in self.steps if name in steps]
        return sorted((name for name in steps if name in self.steps), key=self.places_of_steps.__getitem__)

    @cached_property
    def refused(self) -> frozenset[StepName]:
        """The steps that dagx does not run, and all that wait for them."""
        return self.below([name for name, step in self.steps.items() if step.refusal])

    def below(self, steps: Sequence[StepName]) -> frozenset[StepName]:
        """These steps and all that wait for them, at any distance."""
        found = set(steps)
        queue = list(steps)
        while queue:
            for child in self.downstream(queue.pop()):
                if child not in found:
                    found.add(child)
                    queue.append(child)
        return frozenset(found)
