"""`@multi_asset`: several assets from one function. Semantics: section 4."""

from __future__ import annotations

import dataclasses
import os
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from dagx.assets.building import (
    build_op,
    check_backfill_policy,
    check_outputs,
    check_self_dependency,
    hooks_of,
    input_slots,
    merged_deps,
    nothing_returned,
    output_type,
    with_mappings_of,
)
from dagx.assets.definition import AssetsDefinition
from dagx.assets.edges import AssetDep, AssetIn, CoercibleToAssetDep, coerce_deps
from dagx.assets.files import FileInput, file_inputs, parted
from dagx.assets.out import AssetOut, checked_outs
from dagx.assets.specs import IO_MANAGER_METADATA, AssetSpec, changed, spec_at
from dagx.checks.specs import AssetCheckSpec
from dagx.errors import InvalidArgumentError, InvalidDefinitionError
from dagx.execution.retries import RetryPolicy
from dagx.functions.decorated import check_function, refuse_bare, step_name_of
from dagx.functions.signature import Signature, read_signature
from dagx.functions.slots import DEFAULT_IO_MANAGER, InputSlot, OutputSlot
from dagx.functions.typecheck import UNSAID, ReturnType, return_type
from dagx.keys import AssetKey
from dagx.names import DEFAULT_GROUP, check_name
from dagx.source import SourceLocation, doc_of, location_of

if TYPE_CHECKING:
    from dagx.partitions.backfill import BackfillPolicy
    from dagx.partitions.definition import PartitionsDefinition

__all__ = ["multi_asset"]


def multi_asset(
    compute_fn: None = None,
    /,
    *,
    outs: Mapping[str, AssetOut] | None = None,
    name: str | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    deps: Iterable[CoercibleToAssetDep] | None = None,
    description: str | None = None,
    config_schema: Any = None,
    required_resource_keys: set[str] | None = None,
    internal_asset_deps: Mapping[str, set[AssetKey]] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    hooks: Iterable[Any] | None = None,
    backfill_policy: BackfillPolicy | None = None,
    op_tags: Mapping[str, Any] | None = None,
    can_subset: bool = False,
    resource_defs: Mapping[str, object] | None = None,
    group_name: str | None = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    specs: Sequence[AssetSpec] | None = None,
    check_specs: Sequence[AssetCheckSpec] | None = None,
    pool: str | None = None,
    inputs: Iterable[FileInput | str | os.PathLike[str]] | None = None,
) -> Callable[[Callable[..., Any]], AssetsDefinition]:
    """Make several assets of one function, declared by `outs` (name of output to AssetOut) or by `specs`.

    With `outs` the function returns a tuple (or a dict by output name), or yields an Output for each, and values are
    stored. With `specs` it stores the data itself and returns nothing, or MaterializeResults. Each asset of `outs`
    needs every input unless `internal_asset_deps` says which (a set of keys for each output); with `specs` each has
    its own deps, and neither `deps` nor `internal_asset_deps` is taken. `can_subset` lets a run ask for some of them:
    the function then yields those in `context.selected_asset_keys`. `inputs` are files that they are all made from,
    as are those (`dg.file`) in `deps`, and in the deps of specs. `name` is the name of the step, else that of the
    function. `group_name`, `partitions_def` and `code_version` hold for all. The rest as for `asset`.

    Raises InvalidDefinitionError. Semantics: section 4.
    """
    refuse_bare(
        compute_fn, "multi_asset", "@multi_asset(outs={name: AssetOut()}) or @multi_asset(specs=[...])"
    )
    if (outs is None) == (specs is None):
        raise InvalidDefinitionError(
            "multi_asset takes outs or specs, not both"
            if specs is not None
            else "multi_asset was given no assets",
            "give outs={name: AssetOut()} or specs=[AssetSpec(...)]",
        )
    if specs is not None and (deps or internal_asset_deps):
        raise InvalidDefinitionError(
            "multi_asset with specs takes no deps and no internal_asset_deps", "give each spec its deps"
        )

    assets, files = parted(deps)
    described = None if outs is None else checked_outs(outs, "multi_asset")
    stated = _checked_specs(specs or ())

    def define(function: Callable[..., Any]) -> AssetsDefinition:
        check_function(function, "multi_asset")
        step = step_name_of(function, name, "multi_asset")
        shown = f'multi_asset "{step}"'
        source = location_of(function)
        signature = read_signature(function, shown)
        slots = input_slots(signature, ins, shown)
        made = _Made(step, shown, source, can_subset, group_name, partitions_def, code_version)
        if described is not None:
            made.from_outs(described, signature, slots, coerce_deps(assets), internal_asset_deps, description)
        else:
            made.from_specs(stated, slots)
        keys = [spec.key for spec in made.specs]
        outputs = (*made.outputs, *check_outputs(check_specs, keys, shown, is_required=not can_subset))
        op = build_op(
            step,
            function,
            signature,
            with_mappings_of(slots, [dep for spec in made.specs for dep in spec.deps]),
            outputs,
            shown,
            config_schema=config_schema,
            required_resource_keys=required_resource_keys,
            retry_policy=retry_policy,
            op_tags=op_tags,
            pool=pool,
            code_version=code_version,
            description=description or doc_of(function),
            files=(*files, *file_inputs(inputs, shown)),
        )
        check_self_dependency(made.specs, source)
        check_backfill_policy(backfill_policy, made.specs, shown)
        return AssetsDefinition(
            name=step,
            node_def=op,
            specs=tuple(made.specs),
            inputs=op.inputs,
            outputs=outputs,
            can_subset=can_subset,
            backfill_policy=backfill_policy or made.backfill_policy,
            resource_defs=dict(cast("Mapping[str, object]", resource_defs or {})),
            hook_defs=hooks_of(hooks, shown),
            source=source,
        )

    return define


