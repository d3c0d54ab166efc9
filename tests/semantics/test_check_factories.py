"""Section 20.4: the ready-made checks, and the sensor that has freshness checks executed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

import dagx as dg

HOUR = timedelta(hours=1)
DAILY = dg.DailyPartitionsDefinition("2024-01-01")
ORDERS = dg.AssetKey("orders")
WARN, ERROR = dg.AssetCheckSeverity.WARN, dg.AssetCheckSeverity.ERROR
SCHEMA = "dagster/column_schema"


@dg.asset
def orders() -> None: ...


@dg.asset
def customers() -> None: ...


@dg.asset(partitions_def=DAILY)
def daily() -> None: ...


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def last_update_checks(**arguments: Any) -> list[dg.AssetChecksDefinition]:
    return dg.build_last_update_freshness_checks(
        **{"assets": [orders], "lower_bound_delta": HOUR, **arguments}
    )


def partition_checks(**arguments: Any) -> list[dg.AssetChecksDefinition]:
    return dg.build_time_partition_freshness_checks(
        **{"assets": [daily], "deadline_cron": "0 6 * * *", **arguments}
    )


def bounds_checks(**arguments: Any) -> list[dg.AssetChecksDefinition]:
    return dg.build_metadata_bounds_checks(**{"assets": [orders], "metadata_key": "rows", **arguments})


def schema_checks(**arguments: Any) -> list[dg.AssetChecksDefinition]:
    return dg.build_column_schema_change_checks(**{"assets": [orders], **arguments})


EVERY = [last_update_checks, partition_checks, schema_checks, lambda **a: bounds_checks(min_value=0, **a)]
NAMES = ["last_update", "time_partition", "column_schema", "metadata_bounds"]


def evaluated(
    instance: dg.DagsterInstance,
    checks: list[dg.AssetChecksDefinition],
    at: datetime | None = None,
    **arguments: Any,
) -> dg.AssetCheckEvaluation:
    """What the one check says, at the moment `at`."""
    with dg.partition_loading_context(effective_dt=at):
        result = dg.materialize(
            [orders, customers, daily, *checks],
            instance=instance,
            selection=dg.AssetSelection.checks(*checks),
            **arguments,
        )
    (evaluation,) = result.get_asset_check_evaluations()
    return evaluation


def now() -> datetime:
    return datetime.now(timezone.utc)


def reported(instance: dg.DagsterInstance, **metadata: Any) -> None:
    instance.report_runless_asset_event(dg.AssetMaterialization("orders", metadata=metadata))


def timestamp(evaluation: dg.AssetCheckEvaluation, what: str) -> float:
    found = evaluation.metadata[f"dagster/{what}_timestamp"]
    assert isinstance(found, dg.TimestampMetadataValue)
    return found.value


# All of them


@pytest.mark.parametrize("build", EVERY, ids=NAMES)
def test_a_factory_gives_a_list_with_one_definition_of_the_checks_of_all_assets(
    build: Callable[..., list[dg.AssetChecksDefinition]],
) -> None:
    (definition,) = build(assets=[orders, "customers", dg.AssetKey(["raw", "b"]), dg.AssetSpec("c")])
    assert isinstance(definition, dg.AssetChecksDefinition)
    assert definition.can_subset
    assert {spec.asset_key.to_user_string() for spec in definition.check_specs} == {
        "orders",
        "customers",
        "raw/b",
        "c",
    }
    assert len({spec.name for spec in definition.check_specs}) == 1
    assert definition.source is not None
    assert definition.source.file == __file__


@pytest.mark.parametrize(
    ("build", "name"),
    [
        (EVERY[0], "freshness_check"),
        (EVERY[1], "freshness_check"),
        (EVERY[2], "column_schema_change"),
        (EVERY[3], "rows_bounds_check"),
    ],
    ids=NAMES,
)
def test_the_names_of_the_checks(build: Callable[..., list[dg.AssetChecksDefinition]], name: str) -> None:
    (definition,) = build()
    assert definition.check_key.name == name
    assert definition.name == definition.check_specs[0].get_python_identifier()


@pytest.mark.parametrize("build", EVERY, ids=NAMES)
@pytest.mark.parametrize(
    "assets", ["orders", orders, [], [orders, "orders"]], ids=["a_str", "no_list", "none", "twice"]
)
def test_assets_are_a_list_of_different_ones(build: Callable[..., object], assets: Any) -> None:
    with pytest.raises(dg.InvalidArgumentError):
        build(assets=assets)


@pytest.mark.parametrize("build", EVERY, ids=NAMES)
def test_a_severity_is_one(build: Callable[..., object]) -> None:
    with pytest.raises(dg.InvalidArgumentError, match="severity"):
        build(severity="WARN")


def test_definitions_of_different_assets_go_together() -> None:
    one, *_ = last_update_checks(assets=["a", "b"])
    other, *_ = last_update_checks(assets=["c", "d"])
    dg.Definitions.validate_loadable(dg.Definitions(asset_checks=[one, other]))
    with pytest.raises(dg.InvalidDefinitionError, match="defined twice"):
        dg.Definitions.validate_loadable(
            dg.Definitions(asset_checks=[one, *last_update_checks(assets=["a"])])
        )


def test_the_checks_of_a_multi_asset_are_of_each_of_its_assets() -> None:
    multi = dg.multi_asset(specs=[dg.AssetSpec("a"), dg.AssetSpec("b")], name="m")(lambda: None)
    (definition,) = last_update_checks(assets=[multi])
    assert {key.asset_key.to_user_string() for key in definition.check_keys} == {"a", "b"}


def test_one_check_of_several_is_executed_alone(instance: dg.DagsterInstance) -> None:
    checks = last_update_checks(assets=[orders, customers])
    result = dg.materialize([orders, customers, *checks], instance=instance, selection=["orders"])
    (evaluation,) = result.get_asset_check_evaluations()
    assert evaluation.asset_key == ORDERS


def test_a_check_is_called_directly_with_an_instance(instance: dg.DagsterInstance) -> None:
    (definition,) = last_update_checks()
    (result,) = definition(dg.build_asset_check_context(instance=instance))
    assert not result.passed


# Freshness by the last update


@pytest.mark.parametrize(("later", "passed"), [(timedelta(0), True), (HOUR / 2, True), (2 * HOUR, False)])
def test_an_asset_is_fresh_for_a_while_after_its_update(
    instance: dg.DagsterInstance, later: timedelta, passed: bool
) -> None:
    dg.materialize([orders], instance=instance)
    made = instance.get_latest_materialization_record("orders")
    assert made is not None
    evaluation = evaluated(instance, last_update_checks(), now() + later)
    assert evaluation.passed is passed
    assert (evaluation.severity, evaluation.blocking) == (WARN, False)
    assert timestamp(evaluation, "last_updated") == pytest.approx(made.timestamp)
    assert ("dagster/fresh_until_timestamp" in evaluation.metadata) is passed
    if passed:
        assert timestamp(evaluation, "fresh_until") == pytest.approx(made.timestamp + 3600)


def test_an_asset_that_was_never_updated_is_not_fresh(instance: dg.DagsterInstance) -> None:
    evaluation = evaluated(instance, last_update_checks(severity=ERROR))
    assert not evaluation.passed
    assert evaluation.severity is ERROR
    assert evaluation.description == "the asset was never updated"


def test_in_a_run_that_makes_the_asset_it_is_fresh(instance: dg.DagsterInstance) -> None:
    result = dg.materialize([orders, *last_update_checks()], instance=instance)
    assert result.get_asset_check_evaluations()[0].passed


def test_the_deadline_is_the_last_tick_of_the_cron(instance: dg.DagsterInstance) -> None:
    dg.materialize([orders], instance=instance)
    checks = last_update_checks(deadline_cron="0 9 * * *", timezone="Europe/Berlin")
    tomorrow = now().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
    evaluation = evaluated(instance, checks, tomorrow + timedelta(days=1))
    assert not evaluation.passed
    lower_bound = datetime.fromtimestamp(timestamp(evaluation, "freshness_lower_bound"), timezone.utc)
    assert lower_bound.date() == (tomorrow + timedelta(days=1)).date()
    assert lower_bound.hour in (6, 7)  # 8 o'clock in Berlin, in summer and in winter
    params = evaluation.metadata["dagster/freshness_params"].value
    assert params == {
        "lower_bound_delta_seconds": 3600.0,
        "deadline_cron": "0 9 * * *",
        "timezone": "Europe/Berlin",
    }


def test_an_observation_of_an_update_counts(instance: dg.DagsterInstance) -> None:
    moment = now() - HOUR / 2
    seen = {"dagster/last_updated_timestamp": dg.MetadataValue.timestamp(moment)}
    instance.report_runless_asset_event(dg.AssetObservation("orders", metadata=seen))
    instance.report_runless_asset_event(dg.AssetObservation("orders", metadata={"rows": 1}))
    evaluation = evaluated(instance, last_update_checks())
    assert evaluation.passed
    assert timestamp(evaluation, "last_updated") == pytest.approx(moment.timestamp())


def test_an_observation_that_says_nothing_of_updates_does_not(instance: dg.DagsterInstance) -> None:
    instance.report_runless_asset_event(dg.AssetObservation("orders"))
    assert not evaluated(instance, last_update_checks()).passed


def test_a_blocking_freshness_check_holds_back_what_needs_the_asset(instance: dg.DagsterInstance) -> None:
    below = dg.asset(name="below", deps=[orders])(lambda: None)
    checks = last_update_checks(blocking=True, severity=ERROR)
    result = dg.materialize(
        [orders, below, *checks], instance=instance, selection=[below, *checks], raise_on_error=False
    )
    assert result.get_failed_step_keys() == {"orders_freshness_check"}
    assert result.is_node_untouched("below")


@pytest.mark.parametrize(
    "wrong",
    [
        {"lower_bound_delta": 3600},
        {"lower_bound_delta": timedelta(0)},
        {"deadline_cron": "every morning"},
        {"timezone": "Mars/Olympus"},
    ],
    ids=["no_delta", "empty_delta", "cron", "time_zone"],
)
def test_the_parameters_of_freshness_are_checked(wrong: dict[str, Any]) -> None:
    with pytest.raises((dg.InvalidArgumentError, dg.InvalidDefinitionError)):
        last_update_checks(**wrong)


# Freshness by partitions


@pytest.mark.parametrize(
    ("at", "partition"),
    [
        ("2024-03-10T05:59", "2024-03-08"),
        ("2024-03-10T06:00", "2024-03-09"),
        ("2024-03-10T23:00", "2024-03-09"),
    ],
)
def test_the_partition_that_was_complete_at_the_deadline_must_be_there(
    instance: dg.DagsterInstance, at: str, partition: str
) -> None:
    moment = datetime.fromisoformat(f"{at}+00:00")
    missing = evaluated(instance, partition_checks(), moment)
    assert not missing.passed
    assert missing.description == f"the partition {partition} is not there"
    dg.materialize([daily], instance=instance, partition_key="2024-03-07")
    assert not evaluated(instance, partition_checks(), moment).passed
    dg.materialize([daily], instance=instance, partition_key=partition)
    there = evaluated(instance, partition_checks(), moment)
    assert there.passed
    assert there.metadata["dagster/freshness_params"].value == {
        "partition": partition,
        "deadline_cron": "0 6 * * *",
        "timezone": "UTC",
    }


def test_a_partition_that_was_seen_is_there(instance: dg.DagsterInstance) -> None:
    moment = datetime(2024, 3, 10, 12, tzinfo=timezone.utc)
    seen = {"dagster/last_updated_timestamp": dg.MetadataValue.timestamp(moment)}
    instance.report_runless_asset_event(dg.AssetObservation("daily", partition="2024-03-09", metadata=seen))
    assert evaluated(instance, partition_checks(), moment).passed


def test_the_partitions_are_known_where_only_the_key_was_given(instance: dg.DagsterInstance) -> None:
    moment = datetime(2024, 3, 10, 12, tzinfo=timezone.utc)
    evaluation = evaluated(instance, partition_checks(assets=["daily"]), moment)
    assert evaluation.description == "the partition 2024-03-09 is not there"


def test_before_the_first_deadline_nothing_is_missing(instance: dg.DagsterInstance) -> None:
    assert evaluated(instance, partition_checks(), datetime(2024, 1, 1, 12, tzinfo=timezone.utc)).passed


@pytest.mark.parametrize(
    "partitions", [None, dg.StaticPartitionsDefinition(["a"])], ids=["unpartitioned", "static"]
)
def test_an_asset_without_partitions_of_time_fails_when_the_check_is_executed(
    partitions: dg.PartitionsDefinition | None,
) -> None:
    other = dg.asset(name="other", partitions_def=partitions)(lambda: None)
    checks = partition_checks(assets=[other])
    dg.Definitions.validate_loadable(dg.Definitions(assets=[other], asset_checks=checks))
    with pytest.raises(dg.InvalidArgumentError, match="partitions of time"):
        dg.materialize([other, *checks], selection=dg.AssetSelection.checks(*checks))


def test_a_deadline_is_needed() -> None:
    with pytest.raises(dg.InvalidDefinitionError):
        partition_checks(deadline_cron="every morning")


# Changes of columns


def columns(**types: str) -> dict[str, Any]:
    return {SCHEMA: dg.TableSchema([dg.TableColumn(name, type) for name, type in types.items()])}


@pytest.mark.parametrize(
    ("history", "passed"),
    [
        ([], True),
        ([{}], True),
        ([columns(id="int")], True),
        ([columns(id="int"), columns(id="int")], True),
        ([columns(id="int", at="date"), columns(at="date", id="int")], True),
        ([columns(id="int"), {}], False),
        ([{}, columns(id="int")], False),
        ([columns(id="int"), columns(id="int", at="date")], False),
        ([columns(id="int", at="date"), columns(id="int")], False),
        ([columns(id="int"), columns(id="str")], False),
        ([columns(id="int"), columns(id="str"), columns(id="str")], True),
    ],
    ids=[
        "never made",
        "made once",
        "once with schema",
        "the same",
        "another order",
        "no schema now",
        "none before",
        "added",
        "removed",
        "retyped",
        "changed earlier",
    ],
)
def test_the_columns_of_the_last_two_materializations_are_compared(
    instance: dg.DagsterInstance, history: list[dict[str, Any]], passed: bool
) -> None:
    for metadata in history:
        reported(instance, **metadata)
    evaluation = evaluated(instance, schema_checks(severity=ERROR))
    assert evaluation.passed is passed
    assert evaluation.severity is ERROR


# Bounds of metadata


@pytest.mark.parametrize(
    ("bounds", "value", "passed"),
    [
        ({"min_value": 3}, 3, True),
        ({"min_value": 3}, 2.9, False),
        ({"min_value": 3, "exclusive_min": True}, 3, False),
        ({"max_value": 3}, 3, True),
        ({"max_value": 3}, 4, False),
        ({"max_value": 3, "exclusive_max": True}, 3, False),
        ({"min_value": 1, "max_value": 3}, 2, True),
        ({"min_value": 1}, "many", False),
    ],
)
def test_what_was_recorded_last_is_within_its_bounds(
    instance: dg.DagsterInstance, bounds: dict[str, Any], value: object, passed: bool
) -> None:
    reported(instance, rows=1_000_000)
    reported(instance, rows=value)
    assert evaluated(instance, bounds_checks(**bounds)).passed is passed


@pytest.mark.parametrize("history", [[], [{}], [{"rows": 1}, {}]], ids=["never", "without", "not_now"])
def test_metadata_that_is_missing_fails(instance: dg.DagsterInstance, history: list[dict[str, Any]]) -> None:
    for metadata in history:
        reported(instance, **metadata)
    evaluation = evaluated(instance, bounds_checks(min_value=0))
    assert not evaluation.passed
    assert evaluation.severity is WARN


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"metadata_key": 3},
            "build_metadata_bounds_checks: metadata_key is a str, not 3\n  write metadata_key=",
        ),
        ({"metadata_key": None}, "metadata_key is a str, not None"),
        ({"min_value": "1"}, "build_metadata_bounds_checks: min_value is a number, not '1'"),
        ({"max_value": True}, "max_value is a number, not True"),
    ],
)
def test_a_key_is_text_and_bounds_are_numbers(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(dg.InvalidArgumentError, match=message):
        bounds_checks(**{"min_value": 0, **wrong})


def test_bounds_must_leave_room() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="no bounds"):
        bounds_checks()
    with pytest.raises(dg.InvalidDefinitionError, match="no value"):
        bounds_checks(min_value=2, max_value=1)


# The sensor


def requested(
    instance: dg.DagsterInstance, checks: list[dg.AssetChecksDefinition], at: datetime | None = None
) -> list[str]:
    """The checks that a tick of the sensor asks for, at the moment `at`."""
    sensor = dg.build_sensor_for_freshness_checks(freshness_checks=checks)
    definitions = dg.Definitions(assets=[orders, customers, daily], asset_checks=checks, sensors=[sensor])
    dg.Definitions.validate_loadable(definitions)
    context = dg.build_sensor_context(instance=instance, definitions=definitions)
    with dg.partition_loading_context(effective_dt=at):
        tick = sensor.evaluate_tick(context)
    if not tick.run_requests:
        assert tick.skip_message == "no freshness check is due"
    found: list[str] = []
    for request in tick.run_requests:
        assert request.asset_selection == []
        found += [key.to_user_string() for key in request.asset_check_keys or ()]
    return found


def test_the_sensor_asks_for_checks_that_never_ran(instance: dg.DagsterInstance) -> None:
    checks = [*last_update_checks(assets=[orders, customers]), *partition_checks()]
    assert requested(instance, checks) == [
        "orders:freshness_check",
        "customers:freshness_check",
        "daily:freshness_check",
    ]
    dg.materialize([orders, customers, *checks[:1]], instance=instance, selection=["orders"])
    assert requested(instance, checks) == ["customers:freshness_check", "daily:freshness_check"]


def test_the_sensor_asks_again_when_a_check_that_passed_has_expired(instance: dg.DagsterInstance) -> None:
    checks = last_update_checks()
    dg.materialize([orders, *checks], instance=instance)
    assert requested(instance, checks) == []
    assert requested(instance, checks, now() + HOUR - timedelta(minutes=1)) == []
    assert requested(instance, checks, now() + HOUR) == ["orders:freshness_check"]


def test_the_sensor_does_not_ask_again_once_a_check_failed(instance: dg.DagsterInstance) -> None:
    checks = last_update_checks()
    assert not evaluated(instance, checks).passed
    assert requested(instance, checks) == []
    assert requested(instance, checks, now() + 100 * HOUR) == []


def test_the_sensor_does_not_ask_again_after_a_check_that_raised(instance: dg.DagsterInstance) -> None:
    checks = partition_checks(assets=[orders])
    dg.materialize(
        [orders, *checks],
        instance=instance,
        selection=dg.AssetSelection.checks(*checks),
        raise_on_error=False,
    )
    assert requested(instance, checks) == []


def test_the_sensor_waits_while_a_check_is_executed(instance: dg.DagsterInstance) -> None:
    checks = last_update_checks()
    asked: list[list[str]] = []

    @dg.asset(name="orders")
    def slow() -> None:
        asked.append(requested(instance, checks))

    assert requested(instance, checks) == ["orders:freshness_check"]
    dg.materialize([slow, *checks], instance=instance)
    assert asked == [[]]


def test_what_the_sensor_is_like() -> None:
    sensor = dg.build_sensor_for_freshness_checks(freshness_checks=last_update_checks())
    assert isinstance(sensor, dg.SensorDefinition)
    assert (sensor.name, sensor.default_status) == (
        "freshness_checks_sensor",
        dg.DefaultSensorStatus.STOPPED,
    )
    other = dg.build_sensor_for_freshness_checks(
        freshness_checks=last_update_checks(),
        minimum_interval_seconds=60,
        name="mine",
        default_status=dg.DefaultSensorStatus.RUNNING,
        tags={"team": "a"},
    )
    assert (other.name, other.minimum_interval_seconds) == ("mine", 60)
    assert other.default_status is dg.DefaultSensorStatus.RUNNING
    assert other.tags == {"team": "a"}


@pytest.mark.parametrize(
    "checks",
    [[], schema_checks(), [last_update_checks()], last_update_checks()[0], [orders]],
    ids=["none", "of_columns", "a_list_in_a_list", "no_list", "an_asset"],
)
def test_the_sensor_takes_a_list_of_freshness_checks(checks: Any) -> None:
    with pytest.raises(dg.InvalidArgumentError):
        dg.build_sensor_for_freshness_checks(freshness_checks=checks)
