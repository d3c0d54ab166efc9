"""What users write with the less common names: partitions, metadata, events, tests, older forms. Checked and run."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import dagx as dg

# Partitions

HOURLY = dg.HourlyPartitionsDefinition("2024-01-01-00:00", minute_offset=15)
WEEKLY = dg.WeeklyPartitionsDefinition("2024-01-01", day_offset=1)
MONTHLY = dg.MonthlyPartitionsDefinition("2024-01-01")
CRON = dg.TimeWindowPartitionsDefinition("2024-01-01", fmt="%Y-%m-%d", cron_schedule="0 0 * * 1")
DAILY: dg.PartitionsDefinition = dg.DailyPartitionsDefinition("2024-01-01")
LETTERS = dg.StaticPartitionsDefinition(["a", "b"])
BOTH = dg.MultiPartitionsDefinition({"day": DAILY, "letter": LETTERS})
key = dg.MultiPartitionKey({"day": "2024-01-01", "letter": "a"})
letter: str = key.keys_by_dimension["letter"]
window: dg.TimeWindow = HOURLY.time_window_for_partition_key("2024-01-01-00:15")
span = dg.PartitionKeyRange("2024-01-01", "2024-01-03")
keys: Sequence[str] = DAILY.get_partition_keys_in_range(span)
with dg.partition_loading_context(effective_dt=datetime(2024, 1, 4)):
    last: str | None = DAILY.get_last_partition_key()
MAPPINGS: list[dg.PartitionMapping] = [
    dg.IdentityPartitionMapping(),
    dg.AllPartitionMapping(),
    dg.LastPartitionMapping(),
    dg.SpecificPartitionsPartitionMapping(["a"]),
    dg.StaticPartitionMapping({"a": "b"}),
    dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=0),
    dg.MultiToSingleDimensionPartitionMapping(partition_dimension_name="day"),
    dg.MultiPartitionMapping({"day": dg.DimensionPartitionMapping("day", dg.IdentityPartitionMapping())}),
]
CUSTOMERS = dg.DynamicPartitionsDefinition(name="customers")
REQUESTS: list[dg.AddDynamicPartitionsRequest | dg.DeleteDynamicPartitionsRequest] = [
    CUSTOMERS.build_add_request(["ann"]),
    CUSTOMERS.build_delete_request(["bob"]),
]


@dg.hourly_partitioned_config(start_date="2024-01-01-00:00")
def by_hour(start: datetime, end: datetime) -> Mapping[str, Any]:
    return {}


@dg.weekly_partitioned_config(start_date="2024-01-01")
def by_week(start: datetime, end: datetime) -> Mapping[str, Any]:
    return {}


@dg.monthly_partitioned_config(start_date="2024-01-01")
def by_month(start: datetime, end: datetime) -> Mapping[str, Any]:
    return {}


@dg.static_partitioned_config(partition_keys=["a", "b"])
def by_letter(partition_key: str) -> Mapping[str, Any]:
    return {"ops": {}}


@dg.partitioned_config(partitions_def=LETTERS)
def by_any(partition_key: str) -> Mapping[str, Any]:
    return {}


CONFIGS: list[dg.PartitionedConfig] = [by_hour, by_week, by_month, by_letter, by_any]


# Metadata

COLUMN = dg.TableColumn(
    "a", type="int", constraints=dg.TableColumnConstraints(nullable=False, other=["> 0"]), tags={"pii": "no"}
)
SCHEMA = dg.TableSchema(columns=[COLUMN], constraints=dg.TableConstraints(other=["sorted"]))
LINEAGE = dg.TableColumnLineage({"a": [dg.TableColumnDep(asset_key=dg.AssetKey("up"), column_name="b")]})
text: dg.TextMetadataValue = dg.MetadataValue.text("x")
whole: dg.IntMetadataValue = dg.MetadataValue.int(1)
real: dg.FloatMetadataValue = dg.MetadataValue.float(1.5)
truth: dg.BoolMetadataValue = dg.MetadataValue.bool(True)
nothing: dg.NullMetadataValue = dg.MetadataValue.null()
json: dg.JsonMetadataValue = dg.MetadataValue.json({"a": [1]})
markdown: dg.MarkdownMetadataValue = dg.MetadataValue.md("# x")
path: dg.PathMetadataValue = dg.MetadataValue.path(Path("/x"))
url: dg.UrlMetadataValue = dg.MetadataValue.url("https://x")
moment: dg.TimestampMetadataValue = dg.MetadataValue.timestamp(datetime.now(timezone.utc))
table: dg.TableMetadataValue = dg.MetadataValue.table([dg.TableRecord({"a": 1})], schema=SCHEMA)
schema: dg.TableSchemaMetadataValue = dg.MetadataValue.table_schema(SCHEMA)
RAW = {"text": "x", "n": 1, "r": 1.5, "none": None, "list": [1], "path": Path("/x"), "key": dg.AssetKey("a")}


# Assets of other kinds


@dg.asset(metadata={"dagster/column_schema": SCHEMA})
def orders(context: dg.AssetExecutionContext) -> dg.MaterializeResult[int]:
    context.log_event(dg.AssetMaterialization("other", metadata={"x": 1}, partition="a"))
    context.log_event(dg.AssetObservation("other", metadata={"lineage": LINEAGE}))
    if context.run.run_id == "":
        raise dg.Failure("no run", metadata={"x": 1}, allow_retries=False)
    return dg.MaterializeResult(value=1, metadata={"text": text, "none": None, "n": whole})


@dg.multi_observable_source_asset(specs=[dg.AssetSpec("s"), dg.AssetSpec("t")], can_subset=True)
def sources(context: dg.AssetExecutionContext) -> Iterator[dg.ObserveResult]:
    for name in ("s", "t"):
        yield dg.ObserveResult(asset_key=name, data_version=dg.DataVersion("1"))


@dg.observable_source_asset(partitions_def=LETTERS)
def lettered() -> dg.DataVersionsByPartition:
    return dg.DataVersionsByPartition({"a": dg.DataVersion("1")})


old = dg.SourceAsset(key="old", io_manager_key="files")


@dg.op(out={"one": dg.Out(), "two": dg.Out()})
def split() -> tuple[int, int]:
    return 1, 2


@dg.op
def same(x: Any) -> Any:
    return x


@dg.graph(ins={"x": dg.GraphIn()}, out={"y": dg.GraphOut()})
def passed(x: Any) -> Any:
    return same(x)


@dg.graph_multi_asset(outs={"one": dg.AssetOut(), "two": dg.AssetOut()})
def halves() -> Any:
    one, two = split()
    return {"one": one, "two": two}


GRAPHS: list[dg.GraphDefinition] = [passed]
OPS: list[dg.OpDefinition] = [split]
policy = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=2), warn_window=timedelta(hours=1))
fresh = dg.map_asset_specs(
    func=lambda spec: dg.apply_freshness_policy(spec, policy), iterable=[dg.AssetSpec("spec")]
)

# Checks

CHECKS: list[dg.AssetChecksDefinition] = [
    *dg.build_last_update_freshness_checks(assets=[orders], lower_bound_delta=timedelta(hours=1)),
    *dg.build_column_schema_change_checks(assets=[orders]),
    *dg.build_metadata_bounds_checks(assets=[orders], metadata_key="rows", min_value=1),
]
of_time = dg.build_time_partition_freshness_checks(
    assets=[dg.asset(name="daily", partitions_def=DAILY)(lambda: None)], deadline_cron="0 9 * * *"
)
looking = dg.build_sensor_for_freshness_checks(freshness_checks=[*CHECKS[:1], *of_time])
SENSORS: list[dg.SensorDefinition] = [looking]
check_key = dg.AssetCheckKey(dg.AssetKey("orders"), "fits")


# IO managers, config


class Values(dg.UPathIOManager):
    extension = ".txt"

    def dump_to_path(self, context: dg.OutputContext, obj: Any, path: Path) -> None:
        path.write_text(str(obj))

    def load_from_path(self, context: dg.InputContext, path: Path) -> str:
        return path.read_text()


class Factory(dg.ConfigurableIOManagerFactory):
    folder: str

    def create_io_manager(self, context: dg.InitResourceContext) -> dg.IOManager:
        return Values(self.folder)


class Constant(dg.InputManager):
    def load_input(self, context: dg.InputContext) -> Any:
        return 1


@dg.input_manager
def constant(context: dg.InputContext) -> Any:
    return 1


class Loose(dg.PermissiveConfig):
    known: int = 1


MANAGERS: list[dg.IOManagerDefinition] = [dg.fs_io_manager, dg.mem_io_manager]
files = dg.FilesystemIOManager(base_dir="/x")

SHAPE = dg.Shape({"a": dg.Field(int), "b": dg.Array(str), "c": dg.Noneable(dg.StringSource)})
ENUM = dg.Enum("E", [dg.EnumValue("x")])


@dg.op(
    config_schema={
        "shape": dg.Field(SHAPE, is_required=False),
        "enum": dg.Field(ENUM, is_required=False),
        "any": dg.Field(dg.Permissive({"n": dg.Int}), is_required=False),
        "map": dg.Field(dg.Map(str, int), is_required=False),
        "of": dg.Field(dg.Selector({"x": dg.IntSource, "y": dg.BoolSource}), is_required=False),
    }
)
def configured(context: dg.OpExecutionContext) -> None: ...


def is_even(context: dg.TypeCheckContext, value: Any) -> dg.TypeCheck:
    return dg.TypeCheck(success=value % 2 == 0)


Even = dg.DagsterType(name="Even", type_check_fn=is_even)
Number = dg.PythonObjectDagsterType(int, name="Number")


@dg.op(ins={"x": dg.In(Even)}, out=dg.Out(Number))
def halved(x: Any) -> Any:
    return x // 2


@dg.config_mapping(config_schema={"n": int})
def simple(config: Any) -> Mapping[str, Any]:
    return {"ops": {}}


@dg.failure_hook
def alert(context: dg.HookContext) -> None:
    context.log.error("%s", context.op_exception)


@dg.job(hooks={alert}, config=simple, executor_def=dg.multi_or_in_process_executor)
def work() -> None:
    split()


LIMITED = {dg.MAX_RUNTIME_SECONDS_TAG: 10}
validated: Mapping[str, Any] | None = dg.validate_run_config(
    dg.graph(name="alone")(lambda: split()).to_job(), {"ops": {}}
)

# Loading

here = sys.modules[__name__]
loaded: Sequence[object] = [
    *dg.load_assets_from_modules([here], key_prefix="p", include_specs=True),
    *dg.load_assets_from_current_module(group_name="g"),
    *dg.load_asset_checks_from_modules([here], asset_key_prefix="p"),
    *dg.load_asset_checks_from_current_module(),
]
LOADERS = [
    dg.load_assets_from_package_module,
    dg.load_assets_from_package_name,
    dg.load_definitions_from_package_module,
    dg.load_definitions_from_package_name,
    dg.load_from_defs_folder,
    dg.execute_job,
]
definitions: list[dg.Definitions] = [
    dg.load_definitions_from_module(here),
    dg.load_definitions_from_modules([here], resources={"x": 1}),
    dg.load_definitions_from_current_module(),
]

# Tests that users write

for error in (
    dg.DagsterInvariantViolationError,
    dg.DagsterInvalidConfigError,
    dg.DagsterInvalidInvocationError,
    dg.DagsterInvalidSubsetError,
    dg.DagsterTypeCheckDidNotPass,
    dg.DagsterUnknownPartitionError,
):
    caught: type[dg.DagsterError] = error

with dg.instance_for_test() as instance:
    result = dg.materialize([orders], instance=instance, tags={"a": "b"})
    record: dg.EventLogRecord = instance.fetch_materializations(
        dg.AssetRecordsFilter(asset_key=dg.AssetKey("orders")), limit=1
    ).records[0]
    entry: dg.EventLogEntry = record.event_log_entry
    event: dg.DagsterEvent = entry.get_dagster_event()
    is_made: bool = event.event_type is dg.DagsterEventType.ASSET_MATERIALIZATION
    runs: Sequence[dg.RunRecord] = instance.get_run_records()
    provenance: dg.DataProvenance | None = instance.get_asset_provenance(dg.AssetKey("orders"))
    evaluations: Sequence[dg.AssetCheckEvaluation] = result.get_asset_check_evaluations()
    status = dg.build_run_status_sensor_context(
        sensor_name="s", dagster_event=event, dagster_instance=instance, dagster_run=result.dagster_run
    ).for_run_failure()

output = dg.build_output_context(asset_key="a", partition_key="p", dagster_type=int)
loading: dg.InputContext = dg.build_input_context(asset_key="a", partition_key="p", upstream_output=output)
op_context: dg.OpExecutionContext = dg.build_op_context(op_config={"n": 1}, mapping_key="k")
check_context: dg.AssetCheckExecutionContext = dg.build_asset_check_context(resources={"x": 1})
hook_context: dg.HookContext = dg.build_hook_context(op=split)
init_context: Any = dg.build_init_resource_context(config={"n": 1})
several: dg.MultiAssetSensorEvaluationContext = dg.build_multi_asset_sensor_context(
    monitored_assets=[dg.AssetKey("orders")], definitions=dg.Definitions([orders])
)
beside: str = dg.file_relative_path(__file__, "x.csv")
succeeded: bool = result.success and is_made and len(definitions) == 3
