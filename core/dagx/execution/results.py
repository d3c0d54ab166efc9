"""What a step's function may return or yield, and the events it may record. Semantics: section 6."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from dagx.arguments import checked_text
from dagx.errors import InvalidArgumentError, InvalidDefinitionError
from dagx.execution.run_tags import SYSTEM_TAGS
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.metadata.values import MetadataValue, RawMetadataValue, normalized
from dagx.names import as_mapping, check_name, check_tags
from dagx.record import Record
from dagx.unset import UNSET, Unset

if TYPE_CHECKING:
    from dagx.checks.results import AssetCheckResult

__all__ = [
    "AssetMaterialization",
    "AssetObservation",
    "DataVersion",
    "DynamicOutput",
    "ExpectationResult",
    "MaterializeResult",
    "ObserveResult",
    "Output",
]

T = TypeVar("T")


class DataVersion(Record):
    """A version of data named by the user; equal text means equal data."""

    value: str

    def __init__(self, value: str) -> None:
        self._set(value=checked_text(value, "the value of a DataVersion", "write DataVersion(str(...))"))


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
            data_version=checked_version(data_version),
            tags=event_tags(tags),
        )


class DynamicOutput(Record, Generic[T]):
    """One of any number of values of a dynamic output, under its own key.

    `mapping_key` is letters, digits and `_` (InvalidDefinitionError); the rest as for Output. Semantics: sections 6,
    24.
    """

    value: T
    mapping_key: str
    output_name: str
    metadata: Mapping[str, MetadataValue]

    def __init__(
        self,
        value: T,
        mapping_key: str,
        output_name: str = "result",
        metadata: Mapping[str, RawMetadataValue] | None = None,
    ) -> None:
        self._set(
            value=value,
            mapping_key=check_name(mapping_key, "the mapping key", reserved=()),
            output_name=output_name,
            metadata=normalized(metadata),
        )


class _AssetResult(Record):
    asset_key: AssetKey | None
    metadata: Mapping[str, RawMetadataValue]
    check_results: tuple[AssetCheckResult, ...]
    data_version: DataVersion | None
    tags: Mapping[str, str]

    def _take(
        self,
        asset_key: CoercibleToAssetKey | None,
        metadata: Mapping[str, RawMetadataValue] | None,
        check_results: Iterable[AssetCheckResult] | None,
        data_version: DataVersion | None,
        tags: Mapping[str, str] | None,
    ) -> None:
        results = tuple(check_results or ())
        for result in cast("tuple[object, ...]", results):
            if not hasattr(result, "passed"):
                raise InvalidArgumentError(f"check_results has AssetCheckResults, not {result!r}")
        # Kept as given, which is what the tests of a function that is called directly look at.
        normalized(metadata)
        self._set(
            asset_key=None if asset_key is None else AssetKey.from_coercible_or_definition(asset_key),
            metadata=dict(metadata or {}),
            check_results=results,
            data_version=checked_version(data_version),
            tags=event_tags(tags),
        )


class MaterializeResult(_AssetResult, Generic[T]):
    """That the asset was made, and what is to be recorded of it.

    Without `value` the function has stored the data itself and no IO manager is called. `asset_key` is needed
    only when the function makes several assets. `check_results` are those of the checks in its `check_specs`. The
    rest as for Output. Semantics: section 6.
    """

    value: T | Unset

    def __init__(
        self,
        asset_key: CoercibleToAssetKey | None = None,
        metadata: Mapping[str, RawMetadataValue] | None = None,
        check_results: Iterable[AssetCheckResult] | None = None,
        data_version: DataVersion | None = None,
        tags: Mapping[str, str] | None = None,
        value: T | Unset = UNSET,
    ) -> None:
        self._take(asset_key, metadata, check_results, data_version, tags)
        self._set(value=value)


class ObserveResult(_AssetResult):
    """What was seen of an asset that is made elsewhere; parameters as for MaterializeResult. Sections 6, 28."""

    def __init__(
        self,
        asset_key: CoercibleToAssetKey | None = None,
        metadata: Mapping[str, RawMetadataValue] | None = None,
        check_results: Iterable[AssetCheckResult] | None = None,
        data_version: DataVersion | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        self._take(asset_key, metadata, check_results, data_version, tags)


class ExpectationResult(Record):
    """What became of an expectation: `success`, and what is to be recorded of it. Changes nothing else."""

    success: bool
    label: str | None
    description: str | None
    metadata: Mapping[str, MetadataValue]

    def __init__(
        self,
        success: bool,
        label: str | None = None,
        description: str | None = None,
        metadata: Mapping[str, RawMetadataValue] | None = None,
    ) -> None:
        self._set(success=success, label=label, description=description, metadata=normalized(metadata))


class _AssetEvent(Record):
    asset_key: AssetKey
    description: str | None
    metadata: Mapping[str, MetadataValue]
    partition: str | None
    tags: Mapping[str, str]

    def __init__(
        self,
        asset_key: CoercibleToAssetKey,
        description: str | None = None,
        metadata: Mapping[str, RawMetadataValue] | None = None,
        partition: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        if isinstance(asset_key, str):
            asset_key = [part for part in re.split(r"[^a-zA-Z0-9_]", asset_key) if part]
        if partition is not None and not isinstance(cast(object, partition), str):
            raise InvalidArgumentError(f"partition is a str, not {partition!r}")
        self._set(
            asset_key=AssetKey.from_coercible(asset_key),
            description=description,
            metadata=normalized(metadata),
            partition=partition,
            tags=event_tags(tags),
        )

    @property
    def data_version(self) -> str | None:
        """The data version among its tags, or None."""
        return self.tags.get("dagster/data_version")


class AssetMaterialization(_AssetEvent):
    """The event that an asset (or one `partition` of it) was made: yielded, given to `context.log_event`, or reported
    by a sensor.

    A str as key is split at every character but letters, digits and `_`. Semantics: sections 1 and 6.
    """

    @staticmethod
    def file(
        path: str, description: str | None = None, asset_key: CoercibleToAssetKey | None = None
    ) -> AssetMaterialization:
        """The event that the file `path` was written; its key is the path unless another is given."""
        key = asset_key if asset_key is not None else path
        return AssetMaterialization(key, description=description, metadata={"path": MetadataValue.path(path)})


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


def checked_version(version: DataVersion | None) -> DataVersion | None:
    """`version`, if it is None or a DataVersion. Raises InvalidArgumentError."""
    if version is not None and not isinstance(cast(object, version), DataVersion):
        raise InvalidArgumentError(
            f"a data version is a DataVersion, not {version!r}", f"write DataVersion({str(version)!r})"
        )
    return version
