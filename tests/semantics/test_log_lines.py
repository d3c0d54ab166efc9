"""Sections 8 and 27: what is logged in a run is kept with its events."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest

import dagx as dg


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def lines(instance: dg.DagsterInstance, run_id: str) -> list[tuple[str | None, int, str]]:
    entries = instance.all_logs(run_id)
    return [(e.step_key, e.level, e.user_message) for e in entries if not e.is_dagster_event]


def test_what_a_step_logs_is_kept_with_its_level(instance: dg.DagsterInstance) -> None:
    @dg.asset
    def a(context: dg.AssetExecutionContext) -> None:
        context.log.debug("one")
        context.log.warning("%s of %d", "two", 3)
        dg.get_dagster_logger().error("three")
        dg.get_dagster_logger("mine").info("four")

    run = dg.materialize([a], instance=instance)
    assert lines(instance, run.run_id) == [
        ("a", logging.DEBUG, "one"),
        ("a", logging.WARNING, "two of 3"),
        ("a", logging.ERROR, "three"),
        ("a", logging.INFO, "four"),
    ]


def test_lines_stand_between_the_events_of_their_step(instance: dg.DagsterInstance) -> None:
    @dg.asset
    def a(context: dg.AssetExecutionContext) -> int:
        context.log.info("at work")
        return 1

    run = dg.materialize([a], instance=instance)
    names = [e.user_message or e.get_dagster_event().event_type_value for e in instance.all_logs(run.run_id)]
    assert names.index("STEP_START") < names.index("at work") < names.index("STEP_OUTPUT")


def test_resources_and_io_managers_log_too(instance: dg.DagsterInstance) -> None:
    class Loud(dg.InMemoryIOManager):
        def handle_output(self, context: dg.OutputContext, obj: object) -> None:
            context.log.info("storing")
            super().handle_output(context, obj)

    @dg.resource
    def opened(context: dg.InitResourceContext) -> int:
        assert context.log is not None
        context.log.info("opening")
        return 1

    a = dg.asset(name="a", required_resource_keys={"opened"})(lambda: 1)
    run = dg.materialize([a], instance=instance, resources={"io_manager": Loud(), "opened": opened})
    assert lines(instance, run.run_id) == [(None, logging.INFO, "opening"), ("a", logging.INFO, "storing")]


def test_a_failed_step_keeps_what_it_logged(instance: dg.DagsterInstance) -> None:
    @dg.asset
    def a(context: dg.AssetExecutionContext) -> None:
        context.log.info("before")
        raise ValueError("no")

    run = dg.materialize([a], instance=instance, raise_on_error=False)
    assert lines(instance, run.run_id) == [("a", logging.INFO, "before")]


def test_what_is_logged_outside_a_run_is_of_no_run(instance: dg.DagsterInstance) -> None:
    a = dg.asset(name="a")(lambda: 1)
    run = dg.materialize([a], instance=instance)
    dg.get_dagster_logger().info("afterwards")
    assert lines(instance, run.run_id) == []


def test_a_run_inside_a_step_keeps_its_own_lines(instance: dg.DagsterInstance) -> None:
    @dg.asset
    def inner(context: dg.AssetExecutionContext) -> None:
        context.log.info("inside")

    inside: list[Any] = []

    @dg.asset
    def outer(context: dg.AssetExecutionContext) -> None:
        inside.append(dg.materialize([inner], instance=instance))
        context.log.info("outside")

    run = dg.materialize([outer], instance=instance)
    assert lines(instance, inside[0].run_id) == [("inner", logging.INFO, "inside")]
    assert lines(instance, run.run_id) == [("outer", logging.INFO, "outside")]


def test_lines_of_jobs_of_ops_are_kept(instance: dg.DagsterInstance) -> None:
    @dg.op
    def speaks(context: dg.OpExecutionContext) -> None:
        context.log.info("an op")

    @dg.job
    def work() -> None:
        speaks()

    run = work.execute_in_process(instance=instance)
    assert lines(instance, run.run_id) == [("speaks", logging.INFO, "an op")]
