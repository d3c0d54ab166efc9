"""Models of SQL, run by one function, after a manifest as a tool for SQL models writes it."""

import sqlite3
from collections.abc import Iterator

import dagster as dg

MANIFEST = {
    "stg_orders": {
        "sql": "select id, customer, amount from raw_orders where amount > 0",
        "refs": ["raw_orders"],
    },
    "stg_customers": {"sql": "select id, upper(name) as name from raw_customers", "refs": ["raw_customers"]},
    "fct_revenue": {
        "sql": "select c.name, sum(o.amount) as revenue from stg_orders o join stg_customers c on c.id = o.customer "
        "group by c.name",
        "refs": ["stg_orders", "stg_customers"],
        "not_null": "revenue",
    },
}


def spec_of(name: str) -> dg.AssetSpec:
    model = MANIFEST[name]
    return dg.AssetSpec(
        ["warehouse", name],
        deps=[
            dg.AssetKey(["warehouse", ref]) if ref in MANIFEST else dg.AssetKey(["source", ref])
            for ref in model["refs"]
        ],
        group_name="staging" if name.startswith("stg_") else "marts",
        kinds={"sql", "sqlite"},
        metadata={"sql": model["sql"]},
        code_version="1",
    )


checks = [
    dg.AssetCheckSpec(f"{model['not_null']}_not_null", asset=["warehouse", name])
    for name, model in MANIFEST.items()
    if "not_null" in model
]


class Warehouse(dg.ConfigurableResource):
    path: str

    def connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path)


@dg.multi_asset(
    name="models",
    specs=[spec_of(name) for name in MANIFEST],
    check_specs=checks,
    can_subset=True,
    pool="warehouse",
)
def models(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    connection = warehouse.connect()
    for name, model in MANIFEST.items():
        key = dg.AssetKey(["warehouse", name])
        if key not in context.selected_asset_keys:
            continue
        connection.execute(f"drop view if exists {name}")
        connection.execute(f"create view {name} as {model['sql']}")
        [rows] = connection.execute(f"select count(*) from {name}").fetchone()
        yield dg.MaterializeResult(asset_key=key, metadata={"dagster/row_count": rows})
        if (column := model.get("not_null")) and dg.AssetCheckKey(
            key, f"{column}_not_null"
        ) in context.selected_asset_check_keys:
            [nulls] = connection.execute(f"select count(*) from {name} where {column} is null").fetchone()
            yield dg.AssetCheckResult(passed=nulls == 0, asset_key=key, check_name=f"{column}_not_null")
    connection.close()


raw = [
    dg.AssetSpec(["source", "raw_orders"], group_name="sources"),
    dg.AssetSpec(["source", "raw_customers"], group_name="sources"),
]
owned: list[dg.AssetsDefinition] = list(
    dg.map_asset_specs(lambda spec: spec.merge_attributes(owners=["team:analytics"]), [models])
)
staging = dg.define_asset_job("staging", selection=dg.AssetSelection.groups("staging"))

defs = dg.Definitions(
    assets=[*owned, *raw], jobs=[staging], resources={"warehouse": Warehouse(path="warehouse.db")}
)


def check() -> None:
    with sqlite3.connect("warehouse.db") as connection:
        connection.execute("create table raw_orders (id, customer, amount)")
        connection.execute("create table raw_customers (id, name)")
        connection.executemany("insert into raw_customers values (?, ?)", [(1, "ada"), (2, "grace")])
        connection.executemany("insert into raw_orders values (?, ?, ?)", [(1, 1, 5), (2, 2, 7), (3, 2, -1)])
    connection.close()

    job = defs.resolve_implicit_global_asset_job_def()
    result = job.execute_in_process()
    made = [event.asset_key.path[-1] for event in result.get_asset_materialization_events()]
    assert made == ["stg_orders", "stg_customers", "fct_revenue"]
    [evaluation] = result.get_asset_check_evaluations()
    assert evaluation.passed
    assert evaluation.check_name == "revenue_not_null"
    [revenue] = [
        event.materialization
        for event in result.get_asset_materialization_events()
        if event.asset_key == dg.AssetKey(["warehouse", "fct_revenue"])
    ]
    assert revenue.metadata["dagster/row_count"].value == 2

    result = defs.resolve_job_def("staging").execute_in_process()
    made = {event.asset_key.to_user_string() for event in result.get_asset_materialization_events()}
    assert made == {"warehouse/stg_orders", "warehouse/stg_customers"}

    key = dg.AssetKey(["warehouse", "fct_revenue"])
    spec = defs.resolve_asset_graph().get(key)
    assert spec.group_name == "marts"
    assert list(spec.owners) == ["team:analytics"]
    assert models.asset_deps[key] == {
        dg.AssetKey(["warehouse", "stg_orders"]),
        dg.AssetKey(["warehouse", "stg_customers"]),
    }
