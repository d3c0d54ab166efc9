"""Assets made by functions from a table of settings, resources chosen by environment."""

import os

import dagster as dg

TABLES = {
    "customers": {"source": "crm", "rows": 3, "tags": {"tier": "gold"}},
    "invoices": {"source": "erp", "rows": 5, "needs": ["customers"]},
    "payments": {"source": "erp", "rows": 4, "needs": ["customers", "invoices"], "partitioned": True},
}
months = dg.MonthlyPartitionsDefinition(start_date="2024-01-01", end_date="2024-04-01")


class Source(dg.ConfigurableResource):
    host: str
    factor: int = 1

    def rows(self, count: int) -> list[int]:
        return [number * self.factor for number in range(count)]


def build_table(
    name: str, source: str, rows: int, needs=(), tags=None, partitioned=False
) -> dg.AssetsDefinition:
    @dg.asset(
        key=dg.AssetKey([source, name]),
        deps=[dg.AssetKey([TABLES[need]["source"], need]) for need in needs],
        group_name=source,
        tags=tags,
        required_resource_keys={source},
        partitions_def=months if partitioned else None,
        description=f"{name} from {source}",
        compute_kind="python",
    )
    def table(context: dg.AssetExecutionContext):
        found = getattr(context.resources, source).rows(rows)
        where = context.partition_key if context.has_partition_key else "all"
        return dg.MaterializeResult(metadata={"rows": len(found), "sum": sum(found), "where": where})

    return table


def build_job(source: str) -> tuple:
    job = dg.define_asset_job(
        f"{source}_job", selection=dg.AssetSelection.groups(source) - dg.AssetSelection.assets("erp/payments")
    )
    return job, dg.ScheduleDefinition(job=job, cron_schedule="@daily", tags={"source": source})


tables = [build_table(name, **settings) for name, settings in TABLES.items()]
jobs, schedules = zip(*(build_job(source) for source in ("crm", "erp")))
resources_by_environment = {
    "local": {"crm": Source(host="localhost"), "erp": Source(host="localhost", factor=2)},
    "production": {
        "crm": Source(host="crm.example.org"),
        "erp": Source(host=dg.EnvVar("ERP_HOST"), factor=10),
    },
}
defs = dg.Definitions(
    assets=tables,
    jobs=list(jobs),
    schedules=list(schedules),
    resources=resources_by_environment[os.getenv("DEPLOYMENT", "local")],
)


def check() -> None:
    assert {table.key.to_user_string() for table in tables} == {
        "crm/customers",
        "erp/invoices",
        "erp/payments",
    }
    result = defs.resolve_job_def("erp_job").execute_in_process()
    [event] = result.get_asset_materialization_events()
    assert event.asset_key == dg.AssetKey(["erp", "invoices"])
    assert event.materialization.metadata["sum"].value == 20
    assert event.materialization.metadata["where"].value == "all"

    result = dg.materialize(
        tables, selection=[tables[2]], partition_key="2024-02-01", resources=defs.resources
    )
    [event] = result.asset_materializations_for_node("erp__payments")
    assert event.partition == "2024-02-01"
    assert event.metadata["where"].text == "2024-02-01"
    payments = defs.resolve_asset_graph().get(dg.AssetKey(["erp", "payments"]))
    assert payments.parent_keys == {dg.AssetKey(["erp", "invoices"]), dg.AssetKey(["crm", "customers"])}
    assert payments.partitions_def == months
    assert tables[0].tags_by_key[tables[0].key]["tier"] == "gold"
    assert tables[1].group_names_by_key == {tables[1].key: "erp"}
    assert defs.resolve_schedule_def("crm_job_schedule").job_name == "crm_job"
    renamed = tables[0].map_asset_specs(
        lambda spec: spec.replace_attributes(group_name="moved", owners=["a@example.org"])
    )
    assert renamed.get_asset_spec().group_name == "moved"
    assert list(renamed.get_asset_spec().owners) == ["a@example.org"]
