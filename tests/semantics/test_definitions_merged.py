"""Section 25: Definitions.merge."""

from __future__ import annotations

from typing import Any

import pytest

import dagx as dg


def one(name: str) -> dg.AssetsDefinition:
    return dg.asset(name=name)(lambda: None)


def console() -> dg.LoggerDefinition:
    return dg.colored_console_logger.configured({"log_level": "INFO"})


def test_merging_concatenates() -> None:
    shared = object()
    merged = dg.Definitions.merge(
        dg.Definitions([one("a")], resources={"x": shared}),
        dg.Definitions([one("b")], resources={"x": shared, "y": 1}),
    )
    assert merged.resolve_all_asset_keys() == [dg.AssetKey("a"), dg.AssetKey("b")]
    assert merged.resources == {"x": shared, "y": 1}


def test_every_kind_of_member_is_there() -> None:
    @dg.op
    def nothing() -> None: ...

    @dg.job
    def work() -> None:
        nothing()

    check = dg.asset_check(asset="a", name="fits")(lambda: dg.AssetCheckResult(passed=True))
    schedule = dg.ScheduleDefinition("daily", cron_schedule="@daily", job=work)
    sensor = dg.sensor(name="looking", job=work)(lambda: None)
    logger = console()
    merged = dg.Definitions.merge(
        dg.Definitions([one("a")], jobs=[work], executor=dg.in_process_executor, metadata={"m": 1}),
        dg.Definitions(asset_checks=[check], schedules=[schedule], sensors=[sensor], loggers={"l": logger}),
    )
    assert (list(merged.jobs), list(merged.schedules), list(merged.sensors)) == ([work], [schedule], [sensor])
    assert merged.asset_checks == (check,)
    assert merged.executor is dg.in_process_executor
    assert merged.loggers == {"l": logger}
    assert merged.metadata == {"m": dg.MetadataValue.int(1)}
    dg.Definitions.validate_loadable(merged)


def test_nothing_merged_is_nothing() -> None:
    assert dg.Definitions.merge().resolve_all_asset_keys() == []


@pytest.mark.parametrize(
    ("keyword", "make", "what"),
    [
        ("resources", lambda: [1], "resource"),
        ("resources", lambda: dg.FilesystemIOManager("/x"), "resource"),
        ("loggers", console, "logger"),
    ],
)
def test_two_objects_under_one_name_are_an_error_although_they_are_equal(
    keyword: str, make: Any, what: str
) -> None:
    def bound(value: Any) -> dg.Definitions:
        members: dict[str, Any] = {keyword: {"x": value}}
        return dg.Definitions(**members)

    same = make()
    assert getattr(dg.Definitions.merge(bound(same), bound(same)), keyword) == {"x": same}
    with pytest.raises(dg.DagsterInvariantViolationError) as caught:
        dg.Definitions.merge(bound(make()), bound(make()))
    assert f'the {what} "x" is bound to two different objects' in str(caught.value)
    assert str(caught.value).count("test_definitions_merged.py:") == 2  # both places


def test_metadata_of_one_name_must_be_equal() -> None:
    one, other = dg.Definitions(metadata={"team": "data"}), dg.Definitions(metadata={"team": "sales"})
    assert dg.Definitions.merge(one, dg.Definitions(metadata={"team": "data"})).metadata == one.metadata
    with pytest.raises(dg.DagsterInvariantViolationError, match='the metadata key "team"'):
        dg.Definitions.merge(one, other)


def test_two_executors_are_an_error_and_one_twice_is_not() -> None:
    one, other = (
        dg.Definitions(executor=made) for made in (dg.in_process_executor, dg.multiprocess_executor)
    )
    assert dg.Definitions.merge(one, one, dg.Definitions()).executor is dg.in_process_executor
    with pytest.raises(dg.DagsterInvariantViolationError, match="an executor each") as caught:
        dg.Definitions.merge(one, other)
    assert str(caught.value).count("test_definitions_merged.py:") == 2


def test_duplicates_of_a_merge_are_found_when_it_resolves_and_one_object_counts_once() -> None:
    a = one("a")
    dg.Definitions.validate_loadable(dg.Definitions.merge(dg.Definitions([a]), dg.Definitions([a])))
    merged = dg.Definitions.merge(dg.Definitions([one("a")]), dg.Definitions([one("a")]))
    with pytest.raises(dg.InvalidDefinitionError, match="defined twice"):
        dg.Definitions.validate_loadable(merged)
