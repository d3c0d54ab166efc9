"""Metadata that says where code is. Semantics: section 26."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from dagx.errors import InvalidArgumentError
from dagx.metadata.values import MetadataValue
from dagx.record import Record

__all__ = ["CodeReferencesMetadataValue", "LocalFileCodeReference"]


class LocalFileCodeReference(Record):
    """A line of a file of this machine, counted from 1; `label` is shown in its place."""

    file_path: str
    line_number: int | None
    label: str | None

    def __init__(self, file_path: str, line_number: int | None = None, label: str | None = None) -> None:
        self._set(file_path=file_path, line_number=line_number, label=label)


class CodeReferencesMetadataValue(MetadataValue):
    """Where code is. Under the name "dagster/code_references" of an asset's metadata."""

    value: tuple[LocalFileCodeReference, ...]

    def __init__(self, code_references: Sequence[LocalFileCodeReference] = ()) -> None:
        for found in cast("Sequence[object]", code_references):
            if not isinstance(found, LocalFileCodeReference):
                raise InvalidArgumentError(f"code_references has LocalFileCodeReferences, not {found!r}")
        self._set(value=tuple(code_references))

    @property
    def code_references(self) -> list[LocalFileCodeReference]:
        """The places."""
        return list(self.value)
