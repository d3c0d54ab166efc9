"""Section 8: what a running step can ask of its context."""

import logging
from typing import Any

import pytest

import dagx as dg


def test_the_context_tells_of_the_run() -> None:
    seen: dict[str, Any] = {}

    @dg.asset
    def a(context: dg.AssetExecutionContext) -> None:
        seen.update(
            run=context.run_id, tag=context.get_tag("t"), none=context.get_tag("u"), has=context.has_tag("u")
        )
        seen.update(
            key=context.asset_key, job=context.job_name, retry=context.retry_number, tags=context.run.tags
        )

    result = dg.materialize([a], tags={"t": "1"})
    assert seen == {
        "run": result.run_id,
        "tag": "1",
        "none": None,
        "has": False,
        "key": dg.AssetKey("a"),
        "job": "__ephemeral_asset_job__",
        "retry": 0,
        "tags": {"t": "1"},
    }


def test_the_active_context_can_be_got_and_only_inside_a_step() -> None:
    found: list[object] = []

    @dg.asset
    def a(context: dg.AssetExecutionContext) -> None:
        found.append(dg.AssetExecutionContext.get() is context)

    dg.materialize([a])
    assert found == [True]
    with pytest.raises(dg.InvariantViolationError, match="outside a step"):
        dg.AssetExecutionContext.get()


def test_inputs_and_outputs_map_to_keys() -> None:
    up = dg.asset(key=["raw", "up"])(lambda: 1)
    seen: list[object] = []

    @dg.asset(ins={"u": dg.AssetIn(["raw", "up"])})
    def a(context: dg.AssetExecutionContext, u: int) -> None:
        seen.append(context.asset_key_for_input("u"))
        seen.append(context.asset_key_for_output())
        seen.append(context.output_for_asset_key(dg.AssetKey("a")))
        seen.append(context.selected_asset_keys)
        with pytest.raises(dg.InvariantViolationError):
            context.asset_key_for_input("x")

    dg.materialize([up, a])
    assert seen == [dg.AssetKey(["raw", "up"]), dg.AssetKey("a"), "result", {dg.AssetKey("a")}]


def test_the_log_takes_arguments_and_is_seen_by_handlers(caplog: pytest.LogCaptureFixture) -> None:
    @dg.asset
    def a(context: dg.AssetExecutionContext) -> None:
        context.log.info("%d rows", 3)
        dg.get_dagster_logger().debug("from outside")
        dg.get_logger("mine").warning("named")

    dg.materialize([a])
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.INFO, "3 rows"),
        (logging.DEBUG, "from outside"),
        (logging.WARNING, "named"),
    ]


def test_a_run_without_partitions_has_no_partition_key() -> None:
    @dg.asset
    def a(context: dg.AssetExecutionContext) -> str:
        assert not context.has_partition_key
        return context.partition_key

    with pytest.raises(dg.InvariantViolationError):
        dg.materialize([a])


def test_metadata_for_an_unknown_output_or_asset_is_an_error() -> None:
    @dg.asset
    def a(context: dg.AssetExecutionContext) -> None:
        with pytest.raises(dg.InvariantViolationError):
            context.add_output_metadata({"x": 1}, output_name="other")
        with pytest.raises(dg.InvariantViolationError):
            context.add_asset_metadata({"x": 1}, asset_key="other")

    assert dg.materialize([a]).success


def test_log_event_records_events_before_the_outputs() -> None:
    @dg.asset
    def a(context: dg.AssetExecutionContext) -> None:
        context.log_event(dg.AssetMaterialization("x"))
        context.log_event(dg.AssetObservation("y"))

    result = dg.materialize([a])
    assert [event.asset_key for event in result.asset_materializations_for_node("a")] == [
        dg.AssetKey("x"),
        dg.AssetKey("a"),
    ]
    assert [event.asset_key for event in result.asset_observations_for_node("a")] == [dg.AssetKey("y")]


def test_load_asset_value_goes_through_the_io_manager_of_the_asset() -> None:
    class Fixed(dg.IOManager):
        def handle_output(self, context: dg.OutputContext, obj: Any) -> None: ...

        def load_input(self, context: dg.InputContext) -> Any:
            return 40

    up = dg.asset(name="up")(lambda: 4)
    kept = dg.asset(name="kept", io_manager_key="fixed")(lambda: 5)

    @dg.asset(deps=[up, kept])
    def a(context: dg.AssetExecutionContext) -> list[int]:
        return [context.load_asset_value(dg.AssetKey("up")), context.load_asset_value(dg.AssetKey("kept"))]

    assert dg.materialize([up, kept, a], resources={"fixed": Fixed()}).asset_value("a") == [4, 40]
