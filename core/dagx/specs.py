"""AssetSpec, AssetDep and AssetIn: what an asset is and needs, without what makes it.

Semantics: section 3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NoReturn, cast

from dagx.errors import InvalidArgumentError, InvalidDefinitionError, InvariantViolationError
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.names import KIND_PREFIX, as_mapping, check_group, check_owners, check_tags, kind_tags
from dagx.record import Record
from dagx.source import SourceLocation, location_of_caller
from dagx.unbuilt import DEP_KEYWORDS, IN_KEYWORDS, SPEC_KEYWORDS, refuse
from dagx.unset import UNSET, Unset

__all__ = ["AssetDep", "AssetIn", "AssetSpec", "map_asset_specs"]

DEFAULT_IO_MANAGER = "io_manager"
IO_MANAGER_METADATA = "dagster/io_manager_key"


class AssetDep(Record):
    """A dependency that orders and shows lineage, and loads nothing.

    `asset` is a key (a str is one segment), a spec, or a definition with one asset; `metadata` describes the
    edge. Raises InvalidDefinitionError for a definition with several assets. Semantics: section 3.
    """

    asset_key: AssetKey
    metadata: Mapping[str, object]

    def __init__(
        self,
        asset: CoercibleToAssetDep,
        *,
        metadata: Mapping[str, object] | None = None,
        **not_built: NoReturn,
    ) -> None:
        refuse("AssetDep", not_built, DEP_KEYWORDS)
        if isinstance(asset, AssetDep):
            raise InvalidArgumentError("AssetDep of an AssetDep", "give the key")
        keys = _keys_of(asset)
        if len(keys) != 1:
            raise InvalidDefinitionError(
                f"AssetDep takes one asset, not a definition of {len(keys)}", "name one of its keys"
            )
        self._set(
            asset_key=keys[0],
            metadata=dict(metadata or {}),
        )


class AssetIn(Record):
    """How one parameter of an asset function is filled from an upstream asset.

    `key` is the upstream key, or `key_prefix` goes in front of the parameter's name (not both);
    `input_manager_key` names the resource that loads the value, in place of the upstream asset's IO manager;
    `metadata` is what the IO manager sees as `InputContext.definition_metadata`. Semantics: section 3.
    """

    key: AssetKey | None
    metadata: Mapping[str, object]
    key_prefix: tuple[str, ...]
    input_manager_key: str | None

    def __init__(
        self,
        key: CoercibleToAssetKey | None = None,
        metadata: Mapping[str, object] | None = None,
        key_prefix: str | Sequence[str] | None = None,
        input_manager_key: str | None = None,
        **not_built: NoReturn,
    ) -> None:
        refuse("AssetIn", not_built, IN_KEYWORDS)
        if key is not None and key_prefix:
            raise InvalidArgumentError("AssetIn takes key or key_prefix, not both")
        self._set(
            key=None if key is None else AssetKey.from_coercible_or_definition(key),
            metadata=dict(metadata or {}),
            key_prefix=AssetKey(key_prefix).parts if key_prefix else (),
            input_manager_key=input_manager_key,
        )

    def key_for(self, parameter: str) -> AssetKey:
        """The upstream key when this describes `parameter`."""
        return self.key if self.key is not None else AssetKey((*self.key_prefix, parameter))


class AssetSpec(Record):
    """What is known of an asset without its code. By itself in Definitions: an external asset, made
    elsewhere.

    `key` is a key (a str is one segment); `deps` the assets it needs; `group_name`, `tags` (values are str),
    `kinds` and `owners` are checked here and raise InvalidDefinitionError; `metadata` holds any values;
    `code_version` names the version of the code by hand. A spec cannot be changed: `replace_attributes` and
    `merge_attributes` make another. Semantics: section 3.
    """

    key: AssetKey
    deps: tuple[AssetDep, ...]
    description: str | None
    metadata: Mapping[str, Any]
    skippable: bool
    group_name: str | None
    code_version: str | None
    owners: tuple[str, ...]
    tags: Mapping[str, str]
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
        **not_built: NoReturn,
    ) -> None:
        refuse("AssetSpec", not_built, SPEC_KEYWORDS)
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
        )
        self._set(**checked, _io_manager=None, _source=location_of_caller())

    @property
    def source(self) -> SourceLocation | None:
        """Where it was written."""
        return self._source

    @property
    def kinds(self) -> set[str]:
        """The kinds, read from the tags that keep them."""
        return {tag[len(KIND_PREFIX) :] for tag in self.tags if tag.startswith(KIND_PREFIX)}

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
        **not_built: NoReturn,
    ) -> AssetSpec:
        """A spec with each attribute given in place of the old one. `tags` leaves kinds alone, and back."""
        refuse("replace_attributes", not_built, SPEC_KEYWORDS)
        old_kinds = {tag: "" for tag in self.tags if tag.startswith(KIND_PREFIX)}
        old_tags = {tag: value for tag, value in self.tags.items() if tag not in old_kinds}
        new: dict[str, object] = {
            "key": key if key is UNSET else AssetKey.from_coercible(key),
            "deps": deps if deps is UNSET else coerce_deps(deps),
            "description": description,
            "metadata": metadata if metadata is UNSET else _checked_metadata(metadata),
            "skippable": skippable,
            "group_name": group_name if group_name is UNSET else check_group(group_name),
            "code_version": code_version,
            "owners": owners if owners is UNSET else check_owners(owners),
            "tags": with_kinds(
                old_tags if tags is UNSET else check_tags(tags),
                old_kinds if kinds is UNSET else kind_tags(kinds),
            ),
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
        return changed(
            self,
            deps=coerce_deps([*self.deps, *(deps or ())]),
            metadata={**self.metadata, **_checked_metadata(metadata)},
            owners=(*self.owners, *check_owners(owners)),
            tags=with_kinds({**self.tags, **check_tags(tags)}, kind_tags(kinds)),
        )


CoercibleToAssetDep = CoercibleToAssetKey | AssetSpec | AssetDep | Any
"""What can stand in `deps`: a key, an AssetDep, a spec, or a definition (each of its assets)."""


def changed(spec: AssetSpec, **attributes: object) -> AssetSpec:
    """A copy of `spec` with these fields, which are not checked again."""
    other = AssetSpec.__new__(AssetSpec)
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


def coerce_deps(deps: Iterable[CoercibleToAssetDep] | None) -> tuple[AssetDep, ...]:
    """One AssetDep for each key that `deps` names, in order; repeated ones collapse.

    Raises InvariantViolationError when a key comes twice with different details.
    """
    if isinstance(deps, str):
        raise InvalidArgumentError(f"deps is a list, not {deps!r}", f'write deps=["{deps}"]')
    found: dict[AssetKey, AssetDep] = {}
    for item in deps or ():
        for dep in [item] if isinstance(item, AssetDep) else [AssetDep(key) for key in _keys_of(item)]:
            if found.setdefault(dep.asset_key, dep) != dep:
                raise InvariantViolationError(
                    f'deps names "{dep.asset_key.to_user_string()}" twice with different details',
                    "keep one of the two",
                )
    return tuple(found.values())


def map_asset_specs(func: Callable[[AssetSpec], AssetSpec], iterable: Iterable[Any]) -> list[Any]:
    """Each spec of `iterable` as `func` returns it, and each definition with its specs so mapped.

    Section 3.
    """
    return [func(item) if isinstance(item, AssetSpec) else item.map_asset_specs(func) for item in iterable]


def _keys_of(asset: Any) -> list[AssetKey]:
    """The keys of a key, a spec or a definition (which this module knows only by its `specs`)."""
    if isinstance(asset, AssetSpec):
        return [asset.key]
    specs = getattr(asset, "specs", None)
    if specs is not None:
        return [spec.key for spec in cast("Iterable[AssetSpec]", specs)]
    if callable(asset):
        raise InvalidArgumentError(
            f"{getattr(asset, '__name__', asset)!r} in deps is a plain function", "decorate it with @asset"
        )
    return [AssetKey.from_coercible(asset)]


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
) -> dict[str, Any]:
    return {
        "key": key,
        "deps": coerce_deps(deps),
        "description": description,
        "metadata": _checked_metadata(metadata),
        "skippable": skippable,
        "group_name": check_group(group_name),
        "code_version": code_version,
        "owners": check_owners(owners),
        "tags": with_kinds(check_tags(tags), kind_tags(kinds)),
    }


def _checked_metadata(metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    for name in as_mapping(metadata, "metadata"):
        if not isinstance(name, str):
            raise InvalidDefinitionError(f"a key of metadata is a str, not {name!r}")
    return dict(metadata or {})
