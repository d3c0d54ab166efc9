"""What a project defines: assets, checks, steps, jobs, as values, and how they are named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any, NamedTuple, NewType

from dagx_engine.pure.value import dataclass

if TYPE_CHECKING:
    from dagx.partitions.definition import PartitionsDefinition, PartitionsSubset
    from dagx.partitions.mapping import PartitionMapping

__all__ = [
    "AssetDef",
    "Automation",
    "CheckDef",
    "CheckKey",
    "JobDef",
    "Key",
    "Part",
    "Place",
    "Places",
    "Product",
    "Reach",
    "StepDef",
    "StepName",
    "part_key",
    "part_product",
]

Key = NewType("Key", str)
"""An asset key as one string: its segments joined by `/`, slashes inside a segment escaped. Of one partition of an
asset, that and the partition, as `part_key` writes it."""

StepName = NewType("StepName", str)
"""The name of one compute function: the asset key as a Python identifier."""


class CheckKey(NamedTuple):
    """A check: its asset, and its name among the checks of that."""

    asset: Key
    name: str

    def __str__(self) -> str:
        return f"{self.asset}:{self.name}"


Product = Key | CheckKey
"""What a step makes: an asset, or the result of a check."""


def part_key(asset: str, partition: str) -> Key:
    """One partition of an asset; the asset itself when `partition` is empty."""
    return Key(f"{asset}[{partition}]" if partition else asset)


def part_product(product: Product, partition: str) -> Product:
    """One partition of an asset, or of what a check finds."""
    if isinstance(product, CheckKey):
        return CheckKey(part_key(product.asset, partition), product.name)
    return part_key(product, partition)


Reach = tuple[tuple[str, str], ...] | None
"""What a learned edge leads to, as parts of code with their digests; None where that is gone."""


@dataclass(frozen=True)
class Place:
    """Where something is written: a path relative to the project, and a line that counts from 1."""

    file: str
    line: int
    spans: tuple[tuple[int, int], ...] = ()
    """First and last line of each statement of a part of code; none: all of the file."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


class Places(Mapping[str, Place]):
    """Where the parts of code are: of each module all of its file, and its units there. Few are ever asked for."""

    def __init__(self, said: Mapping[str, Sequence[Any]]) -> None:
        """`said` has by module its file and, by unit, first and last lines."""
        self._said = said

    def __getitem__(self, part: str) -> Place:
        kind, _, rest = part.partition(":")
        module, _, unit = rest.partition(":")
        file, units = self._said[module]
        if kind == "module" and not unit:
            return Place(file, 0)
        if kind != "code":
            raise KeyError(part)
        spans = tuple((first, last) for first, last in units[unit])
        return Place(file, min(spans)[0] if spans else 0, spans)

    def __iter__(self) -> Iterator[str]:
        for module, (_, units) in self._said.items():
            yield f"module:{module}"
            yield from (f"code:{module}:{unit}" for unit in units)

    def __len__(self) -> int:
        return sum(1 + len(units) for _, units in self._said.values())


@dataclass(frozen=True)
class AssetDef:
    """One asset as it was declared."""

    key: Key
    step: StepName | None
    """None: external, not made by dagx."""
    deps: tuple[Key, ...] = ()
    group: str = "default"
    kinds: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    owners: tuple[str, ...] = ()
    description: str = ""
    place: Place = Place("", 0)
    partitions: str = ""
    """How it is partitioned, in words."""
    partitions_def: PartitionsDefinition | None = None
    """How it is partitioned; None also when only the project's own code knows that."""
    mappings: Mapping[Key, PartitionMapping] = field(default_factory=dict)
    """For each partitioned asset that it needs, which partitions of that."""


@dataclass(frozen=True)
class CheckDef:
    """One check as it was declared."""

    key: CheckKey
    step: StepName
    deps: tuple[Key, ...]
    """The asset that it checks, and others that it needs."""
    blocking: bool = False
    """What needs the asset waits for it in the same run, and does not run if it fails."""
    description: str = ""
    place: Place = Place("", 0)
    mappings: Mapping[Key, PartitionMapping] = field(default_factory=dict)
    """For each partitioned asset that it needs, which partitions of that."""


