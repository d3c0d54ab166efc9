"""Weather stations: readings by the hour become days, days become a moving average, all in JSON files."""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from dagster import (
    AssetDep,
    AssetExecutionContext,
    AssetIn,
    BackfillPolicy,
    DagsterInstance,
    DailyPartitionsDefinition,
    Definitions,
    HourlyPartitionsDefinition,
    InputContext,
    OutputContext,
    PartitionKeyRange,
    TimeWindow,
    TimeWindowPartitionMapping,
    UPathIOManager,
    asset,
    build_schedule_from_partitioned_job,
    define_asset_job,
    materialize,
)

hours = HourlyPartitionsDefinition(start_date="2024-03-01-00:00", end_date="2024-03-06-00:00")
days = DailyPartitionsDefinition(start_date="2024-03-01", end_date="2024-03-06")


class JsonFiles(UPathIOManager):
    extension: str = ".json"

    def dump_to_path(self, context: OutputContext, obj: Any, path) -> None:
        path.write_text(json.dumps(obj))

    def load_from_path(self, context: InputContext, path) -> Any:
        return json.loads(path.read_text())


@asset(partitions_def=hours)
def readings(context: AssetExecutionContext) -> float:
    hour = context.partition_time_window.start
    return hour.day + hour.hour / 100


@asset(partitions_def=days, metadata={"unit": "celsius"})
def daily_mean(context: AssetExecutionContext, readings: dict[str, float]) -> float:
    assert len(readings) == 24
    return round(sum(readings.values()) / len(readings), 3)


@asset(
    partitions_def=days,
    ins={
        "daily_mean": AssetIn(
            partition_mapping=TimeWindowPartitionMapping(start_offset=-2, end_offset=0),
            metadata={"allow_missing_partitions": True},
        )
    },
)
def moving_average(daily_mean):
    return sorted(daily_mean) if isinstance(daily_mean, dict) else daily_mean


@asset(
    partitions_def=days,
    backfill_policy=BackfillPolicy.single_run(),
    deps=[
        AssetDep("daily_mean", partition_mapping=TimeWindowPartitionMapping(start_offset=-1, end_offset=-1))
    ],
)
def archive(context: AssetExecutionContext) -> None:
    window: TimeWindow = context.partition_time_window
    context.add_output_metadata({"days": (window.end - window.start) / timedelta(days=1)})
    context.log.info("archiving %s", ", ".join(context.partition_keys))


weather_job = define_asset_job("weather_job", selection=["daily_mean", "moving_average"])
weather_schedule = build_schedule_from_partitioned_job(weather_job, hour_of_day=3)

defs = Definitions(
    assets=[readings, daily_mean, moving_average, archive],
    jobs=[weather_job],
    schedules=[weather_schedule],
)


def check() -> None:
    instance = DagsterInstance.ephemeral()
    files = JsonFiles(base_path=Path("lake").absolute())

    def made(asset_def, key: str):
        result = materialize(
            [readings, daily_mean, moving_average],
            selection=[asset_def],
            partition_key=key,
            instance=instance,
            resources={"io_manager": files},
        )
        return result.output_for_node(asset_def.key.to_python_identifier())

    for hour in hours.get_partition_keys_in_range(PartitionKeyRange("2024-03-01-00:00", "2024-03-02-23:00")):
        made(readings, hour)
    assert made(daily_mean, "2024-03-01") == 1.115
    assert made(daily_mean, "2024-03-02") == 2.115
    assert json.loads(Path("lake/daily_mean/2024-03-02.json").read_text()) == 2.115
    assert made(moving_average, "2024-03-02") == ["2024-03-01", "2024-03-02"]
    assert made(moving_average, "2024-03-04") == ["2024-03-02"]
    assert instance.get_materialized_partitions(daily_mean.key) == {"2024-03-01", "2024-03-02"}

    result = materialize(
        [archive],
        tags={
            "dagster/asset_partition_range_start": "2024-03-02",
            "dagster/asset_partition_range_end": "2024-03-04",
        },
        instance=instance,
    )
    events = result.asset_materializations_for_node("archive")
    assert [event.partition for event in events] == ["2024-03-02", "2024-03-03", "2024-03-04"]
    assert {event.metadata["days"].value for event in events} == {3.0}

    schedule = defs.resolve_schedule_def("weather_job_schedule")
    assert schedule.cron_schedule == "0 3 * * *"
    assert days.time_window_for_partition_key("2024-03-05") == TimeWindow(
        start=datetime(2024, 3, 5, tzinfo=timezone.utc), end=datetime(2024, 3, 6, tzinfo=timezone.utc)
    )
