"""What partners deliver is not made here: sensors report it, checks look at it, assets hang below it."""

import json
from pathlib import Path

import dagster as dg

INBOX = Path("inbox")
prices = dg.AssetSpec(
    "partner_prices", group_name="partners", kinds={"sftp"}, owners=["partners@example.org"]
)
stock = dg.AssetSpec("partner_stock", group_name="partners", deps=[prices], metadata={"sla": "daily"})


@dg.asset_check(asset=prices.key)
def prices_arrived(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    event = context.instance.get_latest_materialization_event(prices.key)
    return dg.AssetCheckResult(passed=event is not None, severity=dg.AssetCheckSeverity.WARN)


@dg.asset(deps=[prices, stock], automation_condition=dg.AutomationCondition.eager())
def offers() -> int:
    return len(list(INBOX.glob("*.json")))


@dg.sensor(asset_selection=[offers])
def inbox(context: dg.SensorEvaluationContext):
    known = int(context.cursor or 0)
    files = sorted(INBOX.glob("*.json"))
    events = []
    for file in files[known:]:
        rows = json.loads(file.read_text())
        events.append(
            dg.AssetMaterialization(
                asset_key="partner_prices",
                metadata={"rows": len(rows), "file": dg.MetadataValue.path(str(file))},
                tags={"dagster/data_version": file.stem},
            )
        )
    requests = [dg.RunRequest(asset_selection=[offers.key])] if events else []
    return dg.SensorResult(asset_events=events, run_requests=requests, cursor=str(len(files)))


@dg.sensor(target="offers", minimum_interval_seconds=60)
def nothing_yet():
    if not INBOX.exists():
        yield dg.SkipReason("there is no inbox")


defs = dg.Definitions(
    assets=[prices, stock, offers], asset_checks=[prices_arrived], sensors=[inbox, nothing_yet]
)


def check() -> None:
    instance = dg.DagsterInstance.ephemeral()
    assert nothing_yet.evaluate_tick(dg.build_sensor_context()).skip_message == "there is no inbox"
    checks = dg.materialize(
        [prices, stock, offers, prices_arrived],
        selection=dg.AssetSelection.checks(prices_arrived),
        instance=instance,
    )
    [evaluation] = checks.get_asset_check_evaluations()
    assert not evaluation.passed

    INBOX.mkdir()
    (INBOX / "monday.json").write_text("[1, 2]")
    (INBOX / "tuesday.json").write_text("[1, 2, 3]")
    context = dg.build_sensor_context(instance=instance, definitions=defs)
    result = inbox(context)
    assert [event.metadata["rows"].value for event in result.asset_events] == [2, 3]
    assert [event.asset_key for event in result.asset_events] == [prices.key, prices.key]
    [request] = result.run_requests
    assert request.asset_selection == [offers.key]
    for event in result.asset_events:
        instance.report_runless_asset_event(event)
    latest = instance.get_latest_materialization_event(prices.key)
    assert latest.asset_materialization.tags["dagster/data_version"] == "tuesday"
    assert latest.run_id == ""

    job = defs.resolve_implicit_global_asset_job_def()
    result = job.execute_in_process(instance=instance, asset_selection=[offers.key])
    assert result.asset_value("offers") == 2
    checks = dg.materialize(
        [prices, stock, offers, prices_arrived],
        selection=dg.AssetSelection.checks(prices_arrived),
        instance=instance,
    )
    assert checks.get_asset_check_evaluations()[0].passed
    assert inbox(dg.build_sensor_context(instance=instance, cursor="2")).run_requests in ([], None)
    graph = defs.resolve_asset_graph()
    assert not graph.get(prices.key).is_executable
    assert graph.get(offers.key).is_materializable
    assert {key.to_user_string() for key in graph.external_asset_keys} == {"partner_prices", "partner_stock"}
