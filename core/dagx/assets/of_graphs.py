"""`@graph_asset` and `@graph_multi_asset`: assets from several ops. Semantics: section 5."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from dagx.assets.bound_nodes import bound_definition
from dagx.assets.building import checked_mapping_of_ins, input_slot, merged_deps
from dagx.assets.definition import AssetsDefinition
from dagx.assets.edges import AssetIn
from dagx.assets.files import FileInput, file_inputs
from dagx.assets.out import AssetOut, checked_outs
from dagx.assets.specs import spec_at
from dagx.checks.specs import AssetCheckSpec
from dagx.errors import InvalidArgumentError, InvalidDefinitionError
from dagx.functions.annotations import parameters_of
from dagx.functions.decorated import asset_key_of, check_function, identifier_of, refuse_bare, step_name_of
from dagx.functions.signature import CONTEXT_NAMES
from dagx.functions.slots import InputSlot
from dagx.keys import CoercibleToAssetKey
from dagx.names import DEFAULT_GROUP
from dagx.ops.composition import compose
from dagx.ops.graph_definition import GraphDefinition
from dagx.source import doc_of, location_of

if TYPE_CHECKING:
    from dagx.automation.conditions import AutomationCondition
    from dagx.partitions.backfill import BackfillPolicy
    from dagx.partitions.definition import PartitionsDefinition

__all__ = ["graph_asset", "graph_multi_asset"]


@overload
def graph_asset(compose_fn: Callable[..., Any], /) -> AssetsDefinition: ...
@overload
def graph_asset(
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    config: Any = None,
    key_prefix: str | Sequence[str] | None = None,
    group_name: str | None = None,
    partitions_def: PartitionsDefinition | None = None,
    hooks: Iterable[Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    owners: Sequence[str] | None = None,
    automation_condition: AutomationCondition | None = None,
    backfill_policy: BackfillPolicy | None = None,
    resource_defs: Mapping[str, object] | None = None,
    check_specs: Sequence[AssetCheckSpec] | None = None,
    code_version: str | None = None,
    key: CoercibleToAssetKey | None = None,
    kinds: Iterable[str] | None = None,
    inputs: Iterable[FileInput | str | os.PathLike[str]] | None = None,
) -> Callable[[Callable[..., Any]], AssetsDefinition]: ...
def graph_asset(
    compose_fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    config: Any = None,
    key_prefix: str | Sequence[str] | None = None,
    group_name: str | None = None,
    partitions_def: PartitionsDefinition | None = None,
    hooks: Iterable[Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    owners: Sequence[str] | None = None,
    automation_condition: AutomationCondition | None = None,
    backfill_policy: BackfillPolicy | None = None,
    resource_defs: Mapping[str, object] | None = None,
    check_specs: Sequence[AssetCheckSpec] | None = None,
    code_version: str | None = None,
    key: CoercibleToAssetKey | None = None,
    kinds: Iterable[str] | None = None,
    inputs: Iterable[FileInput | str | os.PathLike[str]] | None = None,
) -> AssetsDefinition | Callable[[Callable[..., Any]], AssetsDefinition]:
    """Make an asset of a graph of ops: the body calls ops on its parameters, each the upstream asset so named.

    Only the value of the op that is returned is stored as the asset; the others pass values by ordinary op IO. With
    `check_specs` the body returns a dict: "result" and the name of each check. `config` is config for the ops, or a
    ConfigMapping. `inputs` are files that it is made from. The rest as for `asset`. Steps are called "<graph>.<op>".

    Raises InvalidDefinitionError, also when the value of an op goes nowhere. Semantics: section 5.
    """

    def define(function: Callable[..., Any]) -> AssetsDefinition:
        check_function(function, "graph_asset")
        asset_key = asset_key_of(function, name, key_prefix, key)
        shown = f'graph_asset "{asset_key.to_user_string()}"'
        step = identifier_of(asset_key, shown)
        slots = _inputs(function, ins, shown)
        files = file_inputs(inputs, shown)
        checks = {spec.get_python_identifier(): spec for spec in check_specs or ()}
        graph = compose(
            _with_check_names(function, check_specs or ()) if checks else function,
            name=step,
            shown=shown,
            inputs=[slot.name for slot in slots],
            outputs=["result", *checks] if checks else None,
            every_leaf_feeds_an_output=True,
            description=description,
            config=config,
        )
        _check_one_output(graph, checks, shown)
        spec = spec_at(
            location_of(function),
            asset_key,
            deps=merged_deps(slots, (), shown),
            description=description or doc_of(function),
            metadata=metadata,
            group_name=group_name or DEFAULT_GROUP,
            code_version=code_version,
            owners=owners,
            tags=tags,
            kinds=kinds,
            partitions_def=partitions_def,
            automation_condition=automation_condition,
            files=files,
        )
        return bound_definition(
            graph,
            [spec],
            slots,
            {"result": spec},
            checks,
            backfill_policy=backfill_policy,
            resource_defs=resource_defs,
            hook_defs=hooks or (),
        )

    return define if compose_fn is None else define(compose_fn)


def graph_multi_asset(
    compose_fn: None = None,
    /,
    *,
    outs: Mapping[str, AssetOut] | None = None,
    name: str | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    hooks: Iterable[Any] | None = None,
    backfill_policy: BackfillPolicy | None = None,
    group_name: str | None = None,
    can_subset: bool = False,
    resource_defs: Mapping[str, object] | None = None,
    check_specs: Sequence[AssetCheckSpec] | None = None,
    config: Any = None,
    inputs: Iterable[FileInput | str | os.PathLike[str]] | None = None,
) -> Callable[[Callable[..., Any]], AssetsDefinition]:
    """Make several assets of a graph of ops: the body returns a dict by output name, or a tuple in their order.

    `outs` and the rest as for `multi_asset`, the body as for `graph_asset`. Raises InvalidDefinitionError. Semantics:
    section 5.
    """

    refuse_bare(compose_fn, "graph_multi_asset", "@graph_multi_asset(outs={name: AssetOut()})")
    described = checked_outs(outs, "graph_multi_asset")

    def define(function: Callable[..., Any]) -> AssetsDefinition:
        check_function(function, "graph_multi_asset")
        step = step_name_of(function, name, "graph_multi_asset")
        shown = f'graph_multi_asset "{step}"'
        slots = _inputs(function, ins, shown)
        files = file_inputs(inputs, shown)
        checks = {spec.get_python_identifier(): spec for spec in check_specs or ()}
        names = {output.replace("-", "_"): (output, out) for output, out in described.items()}
        graph = compose(
            _with_check_names(function, check_specs or ()) if checks else function,
            name=step,
            shown=shown,
            inputs=[slot.name for slot in slots],
            outputs=[*names, *checks],
            every_leaf_feeds_an_output=True,
            config=config,
        )
        deps = merged_deps(slots, (), shown)
        specs = {
            output: spec_at(
                location_of(function),
                out.key_for(written),
                out.io_manager_key,
                deps=deps,
                partitions_def=partitions_def,
                files=files,
                **{**out.spec, "group_name": _group(out, group_name, shown)},
            )
            for output, (written, out) in names.items()
        }
        return bound_definition(
            graph,
            list(specs.values()),
            slots,
            specs,
            checks,
            can_subset=can_subset,
            backfill_policy=backfill_policy,
            resource_defs=resource_defs,
            hook_defs=hooks or (),
            required={output: out.is_required for output, (_, out) in names.items()},
        )

    return define


def _group(out: AssetOut, group_name: str | None, shown: str) -> str:
    own = out.spec["group_name"]
    if group_name is not None and own not in (None, group_name):
        raise InvalidArgumentError(
            f'{shown} is in the group "{group_name}" and one of its assets in "{own}"',
            "give group_name in one of the two places",
        )
    return own or group_name or DEFAULT_GROUP


def _inputs(
    function: Callable[..., Any], ins: Mapping[str, AssetIn] | None, shown: str
) -> tuple[InputSlot, ...]:
    """A slot for each parameter of the body, and for each of `ins` that is Nothing."""
    names = [
        parameter.name
        for parameter in parameters_of(function)
        if parameter.default is inspect.Parameter.empty
    ]
    if names and names[0] in CONTEXT_NAMES:
        raise InvalidDefinitionError(
            f"{shown} has the parameter {names[0]!r}: its body wires ops and runs without a context",
            "take the context in the ops",
        )
    described = checked_mapping_of_ins(ins, names, shown)
    return tuple(input_slot(each, described.get(each, AssetIn()), Any, shown) for each in names)


def _with_check_names(function: Callable[..., Any], specs: Sequence[AssetCheckSpec]) -> Callable[..., Any]:
    """The body, whose dict may name a check by its own name in place of that of its step."""
    long = {spec.name: spec.get_python_identifier() for spec in specs}

    def body(**inputs: Any) -> Any:
        answer = function(**inputs)
        if isinstance(answer, dict):
            return {long.get(str(output), output): value for output, value in answer.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        return answer

    body.__doc__, body.__name__ = function.__doc__, getattr(function, "__name__", "body")
    return body


def _check_one_output(graph: GraphDefinition, checks: Mapping[str, AssetCheckSpec], shown: str) -> None:
    made = [output for output in graph.outputs if output not in checks]
    if made != ["result"]:
        raise InvalidArgumentError(
            f"{shown} returns {len(made)} values",
            "return the value of one op; for several use graph_multi_asset",
        )
