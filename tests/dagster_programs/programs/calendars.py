"""Calendars: weeks, months, quarters, fiscal days, and what "now" is in a test."""

from datetime import datetime

from dagster import (
    DagsterInstance,
    DagsterUnknownPartitionError,
    DailyPartitionsDefinition,
    Definitions,
    DynamicPartitionsDefinition,
    HourlyPartitionsDefinition,
    MonthlyPartitionsDefinition,
    PartitionKeyRange,
    TimeWindowPartitionsDefinition,
    WeeklyPartitionsDefinition,
    asset,
    materialize,
    partition_loading_context,
)

weeks = WeeklyPartitionsDefinition(start_date="2024-01-01", day_offset=1, timezone="Europe/Berlin")
months = MonthlyPartitionsDefinition(start_date="2023-11-01", end_offset=1)
quarters = TimeWindowPartitionsDefinition(start="2023-01-01", fmt="%Y-%m-%d", cron_schedule="0 0 1 */3 *")
shifts = TimeWindowPartitionsDefinition(
    start=datetime(2024, 1, 1), fmt="%Y-%m-%dT%H", cron_schedule="0 6,14,22 * * *", exclusions=["0 22 * * 0"]
)
fiscal_days = DailyPartitionsDefinition(start_date="2024-01-01", hour_offset=9)
hours = HourlyPartitionsDefinition(start_date="2024-11-03-00:00", timezone="America/New_York")
releases = DynamicPartitionsDefinition(name="releases")


@asset(partitions_def=weeks)
def weekly_digest(context) -> str:
    start, end = context.partition_time_window
    return f"{start:%d.%m.}-{end:%d.%m.}"


@asset(partitions_def=months)
def invoice_run(context) -> str:
    return context.partition_key


@asset(partitions_def=quarters)
def balance(context) -> int:
    return context.partition_time_window.start.month


@asset(partitions_def=shifts)
def shift_log() -> None: ...


@asset(partitions_def=releases)
def changelog(context) -> str:
    return f"changes of {context.partition_key}"


defs = Definitions(assets=[weekly_digest, invoice_run, balance, shift_log, changelog])


def check() -> None:
    with partition_loading_context(effective_dt=datetime(2024, 1, 16)):
        assert weeks.get_partition_keys() == ["2024-01-01", "2024-01-08"]
        assert months.get_partition_keys() == ["2023-11-01", "2023-12-01", "2024-01-01"]
        assert quarters.get_last_partition_key() == "2023-10-01"
        assert fiscal_days.get_last_partition_key() == "2024-01-14"
        assert fiscal_days.time_window_for_partition_key("2024-01-14").start.hour == 9
        assert "2024-01-07T22" not in shifts.get_partition_keys()
        assert "2024-01-06T22" in shifts.get_partition_keys()
    with partition_loading_context(effective_dt=datetime(2024, 11, 4)):
        keys = hours.get_partition_keys_in_range(PartitionKeyRange("2024-11-03-00:00", "2024-11-03-23:00"))
        assert len(keys) == 25, "one hour is there twice"

    result = materialize([weekly_digest], partition_key="2024-01-08")
    assert result.output_for_node("weekly_digest") == "08.01.-15.01."
    assert materialize([balance], partition_key="2023-07-01").output_for_node("balance") == 7

    instance = DagsterInstance.ephemeral()
    try:
        materialize([changelog], partition_key="1.0", instance=instance)
    except DagsterUnknownPartitionError:
        instance.add_dynamic_partitions("releases", ["1.0", "1.1"])
    assert materialize([changelog], partition_key="1.0", instance=instance).success
    with partition_loading_context(dynamic_partitions_store=instance):
        assert releases.get_partition_keys() == ["1.0", "1.1"]
    assert instance.has_dynamic_partition("releases", "1.1")
    assert months.get_cron_schedule(hour_of_day=4) == "0 4 1 * *"
