"""Which resources and config the steps of a run need. It opens nothing. Sections 9, 10, 11."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping

from dagx.assets.definition import AssetsDefinition
from dagx.assets.specs import AssetSpec
from dagx.config.run_config import OpSchema
from dagx.execution.steps import FromAsset, FromSeveral, Source, Step
from dagx.functions.op_definition import OpDefinition
from dagx.functions.slots import OutputSlot
from dagx.keys import AssetKey

Makers = Mapping[AssetKey, "tuple[str, OutputSlot]"]


def resources_of(steps: Iterable[Step], specs: Mapping[AssetKey, AssetSpec], makers: Makers) -> set[str]:
    """The resources that running these steps needs: functions', hooks', types', and the IO managers."""
    found: set[str] = set()
    for step in steps:
        found |= step.op.function_resource_keys
        for hook in step.hooks:
            found |= hook.required_resource_keys
        for slot in step.outputs:
            found |= slot.type.value.required_resource_keys
            if slot.check is None and not slot.is_nothing and slot.name in step.selected:
                found.add(slot.io_manager_key)
        for taken in step.op.loaded_inputs:
            found |= taken.type.required_resource_keys
            found |= _managers(step.sources.get(taken.name), taken.input_manager_key, specs, makers)
    return found


def _managers(
    source: Source | None, named: str | None, specs: Mapping[AssetKey, AssetSpec], makers: Makers
) -> set[str]:
    if named is not None:
        return {named}
    if isinstance(source, FromSeveral):
        return {key for one in source.sources for key in _managers(one, None, specs, makers)}
    if not isinstance(source, FromAsset) or source.slot.key is None:
        return set()
    if source.slot.input_manager_key is not None:
        return {source.slot.input_manager_key}
    if source.slot.key in makers:
        return {makers[source.slot.key][1].io_manager_key}
    spec = specs.get(source.slot.key)
    return set() if spec is None else {spec.io_manager_key}


def op_schema(definition: AssetsDefinition) -> OpSchema:
    """What config the step of a definition takes."""
    if isinstance(definition.node_def, OpDefinition):
        return OpSchema(definition.node_def.config_type)
    found: OpSchema = importlib.import_module("dagx.ops.config_schema").config_schema(definition.node_def)
    return found
