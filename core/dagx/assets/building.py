"""What the decorators of assets and checks have in common: from a function's signature to slots, deps and an op.

Semantics: sections 2, 3, 4.
"""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from dagx.assets.edges import AssetDep, AssetIn
from dagx.assets.files import FileInput, refuse_file
from dagx.assets.specs import AssetSpec
from dagx.checks.specs import AssetCheckSpec
from dagx.errors import InvalidArgumentError, InvalidDefinitionError, Problem
from dagx.execution.retries import RetryPolicy
from dagx.execution.run_tags import run_tags
from dagx.functions.op_definition import OpDefinition
from dagx.functions.pools import checked_pool
from dagx.functions.signature import Signature
from dagx.functions.slots import InputSlot, OutputSlot
from dagx.functions.typecheck import ANY, NOTHING, UNSAID, ReturnType, ValueType, value_type, value_type_of
from dagx.keys import AssetKey
from dagx.late_classes import checked_attribute
from dagx.names import as_mapping, check_name
from dagx.source import SourceLocation
from dagx.unset import UNSET

if TYPE_CHECKING:
    from dagx.config.reading import ConfigType
    from dagx.partitions.backfill import BackfillPolicy


_NOTHING_SAID = AssetIn()


def input_slots(signature: Signature, ins: Mapping[str, AssetIn] | None, shown: str) -> tuple[InputSlot, ...]:
    """The inputs of a function: its parameters, and those of `ins` that are Nothing or go through `**kwargs`."""
    annotations = {parameter.name: parameter.annotation for parameter in signature.inputs}
    ins = _asset_ins(ins, shown) if ins is not None else {}
    for name, described in ins.items():
        if name in annotations:
            continue
        if not signature.takes_any_keyword and not _type_of(described, Any, shown).is_nothing:
            raise InvalidDefinitionError(
                f"{shown}: ins names {name!r}, which is no parameter of the function",
                f"its inputs are: {', '.join(annotations) or 'none'}",
            )
        check_name(name, f"{shown}: the input {name!r}")
        annotations[name] = Any
    return tuple(
        input_slot(name, ins.get(name, _NOTHING_SAID), annotation, shown)
        for name, annotation in annotations.items()
    )


def checked_mapping_of_ins(
    ins: Mapping[str, AssetIn] | None, parameters: Sequence[str], shown: str
) -> Mapping[str, AssetIn]:
    """`ins`, if each names a parameter and is an AssetIn."""
    found = _asset_ins(ins, shown)
    for name in found:
        if name not in parameters:
            raise InvalidDefinitionError(
                f"{shown}: ins names {name!r}, which is no parameter of the function",
                f"its inputs are: {', '.join(parameters) or 'none'}",
            )
    return found


def _asset_ins(ins: Mapping[str, AssetIn] | None, shown: str) -> dict[str, AssetIn]:
    found: dict[str, AssetIn] = {}
    for name, described in as_mapping(ins, f"{shown}: ins").items():
        refuse_file(described, f"stands in ins of {shown}")
        if not isinstance(described, AssetIn):
            raise InvalidArgumentError(
                f"{shown}: ins[{name!r}] is an AssetIn, not {described!r}", "write AssetIn(key)"
            )
        found[str(name)] = described
    return found


def hooks_of(hooks: Iterable[Any] | None, shown: str) -> frozenset[Any]:
    """The hooks, if they are some. Raises InvalidArgumentError."""
    if not hooks:
        return frozenset()
    found: frozenset[Any] = importlib.import_module("dagx.ops.hooks").hook_set(hooks, shown)
    return found


def input_slot(name: str, described: AssetIn, annotation: object, shown: str) -> InputSlot:
    """One input, filled with the asset that `described` names."""
    return InputSlot(
        name=name,
        key=described.key_for(name),
        type=_type_of(described, annotation, f"{shown}: the parameter {name!r}"),
        metadata=dict(described.metadata),
        input_manager_key=described.input_manager_key,
        partition_mapping=described.partition_mapping,
    )


