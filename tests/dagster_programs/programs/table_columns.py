"""Tables that say what their columns are and where they come from, in metadata of every kind."""

from datetime import datetime, timezone
from pathlib import Path

import dagster as dg

schema = dg.TableSchema(
    columns=[
        dg.TableColumn(
            "id",
            "int",
            description="of the member",
            constraints=dg.TableColumnConstraints(nullable=False, unique=True),
        ),
        dg.TableColumn("name", "string", tags={"pii": ""}),
        dg.TableColumn("fee", "float", constraints=dg.TableColumnConstraints(other=["> 0"])),
    ],
    constraints=dg.TableConstraints(other=["at least one row"]),
)


@dg.asset(metadata={"dagster/column_schema": schema, "dagster/table_name": "club.members"})
def members() -> dg.MaterializeResult:
    records = [
        dg.TableRecord({"id": 1, "name": "Ada", "fee": 9.5}),
        dg.TableRecord({"id": 2, "name": "Grace", "fee": 12.0}),
    ]
    return dg.MaterializeResult(
        value=[record.data for record in records],
        metadata={
            "dagster/column_schema": schema,
            "dagster/row_count": len(records),
            "sample": dg.MetadataValue.table(records),
            "note": "first import",
            "fees": 21.5,
            "complete": True,
            "nothing": None,
            "file": Path("members.csv"),
            "home": dg.MetadataValue.url("https://example.org/members"),
            "summary": dg.MetadataValue.md("**2** members"),
            "by_letter": {"A": 1, "G": 1},
            "as_of": dg.MetadataValue.timestamp(datetime(2024, 5, 1, tzinfo=timezone.utc)),
        },
    )


@dg.asset(deps=[members])
def fees_by_name(context: dg.AssetExecutionContext) -> None:
    lineage = dg.TableColumnLineage(
        {
            "who": [dg.TableColumnDep(asset_key=dg.AssetKey("members"), column_name="name")],
            "fee": [
                dg.TableColumnDep(dg.AssetKey("members"), "fee"),
                dg.TableColumnDep(dg.AssetKey("members"), "id"),
            ],
        }
    )
    context.add_output_metadata({"dagster/column_lineage": lineage})


schema_checks = dg.build_column_schema_change_checks(assets=[members])
bounds_checks = dg.build_metadata_bounds_checks(
    assets=[members], metadata_key="dagster/row_count", min_value=1, max_value=1, exclusive_max=False
)
defs = dg.Definitions(assets=[members, fees_by_name], asset_checks=[*schema_checks, *bounds_checks])

CLASSES = {
    "note": dg.TextMetadataValue,
    "fees": dg.FloatMetadataValue,
    "complete": dg.BoolMetadataValue,
    "nothing": dg.NullMetadataValue,
    "file": dg.PathMetadataValue,
    "home": dg.UrlMetadataValue,
    "summary": dg.MarkdownMetadataValue,
    "by_letter": dg.JsonMetadataValue,
    "as_of": dg.TimestampMetadataValue,
    "sample": dg.TableMetadataValue,
    "dagster/row_count": dg.IntMetadataValue,
    "dagster/column_schema": dg.TableSchemaMetadataValue,
}


def check() -> None:
    instance = dg.DagsterInstance.ephemeral()
    job = defs.resolve_implicit_global_asset_job_def()
    result = job.execute_in_process(instance=instance)
    [event] = result.asset_materializations_for_node("members")
    for name, kind in CLASSES.items():
        assert isinstance(event.metadata[name], kind), name
    assert event.metadata["as_of"].value == 1714521600.0
    assert event.metadata["file"].value == "members.csv"
    sample = event.metadata["sample"]
    assert [column.name for column in sample.schema.columns] == ["id", "name", "fee"]
    assert [column.type for column in sample.schema.columns] == ["int", "string", "float"]
    assert sample.records[1].data["name"] == "Grace"
    stored = event.metadata["dagster/column_schema"].schema
    assert not stored.columns[0].constraints.nullable
    assert stored == schema

    [event] = result.asset_materializations_for_node("fees_by_name")
    lineage = event.metadata["dagster/column_lineage"].value
    assert lineage.deps_by_column["fee"][1].column_name == "id"

    passed = {one.check_name: one.passed for one in result.get_asset_check_evaluations()}
    assert passed["column_schema_change"], "there is one materialization alone"
    assert len(passed) == 2
    assert not passed[next(name for name in passed if name.endswith("bounds_check"))]
    result = job.execute_in_process(instance=instance)
    assert {one.check_name for one in result.get_asset_check_evaluations() if one.passed} == {
        "column_schema_change"
    }
