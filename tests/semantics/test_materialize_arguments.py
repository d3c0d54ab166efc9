"""Section 27: what `materialize` takes, and sizes at which it must not break."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import dagx as dg

ABC = dg.StaticPartitionsDefinition(["a", "b", "c"])


@dg.asset
def up() -> int:
    return 1


@dg.asset
def down(up: int) -> int:
    return up + 1


@dg.asset_check(asset=down)
def is_two(down: int) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=down == 2)


def test_checks_in_the_list_run_too() -> None:
    result = dg.materialize([up, down, is_two])
    (evaluation,) = result.get_asset_check_evaluations()
    assert evaluation.passed
    assert result.is_node_success("down_is_two")


def test_assets_without_dependencies_between_them_all_run() -> None:
    assets = [dg.asset(name=name)(lambda: 1) for name in "xyz"]
    made = [event.asset_key for event in dg.materialize(assets).get_asset_materialization_events()]
    assert made == [dg.AssetKey(name) for name in "xyz"]


@pytest.mark.parametrize("wrong", [up, "up", None, 3, [lambda: 1], ["up"], [[up]], [dg.AssetKey("up")]])
def test_what_is_no_list_of_assets_is_refused(wrong: Any) -> None:
    with pytest.raises(dg.DagxError):
        dg.materialize(wrong)


@pytest.mark.parametrize("many", [(up, down), {up, down}, iter([up, down])], ids=["tuple", "set", "iterator"])
def test_assets_may_come_in_any_collection(many: Any) -> None:
    assert dg.materialize(many).asset_value("down") == 2


def test_the_same_definition_twice_runs_once() -> None:
    assert len(dg.materialize([up, up]).get_asset_materialization_events()) == 1


def test_nothing_at_all_is_a_run_that_succeeds() -> None:
    result = dg.materialize([])
    assert result.success
    assert result.get_step_success_events() == []


@pytest.mark.parametrize(
    ("selection", "steps"),
    [
        (["up"], ["up"]),
        ("up", ["up"]),
        ('key:"down"', ["down", "down_is_two"]),
        ('+key:"down"', ["up", "down", "down_is_two"]),
        (dg.AssetSelection.all(), ["up", "down", "down_is_two"]),
        (dg.AssetSelection.assets("down").upstream(), ["up", "down", "down_is_two"]),
        (dg.AssetSelection.checks(is_two), ["down_is_two"]),
        ([dg.AssetKey("up")], ["up"]),
        ([up, down], ["up", "down", "down_is_two"]),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_selection_runs_what_it_names(selection: Any, steps: list[str]) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        dg.materialize([up, down, is_two], instance=instance)
        result = dg.materialize([up, down, is_two], selection=selection, instance=instance)
    assert [event.step_key for event in result.get_step_success_events()] == steps


def test_what_is_not_selected_is_loaded_from_the_storage_of_the_instance() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        dg.materialize([up], instance=instance)
        assert dg.materialize([up, down], selection=["down"], instance=instance).asset_value("down") == 2


def test_without_an_instance_nothing_stays() -> None:
    with pytest.raises(FileNotFoundError):
        dg.materialize([up, down], selection=["down"])


def test_an_instance_keeps_history_and_values_of_all_its_runs(tmp_path: Path) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        results = [dg.materialize([up], instance=instance, tags={"n": str(n)}) for n in range(2)]
        assert [run.run_id for run in reversed(instance.get_runs())] == [result.run_id for result in results]
        assert {run.tags["n"] for run in instance.get_runs()} == {"0", "1"}


def test_tags_that_are_no_text_are_kept_as_json() -> None:
    result = dg.materialize([up], tags={"n": 1, "odd key!": "fine"})  # type: ignore[dict-item]
    assert result.dagster_run.tags == {"n": "1", "odd key!": "fine"}
    with pytest.raises(dg.InvalidDefinitionError, match="JSON"):
        dg.materialize([up], tags={"n": object()})  # type: ignore[dict-item]


def test_config_is_checked_for_what_runs_and_may_speak_of_what_does_not() -> None:
    class Settings(dg.Config):
        n: int

    @dg.asset
    def configured(config: Settings) -> int:
        return config.n

    run_config = dg.RunConfig(ops={"configured": Settings(n=3)})
    result = dg.materialize([up, configured], run_config=run_config)
    assert result.asset_value("configured") == 3
    assert dg.materialize([up, configured], run_config=run_config, selection=["up"]).success
    with pytest.raises(dg.InvalidConfigError, match="n"):
        dg.materialize([configured])


def test_resources_that_nothing_asks_for_are_not_set_up() -> None:
    def broken(_: Any) -> None:
        raise ValueError("set up")

    assert dg.materialize([up], resources={"unused": dg.resource(broken)}).success


def test_materialize_to_memory_takes_the_same_arguments_and_pickles_nothing() -> None:
    @dg.asset(partitions_def=ABC)
    def made(context: dg.AssetExecutionContext) -> Any:
        key, r = context.partition_key, context.run.tags["t"]
        return lambda: key + r

    user = dg.asset(name="user", partitions_def=ABC)(lambda made: made())
    result = dg.materialize_to_memory(
        [made, user], partition_key="b", tags={"t": "!"}, selection=["made", "user"]
    )
    assert result.asset_value("user") == "b!"


# What the result answers


def test_the_result_answers_for_the_run_its_steps_and_assets() -> None:
    result = dg.materialize([up, down, is_two])
    assert result.success
    assert result.run_id == result.dagster_run.run_id
    assert result.dagster_run.status is dg.DagsterRunStatus.SUCCESS
    assert result.asset_value("down") == result.output_for_node("down") == 2
    assert [e.asset_key for e in result.asset_materializations_for_node("up")] == [up.key]
    assert all(event.step_key == "up" for event in result.events_for_node("up"))
    assert {event.step_key for event in result.all_node_events} == {"up", "down", "down_is_two"}
    assert result.get_failed_step_keys() == set()
    assert [result.is_node_success(name) for name in ("up", "down")] == [True, True]
    assert isinstance(result.job_def, dg.JobDefinition)
    assert result.job_def.name == result.dagster_run.job_name == "__ephemeral_asset_job__"
    assert result.job_def.asset_layer.selected_asset_keys == {up.key, down.key}
    assert len(result.filter_events(lambda event: event.is_step_success)) == 3


def test_what_the_result_does_not_know_is_an_error_with_the_near_name() -> None:
    result = dg.materialize([up])
    for ask in (
        lambda: result.asset_value("upp"),
        lambda: result.output_for_node("upp"),
        lambda: result.events_for_node("upp"),
        lambda: result.is_node_success("upp"),
    ):
        with pytest.raises(dg.InvariantViolationError, match='"up"'):
            ask()
    with pytest.raises(dg.InvariantViolationError):
        result.get_run_failure_event()


# Sizes


def chain(length: int) -> list[dg.AssetsDefinition]:
    return [
        dg.asset(name=f"a{n}", ins={"above": dg.AssetIn(f"a{n - 1}")} if n else None)(
            (lambda above: above + 1) if n else (lambda: 0)
        )
        for n in range(length)
    ]


def test_a_chain_of_two_thousand_assets_needs_no_recursion() -> None:
    assets = chain(2000)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(200, _depth() + 150))
    try:
        result = dg.materialize_to_memory(assets)
    finally:
        sys.setrecursionlimit(limit)
    assert result.asset_value("a1999") == 1999


def _depth() -> int:
    frame, depth = sys._getframe(), 0
    while frame.f_back is not None:
        frame, depth = frame.f_back, depth + 1
    return depth


def _seconds(act: Callable[[], object]) -> float:
    started = time.process_time()
    act()
    return time.process_time() - started


def wide(width: int) -> list[dg.AssetsDefinition]:
    @dg.multi_asset(outs={f"a{n}": dg.AssetOut() for n in range(width)})
    def many() -> Iterator[Any]:
        for n in range(width):
            yield dg.Output(n, f"a{n}")

    return [many]


@pytest.mark.parametrize("shape", [chain, wide])
def test_time_grows_with_the_number_of_assets_and_not_with_its_square(shape: Any) -> None:
    small, large = shape(100), shape(1000)
    dg.materialize_to_memory(shape(10))  # what is imported late is there
    few = min(_seconds(lambda: dg.materialize_to_memory(small)) for _ in range(3))
    many = min(_seconds(lambda: dg.materialize_to_memory(large)) for _ in range(2))
    assert many < 30 * few  # linear is 10, quadratic 100


def test_a_wide_fan_in_and_fan_out_runs() -> None:
    leaves = [dg.asset(name=f"leaf{n}")(lambda: 1) for n in range(500)]
    total = dg.asset(name="total", ins={f"x{n}": dg.AssetIn(f"leaf{n}") for n in range(500)})(
        lambda **xs: sum(xs.values())
    )
    users = [dg.asset(name=f"user{n}")(lambda total: total) for n in range(500)]
    result = dg.materialize_to_memory([*leaves, total, *users])
    assert result.asset_value("user499") == 500