def _type_of(described: AssetIn, annotation: object, where: str) -> ValueType:
    if described.dagster_type is not UNSET and described.dagster_type is not None:
        return value_type_of(described.dagster_type, where)
    return ANY if annotation is Any else value_type(annotation, where)


def merged_deps(inputs: Sequence[InputSlot], deps: Sequence[AssetDep], shown: str) -> list[AssetDep]:
    """The dependencies by parameter, then the others.

    A key may be both when its AssetIn says nothing of the edge.
    """
    if not inputs and not deps:
        return []
    stated = {dep.asset_key: dep for dep in deps}
    merged: dict[AssetKey, AssetDep] = {}
    for slot in inputs:
        assert slot.key is not None
        if slot.key in stated and (slot.metadata or slot.partition_mapping is not None):
            raise InvalidDefinitionError(
                f'{shown} describes "{slot.key.to_user_string()}" in ins and in deps', "keep one of the two"
            )
        by_parameter = AssetDep(slot.key, partition_mapping=slot.partition_mapping)
        merged.setdefault(slot.key, stated.get(slot.key, by_parameter))
    return [*merged.values(), *(dep for key, dep in stated.items() if key not in merged)]


def with_mappings_of(inputs: Sequence[InputSlot], deps: Sequence[AssetDep]) -> tuple[InputSlot, ...]:
    """The inputs, each with the partition mapping that stands on the AssetDep of its key."""
    if not deps:
        return tuple(inputs)
    mappings = {dep.asset_key: dep.partition_mapping for dep in deps if dep.partition_mapping is not None}
    return tuple(
        dataclasses.replace(slot, partition_mapping=mappings[slot.key])
        if slot.key is not None and slot.key in mappings and slot.partition_mapping is None
        else slot
        for slot in inputs
    )


def check_outputs(
    specs: Iterable[AssetCheckSpec] | None,
    keys: Collection[AssetKey],
    shown: str,
    *,
    is_required: bool = True,
) -> tuple[OutputSlot, ...]:
    """An output for each check of `check_specs`, which must be checks of these assets, each once."""
    found: dict[object, OutputSlot] = {}
    for spec in specs or ():
        if not isinstance(cast(object, spec), AssetCheckSpec):
            raise InvalidArgumentError(f"{shown}: check_specs has AssetCheckSpecs, not {spec!r}")
        name = spec.key.to_user_string()
        if spec.asset_key not in keys:
            raise InvalidDefinitionError(
                f"{shown}: the check {name} in check_specs is of another asset",
                f"make it a check of {', '.join(key.to_user_string() for key in keys)}, or use @asset_check",
            )
        if spec.key in found:
            raise InvalidDefinitionError(f"{shown} has the check {name} twice", "give each its own name")
        found[spec.key] = check_output(spec, is_required=is_required)
    return tuple(found.values())


def check_output(spec: AssetCheckSpec, *, is_required: bool = True) -> OutputSlot:
    """The output that is the result of a check."""
    return OutputSlot(
        spec.get_python_identifier(), spec.asset_key, UNSAID, is_required=is_required, check=spec
    )


def output_type(annotated: ReturnType, dagster_type: Any, where: str) -> ReturnType:
    """The type of an output: `dagster_type` when it is given, else as annotated."""
    if dagster_type is UNSET or dagster_type is None:
        return annotated
    return ReturnType(value_type_of(dagster_type, where), "any")


def nothing_returned() -> ReturnType:
    """The type of an output whose value is never stored."""
    return ReturnType(NOTHING, "any")


