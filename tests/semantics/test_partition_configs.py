"""Section 12.6: run config by partition."""

from datetime import datetime

import pytest

import dagx as dg


def test_a_daily_config_gets_the_start_and_the_end_of_the_day() -> None:
    @dg.daily_partitioned_config(
        start_date="2024-01-01",
        tags_for_partition_fn=lambda start, end: {"from": str(start.day), "to": str(end.day)},
    )
    def config(start: datetime, end: datetime) -> dict[str, str]:
        return {"start": start.isoformat(), "end": end.isoformat()}

    assert isinstance(config, dg.PartitionedConfig)
    assert config.partitions_def == dg.DailyPartitionsDefinition("2024-01-01")
    assert config.get_run_config_for_partition_key("2024-01-02") == {
        "start": "2024-01-02T00:00:00+00:00",
        "end": "2024-01-03T00:00:00+00:00",
    }
    assert config.get_tags_for_partition_key("2024-01-02") == {
        "dagster/partition": "2024-01-02",
        "from": "2",
        "to": "3",
    }
    assert config.get_partition_keys(datetime(2024, 1, 3)) == ["2024-01-01", "2024-01-02"]
    assert config(datetime(2024, 1, 1), datetime(2024, 1, 2))["end"] == "2024-01-02T00:00:00"
    with pytest.raises(dg.DagsterUnknownPartitionError, match="2023-12-31"):
        config.get_run_config_for_partition_key("2023-12-31")


@pytest.mark.parametrize(
    ("decorator", "definition"),
    [
        (
            dg.hourly_partitioned_config("2024-01-01-00:00", minute_offset=5),
            dg.HourlyPartitionsDefinition("2024-01-01-00:00", minute_offset=5),
        ),
        (
            dg.weekly_partitioned_config("2024-01-01", day_offset=1, hour_offset=2),
            dg.WeeklyPartitionsDefinition("2024-01-01", day_offset=1, hour_offset=2),
        ),
        (
            dg.monthly_partitioned_config("2024-01-01", timezone="Europe/Berlin"),
            dg.MonthlyPartitionsDefinition("2024-01-01", timezone="Europe/Berlin"),
        ),
    ],
)
def test_hourly_weekly_and_monthly_configs_get_their_windows(
    decorator: object, definition: dg.TimeWindowPartitionsDefinition
) -> None:
    config = decorator(lambda start, end: {"window": (start, end)})  # type: ignore[operator]
    assert config.partitions_def == definition
    key = definition.get_first_partition_key()
    assert key is not None
    window = definition.time_window_for_partition_key(key)
    assert config.get_run_config_for_partition_key(key) == {"window": tuple(window)}


def test_a_static_config_gets_the_key() -> None:
    @dg.static_partitioned_config(["a", "b"])
    def config(partition_key: str) -> dict[str, str]:
        return {"key": partition_key}

    assert config.get_run_config_for_partition_key("b") == {"key": "b"}
    assert config("x") == {"key": "x"}
    with pytest.raises(dg.DagsterUnknownPartitionError):
        config.get_run_config_for_partition_key("c")


def test_a_dynamic_config_asks_a_function_for_the_keys() -> None:
    @dg.dynamic_partitioned_config(lambda now: ["a", "b"])
    def config(partition_key: str) -> dict[str, str]:
        return {"key": partition_key}

    assert config.get_partition_keys() == ["a", "b"]
    assert config.get_run_config_for_partition_key("a") == {"key": "a"}


def test_a_config_over_any_partitions() -> None:
    definition = dg.StaticPartitionsDefinition(["a"])

    @dg.partitioned_config(definition, tags_for_partition_key_fn=lambda key: {"tag": key})
    def config(partition_key: str) -> dict[str, str]:
        return {"key": partition_key}

    assert config.partitions_def is definition
    assert config.get_tags_for_partition_key("a") == {"dagster/partition": "a", "tag": "a"}


def test_a_partitioned_config_may_be_written_out() -> None:
    definition = dg.StaticPartitionsDefinition(["a"])
    by_key = dg.PartitionedConfig(definition, run_config_for_partition_key_fn=lambda key: {"key": key})
    by_partition = dg.PartitionedConfig(
        definition, run_config_for_partition_fn=lambda partition: {"key": partition.name}
    )
    for config in (by_key, by_partition):
        assert config.get_run_config_for_partition_key("a") == {"key": "a"}
    with pytest.raises(dg.DagxError):
        by_key("a")
    with pytest.raises(dg.DagsterInvalidDefinitionError):
        dg.PartitionedConfig(definition)
