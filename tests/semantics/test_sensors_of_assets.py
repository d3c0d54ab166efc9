"""Section 19: sensors over the materializations of one asset, and of several."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

import dagx as dg


@dg.op
def nothing() -> None: ...


@dg.job
def work() -> None:
    nothing()


ORDERS, CLIENTS = dg.AssetKey("orders"), dg.AssetKey(["raw", "clients"])


@pytest.fixture
def instance() -> dg.DagsterInstance:
    return dg.DagsterInstance.ephemeral()


def made(
    instance: dg.DagsterInstance, key: dg.AssetKey = ORDERS, partition: str | None = None, **metadata: Any
) -> None:
    instance.report_runless_asset_event(dg.AssetMaterialization(key, partition=partition, metadata=metadata))


def tick(sensor: dg.SensorDefinition, instance: dg.DagsterInstance, cursor: str | None = None) -> Any:
    return sensor.evaluate_tick(dg.build_sensor_context(instance=instance, cursor=cursor))


# One asset


@dg.asset_sensor(asset_key=ORDERS, job=work)
def on_orders(context: dg.SensorEvaluationContext, asset_event: dg.EventLogEntry) -> Any:
    materialization = asset_event.asset_materialization
    assert materialization is not None
    return dg.RunRequest(
        run_key=str(materialization.metadata["n"].value),
        tags={"partition": materialization.partition or "", "cursor": context.cursor or ""},
    )


def test_a_tick_without_a_new_materialization_skips_and_keeps_the_cursor(
    instance: dg.DagsterInstance,
) -> None:
    found = tick(on_orders, instance)
    assert (found.run_requests, found.cursor) == ([], None)
    assert "orders" in found.skip_message
    made(instance, CLIENTS)
    assert tick(on_orders, instance).run_requests == []


def test_several_new_materializations_collapse_into_one_call_with_the_latest(
    instance: dg.DagsterInstance,
) -> None:
    for n in (1, 2, 3):
        made(instance, n=n, partition=f"p{n}")
    found = tick(on_orders, instance)
    (request,) = found.run_requests
    assert (request.run_key, request.tags["partition"], request.tags["cursor"]) == ("3", "p3", "")
    record = instance.fetch_materializations(ORDERS, limit=1).records[0]
    assert found.cursor == str(record.storage_id)
    again = tick(on_orders, instance, found.cursor)
    assert (again.run_requests, again.cursor) == ([], found.cursor)
    made(instance, n=4)
    assert [request.run_key for request in tick(on_orders, instance, found.cursor).run_requests] == ["4"]


@pytest.mark.parametrize(
    "answer", [None, dg.SkipReason("not now"), dg.SensorResult(skip_reason="not now"), dg.RunRequest("a"), []]
)
def test_the_cursor_moves_on_whatever_the_function_answers(instance: dg.DagsterInstance, answer: Any) -> None:
    @dg.asset_sensor(asset_key=ORDERS, job=work)
    def quiet(context: dg.SensorEvaluationContext, asset_event: dg.EventLogEntry) -> Any:
        return answer

    made(instance)
    found = tick(quiet, instance)
    assert found.cursor is not None
    assert tick(quiet, instance, found.cursor).run_requests == []


def test_the_function_may_be_a_generator(instance: dg.DagsterInstance) -> None:
    @dg.asset_sensor(asset_key=ORDERS, job=work)
    def twice(context: dg.SensorEvaluationContext, asset_event: dg.EventLogEntry) -> Iterator[dg.RunRequest]:
        yield dg.RunRequest("a")
        yield dg.RunRequest("b")

    made(instance)
    found = tick(twice, instance)
    assert [request.run_key for request in found.run_requests] == ["a", "b"]
    assert found.cursor is not None


def test_a_cursor_of_the_functions_own_is_refused(instance: dg.DagsterInstance) -> None:
    @dg.asset_sensor(asset_key=ORDERS, job=work)
    def own(context: dg.SensorEvaluationContext, asset_event: dg.EventLogEntry) -> Any:
        return dg.SensorResult(cursor="mine")

    made(instance)
    with pytest.raises(dg.DagsterInvariantViolationError, match="cursor"):
        tick(own, instance)


def test_context_and_event_may_each_be_left_out(instance: dg.DagsterInstance) -> None:
    @dg.asset_sensor(ORDERS, job=work)
    def neither() -> Any:
        return dg.RunRequest("none")

    @dg.asset_sensor(ORDERS, job=work)
    def only_context(anything: dg.SensorEvaluationContext) -> Any:
        return dg.RunRequest(type(anything).__name__)

    @dg.asset_sensor(ORDERS, job=work)
    def only_event(anything: dg.EventLogEntry) -> Any:
        return dg.RunRequest(type(anything).__name__)

    @dg.asset_sensor(ORDERS, job=work)
    def by_name(asset_event):  # type: ignore[no-untyped-def]
        return dg.RunRequest(type(asset_event).__name__)

    @dg.asset_sensor(ORDERS, job=work)
    def with_resource(context, event, store: dg.ResourceParam[str]):  # type: ignore[no-untyped-def]
        return dg.RunRequest(store)

    made(instance)
    keys = []
    for sensor in (neither, only_context, only_event, by_name, with_resource):
        context = dg.build_sensor_context(instance=instance, resources={"store": "there"})
        keys.append(sensor.evaluate_tick(context).run_requests[0].run_key)
    assert keys == ["none", "SensorEvaluationContext", "EventLogEntry", "EventLogEntry", "there"]


def test_an_asset_sensor_is_a_sensor_of_its_key() -> None:
    assert isinstance(on_orders, dg.AssetSensorDefinition)
    assert (on_orders.asset_key, on_orders.name, on_orders.minimum_interval_seconds) == (
        ORDERS,
        "on_orders",
        30,
    )
    made_by_class = dg.AssetSensorDefinition("s", "orders", "work", lambda: dg.RunRequest())
    assert (made_by_class.asset_key, made_by_class.job_name) == (ORDERS, "work")


def test_an_asset_sensor_can_be_called_with_an_event_or_with_an_instance_that_has_it(
    instance: dg.DagsterInstance,
) -> None:
    made(instance, n=1)
    event = instance.get_latest_materialization_event(ORDERS)
    by_instance = on_orders(dg.build_sensor_context(instance=instance))
    by_event = on_orders(dg.build_sensor_context(), event)
    assert (by_instance.run_key, by_event.run_key) == ("1", "1")
    assert on_orders(dg.build_sensor_context(), asset_event=event) == by_event
    assert isinstance(
        on_orders(dg.build_sensor_context(instance=dg.DagsterInstance.ephemeral())), dg.SkipReason
    )


# Several assets

BOTH = [ORDERS, CLIENTS]


def several(
    instance: dg.DagsterInstance, cursor: str | None = None, **fields: Any
) -> dg.MultiAssetSensorEvaluationContext:
    return dg.build_multi_asset_sensor_context(
        monitored_assets=BOTH, instance=instance, cursor=cursor, **fields
    )


def numbers(records: Any) -> list[Any]:
    return [record.event_log_entry.asset_materialization.metadata["n"].value for record in records]


def test_the_context_knows_the_unconsumed_materializations_of_each_asset(
    instance: dg.DagsterInstance,
) -> None:
    for n in (1, 2):
        made(instance, n=n)
    context = several(instance)
    assert context.asset_keys == BOTH
    latest = context.latest_materialization_records_by_key()
    assert list(latest) == BOTH
    assert numbers([latest[ORDERS]]) == [2]
    assert latest[CLIENTS] is None
    assert numbers(context.materialization_records_for_key(ORDERS)) == [1, 2]
    assert numbers(context.materialization_records_for_key(ORDERS, limit=1)) == [1]
    with pytest.raises(dg.InvalidArgumentError, match="not monitored"):
        context.materialization_records_for_key("other")


def test_what_was_consumed_is_not_seen_again(instance: dg.DagsterInstance) -> None:
    made(instance, n=1)
    made(instance, CLIENTS, n=2)
    context = several(instance)
    context.advance_cursor({ORDERS: context.latest_materialization_records_by_key()[ORDERS], CLIENTS: None})
    left = several(instance, context.cursor).latest_materialization_records_by_key()
    assert left[ORDERS] is None
    assert numbers([left[CLIENTS]]) == [2]
    made(instance, n=3)
    assert numbers(several(instance, context.cursor).materialization_records_for_key(ORDERS)) == [3]


def test_the_cursor_is_a_json_object_with_an_entry_for_each_asset(instance: dg.DagsterInstance) -> None:
    made(instance, n=1)
    context = several(instance)
    context.advance_all_cursors()
    assert context.cursor is not None
    assert len(json.loads(context.cursor)) == 2
    with pytest.raises(dg.InvalidArgumentError, match="cursor"):
        several(instance, "5")
    with pytest.raises(dg.DagsterInvariantViolationError, match="advance_cursor"):
        context.update_cursor("x")


def test_partitions_that_the_cursor_passed_over_stay_unconsumed(instance: dg.DagsterInstance) -> None:
    for n, partition in enumerate(["a", "b", "a", "c"]):
        made(instance, partition=partition, n=n)
    context = several(instance)
    by_partition = context.latest_materialization_records_by_partition(ORDERS)
    assert {key: numbers([record])[0] for key, record in by_partition.items()} == {"b": 1, "a": 2, "c": 3}
    context.advance_cursor({ORDERS: by_partition["c"]})
    after = several(instance, context.cursor)
    assert after.get_cursor_partition(ORDERS) == "c"
    assert numbers(after.get_trailing_unconsumed_events(ORDERS)) == [1, 2]
    assert after.materialization_records_for_key(ORDERS) == []
    assert list(after.latest_materialization_records_by_partition(ORDERS)) == ["b", "a"]
    after.advance_cursor({ORDERS: after.get_trailing_unconsumed_events(ORDERS)[0]})
    last = several(instance, after.cursor)
    assert numbers(last.get_trailing_unconsumed_events(ORDERS)) == [2]
    last.advance_all_cursors()
    assert several(instance, last.cursor).get_trailing_unconsumed_events(ORDERS) == []


def test_only_partitions_after_that_of_the_cursor_can_be_asked_for(instance: dg.DagsterInstance) -> None:
    for n, partition in enumerate(["b", "a", "c"]):
        made(instance, partition=partition, n=n)
    context = several(instance)
    context.advance_cursor({ORDERS: context.materialization_records_for_key(ORDERS)[0]})
    rest = several(instance, context.cursor)
    assert list(rest.latest_materialization_records_by_partition(ORDERS, after_cursor_partition=True)) == [
        "c"
    ]


def test_materializations_can_be_seen_by_partition_and_asset(instance: dg.DagsterInstance) -> None:
    made(instance, partition="a", n=1)
    made(instance, CLIENTS, partition="a", n=2)
    made(instance, CLIENTS, partition="b", n=3)
    found = several(instance).latest_materialization_records_by_partition_and_asset()
    assert {partition: list(records) for partition, records in found.items()} == {"a": BOTH, "b": [CLIENTS]}


def test_whether_all_partitions_were_ever_materialized(instance: dg.DagsterInstance) -> None:
    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["a", "b"]))
    def orders() -> None: ...

    defs = dg.Definitions(assets=[orders])
    made(instance, partition="a")
    context = several(instance, definitions=defs)
    assert context.all_partitions_materialized(ORDERS, ["a"])
    assert not context.all_partitions_materialized(ORDERS)
    made(instance, partition="b")
    assert context.all_partitions_materialized(ORDERS)


def test_which_partitions_downstream_need_a_partition(instance: dg.DagsterInstance) -> None:
    @dg.asset(partitions_def=dg.HourlyPartitionsDefinition("2024-01-01-00:00"))
    def orders() -> None: ...

    @dg.asset(partitions_def=dg.DailyPartitionsDefinition("2024-01-01"), deps=[orders])
    def daily() -> None: ...

    @dg.asset(deps=[orders])
    def report() -> None: ...

    context = several(instance, definitions=dg.Definitions(assets=[orders, daily, report]))
    assert context.get_downstream_partition_keys("2024-01-02-05:00", ORDERS, "daily") == ["2024-01-02"]
    with pytest.raises(dg.DagsterUnknownPartitionError):
        context.get_downstream_partition_keys("2023-01-02-05:00", ORDERS, "daily")
    with pytest.raises(dg.DagsterInvalidInvocationError):
        context.get_downstream_partition_keys("2024-01-02-05:00", ORDERS, "report")
    with pytest.raises(dg.DagsterInvariantViolationError, match="definitions"):
        several(instance).get_downstream_partition_keys("2024-01-02-05:00", ORDERS, "daily")


def test_a_context_may_begin_after_all_that_is_there(instance: dg.DagsterInstance) -> None:
    made(instance, n=1)
    context = several(instance, cursor_from_latest_materializations=True)
    assert context.latest_materialization_records_by_key()[ORDERS] is None
    with pytest.raises(dg.InvalidArgumentError):
        several(instance, "{}", cursor_from_latest_materializations=True)


@dg.multi_asset_sensor(monitored_assets=BOTH, job=work)
def on_both(context: dg.MultiAssetSensorEvaluationContext) -> Any:
    latest = context.latest_materialization_records_by_key()
    if all(latest.values()):
        context.advance_all_cursors()
        return dg.RunRequest()
    return None


def test_a_multi_asset_sensor_requests_and_moves_on(instance: dg.DagsterInstance) -> None:
    made(instance)
    waiting = tick(on_both, instance)
    assert (waiting.run_requests, waiting.cursor) == ([], None)
    made(instance, CLIENTS)
    found = tick(on_both, instance)
    assert [request.tags for request in found.run_requests] == [{"dagster/sensor_name": "on_both"}]
    assert tick(on_both, instance, found.cursor).run_requests == []
    assert isinstance(on_both, dg.MultiAssetSensorDefinition)
    assert on_both.monitored_assets == BOTH


def test_a_request_without_an_advanced_cursor_is_refused_when_the_tick_is_evaluated(
    instance: dg.DagsterInstance,
) -> None:
    @dg.multi_asset_sensor(monitored_assets=BOTH, job=work)
    def forgetful(context: dg.MultiAssetSensorEvaluationContext) -> Any:
        return dg.RunRequest()

    assert forgetful(several(instance)) == dg.RunRequest()
    with pytest.raises(dg.DagsterInvalidDefinitionError, match="advance"):
        tick(forgetful, instance)


def test_monitored_assets_may_be_a_selection(instance: dg.DagsterInstance) -> None:
    @dg.asset(group_name="g")
    def orders() -> None: ...

    @dg.asset
    def other() -> None: ...

    seen: list[Any] = []

    @dg.multi_asset_sensor(monitored_assets=dg.AssetSelection.groups("g"), job=work)
    def on_group(context: dg.MultiAssetSensorEvaluationContext) -> None:
        seen.extend(context.asset_keys)

    defs = dg.Definitions(assets=[orders, other], sensors=[on_group], jobs=[work])
    on_group.evaluate_tick(dg.build_sensor_context(instance=instance, definitions=defs))
    assert seen == [ORDERS]
    with pytest.raises(dg.DagsterInvariantViolationError, match="definitions"):
        tick(on_group, instance)


def test_a_multi_asset_sensor_may_request_assets(instance: dg.DagsterInstance) -> None:
    @dg.asset
    def orders() -> None: ...

    @dg.multi_asset_sensor(monitored_assets=[CLIENTS], request_assets=[orders])
    def asking(context: dg.MultiAssetSensorEvaluationContext) -> Any:
        context.advance_all_cursors()
        return dg.RunRequest()

    given = dg.build_sensor_context(instance=instance, definitions=dg.Definitions(assets=[orders]))
    assert asking.evaluate_tick(given).run_requests[0].asset_selection == [ORDERS]
