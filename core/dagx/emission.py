"""What a value that a function returned or yielded means: an output of the step, or an event beside it.

Section 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from dagx.assets import AssetsDefinition
from dagx.errors import InvariantViolationError
from dagx.keys import AssetKey
from dagx.metadata import MetadataValue
from dagx.recording import AssetEvent
from dagx.results import AssetMaterialization, AssetObservation, DataVersion, MaterializeResult, Output
from dagx.slots import OutputSlot


@dataclass(frozen=True)
class Emission:
    """One output: its value (UNSET when the function stored the data itself) and what came with it."""

    slot: OutputSlot
    value: object
    metadata: Mapping[str, MetadataValue]
    data_version: DataVersion | None
    tags: Mapping[str, str]


def read_emission(definition: AssetsDefinition, item: object, *, is_yielded: bool) -> Emission | AssetEvent:
    """Which output `item` is.

    Raises InvariantViolationError for what a function may not return or yield so.
    """
    if isinstance(item, (AssetMaterialization, AssetObservation)):
        if is_yielded:
            return item
        raise InvariantViolationError(
            f'"{definition.name}" returned an {type(item).__name__}',
            "yield it, or give it to context.log_event",
        )
    if isinstance(item, Output):
        return _output(definition, cast("Output[Any]", cast(object, item)))
    if isinstance(item, MaterializeResult):
        return _materialize_result(definition, cast("MaterializeResult[Any]", cast(object, item)))
    if is_yielded:
        raise InvariantViolationError(
            f'"{definition.name}" yielded a {type(item).__qualname__}',
            "yield Output(value), or return the value",
        )
    if len(definition.outputs) != 1:
        raise InvariantViolationError(
            f'"{definition.name}" makes {len(definition.outputs)} assets and returned one value',
            "yield each output",
        )
    slot = definition.outputs[0]
    _check_is_no_output_promised(definition, slot, item)
    return Emission(slot, item, {}, None, {})


def _output(definition: AssetsDefinition, output: Output[Any]) -> Emission:
    slot = next((slot for slot in definition.outputs if slot.name == output.output_name), None)
    if slot is None:
        raise InvariantViolationError(
            f'"{definition.name}" has no output "{output.output_name}"',
            f"it has: {', '.join(slot.name for slot in definition.outputs)}",
        )
    is_nothing = slot.type.value.is_nothing and output.value is None
    if slot.type.wrapper is None and not is_nothing:
        shown = slot.type.value.display_name
        raise InvariantViolationError(
            f'"{definition.name}" is annotated to return {shown} and returned an Output',
            f"annotate it Output[{shown}], or return the value alone",
        )
    return Emission(slot, output.value, output.metadata, output.data_version, output.tags)


def _materialize_result(definition: AssetsDefinition, result: MaterializeResult[Any]) -> Emission:
    slot = _slot_for(definition, result.asset_key)
    if slot.type.wrapper is Output:
        _check_is_no_output_promised(definition, slot, result)
    return Emission(slot, result.value, result.metadata, result.data_version, result.tags)


def _slot_for(definition: AssetsDefinition, key: AssetKey | None) -> OutputSlot:
    if key is None and len(definition.outputs) == 1:
        return definition.outputs[0]
    if key is None:
        raise InvariantViolationError(
            f'"{definition.name}" makes {len(definition.outputs)} assets and did not say which',
            "give asset_key=",
        )
    for slot in definition.outputs:
        if slot.key == key:
            return slot
    raise InvariantViolationError(
        f'"{definition.name}" does not make the asset "{key.to_user_string()}"',
        f"it makes: {', '.join(slot.key.to_user_string() for slot in definition.outputs)}",
    )


def _check_is_no_output_promised(definition: AssetsDefinition, slot: OutputSlot, item: object) -> None:
    if slot.type.wrapper is Output:
        raise InvariantViolationError(
            f'"{definition.name}" is annotated to return an Output and returned a {type(item).__qualname__}',
            "return Output(value)",
        )
