"""checks/builders.py: what the ready-made checks decide. Section 20.4."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from dagx.checks.builders import (
    FRESH_UNTIL,
    LAST_UPDATED,
    LOWER_BOUND,
    PARAMS,
    Bounds,
    CheckVerdict,
    bounds_check_name,
    bounds_verdict,
    checked_bounds,
    due_partition,
    is_freshness_check_due,
    last_update_verdict,
    schema_change_verdict,
    time_partition_verdict,
)
from dagx.checks.history import holds_until
from dagx.checks.results import AssetCheckEvaluation, AssetCheckSeverity
from dagx.checks.specs import AssetCheckKey, AssetCheckSpec
from dagx.errors import InvalidArgumentError, InvalidDefinitionError
from dagx.keys import AssetKey
from dagx.metadata.tables import TableColumn, TableSchema
from dagx.metadata.values import TimestampMetadataValue
from dagx.partitions.time_windows import TimeWindowPartitionsDefinition

HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2024-{text}").replace(tzinfo=timezone.utc)


NOW = at("03-01 12:00")


@pytest.mark.parametrize(
    ("updated", "cron", "passed"),
    [
        (NOW - HOUR, None, True),
        (NOW - HOUR - timedelta(seconds=1), None, False),
        (NOW, None, True),
        (None, None, False),
        (at("03-01 08:00"), "0 9 * * *", True),
        (at("03-01 07:59"), "0 9 * * *", False),
        (at("03-01 11:00"), "0 9 * * *", True),
        (None, "0 9 * * *", False),
    ],
)
def test_an_update_counts_from_a_while_before_the_deadline_on(
    updated: datetime | None, cron: str | None, passed: bool
) -> None:
    found = last_update_verdict(updated, now=NOW, lower_bound_delta=HOUR, deadline_cron=cron)
    assert found.passed is passed


def test_what_a_freshness_check_records() -> None:
    made = at("03-01 08:30")
    found = last_update_verdict(made, now=NOW, lower_bound_delta=HOUR, deadline_cron="0 9 * * *")
    assert found.metadata == {
        PARAMS: {"lower_bound_delta_seconds": 3600.0, "deadline_cron": "0 9 * * *", "timezone": "UTC"},
        LOWER_BOUND: TimestampMetadataValue(at("03-01 08:00").timestamp()),
        LAST_UPDATED: TimestampMetadataValue(made.timestamp()),
        FRESH_UNTIL: TimestampMetadataValue(at("03-02 09:00").timestamp()),
    }
    assert found.description == "fresh until 2024-03-02 09:00:00+00:00"
    failed = last_update_verdict(None, now=NOW, lower_bound_delta=HOUR)
    assert set(failed.metadata) == {PARAMS, LOWER_BOUND}


def test_without_deadlines_an_update_is_fresh_for_the_delta() -> None:
    found = last_update_verdict(NOW - HOUR / 2, now=NOW, lower_bound_delta=HOUR)
    assert found.metadata[FRESH_UNTIL] == TimestampMetadataValue((NOW + HOUR / 2).timestamp())


def daily(end_offset: int = 0) -> TimeWindowPartitionsDefinition:
    return TimeWindowPartitionsDefinition(
        start="2024-02-28", fmt="%Y-%m-%d", cron_schedule="0 0 * * *", end_offset=end_offset
    )


@pytest.mark.parametrize(
    ("now", "end_offset", "partition"),
    [
        ("03-01 12:00", 0, "2024-02-29"),
        ("03-01 09:00", 0, "2024-02-29"),
        ("03-01 08:59", 0, "2024-02-28"),  # the last deadline is yesterday's
        ("03-01 12:00", 2, "2024-02-29"),  # partitions of the future are not complete
        ("03-01 12:00", -1, "2024-02-28"),
        ("02-28 12:00", 0, None),
    ],
)
def test_the_partition_that_must_be_there_was_complete_at_the_last_deadline(
    now: str, end_offset: int, partition: str | None
) -> None:
    assert due_partition(daily(end_offset), now=at(now), deadline_cron="0 9 * * *") == partition


@pytest.mark.parametrize("partitions_def", [None, "2024"])
def test_only_partitions_of_time_have_one_that_must_be_there(partitions_def: object) -> None:
    with pytest.raises(InvalidArgumentError, match="partitions of time"):
        due_partition(partitions_def, now=NOW, deadline_cron="0 9 * * *")


@pytest.mark.parametrize(
    ("partition", "updated", "passed"),
    [("2024-02-29", NOW - 3 * HOUR, True), ("2024-02-29", None, False), (None, None, True)],
)
def test_a_partition_is_fresh_when_it_is_there(
    partition: str | None, updated: datetime | None, passed: bool
) -> None:
    found = time_partition_verdict(partition, updated, now=NOW, deadline_cron="0 9 * * *")
    assert found.passed is passed
    assert (FRESH_UNTIL in found.metadata) is passed


@pytest.mark.parametrize(
    ("was_evaluated", "is_running", "passed", "fresh_until", "due"),
    [
        (False, False, False, None, True),
        (False, True, False, None, False),
        (True, False, True, 99.0, True),
        (True, False, True, 100.0, True),
        (True, False, True, 101.0, False),
        (True, False, True, None, False),
        (True, False, False, 99.0, False),
        (True, True, True, 99.0, False),
    ],
)
def test_a_freshness_check_is_due_when_it_never_ran_or_its_time_has_come(
    was_evaluated: bool, is_running: bool, passed: bool, fresh_until: float | None, due: bool
) -> None:
    found = is_freshness_check_due(
        was_evaluated=was_evaluated, is_running=is_running, passed=passed, fresh_until=fresh_until, now=100.0
    )
    assert found is due


def schema(**types: str) -> TableSchema:
    return TableSchema([TableColumn(name, type) for name, type in types.items()])


@pytest.mark.parametrize(
    ("schemas", "passed", "words"),
    [
        ([], True, "no two materializations"),
        ([None], True, "no two materializations"),
        ([schema(a="int")], True, "no two materializations"),
        ([schema(a="int"), schema(a="int")], True, "the same"),
        ([schema(a="int", b="str"), schema(b="str", a="int")], True, "the same"),
        ([None, schema(a="int")], False, "the previous materialization has no metadata"),
        ([schema(a="int"), None], False, "the latest materialization has no metadata"),
        ([schema(a="int"), schema(a="int", b="str")], False, "columns added: b (str)"),
        ([schema(a="int", b="str"), schema(a="int")], False, "columns removed: b (str)"),
        ([schema(a="int"), schema(a="float")], False, "columns retyped: a (int to float)"),
        ([schema(a="int"), schema(b="int")], False, "columns added: b (int); removed: a (int)"),
        ([schema(x="int"), schema(a="int"), schema(a="int")], True, "the same"),
    ],
)
def test_columns_are_compared_with_those_before(
    schemas: list[TableSchema | None], passed: bool, words: str
) -> None:
    found = schema_change_verdict(schemas)
    assert found.passed is passed
    assert words in found.description


@pytest.mark.parametrize(
    ("value", "bounds", "passed"),
    [
        (5, Bounds(5, 10), True),
        (10, Bounds(5, 10), True),
        (4.9, Bounds(5, 10), False),
        (10.1, Bounds(5, 10), False),
        (5, Bounds(5, 10, exclusive_least=True), False),
        (10, Bounds(5, 10, exclusive_greatest=True), False),
        (6, Bounds(5, 10, True, True), True),
        (-100, Bounds(None, 10), True),
        (100, Bounds(5, None), True),
        (None, Bounds(5, 10), False),
        ("7", Bounds(5, 10), False),
        (True, Bounds(0, 10), False),
        (float("nan"), Bounds(5, 10), False),
    ],
)
def test_metadata_lies_within_bounds_or_the_check_fails(value: object, bounds: Bounds, passed: bool) -> None:
    assert bounds_verdict("rows", value, bounds).passed is passed


def test_bounds_are_said_in_words() -> None:
    assert (
        bounds_verdict("rows", 3, Bounds(5, 10)).description
        == "rows is 3, and should be at least 5 and at most 10"
    )
    assert str(Bounds(5, None, exclusive_least=True)) == "above 5"
    assert str(Bounds(None, 10, exclusive_greatest=True)) == "below 10"
    assert "no metadata 'rows'" in bounds_verdict("rows", None, Bounds(5, 10)).description


@pytest.mark.parametrize("given", [(None, None, False, False), (5, 4, False, False), (5, 5, True, False)])
def test_bounds_must_leave_something(given: tuple[float | None, float | None, bool, bool]) -> None:
    low, high, exclusive_low, exclusive_high = given
    with pytest.raises(InvalidDefinitionError):
        checked_bounds(low, high, exclusive_min=exclusive_low, exclusive_max=exclusive_high)
    assert checked_bounds(5, 5, exclusive_min=False, exclusive_max=False) == Bounds(5, 5)


def test_a_check_of_bounds_is_named_after_its_metadata() -> None:
    assert bounds_check_name("rows") == "rows_bounds_check"
    assert bounds_check_name("dagster/row count") == "dagster_row_count_bounds_check"


def test_a_verdict_becomes_a_result() -> None:
    key = AssetCheckKey(AssetKey("orders"), "rows_bounds_check")
    result = bounds_verdict("rows", 3, Bounds(5, 10)).as_result(key, AssetCheckSeverity.WARN)
    assert (result.asset_key, result.check_name) == key
    assert (result.passed, result.severity) == (False, AssetCheckSeverity.WARN)
    assert result.description == "rows is 3, and should be at least 5 and at most 10"


def result_of(verdict: CheckVerdict) -> AssetCheckEvaluation:
    spec = AssetCheckSpec("freshness_check", asset="orders")
    return verdict.as_result(spec.key, AssetCheckSeverity.WARN).to_evaluation(spec)


def test_a_result_about_freshness_holds_until_time_can_change_it() -> None:
    daily = "0 9 * * *"
    fresh = last_update_verdict(NOW, now=NOW, lower_bound_delta=HOUR)
    assert holds_until(result_of(fresh)) == (NOW + HOUR).timestamp()
    late = last_update_verdict(NOW - 2 * HOUR, now=NOW, lower_bound_delta=HOUR)
    assert holds_until(result_of(late)) is None
    missed = last_update_verdict(None, now=NOW, lower_bound_delta=HOUR, deadline_cron=daily)
    assert holds_until(result_of(missed)) == at("03-02 09:00").timestamp()
    absent = time_partition_verdict("2024-02-29", None, now=NOW, deadline_cron=daily)
    assert holds_until(result_of(absent)) == at("03-02 09:00").timestamp()
    there = time_partition_verdict("2024-02-29", NOW, now=NOW, deadline_cron=daily)
    assert holds_until(result_of(there)) == at("03-02 09:00").timestamp()
    assert holds_until(result_of(schema_change_verdict([]))) is None
