"""Files that land in a folder become dynamic partitions; a sensor asks for a run for each."""

import json
from pathlib import Path

import dagster as dg

LANDING = Path("landing")
invoices = dg.DynamicPartitionsDefinition(name="invoices")


@dg.asset(partitions_def=invoices)
def invoice(context: dg.AssetExecutionContext) -> dict:
    return json.loads((LANDING / f"{context.partition_key}.json").read_text())


@dg.asset
def invoice_total(invoice: dict[str, dict]) -> float:
    return sum(one["amount"] for one in invoice.values())


invoice_job = dg.define_asset_job("invoice_job", selection=[invoice], partitions_def=invoices)


@dg.sensor(job=invoice_job, minimum_interval_seconds=10, default_status=dg.DefaultSensorStatus.RUNNING)
def new_invoices(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    seen = set(json.loads(context.cursor or "[]"))
    here = {path.stem for path in LANDING.glob("*.json")}
    if here == seen:
        return dg.SkipReason("no files came or went")
    requests: list = []
    if new := sorted(here - seen):
        requests.append(invoices.build_add_request(new))
    if gone := sorted(seen - here):
        requests.append(invoices.build_delete_request(gone))
    return dg.SensorResult(
        run_requests=[dg.RunRequest(partition_key=name, run_key=name) for name in new],
        dynamic_partitions_requests=requests,
        cursor=json.dumps(sorted(here)),
    )


class Reading(dg.Config):
    path: str
    delimiter: str = ";"


@dg.op
def count_lines(config: Reading) -> int:
    return len(Path(config.path).read_text().splitlines())


@dg.job
def count_job():
    count_lines()


@dg.sensor(job=count_job)
def reports(context):
    newest = float(context.cursor) if context.cursor else 0.0
    for path in sorted(LANDING.glob("*.csv")):
        changed = path.stat().st_mtime
        newest = max(newest, changed)
        yield dg.RunRequest(
            run_key=f"{path.name}:{changed}",
            run_config=dg.RunConfig(ops={"count_lines": Reading(path=str(path))}),
            tags={"file": path.name},
        )
    context.update_cursor(str(newest))


defs = dg.Definitions(
    assets=[invoice, invoice_total], jobs=[invoice_job, count_job], sensors=[new_invoices, reports]
)


def put(name: str, amount: float) -> None:
    LANDING.mkdir(exist_ok=True)
    (LANDING / f"{name}.json").write_text(json.dumps({"amount": amount}))


def check() -> None:
    assert isinstance(new_invoices, dg.SensorDefinition)
    assert new_invoices.minimum_interval_seconds == 10
    instance = dg.DagsterInstance.ephemeral()
    put("acme", 10.0)
    put("globex", 5.5)
    with dg.build_sensor_context(
        instance=instance, repository_def=defs.get_repository_def(), sensor_name="new_invoices"
    ) as context:
        result = new_invoices(context)
    assert isinstance(result, dg.SensorResult)
    assert [request.partition_key for request in result.run_requests] == ["acme", "globex"]
    [add] = result.dynamic_partitions_requests
    assert add == dg.AddDynamicPartitionsRequest("invoices", ["acme", "globex"])
    instance.add_dynamic_partitions(add.partitions_def_name, add.partition_keys)

    job = defs.resolve_job_def("invoice_job")
    for request in result.run_requests:
        assert job.execute_in_process(instance=instance, partition_key=request.partition_key).success
    assert instance.get_materialized_partitions(invoice.key) == {"acme", "globex"}
    total = dg.materialize([invoice, invoice_total], selection=[invoice_total], instance=instance)
    assert total.output_for_node("invoice_total") == 15.5

    again = dg.build_sensor_context(instance=instance, cursor=result.cursor)
    assert isinstance(new_invoices(again), dg.SkipReason)
    (LANDING / "acme.json").unlink()
    last = new_invoices(dg.build_sensor_context(instance=instance, cursor=result.cursor))
    assert last.dynamic_partitions_requests == [dg.DeleteDynamicPartitionsRequest("invoices", ["acme"])]
    instance.delete_dynamic_partition("invoices", "acme")
    assert instance.get_dynamic_partitions("invoices") == ["globex"]

    (LANDING / "march.csv").write_text("a;b\n1;2\n")
    context = dg.build_sensor_context(instance=instance)
    [request] = list(reports(context))
    assert request.tags == {"file": "march.csv"}
    assert float(context.cursor) > 0
    counted = count_job.execute_in_process(run_config=request.run_config)
    assert counted.output_for_node("count_lines") == 2
    [request] = reports.evaluate_tick(dg.build_sensor_context(instance=instance)).run_requests
    assert request.run_key.startswith("march.csv:")
