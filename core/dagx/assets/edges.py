"""AssetDep and AssetIn: how one asset needs another. It knows definitions only by their keys. Semantics: section 3."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from dagx.assets.files import refuse_file
from dagx.errors import InvalidArgumentError, InvalidDefinitionError, InvariantViolationError
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.late_classes import checked_attribute
from dagx.record import Record
from dagx.unset import UNSET

if TYPE_CHECKING:
    from dagx.partitions.mapping import PartitionMapping

__all__ = ["AssetDep", "AssetIn"]


class AssetDep(Record):
    """A dependency that orders and shows lineage, and loads nothing.

    `asset` is a key (a str is one segment), a spec, or a definition with one asset; `partition_mapping` says which
    of its partitions are needed; `metadata` describes the edge. Raises InvalidDefinitionError for a definition with
    several assets. Semantics: section 3.
    """

    asset_key: AssetKey
    partition_mapping: PartitionMapping | None
    metadata: Mapping[str, object]

    def __init__(
        self,
        asset: CoercibleToAssetDep,
        *,
        partition_mapping: PartitionMapping | None = None,
        metadata: Mapping[str, object] | None = None,
    ) -> None:
        if isinstance(asset, AssetDep):
            raise InvalidArgumentError("AssetDep of an AssetDep", "give the key")
        keys = _keys_of(asset)
        if len(keys) != 1:
            raise InvalidDefinitionError(
                f"AssetDep takes one asset, not a definition of {len(keys)}", "name one of its keys"
            )
        self._set(
            asset_key=keys[0],
            partition_mapping=checked_attribute(partition_mapping, "partition_mapping"),
            metadata=dict(metadata or {}),
        )


class AssetIn(Record):
    """How one parameter of an asset function is filled from an upstream asset.

    `key` is the upstream key, or `key_prefix` goes in front of the parameter's name (not both);
    `input_manager_key` names the resource that loads the value, in place of the upstream asset's IO manager;
    `metadata` is what the IO manager sees as `InputContext.definition_metadata`; `partition_mapping` says which
    upstream partitions are loaded; `dagster_type` is checked in place of the annotation (Nothing: the asset is only
    waited for). Semantics: section 3.
    """

    key: AssetKey | None
    metadata: Mapping[str, object]
    key_prefix: tuple[str, ...]
    input_manager_key: str | None
    partition_mapping: PartitionMapping | None
    dagster_type: Any

    def __init__(
        self,
        key: CoercibleToAssetKey | None = None,
        metadata: Mapping[str, object] | None = None,
        key_prefix: str | Sequence[str] | None = None,
        input_manager_key: str | None = None,
        partition_mapping: PartitionMapping | None = None,
        dagster_type: Any = UNSET,
    ) -> None:
        if key is not None and key_prefix:
            raise InvalidArgumentError("AssetIn takes key or key_prefix, not both")
        refuse_file(key, "is given to AssetIn")
        self._set(
            key=None if key is None else AssetKey.from_coercible_or_definition(key),
            metadata=dict(metadata or {}),
            key_prefix=AssetKey(key_prefix).parts if key_prefix else (),
            input_manager_key=input_manager_key,
            partition_mapping=checked_attribute(partition_mapping, "partition_mapping"),
            dagster_type=dagster_type,
        )

    def key_for(self, parameter: str) -> AssetKey:
        """The upstream key when this describes `parameter`."""
        if self.key is not None:
            return self.key
        return AssetKey((*self.key_prefix, parameter) if self.key_prefix else parameter)


CoercibleToAssetDep = CoercibleToAssetKey | AssetDep | Any
"""What can stand in `deps`: a key, an AssetDep, a spec, or a definition (each of its assets)."""


def coerce_deps(deps: Iterable[CoercibleToAssetDep] | None) -> tuple[AssetDep, ...]:
    """One AssetDep for each key that `deps` names, in order; repeated ones collapse.

    Raises InvariantViolationError when a key comes twice with different details.
    """
    if isinstance(deps, str):
        raise InvalidArgumentError(f"deps is a list, not {deps!r}", f'write deps=["{deps}"]')
    if deps is None:
        return ()
    if not isinstance(cast(object, deps), Iterable):
        raise InvalidArgumentError(f"deps is a list, not {deps!r}", "write deps=[...]")
    found: dict[AssetKey, AssetDep] = {}
    for item in deps:
        for dep in [item] if isinstance(item, AssetDep) else [AssetDep(key) for key in _keys_of(item)]:
            known = found.setdefault(dep.asset_key, dep)
            if known is not dep and known != dep:
                raise InvariantViolationError(
                    f'deps names "{dep.asset_key.to_user_string()}" twice with different details',
                    "keep one of the two",
                )
    return tuple(found.values())


def _keys_of(asset: Any) -> list[AssetKey]:
    """The keys of a key, a spec or a definition (which this module knows only by its `key` or `specs`)."""
    refuse_file(asset, "stands")
    if isinstance(asset, AssetIn):
        raise InvalidArgumentError(
            f"{asset!r} in deps: an AssetIn says how a parameter is filled",
            "give it in ins, or the key alone in deps",
        )
    specs = getattr(asset, "specs", None)
    if specs is not None:
        return [spec.key for spec in cast("Iterable[Any]", specs)]
    key = getattr(asset, "key", None)
    if isinstance(key, AssetKey):
        return [key]
    if callable(asset):
        raise InvalidArgumentError(
            f"{getattr(asset, '__name__', asset)!r} in deps is a plain function", "decorate it with @asset"
        )
    return [AssetKey.from_coercible(asset)]
