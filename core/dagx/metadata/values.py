"""Typed metadata of events: one class for each kind of value, and how plain values find theirs.

Section 26.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from dagx.errors import InvalidArgumentError, InvalidMetadataError
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.late_json import to_text
from dagx.metadata.tables import TableColumnLineage, TableRecord, TableSchema, inferred_schema
from dagx.record import Record

if TYPE_CHECKING:
    import datetime

__all__ = [
    "BoolMetadataValue",
    "CodeLocationReconstructionMetadataValue",
    "DagsterAssetMetadataValue",
    "DagsterJobMetadataValue",
    "DagsterRunMetadataValue",
    "FloatMetadataValue",
    "IntMetadataValue",
    "JsonMetadataValue",
    "MarkdownMetadataValue",
    "MetadataValue",
    "NotebookMetadataValue",
    "NullMetadataValue",
    "PathMetadataValue",
    "PoolMetadataValue",
    "PythonArtifactMetadataValue",
    "TableColumnLineageMetadataValue",
    "TableMetadataValue",
    "TableSchemaMetadataValue",
    "TextMetadataValue",
    "TimestampMetadataValue",
    "UrlMetadataValue",
]

# Inside the class, its factories hide the builtins of the same names.
Real = float
Whole = int
Truth = bool


class MetadataValue(Record):
    """A value with its meaning, made by the factories below; `value` is the raw value.

    Semantics: section 26.
    """

    value: Any

    def __init__(self, value: Any) -> None:
        self._set(value=value)

    @staticmethod
    def text(text: str) -> TextMetadataValue:
        """Plain text."""
        return TextMetadataValue(text)

    @staticmethod
    def url(url: str) -> UrlMetadataValue:
        """An address that can be opened."""
        return UrlMetadataValue(url)

    @staticmethod
    def path(path: str | os.PathLike[str]) -> PathMetadataValue:
        """A file or folder of this machine."""
        return PathMetadataValue(os.fspath(path))

    @staticmethod
    def notebook(path: str | os.PathLike[str]) -> NotebookMetadataValue:
        """The path of a notebook."""
        return NotebookMetadataValue(os.fspath(path))

    @staticmethod
    def json(data: Any) -> JsonMetadataValue:
        """Anything that `json.dumps` takes; else InvalidMetadataError."""
        return JsonMetadataValue(data)

    @staticmethod
    def md(data: str) -> MarkdownMetadataValue:
        """Markdown, shown as such."""
        return MarkdownMetadataValue(data)

    @staticmethod
    def python_artifact(python_artifact: Any) -> PythonArtifactMetadataValue:
        """A class or function, by its module and name."""
        return PythonArtifactMetadataValue(python_artifact.__module__, python_artifact.__name__)

    @staticmethod
    def float(value: Real) -> FloatMetadataValue:
        """A number with a fraction."""
        return FloatMetadataValue(value)

    @staticmethod
    def int(value: Whole) -> IntMetadataValue:
        """A whole number."""
        return IntMetadataValue(value)

    @staticmethod
    def bool(value: Truth) -> BoolMetadataValue:
        """True or False."""
        return BoolMetadataValue(value)

    @staticmethod
    def timestamp(value: datetime.datetime | Real) -> TimestampMetadataValue:
        """A moment: seconds since 1970 UTC, or a datetime with a time zone (InvalidArgumentError without)."""
        moment: Any = value  # known by what it has: importing datetime takes a millisecond
        if hasattr(moment, "tzinfo"):
            if moment.tzinfo is None:
                raise InvalidArgumentError(
                    f"the timestamp {value!r} has no time zone", "write value.replace(tzinfo=timezone.utc)"
                )
            return TimestampMetadataValue(moment.timestamp())
        return TimestampMetadataValue(moment)

    @staticmethod
    def dagster_run(run_id: str) -> DagsterRunMetadataValue:
        """A run, by its id."""
        return DagsterRunMetadataValue(run_id)

    @staticmethod
    def job(
        job_name: str, location_name: str = "", *, repository_name: str | None = None
    ) -> DagsterJobMetadataValue:
        """A job, by its name."""
        return DagsterJobMetadataValue(job_name, location_name, repository_name)

    @staticmethod
    def asset(asset_key: CoercibleToAssetKey) -> DagsterAssetMetadataValue:
        """Another asset, by its key."""
        return DagsterAssetMetadataValue(AssetKey.from_coercible_or_definition(asset_key))

    @staticmethod
    def pool(pool: str) -> PoolMetadataValue:
        """A pool, by its name."""
        return PoolMetadataValue(pool)

    @staticmethod
    def table(records: Sequence[TableRecord], schema: TableSchema | None = None) -> TableMetadataValue:
        """A few rows. Without `schema` the columns are those of the records, typed by the first."""
        return TableMetadataValue(tuple(records), schema or inferred_schema(records))

    @staticmethod
    def table_schema(schema: TableSchema) -> TableSchemaMetadataValue:
        """The columns of a table."""
        return TableSchemaMetadataValue(schema)

    @staticmethod
    def column_lineage(lineage: TableColumnLineage) -> TableColumnLineageMetadataValue:
        """Where the columns of a table come from."""
        return TableColumnLineageMetadataValue(lineage)

    @staticmethod
    def null() -> NullMetadataValue:
        """Nothing, on purpose."""
        return NullMetadataValue()

    @staticmethod
    def code_location_reconstruction(data: str) -> CodeLocationReconstructionMetadataValue:
        """Text by which a loader finds again what it loaded."""
        return CodeLocationReconstructionMetadataValue(data)


# `text`, `url`, `path`, `pool`, `column_lineage` are a factory on MetadataValue and the value on an
# instance: checkers see an override, hence the ignores.


class TextMetadataValue(MetadataValue):
    """Plain text."""

    value: str

    def __init__(self, value: str) -> None:
        self._set(value=value)

    @property
    def text(self) -> str:  # type: ignore[override]  # pyright: ignore
        """The text."""
        return self.value


class UrlMetadataValue(MetadataValue):
    """An address that can be opened."""

    value: str

    def __init__(self, value: str) -> None:
        self._set(value=value)

    @property
    def url(self) -> str:  # type: ignore[override]  # pyright: ignore
        """The url."""
        return self.value


class PathMetadataValue(MetadataValue):
    """A file or folder."""

    value: str

    def __init__(self, value: str) -> None:
        self._set(value=value)

    @property
    def path(self) -> str:  # type: ignore[override]  # pyright: ignore
        """The path."""
        return self.value


class NotebookMetadataValue(MetadataValue):
    """The path of a notebook."""

    value: str

    def __init__(self, value: str) -> None:
        self._set(value=value)

    @property
    def path(self) -> str:  # type: ignore[override]  # pyright: ignore
        """The path."""
        return self.value


class JsonMetadataValue(MetadataValue):
    """What `json.dumps` takes."""

    value: Any

    def __init__(self, value: Any) -> None:
        try:
            to_text(value)
        except (TypeError, ValueError, RecursionError) as error:
            raise InvalidMetadataError(
                f"this metadata is not JSON: {error}", "turn what it holds into str or numbers"
            ) from error
        self._set(value=value)

    @property
    def data(self) -> Any:
        """The data."""
        return self.value


class MarkdownMetadataValue(MetadataValue):
    """Markdown."""

    value: str

    def __init__(self, value: str) -> None:
        self._set(value=value)

    @property
    def md_str(self) -> str:
        """The Markdown text."""
        return self.value


class PythonArtifactMetadataValue(MetadataValue):
    """A class or function: `value` is its module, `name` its name there."""

    value: str
    name: str

    def __init__(self, value: str, name: str) -> None:
        self._set(value=value, name=name)

    @property
    def module(self) -> str:
        """The module's name."""
        return self.value


