"""`@asset`: an asset from a function. Semantics: section 2."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NoReturn, cast, overload

from dagx.assets import AssetsDefinition
from dagx.errors import InvalidArgumentError, InvalidDefinitionError
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.names import DEFAULT_GROUP, check_name
from dagx.retries import RetryPolicy
from dagx.signature import Signature, read_signature
from dagx.slots import InputSlot, OutputSlot
from dagx.source import innermost, location_of
from dagx.specs import AssetDep, AssetIn, CoercibleToAssetDep, coerce_deps, spec_at
from dagx.typecheck import UNSAID, return_type, value_type
from dagx.unbuilt import ASSET_KEYWORDS, refuse

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
    required_resource_keys: set[str] | None = None,
    io_manager_key: str | None = None,
    group_name: str | None = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    key: CoercibleToAssetKey | None = None,
    owners: Sequence[str] | None = None,
    kinds: set[str] | None = None,
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
    required_resource_keys: set[str] | None = None,
    io_manager_key: str | None = None,
    group_name: str | None = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    key: CoercibleToAssetKey | None = None,
    owners: Sequence[str] | None = None,
    kinds: set[str] | None = None,
    **not_built: NoReturn,
) -> AssetsDefinition | Callable[[Callable[..., Any]], AssetsDefinition]:
    """Make an asset of a function, bare (`@asset`) or with arguments. Each parameter is the asset so named.

    name, key_prefix, key: the key is `key_prefix` (a str is one segment) and then `name` or the function's
        name; or `key` alone.
    ins: parameter to AssetIn, for those that stand for an asset of another key, or need an input manager.
    deps: assets that must be made first and whose values are not loaded.
    metadata, tags, description (else the docstring), group_name (else "default"), owners, kinds: what is
        shown.
    required_resource_keys: resources to be found at `context.resources`; not together with ResourceParam
        parameters.
    io_manager_key: the resource that stores and loads the value; "io_manager" by default.
    retry_policy: when to try again after a failure.
    code_version: names the version of the code by hand, in place of the one that dagx computes.

    Raises InvalidDefinitionError for what cannot be an asset, TypeError for an unknown keyword. Section 2.
    """
    refuse("asset", not_built, ASSET_KEYWORDS)

    def define(function: Callable[..., Any]) -> AssetsDefinition:
        if not callable(function):
            raise InvalidArgumentError(f"@asset decorates a function, not {function!r}")
        asset_key = _key(function, name, key_prefix, key)
        shown = f'asset "{asset_key.to_user_string()}"'
        step = check_name(asset_key.to_python_identifier(), shown)
        signature = read_signature(function, shown)
        if required_resource_keys and signature.resources:
            raise InvalidDefinitionError(
                f"{shown} has required_resource_keys and the resource parameter {signature.resources[0]!r}",
                "ask for all resources in one of the two ways",
            )
        inputs = _inputs(signature, ins or {}, shown)
        source = location_of(function)
        spec = spec_at(
            source,
            asset_key,
            io_manager_key,
            deps=_all_deps(inputs, ins or {}, coerce_deps(deps), shown),
            description=description or inspect.getdoc(innermost(function)),
            metadata=metadata,
            group_name=DEFAULT_GROUP if group_name is None else group_name,
            code_version=code_version,
            owners=owners,
            tags=tags,
            kinds=kinds,
        )
        if asset_key in {dep.asset_key for dep in spec.deps}:
            raise InvalidDefinitionError(f"{shown} depends on itself", "only partitioned assets can")
        returns = (
            UNSAID if signature.is_generator else return_type(signature.returns, f"the result of {shown}")
        )
        return AssetsDefinition(
            name=step,
            compute_fn=function,
            signature=signature,
            specs=(spec,),
            inputs=inputs,
            outputs=(OutputSlot("result", asset_key, returns),),
            extra_resource_keys=frozenset(required_resource_keys or ()),
            retry_policy=retry_policy,
            source=source,
        )

    return define if compute_fn is None else define(compute_fn)


def _key(
    function: Callable[..., Any],
    name: str | None,
    prefix: str | Sequence[str] | None,
    key: CoercibleToAssetKey | None,
) -> AssetKey:
    if key is not None:
        if name is not None or prefix is not None:
            raise InvalidDefinitionError(
                "asset takes key, or name and key_prefix, not both", "put all of it into key"
            )
        return AssetKey.from_coercible(key)
    own = name or getattr(innermost(function), "__name__", None)
    if own is None:
        raise InvalidDefinitionError(f"{function!r} has no name", "give name= or key=")
    if own == "<lambda>":
        raise InvalidDefinitionError("a lambda has no name to call the asset by", "give name= or key=")
    segments = AssetKey(prefix).parts if prefix is not None else ()
    return AssetKey([*(segment for segment in segments if segment), own])


def _inputs(signature: Signature, ins: Mapping[str, AssetIn], shown: str) -> tuple[InputSlot, ...]:
    annotations = {parameter.name: parameter.annotation for parameter in signature.inputs}
    for name, described in ins.items():
        if not isinstance(cast(object, described), AssetIn):
            raise InvalidArgumentError(f"{shown}: ins[{name!r}] is an AssetIn, not {described!r}")
        if name not in annotations:
            if not signature.takes_any_keyword:
                raise InvalidDefinitionError(
                    f"{shown}: ins names {name!r}, which is no parameter of the function",
                    f"its inputs are: {', '.join(annotations) or 'none'}",
                )
            check_name(name, f"{shown}: the input {name!r}")
            annotations[name] = Any
    nothing_said = AssetIn()
    return tuple(
        InputSlot(
            name=name,
            key=ins.get(name, nothing_said).key_for(name),
            type=value_type(annotation, f"{shown}: the parameter {name!r}"),
            metadata=ins.get(name, nothing_said).metadata,
            input_manager_key=ins.get(name, nothing_said).input_manager_key,
        )
        for name, annotation in annotations.items()
    )


def _all_deps(
    inputs: Sequence[InputSlot], ins: Mapping[str, AssetIn], deps: Sequence[AssetDep], shown: str
) -> list[AssetDep]:
    """The dependencies by parameter, then the others.

    A key may be both when its AssetIn says nothing of the edge.
    """
    stated = {dep.asset_key: dep for dep in deps}
    for slot in inputs:
        if slot.key in stated and slot.metadata:
            raise InvalidDefinitionError(
                f'{shown} describes "{slot.key.to_user_string()}" in ins and in deps', "keep one of the two"
            )
    by_parameter = [
        stated.pop(slot.key, AssetDep(slot.key)) for slot in {slot.key: slot for slot in inputs}.values()
    ]
    return [*by_parameter, *stated.values()]
