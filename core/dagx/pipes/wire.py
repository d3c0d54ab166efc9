"""The words of the pipes protocol, version 0.1: variables, how a parameter and a metadata value are written.

It knows neither processes nor files.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict, cast

from dagx.errors import InvalidMetadataError
from dagx.keys import AssetKey
from dagx.metadata.tables import (
    TableColumn,
    TableColumnConstraints,
    TableColumnDep,
    TableColumnLineage,
    TableRecord,
    TableSchema,
)
from dagx.metadata.values import MetadataValue, RawMetadataValue, normalized

__all__ = ["PipesLaunchedData"]

CONTEXT_VARIABLE = "DAGSTER_PIPES_CONTEXT"
MESSAGES_VARIABLE = "DAGSTER_PIPES_MESSAGES"
VERSION_FIELD = "__dagster_pipes_version"
VERSION = "0.1"
COMPOSITE_WRITERS = "composite_writers"

PipesExtras = Mapping[str, Any]
"""What the two processes tell each other beyond the protocol: JSON values by name."""

PipesParams = Mapping[str, Any]
"""How the other process finds its context, or where it puts its messages: JSON values by name."""


class PipesLaunchedData(TypedDict):
    """What is known of a process that was launched: `extras`, such as its id."""

    extras: PipesExtras


def encoded(value: object) -> str:
    """A JSON value as the text of a variable: base64 of zlib of JSON."""
    return base64.b64encode(zlib.compress(json.dumps(value).encode())).decode("ascii")


def decoded(text: str) -> Any:
    """The inverse of `encoded`."""
    return json.loads(zlib.decompress(base64.b64decode(text)))


def read_metadata(given: Mapping[str, Any] | None) -> dict[str, MetadataValue]:
    """Metadata as it comes in a message: by name, `{"type": ..., "raw_value": ...}`, or a bare value.

    Raises InvalidMetadataError for a type that the protocol does not have.
    """
    return {name: _read(name, value) for name, value in (given or {}).items()}


def _read(name: str, value: Any) -> MetadataValue:
    if not (isinstance(value, dict) and set(cast("dict[str, Any]", value)) == {"type", "raw_value"}):
        return normalized({name: value})[name]
    typed = cast("dict[str, Any]", value)
    make = _BY_TYPE.get(typed["type"])
    if make is None:
        raise InvalidMetadataError(
            f"the metadata {name!r} came with the type {typed['type']!r}",
            f"the protocol has: {', '.join(sorted(_BY_TYPE))}",
        )
    return make(typed["raw_value"])


def _inferred(raw: RawMetadataValue) -> MetadataValue:
    return normalized({"raw": raw})["raw"]


def _columns(raw: Any) -> TableSchema:
    """`raw` is a list of columns, or has them as `columns`."""
    columns = cast("list[Mapping[str, Any]]", raw if isinstance(raw, list) else raw["columns"])
    return TableSchema([_column(dict(column)) for column in columns])


def _column(column: dict[str, Any]) -> TableColumn:
    constraints: Mapping[str, Any] = column.pop("constraints", None) or {}
    return TableColumn(**column, constraints=TableColumnConstraints(**constraints))


def _table(raw: Mapping[str, Any]) -> MetadataValue:
    schema = _columns(raw["schema"]) if raw.get("schema") else None
    return MetadataValue.table([TableRecord(record) for record in raw["records"]], schema)


def _lineage(raw: Mapping[str, Any]) -> MetadataValue:
    by_column: Mapping[str, Sequence[Mapping[str, Any]]] = raw.get("deps_by_column", raw)
    return MetadataValue.column_lineage(
        TableColumnLineage({column: [_dep(dep) for dep in deps] for column, deps in by_column.items()})
    )


def _dep(raw: Mapping[str, Any]) -> TableColumnDep:
    key = raw["asset_key"]
    return TableColumnDep(
        AssetKey.from_escaped_user_string(key) if isinstance(key, str) else AssetKey(key), raw["column_name"]
    )


def _null(_: object) -> MetadataValue:
    return MetadataValue.null()


def _asset(raw: str) -> MetadataValue:
    return MetadataValue.asset(AssetKey.from_escaped_user_string(raw))


_BY_TYPE: Mapping[str, Callable[[Any], MetadataValue]] = {
    "__infer__": _inferred,
    "text": MetadataValue.text,
    "url": MetadataValue.url,
    "path": MetadataValue.path,
    "notebook": MetadataValue.notebook,
    "json": MetadataValue.json,
    "md": MetadataValue.md,
    "float": MetadataValue.float,
    "int": MetadataValue.int,
    "bool": MetadataValue.bool,
    "timestamp": MetadataValue.timestamp,
    "dagster_run": MetadataValue.dagster_run,
    "asset": _asset,
    "null": _null,
    "table": _table,
    "table_schema": lambda raw: MetadataValue.table_schema(_columns(raw)),
    "table_column_lineage": _lineage,
}
