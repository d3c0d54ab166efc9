"""What a run of assets does: those that a selection asks for, as steps with all that is known around them.

It knows resolved definitions, and neither partitions nor where the run goes. Sections 4, 15, 24, 27.
"""

from __future__ import annotations

import importlib
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from dagx.assets.definition import AssetsDefinition
from dagx.errors import InvalidDefinitionError, InvalidSubsetError
from dagx.execution.in_process_steps import Work
from dagx.execution.planned_resources import op_schema
from dagx.execution.planning import steps_for_assets
from dagx.functions.op_definition import OpDefinition
from dagx.project.resolution import ResolvedDefinitions
from dagx.selecting.asset_selection import AssetSelection, CoercibleToAssetSelection


def work_of(resolved: ResolvedDefinitions, chosen: Collection[AssetsDefinition], **more: Any) -> Work:
    """The steps of these definitions (or subsets of them), with all that is known around them."""
    names = {definition.name for definition in chosen}
    return Work(
        steps=steps_for_assets(list(chosen)),
        specs=resolved.specs,
        makers=resolved.makers,
        resources=resolved.resources,
        ops={definition.name: op_schema(definition) for definition in chosen},
        ignored_ops=[name for name in resolved.steps if name not in names],
        graph_outputs=graph_outputs(chosen),
        **more,
    )


def graph_outputs(chosen: Iterable[AssetsDefinition]) -> dict[str, Mapping[str, tuple[str, str]]]:
    """For each graph among the definitions and inside them, the step and output that give each of its outputs."""
    found: dict[str, Mapping[str, tuple[str, str]]] = {}
    for definition in chosen:
        if not isinstance(definition.node_def, OpDefinition):
            outputs: Any = importlib.import_module("dagx.ops.flatten").graph_outputs
            found.update(outputs(definition.node_def, (definition.name,)))
    return found


def chosen_definitions(
    resolved: ResolvedDefinitions, selection: CoercibleToAssetSelection | None
) -> list[AssetsDefinition]:
    """The definitions that a selection asks for, in order, of each no more than that. None: all that make something.

    Raises InvalidSubsetError for names that do not exist, InvalidDefinitionError when a definition that cannot be
    subset is asked for in part.
    """
    if selection is None:
        return [step for step in resolved.steps.values() if not step.is_observation]
    wanted = AssetSelection.from_coercible(selection)
    keys = wanted.resolve(resolved)
    checks = wanted.resolve_checks(resolved)
    found: list[AssetsDefinition] = []
    for step in resolved.steps.values():
        own = step.keys & keys
        own_checks = step.check_keys & checks
        if not own and not own_checks:
            continue
        try:
            found.append(step.subset_for(own, own_checks))
        except InvalidSubsetError as error:
            raise InvalidDefinitionError(error.message, error.hint) from error
    return found
