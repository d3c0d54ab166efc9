"""A shop: orders and customers come as CSV files; revenue a customer goes out."""

import csv
from pathlib import Path

import dagster as dg

DATA = Path("data")


@dg.asset(group_name="raw", kinds={"csv"}, owners=["team:sales"], tags={"domain": "orders"})
def orders(context: dg.AssetExecutionContext) -> list[dict]:
    """Orders as the shop exports them."""
    with (DATA / "orders.csv").open(newline="") as file:
        rows = [{**row, "amount": float(row["amount"])} for row in csv.DictReader(file)]
    context.log.info("read %d orders", len(rows))
    context.add_output_metadata({"rows": len(rows), "file": dg.MetadataValue.path(DATA / "orders.csv")})
    return rows


@dg.asset(group_name="raw", kinds={"csv"})
def customers():
    with (DATA / "customers.csv").open(newline="") as file:
        names = {row["id"]: row["name"] for row in csv.DictReader(file)}
    return dg.Output(names, metadata={"dagster/row_count": len(names)})


@dg.asset(
    group_name="reports",
    ins={"sold": dg.AssetIn("orders"), "people": dg.AssetIn(key=dg.AssetKey("customers"))},
)
def revenue_by_customer(sold: list[dict], people: dict[str, str]) -> dict[str, float]:
    revenue = dict.fromkeys(people.values(), 0.0)
    for order in sold:
        revenue[people[order["customer_id"]]] += order["amount"]
    return revenue


@dg.asset(group_name="reports", deps=[revenue_by_customer], description="The report that is mailed.")
def report(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    revenue = context.load_asset_value(dg.AssetKey("revenue_by_customer"))
    lines = [f"| {name} | {value:.2f} |" for name, value in sorted(revenue.items())]
    text = "\n".join(["| customer | revenue |", "| --- | --- |", *lines])
    Path("report.md").write_text(text)
    return dg.MaterializeResult(
        metadata={"preview": dg.MetadataValue.md(text), "customers": len(revenue), "path": Path("report.md")}
    )


@dg.asset_check(asset=orders, blocking=True)
def amounts_are_positive(orders: list[dict]) -> dg.AssetCheckResult:
    bad = [order["id"] for order in orders if order["amount"] <= 0]
    return dg.AssetCheckResult(passed=not bad, metadata={"bad": bad})


all_job = dg.define_asset_job("everything", selection=dg.AssetSelection.all())
reports_job = dg.define_asset_job(
    "reports", selection=dg.AssetSelection.groups("reports"), tags={"team": "sales"}
)
nightly = dg.ScheduleDefinition(
    job=all_job, cron_schedule="0 2 * * *", execution_timezone="Europe/Berlin", name="nightly"
)

defs = dg.Definitions(
    assets=[orders, customers, revenue_by_customer, report],
    asset_checks=[amounts_are_positive],
    jobs=[all_job, reports_job],
    schedules=[nightly],
)


def export(*amounts: float) -> None:
    DATA.mkdir(exist_ok=True)
    (DATA / "customers.csv").write_text("id,name\n1,Ada\n2,Grace\n")
    rows = [f"{n},{1 + n % 2},{amount}" for n, amount in enumerate(amounts, start=1)]
    (DATA / "orders.csv").write_text("\n".join(["id,customer_id,amount", *rows]))


def check() -> None:
    export(10, 2.5, 7)
    result = defs.resolve_job_def("everything").execute_in_process(instance=dg.DagsterInstance.ephemeral())
    assert result.success
    assert result.output_for_node("revenue_by_customer") == {"Ada": 2.5, "Grace": 17.0}
    assert Path("report.md").read_text().splitlines()[2:] == ["| Ada | 2.50 |", "| Grace | 17.00 |"]
    [materialization] = result.asset_materializations_for_node("orders")
    assert materialization.metadata["rows"] == dg.MetadataValue.int(3)
    assert materialization.metadata["file"].value == "data/orders.csv"
    [materialization] = result.asset_materializations_for_node("report")
    assert materialization.metadata["customers"].value == 2
    [evaluation] = result.get_asset_check_evaluations()
    assert evaluation.passed
    assert evaluation.asset_check_key.to_user_string() == "orders:amounts_are_positive"

    export(10, -1)
    result = dg.materialize(
        [orders, customers, revenue_by_customer, amounts_are_positive], raise_on_error=False
    )
    assert not result.success
    made = {event.asset_key.to_user_string() for event in result.get_asset_materialization_events()}
    assert made == {"orders", "customers"}, "a blocking check holds back what is downstream"

    graph = defs.resolve_asset_graph()
    assert dg.AssetSelection.groups("reports").resolve(graph) == {report.key, revenue_by_customer.key}
    assert dg.AssetSelection.assets(report).upstream(depth=1).resolve(graph) == {
        dg.AssetKey("report"),
        dg.AssetKey("revenue_by_customer"),
    }
    spec = orders.get_asset_spec()
    assert spec.kinds == {"csv"}
    assert list(spec.owners) == ["team:sales"]
    assert spec.description == "Orders as the shop exports them."
    assert defs.resolve_schedule_def("nightly").cron_schedule == "0 2 * * *"
