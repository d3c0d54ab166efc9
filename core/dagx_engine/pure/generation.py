"""One loaded version of the project's definitions, as values. Knows nothing of how it was loaded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NewType

__all__ = ["AssetDef", "Generation", "Key", "Place", "StepDef", "StepName"]

Key = NewType("Key", str)
"""An asset key as one string: its segments joined by `/`, slashes inside a segment escaped."""

StepName = NewType("StepName", str)
"""The name of one compute function: the asset key as a Python identifier."""


@dataclass(frozen=True)
class Place:
    """Where something is written: a path relative to the project, and a line that counts from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True)
class AssetDef:
    """One asset as it was declared."""

    key: Key
    step: StepName | None
    """None: external, not made by dagx."""
    deps: tuple[Key, ...] = ()
    loads: tuple[Key, ...] = ()
    """Those of `deps` whose value is passed to the function; the rest are for order and lineage."""
    group: str = "default"
    kinds: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    owners: tuple[str, ...] = ()
    description: str = ""
    place: Place = Place("", 0)


@dataclass(frozen=True)
class StepDef:
    """One compute function: the assets that it makes and what of its identity is known without running it."""

    name: StepName
    assets: tuple[Key, ...]
    parts: tuple[tuple[str, str], ...] = ()
    """(name, digest) of code, packages, interpreter, IO manager and resources."""
    widened: str = ""
    """Why the code parts cover more than what the function can reach, if they do."""


@dataclass(frozen=True)
class Generation:
    """All definitions of one load. `assets` and `steps` are in dependency order, upstream first."""

    number: int
    assets: Mapping[Key, AssetDef]
    steps: Mapping[StepName, StepDef]
    places: Mapping[str, Place] = field(default_factory=dict)
    """Part name to where that piece of code is written."""
    modules: Mapping[str, str] = field(default_factory=dict)
    """File of each loaded project module, relative to the project, to the digest of the bytes that were executed."""
    read_at_import: tuple[str, ...] = ()
    """Data files that importing the project read, relative to it: a change of one is a change of code."""
    third_party: tuple[str, ...] = ()
    """Top-level names of the third-party modules that loading imported."""

    def __post_init__(self) -> None:
        upstream: dict[StepName, frozenset[StepName]] = {}
        downstream: dict[StepName, set[StepName]] = {name: set() for name in self.steps}
        children: dict[Key, list[Key]] = {key: [] for key in self.assets}
        for asset in self.assets.values():
            for dep in asset.deps:
                children[dep].append(asset.key)
        for step in self.steps.values():
            makers = {self.assets[dep].step for dep in self.inputs(step.name)}
            needs = frozenset(maker for maker in makers if maker is not None and maker != step.name)
            upstream[step.name] = needs
            for need in needs:
                downstream[need].add(step.name)
        object.__setattr__(self, "_upstream", upstream)
        object.__setattr__(
            self, "_downstream", {name: frozenset(found) for name, found in downstream.items()}
        )
        object.__setattr__(self, "_children", {key: tuple(found) for key, found in children.items()})

    def inputs(self, step: StepName) -> tuple[Key, ...]:
        """The assets that the step needs, in the order they were declared, each once."""
        made = self.steps[step].assets
        found = dict.fromkeys(dep for key in made for dep in self.assets[key].deps)
        return tuple(dep for dep in found if dep not in made)

    def loads(self, step: StepName) -> tuple[Key, ...]:
        """Those inputs whose value is passed to the function."""
        return tuple(dict.fromkeys(dep for key in self.steps[step].assets for dep in self.assets[key].loads))

    def upstream(self, step: StepName) -> frozenset[StepName]:
        """The steps that make what this step needs."""
        found: Mapping[StepName, frozenset[StepName]] = self._upstream  # type: ignore[attr-defined]  # set above
        return found[step]

    def downstream(self, step: StepName) -> frozenset[StepName]:
        """The steps that need what this step makes."""
        found: Mapping[StepName, frozenset[StepName]] = self._downstream  # type: ignore[attr-defined]  # set above
        return found[step]

    def children(self, key: Key) -> tuple[Key, ...]:
        """The assets that need this asset."""
        found: Mapping[Key, tuple[Key, ...]] = self._children  # type: ignore[attr-defined]  # set above
        return found[key]

    def steps_of(self, keys: Iterable[Key]) -> tuple[StepName, ...]:
        """The steps that make these assets, in dependency order; external assets have none."""
        wanted = {self.assets[key].step for key in keys}
        return tuple(name for name in self.steps if name in wanted)

    def below(self, steps: Sequence[StepName]) -> frozenset[StepName]:
        """These steps and all that need them, at any distance."""
        found = set(steps)
        queue = list(steps)
        while queue:
            for child in self.downstream(queue.pop()):
                if child not in found:
                    found.add(child)
                    queue.append(child)
        return frozenset(found)
