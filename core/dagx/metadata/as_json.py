"""Metadata as JSON and back: `{"type": "int", "value": 3}`. The type is the name of the factory."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, cast

from dagx.errors import InvalidMetadataError
from dagx.keys import AssetKey
from dagx.metadata import values as m
from dagx.metadata.code import CodeReferencesMetadataValue, LocalFileCodeReference
from dagx.metadata.tables import (
    TableColumn,
    TableColumnConstraints,
    TableColumnDep,
    TableColumnLineage,
    TableConstraints,
    TableRecord,
    TableSchema,
)

_PLAIN: Mapping[str, type[m.MetadataValue]] = {
    "text": m.TextMetadataValue,
    "url": m.UrlMetadataValue,
    "path": m.PathMetadataValue,
    "notebook": m.NotebookMetadataValue,
    "json": m.JsonMetadataValue,
    "md": m.MarkdownMetadataValue,
    "int": m.IntMetadataValue,
    "bool": m.BoolMetadataValue,
    "dagster_run": m.DagsterRunMetadataValue,
    "pool": m.PoolMetadataValue,
    "code_location_reconstruction": m.CodeLocationReconstructionMetadataValue,
}
_REAL: Mapping[str, type[m.MetadataValue]] = {
    "float": m.FloatMetadataValue,
    "timestamp": m.TimestampMetadataValue,
}
_NAMES: Mapping[type[m.MetadataValue], str] = {kind: name for name, kind in {**_PLAIN, **_REAL}.items()}


def to_json(value: m.MetadataValue) -> dict[str, object]:
    """The value as a JSON object with `type` and `value`.

    NaN and infinities become the text "nan", "inf", "-inf".
    """
    if isinstance(value, m.PythonArtifactMetadataValue):
        return {"type": "python_artifact", "value": {"module": value.module, "name": value.name}}
    if isinstance(value, m.DagsterJobMetadataValue):
        return {"type": "job", "value": dict(vars(value))}
    if isinstance(value, m.DagsterAssetMetadataValue):
        return {"type": "asset", "value": value.value.path}
    if isinstance(value, m.TableMetadataValue):
        rows = [dict(record.data) for record in value.value]
        return {"type": "table", "value": {"records": rows, "schema": _schema_json(value.schema)}}
    if isinstance(value, m.TableSchemaMetadataValue):
        return {"type": "table_schema", "value": _schema_json(value.value)}
    if isinstance(value, m.TableColumnLineageMetadataValue):
        deps = value.value.deps_by_column.items()
        return {
            "type": "column_lineage",
            "value": {column: [[d.asset_key.path, d.column_name] for d in found] for column, found in deps},
        }
    if isinstance(value, m.NullMetadataValue):
        return {"type": "null", "value": None}
    if isinstance(value, CodeReferencesMetadataValue):
        return {"type": "code_references", "value": [dict(vars(place)) for place in value.value]}
    raw = value.value
    return {"type": _NAMES[type(value)], "value": _finite(raw)}


def from_json(data: Mapping[str, Any]) -> m.MetadataValue:
    """The inverse of `to_json`. Raises InvalidMetadataError for a type that it does not know."""
    kind, value = data["type"], data["value"]
    if kind in _PLAIN:
        return _PLAIN[kind](value)
    if kind in _REAL:
        return _REAL[kind](float(value))
    if kind == "python_artifact":
        return m.PythonArtifactMetadataValue(value["module"], value["name"])
    if kind == "job":
        return m.DagsterJobMetadataValue(**value)
    if kind == "asset":
        return m.DagsterAssetMetadataValue(AssetKey(value))
    if kind == "table":
        return m.TableMetadataValue(
            tuple(TableRecord(row) for row in value["records"]), _schema(value["schema"])
        )
    if kind == "table_schema":
        return m.TableSchemaMetadataValue(_schema(value))
    if kind == "column_lineage":
        return m.TableColumnLineageMetadataValue(
            TableColumnLineage(
                {column: [TableColumnDep(*dep) for dep in deps] for column, deps in value.items()}
            )
        )
    if kind == "null":
        return m.NullMetadataValue()
    if kind == "code_references":
        return CodeReferencesMetadataValue([LocalFileCodeReference(**place) for place in value])
    raise InvalidMetadataError(f"metadata of the unknown type {kind!r}")


def _finite(raw: Any) -> Any:
    if isinstance(raw, float) and not math.isfinite(raw):
        return str(raw)
    if isinstance(raw, dict):
        return {name: _finite(item) for name, item in cast("dict[str, Any]", raw).items()}
    if isinstance(raw, (list, tuple)):
        return [_finite(item) for item in cast("list[Any]", raw)]
    return raw


def _schema_json(schema: TableSchema) -> dict[str, object]:
    columns = [{**vars(column), "constraints": dict(vars(column.constraints))} for column in schema.columns]
    return {"columns": columns, "constraints": dict(vars(schema.constraints))}


def _schema(data: Mapping[str, Any]) -> TableSchema:
    columns = [_column(**column) for column in data["columns"]]
    return TableSchema(columns, TableConstraints(**data["constraints"]))


def _column(constraints: Mapping[str, Any], **rest: Any) -> TableColumn:
    return TableColumn(constraints=TableColumnConstraints(**constraints), **rest)