def build_op(
    name: str,
    function: Callable[..., Any],
    signature: Signature,
    inputs: tuple[InputSlot, ...],
    outputs: tuple[OutputSlot, ...],
    shown: str,
    *,
    config_schema: Any = None,
    required_resource_keys: Collection[str] | None = None,
    retry_policy: RetryPolicy | None = None,
    op_tags: Mapping[str, Any] | None = None,
    pool: str | None = None,
    code_version: str | None = None,
    description: str | None = None,
    files: Sequence[FileInput] = (),
) -> OpDefinition:
    """The op of a function. Raises InvalidDefinitionError for arguments that exclude each other."""
    if isinstance(required_resource_keys, str):
        raise InvalidArgumentError(
            f"{shown}: required_resource_keys is a set, not {required_resource_keys!r}",
            f'write required_resource_keys={{"{required_resource_keys}"}}',
        )
    if required_resource_keys and signature.resources:
        raise InvalidDefinitionError(
            f"{shown} has required_resource_keys and the resource parameter {signature.resources[0]!r}",
            "ask for all resources in one of the two ways",
        )
    if retry_policy is not None and not isinstance(cast(object, retry_policy), RetryPolicy):
        raise InvalidArgumentError(f"{shown}: retry_policy is a RetryPolicy, not {retry_policy!r}")
    tags = run_tags(op_tags)
    return OpDefinition(
        name=name,
        compute_fn=function,
        signature=signature,
        inputs=inputs,
        outputs=outputs,
        config_type=config_type(signature, config_schema, shown),
        extra_resource_keys=frozenset(required_resource_keys or ()),
        retry_policy=retry_policy,
        description=description,
        tags=tags,
        pool=checked_pool(pool, tags, shown),
        code_version=code_version,
        source=signature.source,
        files=tuple(dict.fromkeys(files)),
    )


def config_type(signature: Signature, config_schema: Any, shown: str) -> ConfigType | None:
    """What config a function takes: by its parameter `config`, or by `config_schema`."""
    if signature.config is None and config_schema is None:
        return None
    if signature.config is not None and config_schema is not None:
        raise InvalidDefinitionError(
            f"{shown} has config_schema and the parameter {signature.config.name!r}", "keep one of the two"
        )
    said = config_schema if signature.config is None else signature.config.annotation
    found: ConfigType = importlib.import_module("dagx.config.schema").config_type_of(said)
    return found


def check_backfill_policy(policy: BackfillPolicy | None, specs: Sequence[AssetSpec], shown: str) -> None:
    """A policy of several runs is for partitioned assets. Raises InvalidArgumentError."""
    policy = checked_attribute(policy, "backfill_policy")
    if policy is None or policy.max_partitions_per_run is None:
        return
    if any(spec.partitions_def is None for spec in specs):
        raise InvalidArgumentError(
            f"{shown} has no partitions and a backfill policy of several runs",
            "use BackfillPolicy.single_run(), or give it a partitions_def",
        )


def check_self_dependency(specs: Sequence[AssetSpec], source: SourceLocation | None) -> None:
    """An asset may need itself only by earlier partitions."""
    for spec in specs:
        for dep in spec.deps:
            if dep.asset_key == spec.key and not _is_of_earlier_partitions(spec, dep):
                raise InvalidDefinitionError.of(
                    [
                        Problem(
                            f'asset "{spec.key.to_user_string()}" depends on itself',
                            source,
                            "only an asset partitioned by time can, on earlier partitions of itself: give the "
                            "dependency TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)",
                        )
                    ]
                )


def _is_of_earlier_partitions(spec: AssetSpec, dep: AssetDep) -> bool:
    if spec.partitions_def is None or dep.partition_mapping is None:
        return False
    upstream: Any = importlib.import_module("dagx.partitions.upstream")
    return bool(upstream.is_legal_self_mapping(dep.partition_mapping, spec.partitions_def))


def own_io_manager(
    step: str,
    shown: str,
    io_manager_key: str | None,
    io_manager_def: object | None,
    resource_defs: Mapping[str, object] | None,
) -> tuple[str | None, dict[str, object]]:
    """The key of the IO manager, and the resources that the asset brings along, that manager among them."""
    brought = dict(cast("Mapping[str, object]", resource_defs or {}))
    if io_manager_key is not None and not isinstance(cast(object, io_manager_key), str):
        raise InvalidArgumentError(
            f"{shown}: io_manager_key is the name of a resource, not {io_manager_key!r}",
            "give the object itself as io_manager_def=",
        )
    if io_manager_def is None:
        return io_manager_key, brought
    if io_manager_key is not None:
        raise InvalidArgumentError(f"{shown} has io_manager_key and io_manager_def", "keep one of the two")
    own = f"{step}__io_manager"
    return own, {**brought, own: io_manager_def}
