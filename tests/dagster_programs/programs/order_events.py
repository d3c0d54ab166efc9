"""Sensors that follow assets: one follows one asset, others wait for several."""

from dagster import (
    AssetKey,
    AssetSelection,
    AssetSensorDefinition,
    DagsterInstance,
    DailyPartitionsDefinition,
    Definitions,
    EventLogEntry,
    EventLogRecord,
    MaterializeResult,
    MultiAssetSensorEvaluationContext,
    RunRequest,
    SensorEvaluationContext,
    SkipReason,
    asset,
    asset_sensor,
    build_multi_asset_sensor_context,
    build_sensor_context,
    define_asset_job,
    job,
    materialize,
    multi_asset_sensor,
    op,
)

days = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-08")


@asset
def orders() -> MaterializeResult:
    return MaterializeResult(metadata={"rows": 120})


@asset
def customers() -> int:
    return 7


@asset(partitions_def=days)
def clicks() -> None: ...


@op(config_schema={"rows": int})
def mail(context) -> str:
    return f"{context.op_config['rows']} new orders"


@job
def mail_job():
    mail()


@asset_sensor(asset_key=AssetKey("orders"), job=mail_job)
def many_orders(context: SensorEvaluationContext, asset_event: EventLogEntry):
    rows = asset_event.asset_materialization.metadata["rows"].value
    if rows < 100:
        return SkipReason(f"only {rows}")
    return RunRequest(
        run_key=context.cursor,
        run_config={"ops": {"mail": {"config": {"rows": rows}}}},
        tags={"asset": asset_event.dagster_event.asset_key.to_user_string()},
    )


refresh = define_asset_job("refresh", selection=AssetSelection.assets(customers))


@multi_asset_sensor(monitored_assets=[AssetKey("orders"), AssetKey("customers")], job=refresh)
def both(context: MultiAssetSensorEvaluationContext):
    records = context.latest_materialization_records_by_key()
    if all(records.values()):
        context.advance_all_cursors()
        return RunRequest(run_key=context.cursor)
    missing = sorted(key.to_user_string() for key, record in records.items() if record is None)
    return SkipReason(f"waiting for {', '.join(missing)}")


click_job = define_asset_job("click_job", selection=[clicks], partitions_def=days)


@multi_asset_sensor(monitored_assets=AssetSelection.assets(clicks), job=click_job)
def each_day(context):
    for partition, record in context.latest_materialization_records_by_partition(clicks.key).items():
        yield RunRequest(run_key=partition, partition_key=partition)
        context.advance_cursor({clicks.key: record})


defs = Definitions(
    assets=[orders, customers, clicks],
    jobs=[mail_job, refresh, click_job],
    sensors=[many_orders, both, each_day],
)


def check() -> None:
    assert isinstance(many_orders, AssetSensorDefinition)
    assert many_orders.asset_key == orders.key
    instance = DagsterInstance.ephemeral()
    repository = defs.get_repository_def()

    def context_with(cursor: str | None = None):
        return build_sensor_context(instance=instance, cursor=cursor, repository_def=repository)

    tick = many_orders.evaluate_tick(context_with())
    assert not tick.run_requests
    materialize([orders], instance=instance)
    tick = many_orders.evaluate_tick(context_with())
    [request] = tick.run_requests
    assert request.tags["asset"] == "orders"
    result = mail_job.execute_in_process(run_config=request.run_config)
    assert result.output_for_node("mail") == "120 new orders"
    assert not many_orders.evaluate_tick(context_with(tick.cursor)).run_requests

    def evaluated(sensor, monitored):
        context = build_multi_asset_sensor_context(
            monitored_assets=monitored, instance=instance, repository_def=repository
        )
        return sensor(context)

    keys = [AssetKey("orders"), AssetKey("customers")]
    assert evaluated(both, keys).skip_message == "waiting for customers"
    materialize([customers], instance=instance)
    assert isinstance(evaluated(both, keys), RunRequest)

    materialize([clicks], partition_key="2024-01-02", instance=instance)
    materialize([clicks], partition_key="2024-01-04", instance=instance)
    requests = list(evaluated(each_day, [clicks.key]))
    assert [one.partition_key for one in requests] == ["2024-01-02", "2024-01-04"]

    [record] = instance.fetch_materializations(orders.key, limit=1).records
    assert isinstance(record, EventLogRecord)
    assert record.asset_key == orders.key
    assert record.event_log_entry.dagster_event.event_type_value == "ASSET_MATERIALIZATION"
