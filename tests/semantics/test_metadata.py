"""Section 26: metadata on events."""

import datetime
import enum
import json
import math
import pickle
from pathlib import Path
from typing import Any

import pytest

import dagx as dg

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
    assert type(dg.Output(1, metadata={"x": raw}).metadata["x"]) is kind


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


KEY = dg.AssetKey("a")
WITH_METADATA = [
    lambda metadata: dg.Output(1, metadata=metadata),
    lambda metadata: dg.DynamicOutput(1, "key", metadata=metadata),
    lambda metadata: dg.AssetMaterialization(KEY, metadata=metadata),
    lambda metadata: dg.AssetObservation(KEY, metadata=metadata),
    lambda metadata: dg.AssetCheckResult(passed=True, metadata=metadata),
    lambda metadata: dg.Failure("x", metadata=metadata),
    lambda metadata: dg.ExpectationResult(True, metadata=metadata),
    lambda metadata: dg.Definitions(metadata=metadata),
]


@pytest.mark.parametrize("make", WITH_METADATA)
def test_all_that_has_metadata_reads_it_alike(make: Any) -> None:
    given = {"text": "x", "int": 1, "md": dg.MetadataValue.md("# x")}
    assert make(given).metadata == {
        "text": dg.MetadataValue.text("x"),
        "int": dg.MetadataValue.int(1),
        "md": dg.MetadataValue.md("# x"),
    }
    refuses_what_has_no_form(make)


@pytest.mark.parametrize("kind", [dg.MaterializeResult, dg.ObserveResult])
def test_what_an_asset_returns_keeps_its_metadata_as_given(kind: Any) -> None:
    given = {"text": "x", "md": dg.MetadataValue.md("# x")}
    assert kind(metadata=given).metadata == given
    refuses_what_has_no_form(lambda metadata: kind(metadata=metadata))


def refuses_what_has_no_form(make: Any) -> None:
    with pytest.raises(dg.DagsterInvalidMetadata, match="bad"):
        make({"bad": object()})
    with pytest.raises(dg.DagsterInvalidMetadata):
        make({1: "x"})


def test_bool_is_no_int_and_a_subclass_is_like_its_class() -> None:
    class Text(str):
        __slots__ = ()

    read = dg.Output(1, metadata={"flag": False, "text": Text("x")}).metadata
    assert read == {"flag": dg.MetadataValue.bool(False), "text": dg.MetadataValue.text("x")}


def test_value_gives_the_raw_value() -> None:
    assert dg.MetadataValue.text("a").value == "a"
    assert dg.MetadataValue.text("a").text == "a"
    assert dg.MetadataValue.url("http://x").url == "http://x"
    assert dg.MetadataValue.path(Path("/a")).path == "/a"
    assert dg.MetadataValue.json({"a": 1}).data == {"a": 1}
    assert dg.MetadataValue.md("*a*").md_str == "*a*"
    assert dg.MetadataValue.null().value is None


VALUES = [
    (dg.MetadataValue.notebook(Path("/a.ipynb")), "/a.ipynb"),
    (dg.MetadataValue.float(1.5), 1.5),
    (dg.MetadataValue.int(2), 2),
    (dg.MetadataValue.bool(False), False),
    (dg.MetadataValue.timestamp(12.5), 12.5),
    (dg.MetadataValue.dagster_run("r"), "r"),
    (dg.MetadataValue.job("j", "l"), "j"),
    (dg.MetadataValue.asset("a"), dg.AssetKey("a")),
    (dg.MetadataValue.pool("p"), "p"),
    (dg.MetadataValue.table_schema(SCHEMA), SCHEMA),
    (dg.MetadataValue.column_lineage(LINEAGE), LINEAGE),
    (dg.MetadataValue.code_location_reconstruction("x"), "x"),
]


@pytest.mark.parametrize(("value", "raw"), VALUES, ids=lambda value: type(value).__name__)
def test_every_factory_keeps_what_it_was_given(value: dg.MetadataValue, raw: Any) -> None:
    assert value.value == raw


