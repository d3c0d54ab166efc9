"""How the ops of a graph are wired, as a plain value: a change of it changes what the graph makes."""

from __future__ import annotations

from typing import Any

from dagx.assets.definition import AssetsDefinition
from dagx.execution.planning import steps_for_assets
from dagx.execution.steps import FromAsset, FromSeveral, FromStep, Source
from dagx.functions.slots import OutputSlot

__all__ = ["wiring_of"]


def wiring_of(definition: AssetsDefinition) -> list[Any]:
    """Each step with its op, where its inputs come from, what its outputs make, who stores and loads in between."""
    return [
        [
            step.key,
            step.op.name,
            sorted([name, _source(source)] for name, source in step.sources.items()),
            [_output(slot) for slot in step.outputs],
            [[slot.name, slot.input_manager_key] for slot in step.op.inputs if slot.input_manager_key],
            list(step.mapped_over) if isinstance(step.mapped_over, tuple) else step.mapped_over,
        ]
        for step in steps_for_assets([definition])
    ]


def _output(slot: OutputSlot) -> list[Any]:
    check = slot.check.name if slot.check else ""
    return [slot.name, str(slot.key), check, slot.is_required, slot.io_manager_key]


def _source(source: Source) -> list[Any]:
    if isinstance(source, FromAsset):
        return ["asset", str(source.slot.key)]
    if isinstance(source, FromStep):
        return ["step", source.step, source.output, source.is_mapped, source.is_collected]
    if isinstance(source, FromSeveral):
        return ["several", *(_source(one) for one in source.sources)]
    return ["value", source.value]
