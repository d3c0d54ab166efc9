"""Metadata as JSON, which stores and the wire carry."""

import json
from pathlib import Path

import pytest

import dagx as dg
from dagx.metadata.as_json import from_json, to_json

SCHEMA = dg.TableSchema([dg.TableColumn("a", "int", constraints=dg.TableColumnConstraints(nullable=False))])
LINEAGE = dg.TableColumnLineage({"a": [dg.TableColumnDep("up", "b")]})
EVERY_KIND = [
    dg.MetadataValue.text("a"),
    dg.MetadataValue.url("http://x"),
    dg.MetadataValue.path("/x"),
    dg.MetadataValue.notebook("/x.ipynb"),
    dg.MetadataValue.json({"a": [1, None]}),
    dg.MetadataValue.md("# x"),
    dg.MetadataValue.python_artifact(Path),
    dg.MetadataValue.float(1.5),
    dg.MetadataValue.float(float("inf")),
    dg.MetadataValue.int(3),
    dg.MetadataValue.bool(True),
    dg.MetadataValue.timestamp(12.5),
    dg.MetadataValue.dagster_run("r"),
    dg.MetadataValue.job("j", "l"),
    dg.MetadataValue.asset(["a", "b"]),
    dg.MetadataValue.pool("p"),
    dg.MetadataValue.table([dg.TableRecord({"a": 1})]),
    dg.MetadataValue.table_schema(SCHEMA),
    dg.MetadataValue.column_lineage(LINEAGE),
    dg.MetadataValue.null(),
    dg.MetadataValue.code_location_reconstruction("x"),
    dg.CodeReferencesMetadataValue([dg.LocalFileCodeReference("/x.sql", line_number=3, label="the query")]),
]


@pytest.mark.parametrize("value", EVERY_KIND, ids=lambda value: type(value).__name__)
def test_every_kind_has_a_json_form_that_reads_back(value: dg.MetadataValue) -> None:
    text = json.dumps(to_json(value), allow_nan=False)
    assert from_json(json.loads(text)) == value


def test_the_json_form_has_a_type_and_a_value() -> None:
    assert to_json(dg.MetadataValue.int(3)) == {"type": "int", "value": 3}
    assert to_json(dg.MetadataValue.float(float("nan"))) == {"type": "float", "value": "nan"}
