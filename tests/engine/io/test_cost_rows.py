"""Costs in the store: written with the end of a step, read by step and by time, gone with their run."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from test_store import VALUE

from dagx_engine.io import schema
from dagx_engine.io.costs import SizeRow
from dagx_engine.io.retiring import Doomed
from dagx_engine.io.rows import Results
from dagx_engine.io.store import Store
from dagx_engine.pure.costs import UNKNOWN, Cost, Execution

COST = Cost(1.5, 2_000_000, 30, 40)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = Store(tmp_path, write=True)
    yield found
    found.close()


def run(store: Store, name: str, step: str, at: float, seconds: float = 1.0, cost: Cost = COST) -> None:
    store.begin_run(name, at, "", "you", [(step, [step], [])], 1)
    store.start_step(name, step, at, 1, "k", [])
    store.finish_step(name, step, at + seconds, "succeeded", seconds, Results(), cost)
    store.end_run(name, at + seconds, "succeeded", seconds)


def test_a_step_that_worked_and_one_that_failed_have_their_costs(store: Store) -> None:
    store.begin_run("r", 1.0, "", "you", [("a", ["a"], []), ("b", ["b"], []), ("c", ["c"], [])], 1)
    for step in ("a", "b", "c"):
        store.start_step("r", step, 1.0, 1, "k", [])
    store.finish_step("r", "a", 2.0, "succeeded", 1.0, Results(), COST)
    store.fail_step("r", "b", 3.0, 2.0, "k", VALUE.parts, "long", "short", cost=Cost(0.5))
    store.finish_step("r", "c", 2.0, "unchanged", 1.0, Results())
    assert [row.cost for row in store.steps("r")] == [COST, Cost(0.5), UNKNOWN]


def test_the_last_executions_of_a_step_come_first_those_on_partitions_too(store: Store) -> None:
    run(store, "r1", "a", 10, 1)
    run(store, "r2", "a[2024]", 20, 2)
    run(store, "r3", "ab", 30, 3)
    run(store, "r4", "a", 40, 4, UNKNOWN)
    assert store.costs.of_step("a", 2) == [
        Execution("a", "succeeded", 4, UNKNOWN),
        Execution("a", "succeeded", 2, COST),
    ]
    assert [each.seconds for each in store.costs.executions(15)] == [4, 3, 2]
    assert [each.seconds for each in store.costs.executions(0, 20)] == [1]
    assert store.costs.runs(20) == 3


def test_a_step_bears_the_names_that_it_had_last_whatever_its_partitions(store: Store) -> None:
    for run_id, at, assets in (("r1", 1, ["raw/old"]), ("r2", 2, ["raw/new"])):
        store.begin_run(run_id, at, "", "you", [("raw__new", assets, []), ("sound", [], ["a:sound"])], 1)
        store.start_step(run_id, "raw__new", at, 1, "k", [])
    run(store, "r3", "daily[2024]", 3)
    assert store.costs.names("raw__new") == (("raw/new",), ())
    assert store.costs.names("sound") == ((), ("a:sound",))
    assert store.costs.names("daily") == (("daily",), ())
    assert store.costs.names("none") == ((), ())


def test_what_runs_found_fresh_or_put_back_is_counted_by_step(store: Store) -> None:
    run(store, "r1", "a", 10)
    for name, at in (("r2", 20), ("r3", 30)):
        store.begin_run(name, at, "", "you", [("a", ["a"], []), ("b[1]", ["b"], []), ("b[2]", ["b"], [])], 1)
        store.fresh_steps(name, ["a", "b[1]"])
        store.restore(name, "b[2]", at, [])
    assert store.costs.reused(0) == {"a": {"fresh": 2}, "b": {"fresh": 2, "restored": 2}}
    assert store.costs.reused(25) == {"a": {"fresh": 1}, "b": {"fresh": 1, "restored": 1}}
    assert store.costs.reused(99) == {}


def test_the_largest_assets_are_those_of_which_most_is_current(store: Store) -> None:
    def made(asset: str, size: int, rows: int | None, partition: str = "") -> None:
        item = replace(VALUE, asset=asset, size=size, rows=rows, partition=partition)
        name = f"{asset}{partition}{size}"
        store.begin_run(name, 1.0, "", "you", [(asset, [asset], [])], 1)
        store.finish_step(name, asset, 1.0, "succeeded", 1.0, Results([item]))

    made("plain", 900, 3)
    made("plain", 100, None)
    made("daily", 60, 5, "1")
    made("daily", 70, 6, "2")
    made("nothing", 0, None)
    assert store.costs.sizes(5) == [SizeRow("daily", 130, 11, 2), SizeRow("plain", 100, None, 1)]
    assert store.costs.sizes(1) == [SizeRow("daily", 130, 11, 2)]


def test_costs_go_with_their_run(store: Store) -> None:
    run(store, "r1", "a", 10)
    store.retiring.drop(Doomed(runs=("r1",)))
    assert store.costs.executions(0) == []


def test_steps_of_before_costs_were_measured_have_none(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "state.db", isolation_level=None)
    db.execute("PRAGMA application_id = 0x64616758")
    schema.migrate(db, before="costs_of_steps")
    db.execute("PRAGMA user_version = 7")
    db.execute("INSERT INTO runs VALUES ('r', 'succeeded', '', 'you', 1.0, 1.0, 1)")
    db.execute(
        "INSERT INTO steps(run, step, place, assets, state, attempt, started_at, seconds) "
        "VALUES ('r', 'a', 0, '[\"a\"]', 'succeeded', 1, 1.0, 2.5)"
    )
    db.close()
    store = Store(tmp_path, write=True)
    assert store.steps("r")[0].cost == UNKNOWN
    assert store.costs.executions(0) == [Execution("a", "succeeded", 2.5, UNKNOWN)]
    store.close()