class FloatMetadataValue(MetadataValue):
    """A number with a fraction."""

    value: float

    def __init__(self, value: float) -> None:
        self._set(value=value)


class IntMetadataValue(MetadataValue):
    """A whole number."""

    value: int

    def __init__(self, value: int) -> None:
        self._set(value=value)


class BoolMetadataValue(MetadataValue):
    """True or False."""

    value: bool

    def __init__(self, value: bool) -> None:
        self._set(value=value)


class TimestampMetadataValue(MetadataValue):
    """A moment, in seconds since 1970 UTC."""

    value: float

    def __init__(self, value: float) -> None:
        self._set(value=value)


class DagsterRunMetadataValue(MetadataValue):
    """A run."""

    value: str

    def __init__(self, value: str) -> None:
        self._set(value=value)

    @property
    def run_id(self) -> str:
        """The id of the run."""
        return self.value


class DagsterJobMetadataValue(MetadataValue):
    """A job and where it is defined."""

    value: str
    location_name: str
    repository_name: str | None

    def __init__(self, value: str, location_name: str = "", repository_name: str | None = None) -> None:
        self._set(value=value, location_name=location_name, repository_name=repository_name)

    @property
    def job_name(self) -> str:
        """The name of the job."""
        return self.value


class DagsterAssetMetadataValue(MetadataValue):
    """Another asset."""

    value: AssetKey

    def __init__(self, value: AssetKey) -> None:
        self._set(value=value)

    @property
    def asset_key(self) -> AssetKey:
        """The key of the asset."""
        return self.value


