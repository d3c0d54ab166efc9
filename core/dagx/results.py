"""What an asset function may return or yield, and the events it may record. Semantics: section 6."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar, cast

from dagx.errors import InvalidArgumentError, InvalidDefinitionError
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.metadata import MetadataValue, RawMetadataValue, normalized
from dagx.names import as_mapping, check_tags
from dagx.record import Record
from dagx.unset import UNSET, Unset

__all__ = ["AssetMaterialization", "AssetObservation", "DataVersion", "MaterializeResult", "Output"]

T = TypeVar("T")
SYSTEM_TAGS = "dagster/"


class DataVersion(Record):
    """A version of data named by the user; equal text means equal data."""

    value: str

    def __init__(self, value: str) -> None:
        self._set(value=value)


class Output(Record, Generic[T]):
    """A value with what is to be recorded of it.

    `metadata` maps names to plain values or MetadataValue (InvalidMetadataError for others), `data_version`
    names the version of the data in place of its content, `tags` (values are str) go on the event. Semantics:
    section 6.
    """

    value: T
    output_name: str
    metadata: Mapping[str, MetadataValue]
    data_version: DataVersion | None
    tags: Mapping[str, str]

    def __init__(
        self,
        value: T,
        output_name: str = "result",
        metadata: Mapping[str, RawMetadataValue] | None = None,
        data_version: DataVersion | None = None,
        *,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        self._set(
            value=value,
            output_name=output_name,
            metadata=normalized(metadata),
            data_version=_version(data_version),
            tags=event_tags(tags),
        )


class MaterializeResult(Record, Generic[T]):
    """That the asset was made, and what is to be recorded of it.

    Without `value` the function has stored the data itself and no IO manager is called. `asset_key` is needed
    only when the function makes several assets. The rest as for Output. Semantics: section 6.
    """

    asset_key: AssetKey | None
    metadata: Mapping[str, MetadataValue]
    data_version: DataVersion | None
    tags: Mapping[str, str]
    value: T | Unset

    def __init__(
        self,
        asset_key: CoercibleToAssetKey | None = None,
        metadata: Mapping[str, RawMetadataValue] | None = None,
        check_results: Iterable[object] | None = None,
        data_version: DataVersion | None = None,
        tags: Mapping[str, str] | None = None,
        value: T | Unset = UNSET,
    ) -> None:
        if check_results:
            raise InvalidDefinitionError("MaterializeResult(check_results=...) is not built yet in dagx")
        key = None if asset_key is None else AssetKey.from_coercible_or_definition(asset_key)
        self._set(
            asset_key=key,
            metadata=normalized(metadata),
            data_version=_version(data_version),
            tags=event_tags(tags),
            value=value,
        )


class _AssetEvent(Record):
    asset_key: AssetKey
    description: str | None
    metadata: Mapping[str, MetadataValue]
    tags: Mapping[str, str]

    def __init__(
        self,
        asset_key: CoercibleToAssetKey,
        description: str | None = None,
        metadata: Mapping[str, RawMetadataValue] | None = None,
        partition: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        if partition is not None:
            raise InvalidDefinitionError(f"{type(self).__name__}(partition=...) is not built yet in dagx")
        if isinstance(asset_key, str):
            asset_key = [part for part in re.split(r"[^a-zA-Z0-9_]", asset_key) if part]
        self._set(
            asset_key=AssetKey.from_coercible(asset_key),
            description=description,
            metadata=normalized(metadata),
            tags=event_tags(tags),
        )


class AssetMaterialization(_AssetEvent):
    """The event that an asset was made: yielded, or given to `context.log_event`, for assets of other code.

    A str as key is split at every character but letters, digits and `_`. Semantics: sections 1 and 6.
    """


class AssetObservation(_AssetEvent):
    """The event that something was seen of an asset; parameters as for AssetMaterialization."""


def event_tags(tags: Mapping[str, str] | None) -> dict[str, str]:
    """A copy of the tags of an event: strict as those of definitions, apart from the system's own keys."""
    given = as_mapping(tags, "tags")
    check_tags({k: v for k, v in (tags or {}).items() if not str(k).startswith(SYSTEM_TAGS)})
    for key, value in given.items():
        if not isinstance(value, str):
            raise InvalidDefinitionError(f"the value of the tag {key!r} is a str, not {value!r}")
    return dict(tags or {})


def _version(version: DataVersion | None) -> DataVersion | None:
    if version is not None and not isinstance(cast(object, version), DataVersion):
        raise InvalidArgumentError(
            f"a data version is a DataVersion, not {version!r}", f"write DataVersion({str(version)!r})"
        )
    return version
