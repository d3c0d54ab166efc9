"""SourceAsset, and observations: functions that look at assets made elsewhere. Semantics: section 28."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from dagx.assets.building import build_op, nothing_returned, own_io_manager
from dagx.assets.definition import AssetsDefinition
from dagx.assets.specs import AssetSpec, changed, spec_at
from dagx.errors import InvalidArgumentError, InvalidDefinitionError
from dagx.functions.decorated import asset_key_of, check_function, identifier_of, refuse_bare, step_name_of
from dagx.functions.signature import read_signature
from dagx.functions.slots import OutputSlot
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.names import DEFAULT_GROUP
from dagx.source import doc_of, location_of

if TYPE_CHECKING:
    from dagx.automation.conditions import AutomationCondition
    from dagx.partitions.definition import PartitionsDefinition

__all__ = ["SourceAsset", "multi_observable_source_asset", "observable_source_asset"]


class SourceAsset(AssetSpec):
    """The older form of an external AssetSpec: an asset made elsewhere, whose value an IO manager can load.

    `key` is a key (a str is one segment); `io_manager_key` names the resource that loads it, `io_manager_def` is that
    object itself; `observe_fn` is better written as `@observable_source_asset`. The rest as for AssetSpec. Semantics:
    section 28.
    """

    resource_defs: Mapping[str, object]

    def __init__(
        self,
        key: CoercibleToAssetKey,
        metadata: Mapping[str, Any] | None = None,
        io_manager_key: str | None = None,
        io_manager_def: object | None = None,
        description: str | None = None,
        partitions_def: PartitionsDefinition | None = None,
        group_name: str | None = None,
        resource_defs: Mapping[str, object] | None = None,
        observe_fn: Callable[..., Any] | None = None,
        op_tags: Mapping[str, Any] | None = None,
        *,
        automation_condition: AutomationCondition | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        if observe_fn is not None:
            raise InvalidDefinitionError(
                "SourceAsset takes no observe_fn in dagx",
                "decorate the function with @observable_source_asset",
            )
        asset_key = AssetKey.from_coercible(key)
        step = asset_key.to_python_identifier()
        manager, brought = own_io_manager(
            step,
            f'source asset "{asset_key.to_user_string()}"',
            io_manager_key,
            io_manager_def,
            resource_defs,
        )
        super().__init__(
            asset_key,
            metadata=metadata,
            description=description,
            partitions_def=partitions_def,
            group_name=group_name,
            automation_condition=automation_condition,
            tags=tags,
        )
        self._set(_io_manager=manager, resource_defs=brought)


@overload
def observable_source_asset(observe_fn: Callable[..., Any], /) -> AssetsDefinition: ...
@overload
def observable_source_asset(
    *,
    key: CoercibleToAssetKey | None = None,
    name: str | None = None,
    key_prefix: str | Sequence[str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    io_manager_key: str | None = None,
    io_manager_def: object | None = None,
    description: str | None = None,
    group_name: str | None = None,
    required_resource_keys: set[str] | None = None,
    resource_defs: Mapping[str, object] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    automation_condition: AutomationCondition | None = None,
    op_tags: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
) -> Callable[[Callable[..., Any]], AssetsDefinition]: ...
def observable_source_asset(
    observe_fn: Callable[..., Any] | None = None,
    *,
    key: CoercibleToAssetKey | None = None,
    name: str | None = None,
    key_prefix: str | Sequence[str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    io_manager_key: str | None = None,
    io_manager_def: object | None = None,
    description: str | None = None,
    group_name: str | None = None,
    required_resource_keys: set[str] | None = None,
    resource_defs: Mapping[str, object] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    automation_condition: AutomationCondition | None = None,
    op_tags: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
) -> AssetsDefinition | Callable[[Callable[..., Any]], AssetsDefinition]:
    """Make an asset that is made elsewhere, and a function that looks at it.

    The function returns a DataVersion, a DataVersionsByPartition for an asset with partitions, or an ObserveResult; it
    runs only when it is asked for. What depends on the asset goes by that version. Names and the rest as for `asset`.
    Raises InvalidDefinitionError. Semantics: section 28.
    """

    def define(function: Callable[..., Any]) -> AssetsDefinition:
        check_function(function, "observable_source_asset")
        asset_key = asset_key_of(function, name, key_prefix, key)
        shown = f'observable source asset "{asset_key.to_user_string()}"'
        step = identifier_of(asset_key, shown)
        manager, brought = own_io_manager(step, shown, io_manager_key, io_manager_def, resource_defs)
        spec = spec_at(
            location_of(function),
            asset_key,
            manager,
            description=description or doc_of(function),
            metadata=metadata,
            group_name=group_name or DEFAULT_GROUP,
            tags=tags,
            partitions_def=partitions_def,
            automation_condition=automation_condition,
        )
        return _observation(step, shown, function, [spec], False, required_resource_keys, brought, op_tags)

    return define if observe_fn is None else define(observe_fn)


def multi_observable_source_asset(
    observe_fn: None = None,
    /,
    *,
    specs: Sequence[AssetSpec] = (),
    name: str | None = None,
    description: str | None = None,
    partitions_def: PartitionsDefinition | None = None,
    can_subset: bool = False,
    required_resource_keys: set[str] | None = None,
    resource_defs: Mapping[str, object] | None = None,
    group_name: str | None = None,
    check_specs: Iterable[Any] | None = None,
) -> Callable[[Callable[..., Any]], AssetsDefinition]:
    """As `observable_source_asset`, for several assets: the function yields an ObserveResult(asset_key=...) for each.

    `can_subset` lets a run ask for some of them: the function then yields those in `context.selected_asset_keys`.
    """
    refuse_bare(
        observe_fn, "multi_observable_source_asset", "@multi_observable_source_asset(specs=[AssetSpec(...)])"
    )
    if check_specs:
        raise InvalidDefinitionError("an observation takes no check_specs in dagx", "use @asset_check")

    def define(function: Callable[..., Any]) -> AssetsDefinition:
        check_function(function, "multi_observable_source_asset")
        step = step_name_of(function, name, "multi_observable_source_asset")
        shown = f'multi_observable_source_asset "{step}"'
        for spec in specs:
            if spec.deps:
                raise InvalidDefinitionError(
                    f'{shown}: "{spec.key.to_user_string()}" has deps',
                    "what is only observed depends on nothing",
                )
        made = [
            changed(
                spec,
                group_name=spec.group_name or group_name or DEFAULT_GROUP,
                partitions_def=spec.partitions_def or partitions_def,
                description=spec.description or description,
            )
            for spec in specs
        ]
        return _observation(
            step,
            shown,
            function,
            made,
            can_subset,
            required_resource_keys,
            dict(resource_defs or {}),
            None,
        )

    return define


def _observation(
    step: str,
    shown: str,
    function: Callable[..., Any],
    specs: Sequence[AssetSpec],
    can_subset: bool,
    required_resource_keys: set[str] | None,
    resource_defs: Mapping[str, object],
    op_tags: Mapping[str, Any] | None,
) -> AssetsDefinition:
    signature = read_signature(function, shown)
    if signature.inputs:
        raise InvalidDefinitionError(
            f"{shown} takes {signature.inputs[0].name!r}", "an observation takes a context and resources only"
        )
    if not specs:
        raise InvalidArgumentError(f"{shown} observes nothing", "give specs=[AssetSpec(...)]")
    outputs = tuple(
        OutputSlot(
            "result" if len(specs) == 1 else spec.key.to_python_identifier(),
            spec.key,
            nothing_returned(),
            is_required=not can_subset,
            io_manager_key=spec.io_manager_key,
        )
        for spec in specs
    )
    op = build_op(
        step,
        function,
        signature,
        (),
        outputs,
        shown,
        required_resource_keys=required_resource_keys,
        op_tags=op_tags,
    )
    return AssetsDefinition(
        name=step,
        node_def=op,
        specs=tuple(specs),
        inputs=(),
        outputs=outputs,
        can_subset=can_subset,
        resource_defs=resource_defs,
        is_observation=True,
        source=op.source,
    )