class PoolMetadataValue(MetadataValue):
    """A pool."""

    value: str

    def __init__(self, value: str) -> None:
        self._set(value=value)

    @property
    def pool(self) -> str:  # type: ignore[override]  # pyright: ignore
        """The pool."""
        return self.value


class TableMetadataValue(MetadataValue):
    """A few rows and their columns."""

    value: tuple[TableRecord, ...]
    schema: TableSchema

    def __init__(self, value: tuple[TableRecord, ...], schema: TableSchema) -> None:
        self._set(value=value, schema=schema)

    @property
    def records(self) -> list[TableRecord]:
        """The rows."""
        return list(self.value)


class TableSchemaMetadataValue(MetadataValue):
    """The columns of a table."""

    value: TableSchema

    def __init__(self, value: TableSchema) -> None:
        self._set(value=value)

    @property
    def schema(self) -> TableSchema:
        """The schema."""
        return self.value


class TableColumnLineageMetadataValue(MetadataValue):
    """Where the columns of a table come from."""

    value: TableColumnLineage

    def __init__(self, value: TableColumnLineage) -> None:
        self._set(value=value)

    @property
    def column_lineage(self) -> TableColumnLineage:  # type: ignore[override]  # pyright: ignore
        """The lineage."""
        return self.value


class NullMetadataValue(MetadataValue):
    """Nothing, on purpose."""

    value: None

    def __init__(self, value: None = None) -> None:
        self._set(value=value)


class CodeLocationReconstructionMetadataValue(MetadataValue):
    """Text by which a loader finds again what it loaded."""

    value: str

    def __init__(self, value: str) -> None:
        self._set(value=value)


RawMetadataValue = Any
"""What stands for a value: str, int, float, bool, None, dict, list, Path, AssetKey, a table schema, a
MetadataValue."""


def normalized(metadata: Mapping[str, RawMetadataValue] | None) -> dict[str, MetadataValue]:
    """Each raw value as its MetadataValue. Raises InvalidMetadataError for a value or key that has none."""
    found: dict[str, MetadataValue] = {}
    for name, value in (metadata or {}).items():
        if not isinstance(cast(object, name), str):
            raise InvalidMetadataError(f"a key of metadata is a str, not {name!r}")
        found[name] = _typed(name, value)
    return found


def _typed(name: str, value: RawMetadataValue) -> MetadataValue:
    if isinstance(value, MetadataValue):
        return value
    if value is None:
        return NullMetadataValue()
    for kind, make in _BY_TYPE:
        if isinstance(value, kind):
            return make(value)
    raise InvalidMetadataError(
        f"the metadata {name!r} is a {type(value).__qualname__}, which has no form to be recorded in",
        "give a str, int, float, bool, None, dict, list, Path, AssetKey, or one of MetadataValue's factories",
    )


_BY_TYPE: tuple[tuple[type[object], Callable[[Any], MetadataValue]], ...] = (
    (str, TextMetadataValue),
    (bool, BoolMetadataValue),  # before int, which it is too
    (int, IntMetadataValue),
    (float, FloatMetadataValue),
    (dict, JsonMetadataValue),
    (list, JsonMetadataValue),
    (os.PathLike, MetadataValue.path),
    (AssetKey, DagsterAssetMetadataValue),
    (TableSchema, TableSchemaMetadataValue),
    (TableColumnLineage, TableColumnLineageMetadataValue),
)