class _Made:
    """The specs and outputs of a multi-asset, while they are put together."""

    def __init__(
        self,
        step: str,
        shown: str,
        source: SourceLocation | None,
        can_subset: bool,
        group: str | None,
        partitions: PartitionsDefinition | None,
        code_version: str | None,
    ) -> None:
        self._step = step
        self._shown = shown
        self._source = source
        self._can_subset = can_subset
        self._group = group
        self._partitions = partitions
        self._code_version = code_version
        self.specs: list[AssetSpec] = []
        self.outputs: list[OutputSlot] = []
        self.backfill_policy: BackfillPolicy | None = None

    def from_outs(
        self,
        outs: Mapping[str, AssetOut],
        signature: Signature,
        inputs: Sequence[InputSlot],
        deps: Sequence[AssetDep],
        internal: Mapping[str, set[AssetKey]] | None,
        description: str | None,
    ) -> None:
        """The assets of `outs`: values, stored by IO managers."""
        every = merged_deps(inputs, deps, self._shown)
        keys = {output: out.key_for(output) for output, out in outs.items()}
        needs = self._internal(keys, every, internal)
        types = _types_of_outputs(signature, list(outs), f"the result of {self._shown}")
        for name, out in outs.items():
            output = check_name(name.replace("-", "_"), f"{self._shown}: the output {name!r}")
            own = {**out.spec, "description": out.spec["description"] or description}
            spec = spec_at(
                self._source,
                keys[name],
                out.io_manager_key,
                deps=needs[name],
                **{**own, "group_name": self._group_of(own["group_name"], keys[name])},
            )
            self._add(
                spec,
                OutputSlot(
                    output,
                    keys[name],
                    output_type(types[name], out.dagster_type, f"{self._shown}: the output {name!r}"),
                    is_required=out.is_required and not self._can_subset,
                    io_manager_key=out.io_manager_key or DEFAULT_IO_MANAGER,
                ),
            )
            self.backfill_policy = self.backfill_policy or out.backfill_policy

    def _internal(
        self,
        keys: Mapping[str, AssetKey],
        every: Sequence[AssetDep],
        internal: Mapping[str, set[AssetKey]] | None,
    ) -> dict[str, list[AssetDep]]:
        """What each output needs: all inputs, or what `internal` says."""
        if not internal:
            return {name: list(every) for name in keys}
        known = {dep.asset_key: dep for dep in every}
        siblings = set(keys.values())
        found: dict[str, list[AssetDep]] = {name: [] for name in keys}
        for name, wanted in internal.items():
            if name not in found:
                raise InvalidDefinitionError(
                    f"{self._shown}: internal_asset_deps names the output {name!r}, which is none of its own",
                    f"its outputs are: {', '.join(keys)}",
                )
            for key in sorted(AssetKey.from_coercible(one) for one in wanted):
                if key not in known and key not in siblings:
                    raise InvalidDefinitionError(
                        f"{self._shown}: internal_asset_deps of {name!r} has "
                        f'"{key.to_user_string()}", which is neither an input nor one of its own assets',
                        "add it to deps, or correct the key",
                    )
                found[name].append(known.get(key) or AssetDep(key))
        used = {dep.asset_key for deps in found.values() for dep in deps}
        unused = [key.to_user_string() for key in known if key not in used]
        if unused:
            raise InvalidDefinitionError(
                f"{self._shown}: internal_asset_deps says of no output that it needs {', '.join(unused)}",
                "add it to the outputs that need it",
            )
        return found

    def from_specs(self, specs: Sequence[AssetSpec], inputs: Sequence[InputSlot]) -> None:
        """The assets of `specs`: the function stores their data itself."""
        needed = {dep.asset_key for spec in specs for dep in spec.deps}
        for slot in inputs:
            if slot.key not in needed and slot.key is not None:
                raise InvalidDefinitionError(
                    f"{self._shown} takes {slot.name!r}, and none of its specs depends on "
                    f'"{slot.key.to_user_string()}"',
                    "add it to the deps of the specs that need it",
                )
        for spec in specs:
            stores = bool(spec.metadata.get(IO_MANAGER_METADATA))
            self._add(
                changed(spec, group_name=self._group_of(spec.group_name, spec.key), _source=self._source),
                OutputSlot(
                    spec.key.to_python_identifier(),
                    spec.key,
                    UNSAID if stores else nothing_returned(),
                    is_required=not spec.skippable and not self._can_subset,
                    io_manager_key=spec.io_manager_key,
                ),
            )

    def _add(self, spec: AssetSpec, output: OutputSlot) -> None:
        if any(other.key == spec.key for other in self.specs):
            raise InvalidDefinitionError(
                f'{self._shown} makes "{spec.key.to_user_string()}" twice', "give each asset its own key"
            )
        partitions = spec.partitions_def
        if self._partitions is not None:
            if partitions is not None and partitions != self._partitions:
                raise InvalidDefinitionError(
                    f'{self._shown} and its asset "{spec.key.to_user_string()}" have different partitions',
                    "give partitions_def in one of the two places",
                )
            partitions = self._partitions
        if self.specs and not self._can_subset and partitions != self.specs[0].partitions_def:
            raise InvalidDefinitionError(
                f"{self._shown} makes assets with different partitions", "that needs can_subset=True"
            )
        version = self._code_version if spec.code_version is None else spec.code_version
        self.specs.append(changed(spec, partitions_def=partitions, code_version=version))
        self.outputs.append(output)

    def _group_of(self, own: str | None, key: AssetKey) -> str:
        if self._group is not None and own not in (None, self._group):
            raise InvalidArgumentError(
                f'{self._shown} is in the group "{self._group}" and its asset "{key.to_user_string()}" in "{own}"',
                "give group_name in one of the two places",
            )
        return own or self._group or DEFAULT_GROUP


