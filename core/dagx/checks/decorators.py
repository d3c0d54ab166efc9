"""`@asset_check` and `@multi_asset_check`: checks from functions. Semantics: section 21."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from dagx.assets.building import build_op, check_output, input_slots, merged_deps, with_mappings_of
from dagx.assets.edges import AssetIn, CoercibleToAssetDep, coerce_deps
from dagx.assets.files import FileInput, file_inputs, parted
from dagx.checks.definition import AssetChecksDefinition
from dagx.checks.specs import AssetCheckKey, AssetCheckSpec, check_of_name
from dagx.errors import InvalidArgumentError, InvalidDefinitionError
from dagx.execution.retries import RetryPolicy
from dagx.functions.op_definition import OpDefinition
from dagx.functions.signature import Signature, read_signature
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.names import as_mapping, check_name
from dagx.source import doc_of, innermost

if TYPE_CHECKING:
    from dagx.automation.conditions import AutomationCondition
    from dagx.partitions.definition import PartitionsDefinition

__all__ = ["asset_check", "multi_asset_check"]

KIND_TAG = "dagster/compute_kind"


def asset_check(
    *,
    asset: CoercibleToAssetKey | Any,
    name: str | None = None,
    description: str | None = None,
    blocking: bool = False,
    additional_ins: Mapping[str, AssetIn] | None = None,
    additional_deps: Iterable[CoercibleToAssetDep] | None = None,
    required_resource_keys: set[str] | None = None,
    resource_defs: Mapping[str, object] | None = None,
    config_schema: Any = None,
    compute_kind: str | None = None,
    op_tags: Mapping[str, Any] | None = None,
    retry_policy: RetryPolicy | None = None,
    metadata: Mapping[str, Any] | None = None,
    automation_condition: AutomationCondition | None = None,
    pool: str | None = None,
    partitions_def: PartitionsDefinition | None = None,
    inputs: Iterable[FileInput | str | os.PathLike[str]] | None = None,
) -> Callable[[Callable[..., Any]], AssetChecksDefinition]:
    """Make a check of an asset: a function that returns (or yields) an AssetCheckResult.

    A run that makes the asset executes the check after it; alone, it looks at what is stored. Beside a context,
    config, resources and those of `additional_ins`, the function may have one parameter, of whatever name: it receives
    the value of the asset. A function that returns anything but a result records nothing, and a warning is logged;
    one that yields and ends without a result fails.

    asset: a key (a str is one segment), a spec or a definition with one asset; it need not be defined.
    name, description: else those of the function: its name and its docstring.
    blocking: in the same run, what needs the asset waits, and does not run if the check fails with the severity ERROR;
        then the step of the check fails, and so does the run.
    additional_ins: parameters that receive other assets. additional_deps: other assets that must be made first; and
        files, by `dg.file`. inputs: files that it looks at, beside those that it is seen to read.
    required_resource_keys: resources to be found at `context.resources`. resource_defs: those it brings along.
    config_schema: what config the function takes; a parameter `config` with a Config class says it better.
    compute_kind, op_tags: tags of the step. retry_policy: when to try again after a failure. pool: what it shares a
        limit of running steps with. metadata: of the check. automation_condition: when to execute it unasked.
    partitions_def: makes it a check of each partition; it must be that of the asset.

    Raises InvalidDefinitionError for what cannot be a check. Semantics: section 21.
    """
    asset_key = AssetKey.from_coercible_or_definition(asset)

    def define(function: Callable[..., Any]) -> AssetChecksDefinition:
        own = check_of_name(_name_of(function) if name is None else name, asset_key)
        shown = f'check "{AssetCheckKey(asset_key, own).to_user_string()}"'
        signature = read_signature(function, shown)
        assets, files = parted(additional_deps)
        others = _other_ins(additional_ins, asset_key, shown)
        target = _target_parameter(signature, others, asset_key, shown)
        ins = others if target is None else {target: AssetIn(asset_key), **others}
        slots = input_slots(signature, ins, shown)
        needs = merged_deps([slot for slot in slots if slot.name in others], coerce_deps(assets), shown)
        spec = AssetCheckSpec(
            own,
            asset=asset_key,
            description=description or doc_of(function),
            additional_deps=needs,
            blocking=blocking,
            metadata=metadata,
            automation_condition=automation_condition,
            partitions_def=partitions_def,
        )
        op = build_op(
            check_name(spec.get_python_identifier(), shown),
            function,
            signature,
            with_mappings_of(slots, needs),
            (check_output(spec),),
            shown,
            config_schema=config_schema,
            required_resource_keys=required_resource_keys,
            retry_policy=retry_policy,
            op_tags=_tags(op_tags, compute_kind),
            pool=pool,
            description=spec.description,
            files=(*files, *file_inputs(inputs, shown)),
        )
        return _definition(op, resource_defs)

    return define


def multi_asset_check(
    *,
    specs: Sequence[AssetCheckSpec],
    name: str | None = None,
    description: str | None = None,
    can_subset: bool = False,
    compute_kind: str | None = None,
    op_tags: Mapping[str, Any] | None = None,
    resource_defs: Mapping[str, object] | None = None,
    required_resource_keys: set[str] | None = None,
    retry_policy: RetryPolicy | None = None,
    config_schema: Any = None,
    ins: Mapping[str, AssetIn] | None = None,
    pool: str | None = None,
    inputs: Iterable[FileInput | str | os.PathLike[str]] | None = None,
) -> Callable[[Callable[..., Any]], AssetChecksDefinition]:
    """Make several checks, of one asset or of several, of a function that yields an AssetCheckResult for each.

    A result says by `asset_key` and `check_name` which check it is of, as far as that is not clear. `specs` are the
    checks; `name` is the name of the step, else that of the function. Each parameter receives the asset of its name,
    or the one that `ins` names. `can_subset` lets a run ask for some of the checks: the function then yields those in
    `context.selected_asset_check_keys`; of others nothing is recorded, and a warning is logged. Without it, a step that
    ends and has not given a result of each fails. The rest as for `asset_check`.

    Raises InvalidDefinitionError. Semantics: section 21.
    """
    checks = _checked_specs(specs)

    def define(function: Callable[..., Any]) -> AssetChecksDefinition:
        own = _name_of(function) if name is None else name
        shown = f'multi_asset_check "{own}"'
        step = check_name(own, shown)
        signature = read_signature(function, shown)
        described = cast("Mapping[str, AssetIn]", as_mapping(ins, f"{shown}: ins"))
        slots = input_slots(signature, described, shown)
        op = build_op(
            step,
            function,
            signature,
            with_mappings_of(slots, [dep for spec in checks for dep in spec.additional_deps]),
            tuple(check_output(spec, is_required=not can_subset) for spec in checks),
            shown,
            config_schema=config_schema,
            required_resource_keys=required_resource_keys,
            retry_policy=retry_policy,
            op_tags=_tags(op_tags, compute_kind),
            pool=pool,
            description=description or doc_of(function),
            files=file_inputs(inputs, shown),
        )
        return _definition(op, resource_defs, can_subset=can_subset)

    return define


def _definition(
    op: OpDefinition, resource_defs: Mapping[str, object] | None, *, can_subset: bool = False
) -> AssetChecksDefinition:
    return AssetChecksDefinition(
        name=op.name,
        node_def=op,
        specs=(),
        inputs=op.inputs,
        outputs=op.outputs,
        can_subset=can_subset,
        resource_defs=cast("dict[str, object]", as_mapping(resource_defs, "resource_defs")),
        source=op.source,
    )


def _name_of(function: Callable[..., Any]) -> str:
    if not callable(function):
        raise InvalidArgumentError(f"a decorator of checks takes a function, not {function!r}")
    return str(getattr(innermost(function), "__name__", ""))


def _other_ins(
    additional_ins: Mapping[str, AssetIn] | None, asset_key: AssetKey, shown: str
) -> dict[str, AssetIn]:
    """`additional_ins`, of which none may be the asset that is checked."""
    found = cast("dict[str, AssetIn]", as_mapping(additional_ins, f"{shown}: additional_ins"))
    for name, described in found.items():
        if isinstance(cast(object, described), AssetIn) and described.key_for(name) == asset_key:
            raise InvalidDefinitionError(
                f'{shown} names its own asset "{asset_key.to_user_string()}" in additional_ins',
                "leave it out: the one parameter that is in no additional_ins receives its value",
            )
    return found


def _target_parameter(
    signature: Signature, others: Mapping[str, AssetIn], asset_key: AssetKey, shown: str
) -> str | None:
    """The parameter that receives the value of the asset, if there is one: the one that is none of the others."""
    rest = [parameter.name for parameter in signature.inputs if parameter.name not in others]
    if len(rest) > 1:
        raise InvalidDefinitionError(
            f"{shown} has the parameters {', '.join(rest)}, and one can receive the asset that is checked",
            f'name the other assets: additional_ins={{"{rest[-1]}": AssetIn("{rest[-1]}")}}',
        )
    return rest[0] if rest else None


def _checked_specs(specs: object) -> tuple[AssetCheckSpec, ...]:
    if isinstance(specs, AssetCheckSpec) or not isinstance(specs, Iterable):
        raise InvalidArgumentError(f"multi_asset_check takes a list of specs, not {specs!r}")
    found: dict[AssetCheckKey, AssetCheckSpec] = {}
    for spec in cast("Iterable[object]", specs):
        if not isinstance(spec, AssetCheckSpec):
            raise InvalidArgumentError(
                f"specs has AssetCheckSpecs, not {spec!r}", "write AssetCheckSpec(...)"
            )
        if spec.key in found:
            raise InvalidDefinitionError(
                f"multi_asset_check has the check {spec.key.to_user_string()} twice", "give each its own name"
            )
        found[spec.key] = spec
    if not found:
        raise InvalidDefinitionError(
            "multi_asset_check was given no checks", "give specs=[AssetCheckSpec(...)]"
        )
    first, *others = found.values()
    for other in others:
        if other.partitions_def != first.partitions_def:
            raise InvalidDefinitionError(
                f"the checks {first.key.to_user_string()} and {other.key.to_user_string()} of one "
                "multi_asset_check have different partitions",
                "make them checks of two functions",
            )
    return tuple(found.values())


def _tags(op_tags: Mapping[str, Any] | None, kind: str | None) -> dict[str, Any]:
    tags = cast("dict[str, Any]", as_mapping(op_tags, "op_tags"))
    return tags if kind is None else {KIND_TAG: kind, **tags}