@dataclass(frozen=True)
class Part:
    """How one partition stands in the graph; or an unpartitioned product that needs partitions (`partition` empty)."""

    of: Product
    partition: str
    step: StepName
    """What makes it in this run; the step of all partitions when it is not made in this run."""
    deps: tuple[Key, ...] = ()


@dataclass(frozen=True)
class StepDef:
    """One compute function: what it makes, and what of its identity is known without running it."""

    name: StepName
    assets: tuple[Key, ...]
    parts: tuple[tuple[str, str], ...] = ()
    """(name, digest) of code, packages, interpreter, config, IO managers and resources."""
    widened: str = ""
    """Why the code parts cover more than what the function can reach, if they do."""
    checks: tuple[CheckKey, ...] = ()
    """The checks whose results it gives."""
    loads: tuple[Key, ...] = ()
    """The assets whose values are passed to the function; what else it needs is for order and lineage."""
    job: str = ""
    """The job of ops that it is: it makes nothing then, and runs each time it is asked for."""
    observes: tuple[Key, ...] = ()
    """External assets of which it tells the data version; it makes nothing then, and keeps nothing."""
    in_parts: bool = False
    """Whether it can make some of its products without the others."""
    refusal: str = ""
    """Why dagx does not run it, in words."""
    config_problem: str = ""
    """What is wrong with the config that it would get, in words."""
    partitions_def: PartitionsDefinition | None = None
    """The partitions of what it makes: then it does not run as it is, but for some of them."""
    mappings: Mapping[Key, PartitionMapping] = field(default_factory=dict)
    """For each partitioned asset that is passed to the function, which partitions of that."""
    may_miss: frozenset[Key] = frozenset()
    """Of the assets that are passed to the function those of which partitions may be missing."""
    at_once: int | None = 1
    """The most partitions that it makes in one go; None for any number."""
    of: StepName | None = None
    """The step that this one is, for some partitions."""
    partitions: tuple[str, ...] = ()
    """Those partitions: one, or several without a gap."""
    pools: tuple[str, ...] = ()
    """What it holds a slot of while it runs: pools, and tags that the project's executor limits."""
    priority: int = 0
    """Of the steps that could start, those of a higher one go first."""
    max_runtime: float | None = None
    """Seconds after which it is stopped; None for what the project's settings say."""
    declared_inputs: tuple[str, ...] = ()
    """Files that it was declared to be made from, as `pure.declared` reads them."""
    lacks: Mapping[Key, PartitionsSubset] = field(default_factory=dict)
    """The partitions that would be passed to the function, and were not made."""

    @property
    def products(self) -> tuple[Product, ...]:
        """All that it makes."""
        return (*self.assets, *self.checks)

    @property
    def is_routine(self) -> bool:
        """Whether a run of everything looks at it: not one that only looks at external assets, nor a job."""
        return not self.observes and not self.job and self.of is None

    @property
    def title(self) -> str:
        """What people know it by: its first asset, or its first check."""
        first = str(next(iter((*self.assets, *self.observes, *self.checks)), self.name))
        if len(self.partitions) < 2:
            return first
        return first.replace(f"[{self.partitions[0]}]", f"[{self.span}]")

    @property
    def span(self) -> str:
        """Its partitions in words: `2024-01-01`, or `2024-01-01...2024-01-07`."""
        ends = dict.fromkeys((*self.partitions[:1], *self.partitions[-1:]))
        return "...".join(ends)


@dataclass(frozen=True)
class JobDef:
    """One job as it was declared: of assets and checks, or of ops, which are one step."""

    name: str
    assets: tuple[Key, ...] = ()
    checks: tuple[CheckKey, ...] = ()
    ops: tuple[str, ...] = ()
    step: StepDef | None = None
    description: str = ""
    place: Place = Place("", 0)
    partitions: str = ""
    """How it is partitioned, in words."""
    is_configured_by_partition: bool = False
    """Whether its run config is made for each partition."""
    config_problem: str = ""
    """What is wrong with the config that a run of it would get, in words."""


@dataclass(frozen=True)
class Automation:
    """Names of what a project defines to run by itself."""

    schedules: tuple[str, ...] = ()
    sensors: tuple[str, ...] = ()
