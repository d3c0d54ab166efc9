"""AssetSpec: what an asset is and needs, without what makes it.

Semantics: section 3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

from dagx.assets.edges import AssetDep, CoercibleToAssetDep, coerce_deps
from dagx.assets.files import FileInput, parted
from dagx.errors import InvalidArgumentError, InvalidDefinitionError
from dagx.functions.slots import DEFAULT_IO_MANAGER
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.late_classes import checked_attribute
from dagx.names import KIND_PREFIX, as_mapping, check_group, check_owners, check_tags, kind_tags
from dagx.record import Record
from dagx.source import SourceLocation, location_of_caller
from dagx.unset import UNSET, Unset

if TYPE_CHECKING:
    from dagx.automation.conditions import AutomationCondition
    from dagx.freshness.policies import FreshnessPolicy
    from dagx.partitions.definition import PartitionsDefinition

__all__ = ["AssetSpec", "map_asset_specs"]

IO_MANAGER_METADATA = "dagster/io_manager_key"
T = TypeVar("T")
S = TypeVar("S", bound="AssetSpec")


class AssetSpec(Record):
    """What is known of an asset without its code. By itself in Definitions: an external asset, made
    elsewhere.

    `key` is a key (a str is one segment); `deps` the assets it needs, and files (`dg.file`) that it is made from, if
    dagx makes it; `group_name`, `tags` (values are str),
    `kinds` and `owners` are checked here and raise InvalidDefinitionError; `metadata` holds any values;
    `code_version` names the version of the code by hand; `partitions_def` the partitions, `automation_condition`
    when it is to be made unasked, `freshness_policy` how old it may get; a `skippable` one need not be yielded. A
    spec cannot be changed: `replace_attributes` and `merge_attributes` make another. Semantics: section 3.
    """

    key: AssetKey
    description: str | None
    metadata: Mapping[str, Any]
    skippable: bool
    group_name: str | None
    code_version: str | None
    tags: Mapping[str, str]
    partitions_def: PartitionsDefinition | None
    automation_condition: AutomationCondition | None
    freshness_policy: FreshnessPolicy | None
    is_virtual: bool
    files: tuple[FileInput, ...]
    _io_manager: str | None
    _source: SourceLocation | None

    def __init__(
        self,
        key: CoercibleToAssetKey,
        *,
        deps: Iterable[CoercibleToAssetDep] | None = None,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        skippable: bool = False,
        group_name: str | None = None,
        code_version: str | None = None,
        owners: Sequence[str] | None = None,
        tags: Mapping[str, str] | None = None,
        kinds: Iterable[str] | None = None,
        automation_condition: AutomationCondition | None = None,
        partitions_def: PartitionsDefinition | None = None,
        freshness_policy: FreshnessPolicy | None = None,
        is_virtual: bool = False,
    ) -> None:
        checked = _checked(
            AssetKey.from_coercible(key),
            deps=deps,
            description=description,
            metadata=metadata,
            skippable=skippable,
            group_name=group_name,
            code_version=code_version,
            owners=owners,
            tags=tags,
            kinds=kinds,
            automation_condition=automation_condition,
            partitions_def=partitions_def,
            freshness_policy=freshness_policy,
            is_virtual=is_virtual,
        )
        self._set(**checked, _io_manager=None, _source=location_of_caller())

    @property
    def source(self) -> SourceLocation | None:
        """Where it was written."""
        return self._source

    # Kept as tuples: what these give away can be changed, and changes nothing.

    @property
    def deps(self) -> list[AssetDep]:
        """The assets that it needs."""
        return list(vars(self)["deps"])

    @property
    def owners(self) -> list[str]:
        """Who answers for it."""
        return list(vars(self)["owners"])

    @property
    def kinds(self) -> set[str]:
        """The kinds, read from the tags that keep them."""
        return {tag[len(KIND_PREFIX) :] for tag in self.tags if tag.startswith(KIND_PREFIX)}

    @property
    def partition_mappings(self) -> dict[AssetKey, Any]:
        """The partition mapping of each dependency that has one of its own."""
        return {
            dep.asset_key: dep.partition_mapping for dep in self.deps if dep.partition_mapping is not None
        }

    @property
    def io_manager_key(self) -> str:
        """The resource that stores and loads the asset's value; "io_manager" when nothing else was said."""
        named = self._io_manager or self.metadata.get(IO_MANAGER_METADATA)
        return named if isinstance(named, str) else DEFAULT_IO_MANAGER

    def with_io_manager_key(self, io_manager_key: str) -> AssetSpec:
        """A spec whose value is loaded by the resource `io_manager_key`, kept in its metadata."""
        return changed(self, metadata={**self.metadata, IO_MANAGER_METADATA: io_manager_key})

    def replace_attributes(
        self,
        *,
        key: CoercibleToAssetKey | Unset = UNSET,
        deps: Iterable[CoercibleToAssetDep] | Unset | None = UNSET,
        description: str | Unset | None = UNSET,
        metadata: Mapping[str, Any] | Unset | None = UNSET,
        skippable: bool | Unset = UNSET,
        group_name: str | Unset | None = UNSET,
        code_version: str | Unset | None = UNSET,
        owners: Sequence[str] | Unset | None = UNSET,
        tags: Mapping[str, str] | Unset | None = UNSET,
        kinds: Iterable[str] | Unset | None = UNSET,
        automation_condition: AutomationCondition | Unset | None = UNSET,
        partitions_def: PartitionsDefinition | Unset | None = UNSET,
        freshness_policy: FreshnessPolicy | Unset | None = UNSET,
    ) -> AssetSpec:
        """A spec with each attribute given in place of the old one. `tags` leaves kinds alone, and back."""
        old_kinds = {tag: "" for tag in self.tags if tag.startswith(KIND_PREFIX)}
        old_tags = {tag: value for tag, value in self.tags.items() if tag not in old_kinds}
        assets, files = (UNSET, UNSET) if isinstance(deps, Unset) else parted(deps)
        new: dict[str, object] = {
            "key": key if key is UNSET else AssetKey.from_coercible(key),
            "deps": UNSET if isinstance(assets, Unset) else coerce_deps(assets),
            "files": files,
            "description": description if description is UNSET else _checked_text(description, "description"),
            "metadata": metadata if metadata is UNSET else _checked_metadata(metadata),
            "skippable": skippable,
            "group_name": group_name if group_name is UNSET else check_group(group_name),
            "code_version": code_version
            if code_version is UNSET
            else _checked_text(code_version, "code_version"),
            "owners": owners if owners is UNSET else check_owners(owners),
            "tags": with_kinds(
                old_tags if tags is UNSET else check_tags(tags),
                old_kinds if kinds is UNSET else kind_tags(kinds),
            ),
            **{
                name: value if value is UNSET else checked_attribute(value, name)
                for name, value in (
                    ("automation_condition", automation_condition),
                    ("partitions_def", partitions_def),
                    ("freshness_policy", freshness_policy),
                )
            },
        }
        return changed(self, **{name: value for name, value in new.items() if value is not UNSET})

    def merge_attributes(
        self,
        *,
        deps: Iterable[CoercibleToAssetDep] | None = None,
        metadata: Mapping[str, Any] | None = None,
        owners: Sequence[str] | None = None,
        tags: Mapping[str, str] | None = None,
        kinds: Iterable[str] | None = None,
    ) -> AssetSpec:
        """A spec with these added to what it has; of metadata and tags of one name, the new one wins."""
        assets, files = parted(deps)
        return changed(
            self,
            deps=coerce_deps([*self.deps, *(assets or ())]),
            files=tuple(dict.fromkeys((*self.files, *files))),
            metadata={**self.metadata, **_checked_metadata(metadata)},
            owners=(*self.owners, *check_owners(owners)),
            tags=with_kinds({**self.tags, **check_tags(tags)}, kind_tags(kinds)),
        )


