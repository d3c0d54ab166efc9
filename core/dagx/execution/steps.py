"""What is to be executed: steps, and where the value of each of their inputs comes from. Plain values.

A graph of ops, a job, an asset and a set of assets all become a sequence of steps, upstream first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dagx.execution.retries import RetryPolicy
from dagx.functions.op_definition import OpDefinition
from dagx.functions.slots import InputSlot, OutputSlot
from dagx.keys import AssetKey

if TYPE_CHECKING:
    from dagx.assets.definition import AssetsDefinition


@dataclass(frozen=True)
class FromAsset:
    """The stored value of an asset, loaded by its IO manager, as `slot` of an asset definition says."""

    slot: InputSlot


@dataclass(frozen=True)
class FromStep:
    """An output of another step of the run.

    `is_mapped`: that output is dynamic (or below one), and the step that takes it runs once for each mapping key.
    `is_collected`: all values of a dynamic output (or of what runs once for each of its keys), as a list.
    """

    step: str
    output: str = "result"
    is_mapped: bool = False
    is_collected: bool = False


@dataclass(frozen=True)
class FromSeveral:
    """A list of values, each from where it says."""

    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Given:
    """A value that is known already."""

    value: object


Source = FromAsset | FromStep | FromSeveral | Given


def from_steps(source: Source) -> list[FromStep]:
    """The outputs of other steps in a source."""
    if isinstance(source, FromSeveral):
        return [found for one in source.sources for found in from_steps(one)]
    return [source] if isinstance(source, FromStep) else []


@dataclass(frozen=True, eq=False)
class Step:
    """One use of an op in a run.

    `key` is its name in the run ("graph.op" below a graph); `path` the names that lead to its config; `outputs` those
    of the op with the asset keys that this use of it makes; `selected` the names of the outputs that the run wants.
    `definition` is the asset definition it belongs to. `needs` are the steps that must have ended before it starts:
    those whose values it takes, and those it only waits for (upstream assets that it does not load, blocking
    checks). `asset_needs` are the assets without which it does not run, loaded or not. `mapped_over` is the step and
    the dynamic output of it, for each mapping key of which it runs once.
    """

    key: str
    op: OpDefinition
    path: tuple[str, ...]
    sources: Mapping[str, Source]
    outputs: tuple[OutputSlot, ...]
    selected: frozenset[str]
    definition: AssetsDefinition | None = None
    needs: frozenset[str] = frozenset()
    asset_needs: frozenset[AssetKey] = frozenset()
    mapped_over: tuple[str, str] | None = None
    retry_policy: RetryPolicy | None = None
    hooks: frozenset[Any] = frozenset()
    tags: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def asset_keys(self) -> list[AssetKey]:
        """The assets that this use of the op makes, in order."""
        return [slot.key for slot in self.outputs if slot.key is not None and slot.check is None]
