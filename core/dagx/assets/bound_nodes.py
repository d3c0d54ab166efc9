"""Ops and graphs bound to assets: `AssetsDefinition.from_op` and `from_graph`. Sections 2 and 5."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dagx.assets.building import check_backfill_policy, check_outputs, check_self_dependency, hooks_of
from dagx.assets.definition import AssetsDefinition
from dagx.assets.edges import AssetDep
from dagx.assets.specs import AssetSpec, spec_at
from dagx.checks.specs import AssetCheckSpec
from dagx.errors import InvalidDefinitionError
from dagx.functions.op_definition import OpDefinition
from dagx.functions.slots import InputSlot, OutputSlot
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.names import DEFAULT_GROUP
from dagx.nearest import did_you_mean

if TYPE_CHECKING:
    from dagx.automation.conditions import AutomationCondition
    from dagx.ops.graph_definition import GraphDefinition
    from dagx.partitions.backfill import BackfillPolicy
    from dagx.partitions.definition import PartitionsDefinition
    from dagx.partitions.mapping import PartitionMapping


def assets_from_node(
    node: OpDefinition | GraphDefinition,
    *,
    keys_by_input_name: Mapping[str, CoercibleToAssetKey] | None = None,
    keys_by_output_name: Mapping[str, CoercibleToAssetKey] | None = None,
    key_prefix: str | Sequence[str] | None = None,
    internal_asset_deps: Mapping[str, set[AssetKey]] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    partition_mappings: Mapping[str, PartitionMapping] | None = None,
    group_name: str | None = None,
    resource_defs: Mapping[str, object] | None = None,
    metadata_by_output_name: Mapping[str, Mapping[str, Any]] | None = None,
    tags_by_output_name: Mapping[str, Mapping[str, str]] | None = None,
    descriptions_by_output_name: Mapping[str, str] | None = None,
    code_versions_by_output_name: Mapping[str, str] | None = None,
    automation_conditions_by_output_name: Mapping[str, AutomationCondition] | None = None,
    owners_by_output_name: Mapping[str, Sequence[str]] | None = None,
    can_subset: bool = False,
    backfill_policy: BackfillPolicy | None = None,
    check_specs: Sequence[AssetCheckSpec] | None = None,
    hook_defs: Iterable[Any] = (),
) -> AssetsDefinition:
    """The assets that an op or graph makes: each input an upstream asset, each output an asset.

    Keys are the names of inputs and outputs (the only output, "result": the name of the node), unless they are given.
    Raises InvalidDefinitionError for names that the node does not have. Semantics: section 2.
    """
    shown = f'"{node.name}"'
    in_names = [slot.name for slot in node.inputs]
    checks = {spec.get_python_identifier(): spec for spec in check_specs or ()}
    out_names = [name for name in _output_names(node) if name not in checks]
    _check_names(shown, "input", keys_by_input_name, in_names)
    for given in (keys_by_output_name, metadata_by_output_name, tags_by_output_name):
        _check_names(shown, "output", given, out_names)
    in_keys = {name: _key((keys_by_input_name or {}).get(name), name) for name in in_names}
    out_keys = {
        name: _key((keys_by_output_name or {}).get(name), node.name if name == "result" else name)
        for name in out_names
    }
    if key_prefix is not None:
        out_keys = {name: key.with_prefix(key_prefix) for name, key in out_keys.items()}
    mappings = partition_mappings or {}
    specs = [
        spec_at(
            node.source,
            out_keys[name],
            deps=_needs(name, in_keys, out_keys, mappings, internal_asset_deps),
            description=(descriptions_by_output_name or {}).get(name) or node.description,
            metadata=(metadata_by_output_name or {}).get(name),
            tags=(tags_by_output_name or {}).get(name),
            owners=(owners_by_output_name or {}).get(name),
            code_version=(code_versions_by_output_name or {}).get(name),
            automation_condition=(automation_conditions_by_output_name or {}).get(name),
            group_name=group_name or DEFAULT_GROUP,
            partitions_def=partitions_def,
        )
        for name in out_names
    ]
    return bound_definition(
        node,
        specs,
        tuple(InputSlot(name, in_keys[name], partition_mapping=mappings.get(name)) for name in in_names),
        dict(zip(out_names, specs)),  # noqa: B905  # of one length by construction
        checks,
        can_subset=can_subset,
        backfill_policy=backfill_policy,
        resource_defs=resource_defs,
        hook_defs=hook_defs,
    )


def bound_definition(
    node: OpDefinition | GraphDefinition,
    specs: Sequence[AssetSpec],
    inputs: tuple[InputSlot, ...],
    by_output: Mapping[str, AssetSpec],
    checks: Mapping[str, AssetCheckSpec],
    *,
    can_subset: bool = False,
    backfill_policy: BackfillPolicy | None = None,
    resource_defs: Mapping[str, object] | None = None,
    hook_defs: Iterable[Any] = (),
    io_managers: Mapping[str, str] | None = None,
    required: Mapping[str, bool] | None = None,
) -> AssetsDefinition:
    """The definition in which `node` makes the assets `by_output` and gives the results of `checks`, by output."""
    shown = f'"{node.name}"'
    own = node.output_by_name if isinstance(node, OpDefinition) else {}
    outputs: list[OutputSlot] = []
    for name, spec in by_output.items():
        slot = own.get(name, OutputSlot(name))
        outputs.append(
            dataclasses.replace(
                slot,
                key=spec.key,
                io_manager_key=(io_managers or {}).get(name, spec.io_manager_key),
                is_required=(required or {}).get(name, slot.is_required) and not can_subset,
            )
        )
    outputs += check_outputs(checks.values(), [spec.key for spec in specs], shown)
    check_self_dependency(specs, node.source)
    check_backfill_policy(backfill_policy, specs, shown)
    if isinstance(node, OpDefinition):
        types = node.input_by_name
        inputs = tuple(dataclasses.replace(slot, type=types[slot.name].type) for slot in inputs)
        node = node.changed(inputs=inputs, outputs=tuple(outputs))
    return AssetsDefinition(
        name=node.name,
        node_def=node,
        specs=tuple(specs),
        inputs=inputs,
        outputs=tuple(outputs),
        can_subset=can_subset,
        backfill_policy=backfill_policy,
        resource_defs=dict(resource_defs or {}),
        hook_defs=hooks_of(hook_defs, shown),
        source=node.source,
    )


def _output_names(node: OpDefinition | GraphDefinition) -> list[str]:
    return [slot.name for slot in node.outputs] if isinstance(node, OpDefinition) else list(node.outputs)


def _key(given: CoercibleToAssetKey | None, name: str) -> AssetKey:
    return AssetKey(name) if given is None else AssetKey.from_coercible(given)


def _needs(
    output: str,
    in_keys: Mapping[str, AssetKey],
    out_keys: Mapping[str, AssetKey],
    mappings: Mapping[str, PartitionMapping],
    internal: Mapping[str, set[AssetKey]] | None,
) -> list[AssetDep]:
    every = {key: AssetDep(key, partition_mapping=mappings.get(name)) for name, key in in_keys.items()}
    if internal is None or output not in internal:
        return list(every.values())
    siblings = set(out_keys.values())
    found: list[AssetDep] = []
    for key in sorted(internal[output]):
        if key not in every and key not in siblings:
            raise InvalidDefinitionError(
                f'internal_asset_deps of {output!r} has "{key.to_user_string()}", which is neither an input nor made '
                "here",
                "correct the key",
            )
        found.append(every.get(key) or AssetDep(key))
    return found


def _check_names(shown: str, what: str, given: Mapping[str, Any] | None, known: Sequence[str]) -> None:
    for name in given or {}:
        if name not in known:
            raise InvalidDefinitionError(
                f"{shown} has no {what} {name!r}",
                did_you_mean(name, known) or f"it has: {', '.join(known) or 'none'}",
            )
