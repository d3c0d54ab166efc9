"""What a user writes of a whole project: jobs, schedules, sensors, resources, checks. Checked, and also run."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import dagx as dg

DAILY = dg.DailyPartitionsDefinition(start_date="2024-01-01", timezone="UTC")
REGIONS = dg.StaticPartitionsDefinition(["eu", "us"])
BOTH = dg.MultiPartitionsDefinition({"day": DAILY, "region": REGIONS})
CUSTOMERS = dg.DynamicPartitionsDefinition(name="customers")


# Config and resources


class Limits(dg.Config):
    rows: int = 10
    note: str | None = None


class Warehouse(dg.ConfigurableResource):
    url: str

    def count(self, table: str) -> int:
        return len(self.url + table)


class Loader(dg.ConfigurableResource):
    warehouse: dg.ResourceDependency[Warehouse]


class Shelf(dg.ConfigurableIOManager):
    prefix: str = "x"

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        context.log.info("%s %s", self.prefix, context.get_asset_identifier())

    def load_input(self, context: dg.InputContext) -> Any:
        return 1


@dg.resource(
    config_schema={"path": dg.Field(str, default_value="/tmp")}, required_resource_keys={"warehouse"}
)
def session(context: dg.InitResourceContext) -> Iterator[str]:
    yield str(context.resource_config["path"])


@dg.io_manager
def memory() -> dg.IOManager:
    return dg.InMemoryIOManager()


# Assets, checks


@dg.asset(
    partitions_def=DAILY,
    automation_condition=dg.AutomationCondition.eager() & ~dg.AutomationCondition.in_progress(),
    backfill_policy=dg.BackfillPolicy.multi_run(max_partitions_per_run=5),
    freshness_policy=dg.FreshnessPolicy.time_window(fail_window=timedelta(days=1)),
    check_specs=[dg.AssetCheckSpec("has_rows", asset="orders")],
    pool="db",
)
def orders(
    context: dg.AssetExecutionContext, config: Limits, warehouse: Warehouse
) -> Iterator[dg.Output[int] | dg.AssetCheckResult]:
    window: dg.TimeWindow = context.partition_time_window
    yield dg.Output(warehouse.count(context.partition_key), metadata={"start": str(window.start)})
    yield dg.AssetCheckResult(
        passed=config.rows > 0, check_name="has_rows", severity=dg.AssetCheckSeverity.WARN
    )


@dg.asset(
    ins={"orders": dg.AssetIn(partition_mapping=dg.LastPartitionMapping())},
    deps=[dg.AssetDep("outside", partition_mapping=dg.AllPartitionMapping())],
)
def revenue(orders: int) -> int:
    return orders


@dg.multi_asset(
    specs=[dg.AssetSpec("a", skippable=True), dg.AssetSpec("b", deps=["a"])], can_subset=True, name="both"
)
def both(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
    for key in sorted(context.selected_asset_keys):
        yield dg.MaterializeResult(asset_key=key)


@dg.multi_asset(outs={"left": dg.AssetOut(io_manager_key="shelf"), "right": dg.AssetOut(is_required=False)})
def pair() -> tuple[int, int]:
    return 1, 2


@dg.observable_source_asset
def outside() -> dg.DataVersion:
    return dg.DataVersion("1")


@dg.asset_check(asset=orders, blocking=True)
def positive(context: dg.AssetCheckExecutionContext, orders: Any) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=bool(orders), metadata={"n": 1})


@dg.multi_asset_check(
    specs=[dg.AssetCheckSpec("one", asset=revenue), dg.AssetCheckSpec("two", asset=revenue)]
)
def several() -> Iterator[dg.AssetCheckResult]:
    yield dg.AssetCheckResult(passed=True, asset_key="revenue", check_name="one")
    yield dg.AssetCheckResult(passed=True, asset_key="revenue", check_name="two")


# Ops, graphs, jobs


@dg.op(ins={"start": dg.In(dg.Nothing)}, out=dg.Out(int), retry_policy=dg.RetryPolicy(max_retries=1))
def number(context: dg.OpExecutionContext) -> int:
    if context.retry_number > 3:
        raise dg.RetryRequested(max_retries=1, seconds_to_wait=0.1)
    return 3


@dg.op(out=dg.DynamicOut(int))
def fan_out() -> Iterator[dg.DynamicOutput[int]]:
    yield dg.DynamicOutput(1, mapping_key="one")


@dg.op
def double(x: int) -> int:
    return 2 * x


@dg.op
def total(xs: list[int]) -> int:
    return sum(xs)


@dg.success_hook(required_resource_keys={"warehouse"})
def tell(context: dg.HookContext) -> None:
    context.log.info("%s", context.op_output_values)


@dg.graph
def summed() -> Any:
    return total(fan_out().map(double).collect())


@dg.graph_asset
def of_graph() -> Any:
    return summed()


@dg.job(tags={"team": "data"}, hooks={tell}, executor_def=dg.in_process_executor)
def of_ops() -> None:
    double.alias("twice")(number())


daily_job = dg.define_asset_job(
    "daily_job",
    selection=dg.AssetSelection.assets(orders) | (dg.AssetSelection.all() & dg.AssetSelection.assets(orders)),
    partitions_def=DAILY,
    config=dg.RunConfig(ops={"orders": Limits(rows=3)}),
)


@dg.daily_partitioned_config(start_date="2024-01-01")
def for_day(start: Any, end: Any) -> dict[str, Any]:
    return {}


# Schedules, sensors


daily_schedule = dg.build_schedule_from_partitioned_job(daily_job, hour_of_day=3)


@dg.schedule(cron_schedule="0 9 * * 1-5", job=of_ops, execution_timezone="Europe/Berlin")
def weekdays(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    if context.scheduled_execution_time.day == 1:
        return dg.SkipReason("the first")
    return dg.RunRequest(run_key=None, tags={"a": "b"}, run_config=dg.RunConfig())


hourly = dg.ScheduleDefinition(
    name="hourly", cron_schedule="@hourly", target=[revenue], default_status=dg.DefaultScheduleStatus.RUNNING
)


@dg.sensor(job=of_ops, minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.STOPPED)
def looking(context: dg.SensorEvaluationContext, warehouse: dg.ResourceParam[Warehouse]) -> dg.SensorResult:
    seen = int(context.cursor or 0)
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=str(seen))],
        cursor=str(seen + warehouse.count("t")),
        dynamic_partitions_requests=[CUSTOMERS.build_add_request(["ann"])],
    )


@dg.asset_sensor(asset_key=dg.AssetKey("revenue"), job=of_ops)
def after_revenue(context: dg.SensorEvaluationContext, event: dg.EventLogEntry) -> dg.RunRequest:
    return dg.RunRequest(run_key=context.cursor)


@dg.multi_asset_sensor(monitored_assets=[dg.AssetKey("a"), dg.AssetKey("b")], job=of_ops)
def after_both(context: dg.MultiAssetSensorEvaluationContext) -> Sequence[dg.RunRequest]:
    context.advance_all_cursors()
    return [dg.RunRequest()]


@dg.run_failure_sensor
def alert(context: dg.RunFailureSensorContext) -> None:
    context.log.error("%s", context.failure_event.message)


@dg.run_status_sensor(run_status=dg.DagsterRunStatus.SUCCESS, request_job=of_ops)
def done(context: dg.RunStatusSensorContext) -> dg.SkipReason | None:
    return None if context.dagster_run.job_name == "x" else dg.SkipReason("other")


automation = dg.AutomationConditionSensorDefinition("automation", target="*", run_tags={"a": "b"})


@dg.logger(config_schema={"level": str})
def own_logger(context: dg.InitLoggerContext) -> Any:
    return dg.get_dagster_logger("own")


# Definitions

warehouse = Warehouse(url=dg.EnvVar("WAREHOUSE_URL"))
members = dg.Definitions(
    assets=[orders, revenue, both, pair, outside, of_graph],
    asset_checks=[positive, several],
    jobs=[daily_job, of_ops],
    schedules=[daily_schedule, weekdays, hourly],
    sensors=[looking, after_revenue, after_both, alert, done, automation],
    resources={
        "warehouse": warehouse,
        "loader": Loader(warehouse=warehouse),
        "session": session.configured({"path": "/x"}),
        "shelf": Shelf(),
        "files": dg.fs_io_manager.configured({"base_dir": "/x"}),
        "values": dg.mem_io_manager,
        "memory": memory,
        "constant": dg.ResourceDefinition.hardcoded_resource(3),
    },
    loggers={"own": own_logger, "console": dg.colored_console_logger},
    executor=dg.multiprocess_executor.configured({"max_concurrent": 2}),
    metadata={"team": "data"},
)


@dg.definitions
def defs() -> dg.Definitions:
    return dg.Definitions.merge(members, dg.Definitions())


dg.Definitions.validate_loadable(defs())
job: dg.JobDefinition = defs().resolve_job_def("of_ops")
schedule: dg.ScheduleDefinition = defs().resolve_schedule_def("daily_job_schedule")
keys: list[dg.AssetKey] = defs().resolve_all_asset_keys()
specs: list[dg.AssetSpec] = [
    spec.replace_attributes(owners=["team:data"]).merge_attributes(tags={"x": "y"})
    for spec in defs().resolve_all_asset_specs()
]

# Tests that users write

with dg.DagsterInstance.ephemeral() as instance:
    instance.add_dynamic_partitions("customers", ["ann"])
    result = job.execute_in_process(instance=instance, resources={"warehouse": Warehouse(url="x")})
    runs: Sequence[dg.DagsterRun] = instance.get_runs(filters=dg.RunsFilter(job_name="of_ops"), limit=3)
    event: dg.EventLogEntry | None = instance.get_latest_materialization_event(dg.AssetKey("orders"))

moment = datetime(2024, 1, 2, 9, tzinfo=timezone.utc)
asked: list[dg.RunRequest] = weekdays.evaluate_tick(
    dg.build_schedule_context(scheduled_execution_time=moment)
).run_requests
with dg.build_sensor_context(cursor="3", resources={"warehouse": Warehouse(url="x")}) as sensor_context:
    answer: Any = looking(sensor_context)
with dg.build_asset_context(
    partition_key="2024-01-02", resources={"warehouse": Warehouse(url="x")}
) as context:
    outputs: Any = list(orders(context, Limits()))
called: Any = double(3)
with dg.build_resources({"warehouse": Warehouse(url="x")}) as resources:
    counted: int = resources.warehouse.count("t")

bound: list[dg.AssetsDefinition] = dg.with_resources([revenue], {"io_manager": dg.mem_io_manager})
made: dg.ExecuteInProcessResult = dg.materialize_to_memory([outside, *dg.with_resources([of_graph], {})])
value: Any = made.output_for_node("of_graph")
with defs().get_asset_value_loader(dg.DagsterInstance.ephemeral()) as loader:
    loads: dg.AssetValueLoader = loader
text: str = dg.AssetSelection.from_string("key:a and not tag:b").to_selection_str()
succeeded: bool = result.success and made.success and len(asked) == 1
