"""Arguments of a wrong type, of partitions, selections, conditions, schedules, sensors, freshness and versions.

They are refused in words, by an error of dagx that says what would fit, and never fail inside.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest

import dagx as dg


@dg.asset
def orders() -> None: ...


@dg.asset(deps=[orders])
def revenue() -> None: ...


@dg.op
def work() -> None: ...


@dg.job
def nightly() -> None:
    work()


def skip(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    return dg.SkipReason("nothing new")


daily = dg.DailyPartitionsDefinition("2024-01-01")
static = dg.StaticPartitionsDefinition(["a", "b"])
multi = dg.MultiPartitionsDefinition({"day": daily, "st": static})
missing, everything = dg.AutomationCondition.missing(), dg.AssetSelection.all()
AC, Selection, Policy = dg.AutomationCondition, dg.AssetSelection, dg.FreshnessPolicy
instance = dg.DagsterInstance.ephemeral()
hour = timedelta(hours=1)
TICKING = {"job": nightly, "name": "n", "description": None, "tags": None, "metadata": None}
SENSING = {**TICKING, "minimum_interval_seconds": None, "default_status": dg.DefaultSensorStatus.STOPPED}
DAYS = {"start_date": "2024-01-01", "end_date": None, "timezone": None, "fmt": None, "exclusions": None}


def resolved(selection: dg.AssetSelection) -> object:
    return selection.resolve([orders, revenue])


CALLS: dict[str, tuple[Callable[..., object], Mapping[str, object]]] = {
    "hourly": (dg.HourlyPartitionsDefinition, {**DAYS, "start_date": "2024-01-01-00:00", "minute_offset": 0}),
    "daily": (dg.DailyPartitionsDefinition, {**DAYS, "minute_offset": 0, "hour_offset": 0, "end_offset": 0}),
    "weekly": (dg.WeeklyPartitionsDefinition, {**DAYS, "day_offset": 0}),
    "monthly": (dg.MonthlyPartitionsDefinition, {**DAYS, "day_offset": 1}),
    "windows": (
        dg.TimeWindowPartitionsDefinition,
        {"start": "2024-01-01", "fmt": "%Y-%m-%d", "cron_schedule": "@daily"},
    ),
    "static": (dg.StaticPartitionsDefinition, {"partition_keys": ["a"]}),
    "dynamic": (dg.DynamicPartitionsDefinition, {"name": "x"}),
    "multi": (dg.MultiPartitionsDefinition, {"partitions_defs": {"a": static, "b": daily}}),
    "multi key": (dg.MultiPartitionKey, {"keys_by_dimension": {"a": "x"}}),
    "time mapping": (dg.TimeWindowPartitionMapping, {"start_offset": 0, "end_offset": 0}),
    "specific mapping": (dg.SpecificPartitionsPartitionMapping, {"partition_keys": ["a"]}),
    "static mapping": (
        dg.StaticPartitionMapping,
        {"downstream_partition_keys_by_upstream_partition_key": {"a": "b"}},
    ),
    "to single": (dg.MultiToSingleDimensionPartitionMapping, {"partition_dimension_name": "a"}),
    "dimension": (
        dg.DimensionPartitionMapping,
        {"dimension_name": "a", "partition_mapping": dg.IdentityPartitionMapping()},
    ),
    "multi mapping": (dg.MultiPartitionMapping, {"downstream_mappings_by_upstream_dimension": {}}),
    "policy": (dg.BackfillPolicy, {"max_partitions_per_run": 1}),
    "add": (dg.AddDynamicPartitionsRequest, {"partitions_def_name": "x", "partition_keys": ["a"]}),
    "delete": (dg.DeleteDynamicPartitionsRequest, {"partitions_def_name": "x", "partition_keys": ["a"]}),
    "loading": (
        lambda **given: dg.partition_loading_context(**given).__enter__(),
        {"effective_dt": None, "dynamic_partitions_store": None},
    ),
    "config": (
        dg.PartitionedConfig,
        {
            "partitions_def": daily,
            "run_config_for_partition_key_fn": lambda key: {},
            "tags_for_partition_key_fn": None,
        },
    ),
    "daily config": (lambda fn: dg.daily_partitioned_config("2024-01-01")(fn), {"fn": lambda start, end: {}}),
    "has daily": (daily.has_partition_key, {"partition_key": "2024-01-01", "current_time": None}),
    "has static": (static.has_partition_key, {"partition_key": "a"}),
    "has multi": (multi.has_partition_key, {"partition_key": "2024-01-01|a"}),
    "window of": (daily.time_window_for_partition_key, {"partition_key": "2024-01-01"}),
    "key of": (daily.get_partition_key_for_timestamp, {"timestamp": 1e9}),
    "keys in range": (
        daily.get_partition_keys_in_range,
        {"partition_key_range": dg.PartitionKeyRange("2024-01-01", "2024-01-02")},
    ),
    "keys in window": (
        daily.get_partition_keys_in_time_window,
        {"time_window": daily.time_window_for_partition_key("2024-01-01")},
    ),
    "subset": (daily.subset_with_partition_keys, {"partition_keys": ["2024-01-01"]}),
    "cron of": (daily.get_cron_schedule, {"minute_of_hour": 1, "hour_of_day": 1}),
    "dimension of": (multi.get_partitions_def_for_dimension, {"dimension_name": "day"}),
    "add keys": (
        instance.add_dynamic_partitions,
        {"partitions_def_name": "x", "partition_keys": ["a"]},
    ),
    "delete key": (
        instance.delete_dynamic_partition,
        {"partitions_def_name": "x", "partition_key": "a"},
    ),
    "has key": (instance.has_dynamic_partition, {"partitions_def_name": "x", "partition_key": "a"}),
    "assets": (lambda given: resolved(Selection.assets(given)), {"given": "orders"}),
    "prefixes": (lambda given: resolved(Selection.key_prefixes(given)), {"given": "orders"}),
    "substring": (lambda given: resolved(Selection.key_substring(given)), {"given": "ord"}),
    "groups": (lambda given: resolved(Selection.groups(given)), {"given": "default"}),
    "tag": (lambda key, value: Selection.tag(key, value), {"key": "a", "value": "b"}),
    "tag string": (lambda given: Selection.tag_string(given), {"given": "a=b"}),
    "kind": (lambda given: Selection.kind(given), {"given": "python"}),
    "owner": (lambda given: Selection.owner(given), {"given": "team:a"}),
    "checks": (lambda given: Selection.checks(given), {"given": dg.AssetCheckKey(orders.key, "c")}),
    "text": (lambda given: resolved(Selection.from_string(given)), {"given": "key:orders"}),
    "coercible": (lambda given: resolved(Selection.from_coercible(given)), {"given": "key:orders"}),
    "upstream": (lambda depth: resolved(Selection.assets("revenue").upstream(depth)), {"depth": 1}),
    "union": (lambda given: everything | given, {"given": everything}),
    "resolve": (lambda given: everything.resolve(given), {"given": [orders]}),
    "version": (dg.DataVersion, {"value": "1"}),
    "versions": (dg.DataVersionsByPartition, {"data_versions_by_partition": {"a": "1"}}),
    "provenance": (
        dg.DataProvenance,
        {
            "code_version": "1",
            "input_data_versions": {},
            "input_storage_ids": {},
            "is_user_provided": True,
        },
    ),
    "and": (lambda given: missing & given, {"given": missing}),
    "since": (lambda given: missing.since(given), {"given": missing}),
    "deps": (lambda given: AC.any_deps_match(given), {"given": missing}),
    "matches": (AC.asset_matches, {"key": "a", "condition": missing}),
    "on cron": (AC.on_cron, {"cron_schedule": "@daily", "cron_timezone": "UTC"}),
    "window": (AC.in_latest_time_window, {"lookback_delta": None}),
    "run tags": (AC.executed_with_tags, {"tag_keys": {"a"}, "tag_values": {"a": "b"}}),
    "label": (lambda given: missing.with_label(given), {"given": "l"}),
    "replace": (lambda old, new: AC.eager().replace(old, new), {"old": "handled", "new": missing}),
    "without": (lambda given: AC.eager().without(given), {"given": ~AC.in_progress()}),
    "allow": (lambda given: AC.eager().allow(given), {"given": everything}),
    "condition sensor": (
        dg.AutomationConditionSensorDefinition,
        {
            "name": "s",
            "target": everything,
            "tags": None,
            "run_tags": None,
            "metadata": None,
            "description": None,
            "minimum_interval_seconds": None,
            "default_status": dg.DefaultSensorStatus.STOPPED,
        },
    ),
    "schedule": (
        dg.ScheduleDefinition,
        {
            **TICKING,
            "cron_schedule": "@daily",
            "execution_timezone": None,
            "environment_vars": None,
            "required_resource_keys": None,
            "owners": None,
            "default_status": dg.DefaultScheduleStatus.STOPPED,
            "should_execute": None,
            "tags_fn": None,
            "run_config": None,
            "run_config_fn": None,
        },
    ),
    "decorated schedule": (
        lambda **given: dg.schedule(**given)(skip),
        {**TICKING, "cron_schedule": "@daily", "tags_fn": None, "required_resource_keys": None},
    ),
    "schedule of partitions": (
        dg.build_schedule_from_partitioned_job,
        {
            "job": dg.define_asset_job("j", [orders], partitions_def=daily),
            "name": None,
            "metadata": None,
            "owners": None,
        },
    ),
    "sensor": (
        lambda **given: dg.sensor(**given)(skip),
        {**SENSING, "required_resource_keys": None, "owners": None},
    ),
    "asset sensor": (
        lambda **given: dg.asset_sensor(**given)(lambda context, event: None),
        {**SENSING, "asset_key": dg.AssetKey("orders")},
    ),
    "multi-asset sensor": (
        lambda **given: dg.multi_asset_sensor(**given)(lambda context: None),
        {**SENSING, "monitored_assets": [orders.key]},
    ),
    "run status sensor": (
        lambda run_status, **given: dg.run_status_sensor(run_status, name="n", **given)(lambda context: None),
        {"run_status": dg.DagsterRunStatus.SUCCESS, "monitored_jobs": None, "request_job": None},
    ),
    "run request": (
        dg.RunRequest,
        {
            "run_key": None,
            "run_config": None,
            "tags": None,
            "job_name": None,
            "asset_selection": None,
            "partition_key": None,
            "asset_check_keys": None,
        },
    ),
    "skip": (dg.SkipReason, {"skip_message": None}),
    "sensor result": (
        dg.SensorResult,
        {
            "run_requests": None,
            "skip_reason": None,
            "cursor": None,
            "dynamic_partitions_requests": None,
            "asset_events": None,
        },
    ),
    "schedule context": (
        dg.build_schedule_context,
        {"instance": None, "scheduled_execution_time": None, "resources": None},
    ),
    "sensor context": (dg.build_sensor_context, {"instance": None, "cursor": None, "resources": None}),
    "time window policy": (Policy.time_window, {"fail_window": 2 * hour, "warn_window": hour}),
    "cron policy": (Policy.cron, {"deadline_cron": "@daily", "lower_bound_delta": hour, "timezone": "UTC"}),
    "apply policy": (
        dg.apply_freshness_policy,
        {"spec": dg.AssetSpec("a"), "policy": Policy.time_window(fail_window=hour)},
    ),
}
ODD: list[Any] = [
    None,
    5,
    -1,
    1.5,
    float("nan"),
    10**30,
    True,
    "x",
    "",
    "a\nb",
    b"x",
    [],
    [None],
    [5],
    {},
    {"a": None},
    {5: 5},
    object(),
    len,
    dg.AssetKey("a"),
    datetime(2024, 1, 1),
    datetime(9999, 12, 31),
    datetime(1, 1, 1),
    date(2024, 1, 1),
    timedelta(0),
    timedelta(days=-1),
    orders,
    work,
    daily,
    missing,
    everything,
]


def refusal(call: Callable[..., object], given: Mapping[str, object]) -> Exception | None:
    try:
        call(**given)
    except Exception as error:  # noqa: BLE001  # which one is what is asked
        return error
    return None


@pytest.mark.parametrize("name", CALLS)
def test_a_wrong_argument_is_refused_in_words_or_taken_and_never_fails_inside(name: str) -> None:
    call, right = CALLS[name]
    call(**right)
    for argument in right:
        for wrong in ODD:
            error = refusal(call, {**right, argument: wrong})
            if type(error) is ValueError:  # a text that is not in the format of partitions, section 12.1
                assert "does not match their format" in str(error), (argument, wrong)
            else:
                assert error is None or isinstance(error, dg.DagxError), (argument, wrong, error)


REFUSED: list[tuple[str, str, Any]] = [
    ("static", "partition_keys", {"a"}),
    ("static", "partition_keys", {"a": 1}),
    ("static", "partition_keys", 5),
    ("dynamic", "name", 5),
    ("daily", "timezone", []),
    ("daily", "fmt", 5),
    ("daily", "exclusions", "0 0 * * *"),
    ("daily", "end_offset", True),
    ("windows", "cron_schedule", 5),
    ("time mapping", "start_offset", 1.5),
    ("time mapping", "end_offset", "1"),
    ("to single", "partition_dimension_name", 3),
    ("dimension", "dimension_name", None),
    ("static mapping", "downstream_partition_keys_by_upstream_partition_key", {1: "a"}),
    ("loading", "effective_dt", "2024-01-01"),
    ("loading", "dynamic_partitions_store", {"x": ["a"]}),
    ("config", "partitions_def", ["a"]),
    ("config", "run_config_for_partition_key_fn", {}),
    ("daily config", "fn", {}),
    ("has daily", "partition_key", date(2024, 1, 1)),
    ("has static", "partition_key", ["a"]),
    ("has multi", "partition_key", ("2024-01-01", "a")),
    ("key of", "timestamp", datetime(2024, 1, 1)),
    ("cron of", "hour_of_day", "9"),
    ("substring", "given", None),
    ("groups", "given", None),
    ("tag", "key", None),
    ("upstream", "depth", 1.5),
    ("version", "value", 5),
    ("provenance", "code_version", 1),
    ("run tags", "tag_keys", "a"),
    ("run tags", "tag_values", {"a": 1}),
    ("label", "given", 5),
    ("condition sensor", "default_status", "RUNNING"),
    ("condition sensor", "minimum_interval_seconds", "30"),
    ("schedule", "job", work),
    ("schedule", "tags_fn", {}),
    ("schedule", "should_execute", True),
    ("schedule", "description", 5),
    ("sensor", "job", missing),
    ("sensor", "required_resource_keys", [5]),
    ("multi-asset sensor", "monitored_assets", "orders"),
    ("run request", "asset_check_keys", ["orders:check"]),
    ("sensor result", "asset_events", "x"),
    ("schedule context", "instance", "/tmp"),
    ("apply policy", "spec", orders),
]


@pytest.mark.parametrize(("name", "argument", "wrong"), REFUSED, ids=lambda value: repr(value)[:40])
def test_what_would_go_wrong_later_is_refused_at_once(name: str, argument: str, wrong: object) -> None:
    call, right = CALLS[name]
    with pytest.raises(dg.DagxError):
        call(**{**right, argument: wrong})


def test_partition_keys_in_a_set_are_refused_because_their_order_would_change() -> None:
    with pytest.raises(dg.DagxError, match="sorted"):
        dg.StaticPartitionsDefinition({"a", "b"})  # type: ignore[arg-type]
