"""AssetCheckKey and AssetCheckSpec: what a check is, without what makes it. Semantics: sections 1 and 21."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from dagx.assets.edges import AssetDep, CoercibleToAssetDep, coerce_deps
from dagx.errors import InvalidArgumentError, InvalidDefinitionError
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.names import as_mapping
from dagx.record import Record

if TYPE_CHECKING:
    from dagx.automation.conditions import AutomationCondition
    from dagx.partitions.definition import PartitionsDefinition

__all__ = ["AssetCheckKey", "AssetCheckSpec"]

_NAME = re.compile(r"[A-Za-z0-9_]+")


class AssetCheckKey(NamedTuple):
    """The identity of a check: its asset and its name, which is unique among the checks of that asset.

    Semantics: section 1.
    """

    asset_key: AssetKey
    name: str

    def to_user_string(self) -> str:
        """How the check is shown: the asset's segments joined by `/`, then `:` and the name."""
        return f"{self.asset_key.to_user_string()}:{self.name}"

    @staticmethod
    def from_user_string(user_string: str) -> AssetCheckKey:
        """The check that `user_string` shows: the name is what stands after the last `:`.

        Raises InvalidArgumentError when there is no `:`, or nothing on one side of it.
        """
        asset, colon, name = user_string.rpartition(":")
        if not (colon and asset and name):
            raise InvalidArgumentError(
                f"{user_string!r} names no check",
                "write the asset, a colon and the check, as in orders:no_nulls",
            )
        return AssetCheckKey(AssetKey.from_user_string(asset), name)

    def with_asset_key_prefix(self, prefix: CoercibleToAssetKey) -> AssetCheckKey:
        """The check of the same name of the asset with the segments of `prefix` in front."""
        return AssetCheckKey(self.asset_key.with_prefix(AssetKey.from_coercible(prefix).parts), self.name)

    def to_python_identifier(self) -> str:
        """The name of the step that executes it: the asset's identifier, `_` and the name."""
        return f"{self.asset_key.to_python_identifier()}_{self.name}"


class AssetCheckSpec(Record):
    """What is known of a check without its code.

    `name` is letters, digits and `_`; `asset` is a key (a str is one segment), a spec or a definition with one
    asset. `additional_deps` are assets that the check needs beside its own. `blocking` holds back what needs
    the asset until the check has passed, in the same run. `metadata` maps str to any values. `partitions_def`
    makes it a check of each partition. Raises InvalidDefinitionError for a bad name, and when `asset` stands
    in `additional_deps` (that error is a ValueError too). Semantics: section 21.
    """

    name: str
    asset_key: AssetKey
    description: str | None
    additional_deps: tuple[AssetDep, ...]
    blocking: bool
    metadata: Mapping[str, Any]
    automation_condition: AutomationCondition | None
    partitions_def: PartitionsDefinition | None

    def __init__(
        self,
        name: str,
        *,
        asset: CoercibleToAssetKey | Any,
        description: str | None = None,
        additional_deps: Iterable[CoercibleToAssetDep] | None = None,
        blocking: bool = False,
        metadata: Mapping[str, Any] | None = None,
        automation_condition: AutomationCondition | None = None,
        partitions_def: PartitionsDefinition | None = None,
    ) -> None:
        asset_key = AssetKey.from_coercible_or_definition(asset)
        if not isinstance(cast(object, blocking), bool):
            raise InvalidArgumentError(f"blocking is True or False, not {blocking!r}")
        self._set(
            name=check_of_name(name, asset_key),
            asset_key=asset_key,
            description=description,
            additional_deps=_other_deps(name, asset_key, additional_deps),
            blocking=blocking,
            metadata=_checked_metadata(metadata),
            automation_condition=automation_condition,
            partitions_def=partitions_def,
        )

    @property
    def key(self) -> AssetCheckKey:
        """Its asset and its name."""
        return AssetCheckKey(self.asset_key, self.name)

    def get_python_identifier(self) -> str:
        """The name of the step that executes it."""
        return self.key.to_python_identifier()

    def replace_key(self, key: AssetCheckKey) -> AssetCheckSpec:
        """The same check under another key; its other dependencies stay."""
        other = AssetCheckSpec.__new__(AssetCheckSpec)
        asset_key, name = key
        vars(other).update(
            vars(self),
            name=check_of_name(name, asset_key),
            asset_key=asset_key,
            additional_deps=_other_deps(name, asset_key, self.additional_deps),
        )
        return other

    def moved(self, new: Callable[[AssetKey], AssetKey]) -> AssetCheckSpec:
        """The same check where each asset that it names has the key that `new` gives for its own."""
        other = AssetCheckSpec.__new__(AssetCheckSpec)
        deps = [
            AssetDep(new(dep.asset_key), partition_mapping=dep.partition_mapping, metadata=dep.metadata)
            for dep in self.additional_deps
        ]
        asset_key = new(self.asset_key)
        vars(other).update(
            vars(self), asset_key=asset_key, additional_deps=_other_deps(self.name, asset_key, deps)
        )
        return other

    def with_metadata(self, metadata: Mapping[str, Any]) -> AssetCheckSpec:
        """The same check with `metadata` in place of what it had."""
        other = AssetCheckSpec.__new__(AssetCheckSpec)
        vars(other).update(vars(self), metadata=_checked_metadata(metadata))
        return other


class _NeedsItself(InvalidDefinitionError, ValueError):
    """A check names its own asset among its other dependencies."""


def check_of_name(name: object, asset_key: AssetKey) -> str:
    """`name`, if a check of this asset may be called so. Raises InvalidDefinitionError."""
    if isinstance(name, str) and _NAME.fullmatch(name):
        return name
    raise InvalidDefinitionError(
        f'{name!r} is not a valid name for a check of the asset "{asset_key.to_user_string()}"',
        "use letters, digits and _",
    )


def _other_deps(
    name: str, asset_key: AssetKey, deps: Iterable[CoercibleToAssetDep] | None
) -> tuple[AssetDep, ...]:
    found = coerce_deps(deps)
    if any(dep.asset_key == asset_key for dep in found):
        shown = asset_key.to_user_string()
        raise _NeedsItself(
            f'the check "{name}" names its own asset "{shown}" in additional_deps',
            f'leave it out: a check of "{shown}" depends on it anyway',
        )
    return found


def _checked_metadata(metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    for key in as_mapping(metadata, "metadata"):
        if not isinstance(key, str):
            raise InvalidDefinitionError(f"a key of metadata is a str, not {key!r}")
    return dict(metadata or {})
