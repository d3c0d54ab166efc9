"""partitions/as_json.py: what one process tells another about partitions."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest

import dagx as dg
from dagx.partitions.as_json import (
    definition_from_json,
    definition_to_json,
    mapping_from_json,
    mapping_to_json,
)

daily = dg.DailyPartitionsDefinition(
    "2024-01-01",
    end_date="2024-03-01",
    hour_offset=3,
    timezone="Europe/Berlin",
    exclusions=["0 3 * * 0", datetime(2024, 1, 5, 3), datetime(2024, 1, 4, 2, tzinfo=timezone.utc)],
)
static = dg.StaticPartitionsDefinition(["b", "a"])
identity = dg.IdentityPartitionMapping()


@pytest.mark.parametrize(
    "definition",
    [
        daily,
        static,
        dg.HourlyPartitionsDefinition(datetime(2024, 11, 3, 1, fold=1), timezone="America/New_York"),
        dg.WeeklyPartitionsDefinition("2024-01-01", day_offset=3, end_offset=2),
        dg.MonthlyPartitionsDefinition("01/2024", fmt="%m/%Y"),
        dg.TimeWindowPartitionsDefinition("2024-01-01", "%Y-%m-%d", cron_schedule="@yearly"),
        dg.DynamicPartitionsDefinition(name="colors"),
        dg.MultiPartitionsDefinition({"st": static, "day": daily}),
    ],
)
def test_a_definition_comes_back(definition: dg.PartitionsDefinition) -> None:
    back = definition_from_json(json.loads(json.dumps(definition_to_json(definition))))
    assert back == definition
    assert type(back) is type(definition)
    if not isinstance(definition, dg.DynamicPartitionsDefinition):
        with dg.partition_loading_context(datetime(2024, 2, 1)):
            assert back.get_partition_keys() == definition.get_partition_keys()


def test_the_keys_of_a_function_are_not_told() -> None:
    with pytest.raises(dg.InvalidArgumentError, match="cannot be told"):
        definition_to_json(dg.DynamicPartitionsDefinition(lambda _: ["a"]))


@pytest.mark.parametrize(
    "mapping",
    [
        dg.AllPartitionMapping(),
        identity,
        dg.LastPartitionMapping(),
        dg.SpecificPartitionsPartitionMapping(["a"]),
        dg.StaticPartitionMapping({"a": "b", "c": ["d", "e"]}),
        dg.TimeWindowPartitionMapping(-2, 1, allow_nonexistent_upstream_partitions=True),
        dg.MultiToSingleDimensionPartitionMapping(),
        dg.MultiToSingleDimensionPartitionMapping("day"),
        dg.MultiPartitionMapping({"x": dg.DimensionPartitionMapping("y", identity)}),
    ],
)
def test_a_mapping_comes_back(mapping: dg.PartitionMapping) -> None:
    assert mapping_from_json(json.loads(json.dumps(mapping_to_json(mapping)))) == mapping


def test_a_mapping_of_the_users_is_not_told() -> None:
    class Mine(dg.LastPartitionMapping):
        pass

    assert mapping_to_json(Mine()) is None
    nested = dg.MultiPartitionMapping({"x": dg.DimensionPartitionMapping("y", Mine())})
    assert mapping_to_json(nested) is None