def test_a_function_is_an_artifact_by_its_module_and_name() -> None:
    made = dg.MetadataValue.python_artifact(json.dumps)
    assert (made.module, made.name) == ("json", "dumps")


def test_json_must_be_serialisable() -> None:
    with pytest.raises(dg.DagsterInvalidMetadata):
        dg.MetadataValue.json({"a": {1}})


KNOWN = {
    "dagster/column_schema": SCHEMA,
    "dagster/column_lineage": LINEAGE,
    "dagster/row_count": 3,
    "dagster/partition_row_count": 1,
    "dagster/table_name": "db.schema.table",
    "dagster/uri": "file:///x",
}


def test_well_known_keys_are_recorded_by_a_run() -> None:
    @dg.asset
    def table() -> dg.MaterializeResult[None]:
        return dg.MaterializeResult(metadata=KNOWN)

    instance = dg.DagsterInstance.ephemeral()
    assert dg.materialize([table], instance=instance).success
    event = instance.get_latest_materialization_event(dg.AssetKey("table"))
    assert event is not None
    materialization = event.asset_materialization
    assert materialization is not None
    assert {name: materialization.metadata[name].value for name in KNOWN} == KNOWN


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


def test_a_table_may_be_given_its_schema() -> None:
    table = dg.MetadataValue.table([], schema=SCHEMA)
    assert table.schema == SCHEMA
    assert table.records == []


def test_columns_are_nullable_strings_that_need_not_be_unique_unless_said_otherwise() -> None:
    column = dg.TableColumn("a")
    assert (column.type, column.description) == ("string", None)
    assert column.constraints == dg.TableColumnConstraints(nullable=True, unique=False, other=[])
    assert dict(column.tags or {}) == {}
    full = dg.TableColumn("a", type="int", description="d", tags={"pii": "yes"})
    schema = dg.TableSchema(columns=[full], constraints=dg.TableConstraints(other=["one"]))
    assert (schema.columns[0].tags, list(schema.constraints.other)) == ({"pii": "yes"}, ["one"])


def test_lineage_names_the_columns_that_a_column_is_made_of() -> None:
    lineage = dg.TableColumnLineage({"a": [dg.TableColumnDep(asset_key=dg.AssetKey("up"), column_name="b")]})
    assert lineage == LINEAGE
    (dep,) = lineage.deps_by_column["a"]
    assert (dep.asset_key, dep.column_name) == (dg.AssetKey("up"), "b")


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


def recorded(value: dg.MetadataValue) -> dg.MetadataValue:
    """The value as another instance reads it that opens the folder in which it was kept."""
    with dg.instance_for_test() as instance:
        instance.report_runless_asset_event(dg.AssetMaterialization("a", metadata={"x": value}))
        event = dg.DagsterInstance.get().get_latest_materialization_event("a")
    assert event is not None
    assert event.asset_materialization is not None
    return event.asset_materialization.metadata["x"]


@pytest.mark.parametrize("value", EVERY_KIND, ids=lambda value: type(value).__name__)
def test_every_kind_is_kept_and_comes_back_as_it_was(value: dg.MetadataValue) -> None:
    assert recorded(value) == value
    assert type(recorded(value)) is type(value)
    assert pickle.loads(pickle.dumps(value)) == value


def test_a_number_that_is_none_is_kept_too() -> None:
    found = recorded(dg.MetadataValue.float(float("nan")))
    assert isinstance(found, dg.FloatMetadataValue)
    assert math.isnan(found.value)


def test_values_are_equal_by_class_and_content_and_cannot_be_changed() -> None:
    assert dg.MetadataValue.text("a") == dg.TextMetadataValue("a")
    assert dg.MetadataValue.text("a") != dg.MetadataValue.md("a")
    with pytest.raises(AttributeError):
        dg.MetadataValue.text("a").value = "b"
