"""Copies of a definition of assets: less of it, other specs, other keys. It changes nothing in place. Section 2."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, cast

from dagx.assets.edges import AssetDep
from dagx.assets.specs import AssetSpec, changed
from dagx.checks.specs import AssetCheckKey
from dagx.errors import InvalidArgumentError, InvalidDefinitionError, InvalidSubsetError
from dagx.functions.op_definition import OpDefinition
from dagx.functions.slots import OutputSlot
from dagx.keys import AssetKey

if TYPE_CHECKING:
    from dagx.assets.definition import AssetsDefinition
    from dagx.partitions.backfill import BackfillPolicy

Rename = Callable[[AssetKey], AssetKey]


def subset_of(
    definition: AssetsDefinition,
    asset_keys: Collection[AssetKey],
    check_keys: Collection[AssetCheckKey] | None,
) -> AssetsDefinition:
    """See `AssetsDefinition.subset_for`."""
    wanted = frozenset(slot.name for slot in definition.outputs if _is_wanted(slot, asset_keys, check_keys))
    if wanted == definition.selected_outputs:
        return definition
    missing = sorted(
        slot.key.to_user_string()
        for slot in definition.outputs
        if slot.check is None and slot.name not in wanted and slot.key is not None
    )
    if not definition.can_subset and missing:
        raise InvalidSubsetError(
            f'"{definition.name}" makes its assets together and cannot make some of them',
            f"select {', '.join(missing)} as well, or give it can_subset=True and yield what is selected",
        )
    return dataclasses.replace(definition, selected=wanted)


def _is_wanted(
    slot: OutputSlot, asset_keys: Collection[AssetKey], check_keys: Collection[AssetCheckKey] | None
) -> bool:
    if slot.check is not None and check_keys is not None:
        return slot.check.key in check_keys
    return slot.key in asset_keys


def with_specs_mapped(
    definition: AssetsDefinition, func: Callable[[AssetSpec], AssetSpec]
) -> AssetsDefinition:
    """See `AssetsDefinition.map_asset_specs`."""
    specs = tuple(_mapped(func, spec) for spec in definition.specs)
    needed = {dep.asset_key for spec in specs for dep in spec.deps}
    for slot in definition.inputs:
        if slot.key is not None and slot.key not in needed and specs:
            raise InvalidDefinitionError(
                f'map_asset_specs dropped the dependency "{slot.key.to_user_string()}" of "{definition.name}"',
                f"the parameter {slot.name!r} is filled from it",
            )
    return dataclasses.replace(definition, specs=specs)


def _mapped(func: Callable[[AssetSpec], AssetSpec], spec: AssetSpec) -> AssetSpec:
    new = func(spec)
    if not isinstance(cast(object, new), AssetSpec):
        raise InvalidArgumentError(
            f'the function of map_asset_specs returned {new!r} for "{spec.key.to_user_string()}"',
            "return the spec, or spec.replace_attributes(...)",
        )
    if new.key != spec.key:
        raise InvalidDefinitionError(
            f'map_asset_specs changed the key "{spec.key.to_user_string()}"',
            "use with_attributes(asset_key_replacements={old: new})",
        )
    return new


def with_attributes_changed(
    definition: AssetsDefinition,
    keys: Mapping[AssetKey, AssetKey],
    groups: Mapping[AssetKey, str],
    spec_changes: Mapping[str, object],
    backfill_policy: BackfillPolicy | None,
) -> AssetsDefinition:
    """See `AssetsDefinition.with_attributes`."""

    def new(key: AssetKey) -> AssetKey:
        return keys.get(key, key)

    specs = tuple(_moved_spec(spec, new, groups, spec_changes) for spec in definition.specs)
    inputs = tuple(dataclasses.replace(slot, key=slot.key and new(slot.key)) for slot in definition.inputs)
    outputs = tuple(_moved_output(slot, new) for slot in definition.outputs)
    was_named_by_key = len(specs) == 1 and definition.name == definition.specs[0].key.to_python_identifier()
    name = specs[0].key.to_python_identifier() if was_named_by_key else definition.name
    node = definition.node_def
    if isinstance(node, OpDefinition):
        node = node.changed(name=name, inputs=inputs, outputs=outputs)
    return dataclasses.replace(
        definition,
        name=name,
        node_def=node,
        specs=specs,
        inputs=inputs,
        outputs=outputs,
        backfill_policy=backfill_policy or definition.backfill_policy,
    )


def _moved_spec(
    spec: AssetSpec, new: Rename, groups: Mapping[AssetKey, str], spec_changes: Mapping[str, object]
) -> AssetSpec:
    return changed(
        spec,
        **{
            **spec_changes,
            "key": new(spec.key),
            "deps": tuple(
                AssetDep(new(dep.asset_key), metadata=dep.metadata, partition_mapping=dep.partition_mapping)
                for dep in spec.deps
            ),
            "group_name": groups.get(spec.key, spec.group_name),
        },
    )


def _moved_output(slot: OutputSlot, new: Rename) -> OutputSlot:
    if slot.key is None:
        return slot
    check = None if slot.check is None else slot.check.moved(new)
    return dataclasses.replace(slot, key=new(slot.key), check=check)
