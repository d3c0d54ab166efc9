"""`@asset`: an asset from a function. Semantics: section 2."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, overload

from dagx.assets.building import (
    build_op,
    check_backfill_policy,
    check_outputs,
    check_self_dependency,
    hooks_of,
    input_slots,
    merged_deps,
    output_type,
    own_io_manager,
    with_mappings_of,
)
from dagx.assets.definition import AssetsDefinition
from dagx.assets.edges import AssetIn, CoercibleToAssetDep, coerce_deps
from dagx.assets.files import FileInput, file_inputs, parted
from dagx.assets.old_keywords import with_old_keywords
from dagx.assets.specs import spec_at
from dagx.execution.retries import RetryPolicy
from dagx.functions.decorated import asset_key_of, check_function, identifier_of
from dagx.functions.signature import read_signature
from dagx.functions.slots import DEFAULT_IO_MANAGER, OutputSlot
from dagx.functions.typecheck import UNSAID, return_type
from dagx.keys import CoercibleToAssetKey
from dagx.names import DEFAULT_GROUP
from dagx.source import doc_of

if TYPE_CHECKING:
    from dagx.automation.conditions import AutomationCondition
    from dagx.checks.specs import AssetCheckSpec
    from dagx.freshness.policies import FreshnessPolicy
    from dagx.partitions.backfill import BackfillPolicy
    from dagx.partitions.definition import PartitionsDefinition

__all__ = ["asset"]


@overload
def asset(compute_fn: Callable[..., Any], /) -> AssetsDefinition: ...
@overload
def asset(
    *,
    name: str | None = None,
    key_prefix: str | Sequence[str] | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    deps: Iterable[CoercibleToAssetDep] | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    description: str | None = None,
    config_schema: Any = None,
    required_resource_keys: set[str] | None = None,
    resource_defs: Mapping[str, object] | None = None,
    hooks: Iterable[Any] | None = None,
    io_manager_def: object | None = None,
    io_manager_key: str | None = None,
    dagster_type: Any = None,
    partitions_def: PartitionsDefinition | None = None,
    op_tags: Mapping[str, Any] | None = None,
    group_name: str | None = None,
    output_required: bool = True,
    automation_condition: AutomationCondition | None = None,
    freshness_policy: FreshnessPolicy | None = None,
    backfill_policy: BackfillPolicy | None = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    key: CoercibleToAssetKey | None = None,
    check_specs: Iterable[AssetCheckSpec] | None = None,
    owners: Sequence[str] | None = None,
    kinds: Iterable[str] | None = None,
    pool: str | None = None,
    is_virtual: bool = False,
    inputs: Iterable[FileInput | str | os.PathLike[str]] | None = None,
) -> Callable[[Callable[..., Any]], AssetsDefinition]: ...
def asset(
    compute_fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    key_prefix: str | Sequence[str] | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    deps: Iterable[CoercibleToAssetDep] | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    description: str | None = None,
    config_schema: Any = None,
    required_resource_keys: set[str] | None = None,
    resource_defs: Mapping[str, object] | None = None,
    hooks: Iterable[Any] | None = None,
    io_manager_def: object | None = None,
    io_manager_key: str | None = None,
    dagster_type: Any = None,
    partitions_def: PartitionsDefinition | None = None,
    op_tags: Mapping[str, Any] | None = None,
    group_name: str | None = None,
    output_required: bool = True,
    automation_condition: AutomationCondition | None = None,
    freshness_policy: FreshnessPolicy | None = None,
    backfill_policy: BackfillPolicy | None = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    key: CoercibleToAssetKey | None = None,
    check_specs: Iterable[AssetCheckSpec] | None = None,
    owners: Sequence[str] | None = None,
    kinds: Iterable[str] | None = None,
    pool: str | None = None,
    is_virtual: bool = False,
    inputs: Iterable[FileInput | str | os.PathLike[str]] | None = None,
    **older: NoReturn,
) -> AssetsDefinition | Callable[[Callable[..., Any]], AssetsDefinition]:
    """Make an asset of a function, bare (`@asset`) or with arguments. Each parameter is the asset so named.

    name, key_prefix, key: the key is `key_prefix` (a str is one segment) and then `name` or the function's
        name; or `key` alone.
    ins: parameter to AssetIn, for those that stand for an asset of another key, or need an input manager.
    deps: assets that must be made first and whose values are not loaded; and files, by `dg.file`.
    inputs: files that it is made from, beside those that it is seen to read: `dg.file`, or paths alone.
    metadata, tags, description (else the docstring), group_name (else "default"), owners, kinds: what is
        shown.
    config_schema: what config the function takes; a parameter `config` with a Config class says it better.
    required_resource_keys: resources to be found at `context.resources`; not together with resource parameters.
    resource_defs: resources that this asset brings along. hooks: called after the step succeeded or failed.
    io_manager_key: the resource that stores and loads the value; "io_manager" by default. io_manager_def: that
        object itself, in place of a key.
    dagster_type: checked in place of the return annotation.
    partitions_def, backfill_policy: the partitions, and how many of them one run takes.
    op_tags: tags of the step. output_required: False for a generator that may end and have made nothing.
    automation_condition, freshness_policy: when to make it unasked; how old it may get.
    retry_policy: when to try again after a failure. pool: what it shares a limit of running steps with.
    code_version: names the version of the code by hand, in place of the one that dagx computes.
    check_specs: checks whose results the function gives itself.

    Raises InvalidDefinitionError for what cannot be an asset, TypeError for an unknown keyword. Section 2.
    """
    old = with_old_keywords(
        "asset", older, tags=tags, kinds=kinds, deps=deps, automation_condition=automation_condition
    )

    def define(function: Callable[..., Any]) -> AssetsDefinition:
        check_function(function, "asset")
        asset_key = asset_key_of(function, name, key_prefix, key)
        shown = f'asset "{asset_key.to_user_string()}"'
        step = identifier_of(asset_key, shown)
        manager, brought = own_io_manager(step, shown, io_manager_key, io_manager_def, resource_defs)
        signature = read_signature(function, shown)
        assets, files = parted(old.deps)
        stated = coerce_deps(assets)
        slots = input_slots(signature, ins, shown)
        returns = (
            UNSAID if signature.is_generator else return_type(signature.returns, f"the result of {shown}")
        )
        result = OutputSlot(
            "result",
            asset_key,
            output_type(returns, dagster_type, f"the result of {shown}"),
            is_required=output_required,
            io_manager_key=manager or DEFAULT_IO_MANAGER,
        )
        outputs = (result, *check_outputs(check_specs, [asset_key], shown))
        op = build_op(
            step,
            function,
            signature,
            with_mappings_of(slots, stated),
            outputs,
            shown,
            config_schema=config_schema,
            required_resource_keys=required_resource_keys,
            retry_policy=retry_policy,
            op_tags=op_tags,
            pool=pool,
            code_version=code_version,
            files=(*files, *file_inputs(inputs, shown)),
        )
        spec = spec_at(
            op.source,
            asset_key,
            manager,
            deps=merged_deps(slots, stated, shown),
            description=description or doc_of(function),
            metadata=metadata,
            group_name=DEFAULT_GROUP if group_name is None else group_name,
            code_version=code_version,
            owners=owners,
            tags=old.tags,
            kinds=old.kinds,
            partitions_def=partitions_def,
            automation_condition=old.automation_condition,
            freshness_policy=freshness_policy,
            is_virtual=is_virtual,
            skippable=not output_required,
        )
        check_self_dependency([spec], op.source)
        check_backfill_policy(backfill_policy, [spec], shown)
        return AssetsDefinition(
            name=step,
            node_def=op,
            specs=(spec,),
            inputs=op.inputs,
            outputs=outputs,
            backfill_policy=backfill_policy,
            resource_defs=brought,
            hook_defs=hooks_of(hooks, shown),
            source=op.source,
        )

    return define if compute_fn is None else define(compute_fn)
