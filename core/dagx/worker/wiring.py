"""How the ops of a graph are wired, as a plain value: a change of it changes what the graph makes."""

from __future__ import annotations

from typing import Any

from dagx.assets.definition import AssetsDefinition
from dagx.execution.planning import steps_for_assets
from dagx.execution.steps import FromAsset, FromSeveral, FromStep, Source

__all__ = ["wiring_of"]


def wiring_of(definition: AssetsDefinition) -> list[Any]:
    """Each step with its op, where its inputs come from, and what its outputs make."""
    return [
        [
            step.key,
            step.op.name,
            sorted([name, _source(source)] for name, source in step.sources.items()),
            [[slot.name, str(slot.key), slot.check.name if slot.check else ""] for slot in step.outputs],
            list(step.mapped_over) if isinstance(step.mapped_over, tuple) else step.mapped_over,
        ]
        for step in steps_for_assets([definition])
    ]


def _source(source: Source) -> list[Any]:
    if isinstance(source, FromAsset):
        return ["asset", str(source.slot.key)]
    if isinstance(source, FromStep):
        return ["step", source.step, source.output, source.is_mapped, source.is_collected]
    if isinstance(source, FromSeveral):
        return ["several", *(_source(one) for one in source.sources)]
    return ["value", source.value]