def changed(spec: S, **attributes: object) -> S:
    """A copy of `spec`, of its class, with these fields, which are not checked again."""
    other = type(spec).__new__(type(spec))
    vars(other).update(vars(spec), **attributes)
    return other


def spec_at(
    source: SourceLocation | None, key: AssetKey, io_manager: str | None = None, **attributes: Any
) -> AssetSpec:
    """The spec of an asset written at `source`, its value stored by the resource `io_manager`.

    Finding the line of a caller takes as long as its module is large: a definition knows its place already.
    """
    spec = AssetSpec.__new__(AssetSpec)
    vars(spec).update(_checked(key, **attributes), _io_manager=io_manager, _source=source)
    return spec


def with_kinds(tags: Mapping[str, str], kinds: Mapping[str, str]) -> dict[str, str]:
    """Tags and kinds together, the kinds still no more than an asset may have."""
    together = {**tags, **kinds}
    kind_tags(tag for tag in together if tag.startswith(KIND_PREFIX))
    return together


def map_asset_specs(func: Callable[[AssetSpec], AssetSpec], iterable: Iterable[Any]) -> list[Any]:
    """Each spec of `iterable` as `func` returns it, and each definition with its specs so mapped.

    Section 3.
    """
    return [func(item) if isinstance(item, AssetSpec) else item.map_asset_specs(func) for item in iterable]


def _checked(
    key: AssetKey,
    *,
    deps: Iterable[CoercibleToAssetDep] | None = None,
    description: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    skippable: bool = False,
    group_name: str | None = None,
    code_version: str | None = None,
    owners: Sequence[str] | None = None,
    tags: Mapping[str, str] | None = None,
    kinds: Iterable[str] | None = None,
    automation_condition: AutomationCondition | None = None,
    partitions_def: PartitionsDefinition | None = None,
    freshness_policy: FreshnessPolicy | None = None,
    is_virtual: bool = False,
    files: Iterable[FileInput] = (),
) -> dict[str, Any]:
    assets, among_deps = parted(deps)
    return {
        "key": key,
        "deps": coerce_deps(assets),
        "description": _checked_text(description, "description"),
        "metadata": {} if metadata is None else _checked_metadata(metadata),
        "skippable": skippable,
        "group_name": check_group(group_name),
        "code_version": _checked_text(code_version, "code_version"),
        "owners": () if owners is None else check_owners(owners),
        "tags": {} if tags is None and kinds is None else with_kinds(check_tags(tags), kind_tags(kinds)),
        "partitions_def": checked_attribute(partitions_def, "partitions_def"),
        "automation_condition": checked_attribute(automation_condition, "automation_condition"),
        "freshness_policy": checked_attribute(freshness_policy, "freshness_policy"),
        "is_virtual": is_virtual,
        "files": tuple(dict.fromkeys((*among_deps, *files))),
    }


def _checked_text(value: str | None, name: str) -> str | None:
    if value is not None and not isinstance(cast(object, value), str):
        raise InvalidArgumentError(f"{name} is a str, not {value!r}", f'write {name}="{value}"')
    return value


def _checked_metadata(metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    for name in as_mapping(metadata, "metadata"):
        if not isinstance(name, str):
            raise InvalidDefinitionError(f"a key of metadata is a str, not {name!r}")
    return dict(metadata or {})
