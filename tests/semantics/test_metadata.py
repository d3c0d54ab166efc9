"""Section 26: metadata on events."""

import datetime
import enum
import json
import pickle
from pathlib import Path
from typing import Any

import pytest

import dagx as dg
from dagx.metadata_json import from_json, to_json

SCHEMA = dg.TableSchema([dg.TableColumn("a", "int", constraints=dg.TableColumnConstraints(nullable=False))])
LINEAGE = dg.TableColumnLineage({"a": [dg.TableColumnDep("up", "b")]})


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("a", dg.TextMetadataValue),
        (1, dg.IntMetadataValue),
        (1.5, dg.FloatMetadataValue),
        (True, dg.BoolMetadataValue),
        (None, dg.NullMetadataValue),
        ({"a": [1]}, dg.JsonMetadataValue),
        ([1, "a"], dg.JsonMetadataValue),
        (Path("/x"), dg.PathMetadataValue),
        (dg.AssetKey("a"), dg.DagsterAssetMetadataValue),
        (SCHEMA, dg.TableSchemaMetadataValue),
        (LINEAGE, dg.TableColumnLineageMetadataValue),
        (dg.MetadataValue.md("# x"), dg.MarkdownMetadataValue),
    ],
)
def test_raw_values_find_their_class(raw: Any, kind: type[dg.MetadataValue]) -> None:
    assert type(dg.MaterializeResult(metadata={"x": raw}).metadata["x"]) is kind


class Color(enum.Enum):
    RED = 1


@pytest.mark.parametrize(
    "raw", [datetime.datetime.now(), {1}, (1,), Color.RED, object(), {"a": object()}, [{1}]]
)
def test_other_values_are_refused_when_the_result_is_made(raw: Any) -> None:
    with pytest.raises(dg.InvalidMetadataError):
        dg.MaterializeResult(metadata={"x": raw})
    with pytest.raises(dg.InvalidMetadataError):
        dg.Output(1, metadata={"x": raw})


def test_keys_of_metadata_are_str() -> None:
    with pytest.raises(dg.InvalidMetadataError):
        dg.MaterializeResult(metadata={1: "x"})  # type: ignore[dict-item]


def test_value_gives_the_raw_value() -> None:
    assert dg.MetadataValue.text("a").value == "a"
    assert dg.MetadataValue.text("a").text == "a"
    assert dg.MetadataValue.url("http://x").url == "http://x"
    assert dg.MetadataValue.path(Path("/a")).path == "/a"
    assert dg.MetadataValue.json({"a": 1}).data == {"a": 1}
    assert dg.MetadataValue.md("*a*").md_str == "*a*"
    assert dg.MetadataValue.null().value is None


def test_a_timestamp_needs_a_time_zone() -> None:
    moment = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
    assert dg.MetadataValue.timestamp(moment) == dg.MetadataValue.timestamp(moment.timestamp())
    with pytest.raises(dg.InvalidArgumentError, match="no time zone"):
        dg.MetadataValue.timestamp(datetime.datetime(2024, 1, 1))


def test_a_table_infers_its_columns() -> None:
    table = dg.MetadataValue.table([dg.TableRecord({"a": 1, "b": 1.5, "c": "x", "d": True})])
    assert [(column.name, column.type) for column in table.schema.columns] == [
        ("a", "int"),
        ("b", "float"),
        ("c", "string"),
        ("d", "bool"),
    ]
    with pytest.raises(dg.InvalidMetadataError):
        dg.MetadataValue.table([])


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
]


@pytest.mark.parametrize("value", EVERY_KIND, ids=lambda value: type(value).__name__)
def test_every_kind_has_a_json_form_that_reads_back(value: dg.MetadataValue) -> None:
    text = json.dumps(to_json(value), allow_nan=False)
    assert from_json(json.loads(text)) == value
    assert pickle.loads(pickle.dumps(value)) == value


def test_the_json_form_has_a_type_and_a_value() -> None:
    assert to_json(dg.MetadataValue.int(3)) == {"type": "int", "value": 3}
    assert to_json(dg.MetadataValue.float(float("nan"))) == {"type": "float", "value": "nan"}


def test_values_are_equal_by_class_and_content_and_cannot_be_changed() -> None:
    assert dg.MetadataValue.text("a") == dg.TextMetadataValue("a")
    assert dg.MetadataValue.text("a") != dg.MetadataValue.md("a")
    with pytest.raises(AttributeError):
        dg.MetadataValue.text("a").value = "b"
