"""From asset definitions to steps: what runs, in which order, and from where each step takes its inputs. Pure.

Sections 4, 5, 21.
"""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from dagx.assets.definition import AssetsDefinition
from dagx.errors import CircularDependencyError
from dagx.execution.steps import FromAsset, Source, Step, from_steps
from dagx.functions.op_definition import OpDefinition
from dagx.functions.slots import OutputSlot
from dagx.graphs import CycleError, reachable, topological_order
from dagx.keys import AssetKey


def steps_for_assets(definitions: Sequence[AssetsDefinition]) -> tuple[Step, ...]:
    """The steps of these definitions (or subsets of them), upstream first.

    A step waits for those that make what it needs, loaded or not, and for the blocking checks of these assets. Raises
    CircularDependencyError when definitions need each other.
    """
    parts = {definition.name: _parts(definition) for definition in definitions}
    maker = {
        slot.key: step.key
        for steps in parts.values()
        for step in steps
        for slot in step.outputs
        if slot.key is not None and slot.check is None and slot.name in step.selected
    }
    blocking = _blocking(parts)
    waits: dict[str, frozenset[str]] = {}
    steps: dict[str, Step] = {}
    for definition in definitions:
        siblings = {step.key for step in parts[definition.name]}
        for step in parts[definition.name]:
            asset_needs = _needed_by(definition, step)
            makers = {maker[key] for key in asset_needs if key in maker}
            if step.asset_keys:
                makers.update(*(blocking.get(key, ()) for key in asset_needs))
            # Among the ops of one graph its own edges alone say what is needed.
            waits[step.key] = step.needs | (makers - siblings)
            steps[step.key] = dataclasses.replace(
                step, needs=waits[step.key], asset_needs=frozenset(asset_needs)
            )
    try:
        order = topological_order(waits)
    except CycleError as cycle:
        raise CircularDependencyError(
            f"steps need each other: {cycle}", "split the multi-asset, or leave out one of the dependencies"
        ) from None
    return tuple(steps[key] for key in order)


def _parts(definition: AssetsDefinition) -> tuple[Step, ...]:
    if isinstance(definition.node_def, OpDefinition):
        return (_step(definition, definition.node_def),)
    return _graph_steps(definition)


def _step(definition: AssetsDefinition, op: OpDefinition) -> Step:
    return Step(
        key=definition.name,
        op=op,
        path=(definition.name,),
        sources=asset_sources(definition),
        outputs=definition.outputs,
        selected=definition.selected_outputs,
        definition=definition,
        retry_policy=op.retry_policy,
        hooks=definition.hook_defs,
        tags=op.tags,
    )


def asset_sources(definition: AssetsDefinition) -> dict[str, Source]:
    """Each input of a definition, filled with its asset."""
    return {slot.name: FromAsset(slot) for slot in definition.inputs}


def _graph_steps(definition: AssetsDefinition) -> tuple[Step, ...]:
    """The ops of a graph; those that feed its outputs make the assets. Of a subset, those that it takes to make it."""
    flatten: Any = importlib.import_module("dagx.ops.flatten").flatten
    flat = flatten(definition.node_def, path=(definition.name,), inputs=asset_sources(definition))
    steps: Sequence[Step] = flat.steps
    bound = {flat.outputs[slot.name]: slot for slot in definition.outputs}
    wanted = {place for place, slot in bound.items() if slot.name in definition.selected_outputs}
    needs = {step.key: step.needs for step in steps}
    running = set(needs) if definition.selected is None else reachable(needs, {step for step, _ in wanted})
    taken = {
        (source.step, source.output)
        for step in steps
        if step.key in running
        for one in step.sources.values()
        for source in from_steps(one)
    }
    return tuple(
        _op_of_graph(step, definition, bound, wanted | taken) for step in steps if step.key in running
    )


def _op_of_graph(
    step: Step,
    definition: AssetsDefinition,
    bound: Mapping[tuple[str, str], OutputSlot],
    wanted: Collection[tuple[str, str]],
) -> Step:
    """An op of a graph, whose outputs make the assets that `bound` says; of these, it gives the `wanted` ones."""
    return dataclasses.replace(
        step,
        outputs=tuple(_made_by_op(slot, bound.get((step.key, slot.name))) for slot in step.outputs),
        selected=frozenset(
            slot.name
            for slot in step.outputs
            if (step.key, slot.name) not in bound or (step.key, slot.name) in wanted
        ),
        definition=definition,
        hooks=step.hooks | definition.hook_defs,
    )


def _made_by_op(slot: OutputSlot, bound: OutputSlot | None) -> OutputSlot:
    """The output of an op in a graph, which makes the asset or check that `bound` says."""
    if bound is None:
        return slot
    return dataclasses.replace(
        slot,
        key=bound.key,
        check=bound.check,
        io_manager_key=bound.io_manager_key,
        is_required=slot.is_required,
    )


def _needed_by(definition: AssetsDefinition, step: Step) -> set[AssetKey]:
    """The assets without which a step does not run: those that it takes, and those that are waited for."""
    if isinstance(definition.node_def, OpDefinition):
        return _needs_of(definition, step)
    loaded = {source.slot.key for source in step.sources.values() if isinstance(source, FromAsset)}
    by_input = {slot.key for slot in definition.inputs}
    return (definition.dependency_keys - by_input) | {key for key in loaded if key is not None}


def _needs_of(definition: AssetsDefinition, step: Step) -> set[AssetKey]:
    """What the selected assets and checks need, those that the same step makes left out."""
    wanted = {slot.key for slot in step.outputs if slot.name in step.selected and slot.check is None}
    needs = {dep.asset_key for spec in definition.specs if spec.key in wanted for dep in spec.deps}
    needs |= {slot.key for slot in definition.inputs if slot.key is not None}
    for slot in step.outputs:
        if slot.check is not None and slot.name in step.selected:
            needs |= {slot.check.asset_key, *(dep.asset_key for dep in slot.check.additional_deps)}
    made = {slot.key for slot in step.outputs if slot.check is None and slot.name in step.selected}
    return needs - made


def _blocking(parts: Mapping[str, tuple[Step, ...]]) -> dict[AssetKey, set[str]]:
    """For each asset, the steps of its blocking checks."""
    found: dict[AssetKey, set[str]] = {}
    for steps in parts.values():
        for step in steps:
            for slot in step.outputs:
                if slot.check is not None and slot.check.blocking and slot.name in step.selected:
                    found.setdefault(slot.check.asset_key, set()).add(step.key)
    return found
