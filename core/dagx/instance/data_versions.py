"""Data versions as the in-process helpers record them, and what is read back. Semantics: section 16.

The engine has versions of its own, made from content; these are made from code versions and inputs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from dagx.arguments import checked_mapping, checked_text
from dagx.errors import InvalidArgumentError
from dagx.execution.results import DataVersion
from dagx.instance.event_log import EventLogEntry
from dagx.keys import AssetKey
from dagx.record import Record

__all__ = ["DataProvenance", "DataVersionsByPartition"]

CODE_VERSION_TAG = "dagster/code_version"
DATA_VERSION_TAG = "dagster/data_version"
USER_PROVIDED_TAG = "dagster/data_version_is_user_provided"
INPUT_VERSION_PREFIX = "dagster/input_data_version/"
INPUT_POINTER_PREFIX = "dagster/input_event_pointer/"
NO_POINTER = "NULL"

INITIAL = DataVersion("INITIAL")
"""Of something whose version nobody told: made elsewhere and never seen, or recorded without a version."""

NULL = DataVersion("NULL")
"""Of something that was never recorded."""

MOST_PARTITIONS_LOOKED_AT = 100
"""With so many partitions of an input, or more, each by itself is not looked at. From section 16."""


class DataProvenance(Record):
    """What a materialization was made from, as it was recorded then.

    `input_data_versions` and `input_storage_ids` are by the keys of the inputs; the latter are the numbers of the
    events that were used, None where there was none. Semantics: section 16.
    """

    code_version: str
    input_data_versions: Mapping[AssetKey, DataVersion]
    input_storage_ids: Mapping[AssetKey, int | None]
    is_user_provided: bool

    def __init__(
        self,
        code_version: str,
        input_data_versions: Mapping[AssetKey, DataVersion],
        input_storage_ids: Mapping[AssetKey, int | None],
        is_user_provided: bool,
    ) -> None:
        self._set(
            code_version=checked_text(code_version, "code_version"),
            input_data_versions=checked_mapping(input_data_versions, "input_data_versions"),
            input_storage_ids=checked_mapping(input_storage_ids, "input_storage_ids"),
            is_user_provided=is_user_provided,
        )

    @staticmethod
    def from_tags(tags: Mapping[str, str]) -> DataProvenance | None:
        """The provenance among the tags of an event, or None when they have no code version."""
        code_version = tags.get(CODE_VERSION_TAG)
        if code_version is None:
            return None
        versions = _by_key(tags, INPUT_VERSION_PREFIX)
        pointers = _by_key(tags, INPUT_POINTER_PREFIX)
        return DataProvenance(
            code_version,
            {key: DataVersion(text) for key, text in versions.items()},
            {key: None if text == NO_POINTER else int(text) for key, text in pointers.items()},
            tags.get(USER_PROVIDED_TAG) == "true",
        )


class DataVersionsByPartition(Record):
    """The data versions of the partitions that an observation saw, by their keys; a str stands for its DataVersion.

    Raises InvalidArgumentError for anything else. Semantics: section 16.3.
    """

    data_versions_by_partition: Mapping[str, DataVersion]

    def __init__(self, data_versions_by_partition: Mapping[str, str | DataVersion]) -> None:
        self._set(
            data_versions_by_partition={
                _partition(key): _version(version)
                for key, version in checked_mapping(
                    data_versions_by_partition, "data_versions_by_partition"
                ).items()
            }
        )


class ParentVersion(NamedTuple):
    """The version of an input when it was used, and the number of the event that tells it."""

    version: DataVersion = INITIAL
    storage_id: int | None = None


def data_version_of(code_version_or_run_id: str, parent_versions: Mapping[AssetKey, str]) -> str:
    """The data version of what that code makes from inputs of these versions: the same for the same, always."""
    ordered = sorted(parent_versions.items(), key=lambda item: str(item[0]))
    return _digest([code_version_or_run_id, *(version for _, version in ordered)])


def version_of_partitions(versions: Mapping[str, str]) -> str:
    """The data version of several partitions together, by their keys."""
    return _digest(version for _, version in sorted(versions.items()))


def tags_for_materialization(
    run_id: str,
    code_version: str | None,
    parents: Mapping[AssetKey, ParentVersion],
    given: DataVersion | None = None,
    tags: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The tags of the event that an asset was made from `parents`.

    `given` is the data version that the user gave, `tags` those that the user put on the result; they win.
    """
    code = code_version or run_id
    computed = data_version_of(code, {key: parent.version.value for key, parent in parents.items()})
    found = {CODE_VERSION_TAG: code, DATA_VERSION_TAG: computed if given is None else given.value}
    if given is not None:
        found[USER_PROVIDED_TAG] = "true"
    for key, parent in parents.items():
        shown = key.to_user_string()
        found[INPUT_VERSION_PREFIX + shown] = parent.version.value
        found[INPUT_POINTER_PREFIX + shown] = (
            NO_POINTER if parent.storage_id is None else str(parent.storage_id)
        )
    return {**found, **(tags or {})}


def extract_data_version_from_entry(entry: EventLogEntry) -> DataVersion | None:
    """The data version that an entry recorded, or None."""
    text = entry.tags.get(DATA_VERSION_TAG)
    return None if text is None else DataVersion(text)


def extract_data_provenance_from_entry(entry: EventLogEntry) -> DataProvenance | None:
    """What an entry recorded of what it was made from, or None."""
    return DataProvenance.from_tags(entry.tags)


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("".join(texts).encode()).hexdigest()


def _by_key(tags: Mapping[str, str], prefix: str) -> dict[AssetKey, str]:
    return {
        AssetKey.from_user_string(tag[len(prefix) :]): text
        for tag, text in tags.items()
        if tag.startswith(prefix)
    }


def _partition(key: object) -> str:
    if isinstance(key, str):
        return key
    raise InvalidArgumentError(f"a partition key is a str, not {key!r}")


def _version(version: object) -> DataVersion:
    if isinstance(version, DataVersion):
        return version
    if isinstance(version, str):
        return DataVersion(version)
    raise InvalidArgumentError(f"a data version is a DataVersion or a str, not {version!r}")