def _checked_specs(specs: object) -> list[AssetSpec]:
    if isinstance(specs, AssetSpec) or not isinstance(specs, Iterable):
        raise InvalidArgumentError(
            f"multi_asset: specs is a list, not {specs!r}", "write specs=[AssetSpec(key)]"
        )
    found: list[AssetSpec] = []
    for spec in cast("Iterable[object]", specs):
        if not isinstance(spec, AssetSpec):
            raise InvalidArgumentError(
                f"multi_asset: specs has AssetSpecs, not {spec!r}", "write AssetSpec(key)"
            )
        found.append(spec)
    return found


def _types_of_outputs(signature: Signature, names: Sequence[str], where: str) -> dict[str, ReturnType]:
    """The type of each output by the return annotation: of a tuple, one for each of its elements."""
    if signature.is_generator or signature.returns is Any:
        return dict.fromkeys(names, UNSAID)
    if len(names) == 1:
        return {names[0]: return_type(signature.returns, where)}
    if typing.get_origin(signature.returns) is not tuple:
        return dict.fromkeys(names, UNSAID)
    elements = typing.get_args(signature.returns)
    if Ellipsis in elements or not elements:
        return dict.fromkeys(names, UNSAID)
    if len(elements) != len(names):
        raise InvalidDefinitionError(
            f"{where} is annotated as a tuple of {len(elements)}, and there are {len(names)} outputs",
            f"the outputs are: {', '.join(names)}",
        )
    return {
        name: dataclasses.replace(return_type(element, where), wrapper="any")
        for name, element in zip(names, elements)  # noqa: B905  # of one length, as just checked
    }
