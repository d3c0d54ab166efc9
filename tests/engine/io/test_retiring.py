"""Rows that may go: the old ones, never the current one, and with them what nothing else refers to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dagx.errors import DagxError
from dagx_engine.io.retiring import Doomed
from dagx_engine.io.rows import Materialization, NewEvaluation, NewMaterialization, Results
from dagx_engine.io.store import Store
from dagx_engine.pure.retention import Retention, Weight

VALUE = NewMaterialization(
    asset="a",
    manifest_key="",
    parts=(("code:m:a", "1"),),
    data_version="v",
    codec="json",
    object_digest=None,
    inline=b"1",
    size=1,
    rows=None,
    columns=(),
    written=(),
    metadata={},
    tags={},
    preview="1",
)
CHECK = NewEvaluation(
    asset="a",
    name="sound",
    manifest_key="check",
    parts=(("code:m:c", "1"),),
    passed=True,
    severity="WARN",
    blocking=False,
    description="",
    metadata={},
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = Store(tmp_path, write=True)
    yield found
    found.close()


def make(
    store: Store,
    at: float,
    *,
    asset: str = "a",
    partition: str = "",
    stored: str | None = None,
    size: int = 10,
    checks: bool = False,
) -> Materialization:
    """A run that makes one asset; `stored` is the digest of its bytes."""
    run = f"run {at:g} {asset} {partition}"
    key = f"manifest of {run}"
    item = replace(VALUE, asset=asset, partition=partition, manifest_key=key, object_digest=stored, size=size)
    store.begin_run(run, at, "", "you", [(asset, [asset], [])], 1)
    results = Results([item], [replace(CHECK, manifest_key=f"check of {run}")] if checks else [])
    (row,) = store.finish_step(run, asset, at, "succeeded", 0.5, results).made
    store.end_run(run, at, "succeeded", 0.5)
    return row


def manifests(store: Store) -> int:
    return len(store._file.rows("SELECT * FROM manifests"))


def kept(store: Store, asset: str = "a") -> list[float]:
    return sorted(item.made_at for item in store.history(99).get(asset, ()))


def test_what_is_not_among_the_newest_goes(store: Store) -> None:
    for at in range(5):
        make(store, at)
    store.retiring.drop(store.retiring.expired(Retention(newest=2), now=99))
    assert kept(store) == [3, 4]
    assert manifests(store) == 2


def test_what_is_younger_stays_with_an_age(store: Store) -> None:
    for at in range(5):
        make(store, at)
    store.retiring.drop(store.retiring.expired(Retention(seconds=2.5), now=4.0))
    assert kept(store) == [2, 3, 4]


def test_with_both_a_result_goes_when_neither_keeps_it(store: Store) -> None:
    for at in range(6):
        make(store, at)
    store.retiring.drop(store.retiring.expired(Retention(1, 2.5), now=5.0))
    assert kept(store) == [3, 4, 5]
    store.retiring.drop(store.retiring.expired(Retention(2, 0.5), now=5.0))
    assert kept(store) == [4, 5]


def test_a_current_result_stays_however_old_it_is(store: Store) -> None:
    first, *_ = [make(store, at) for at in range(4)]
    store.begin_run("back", 9, "", "you", [("a", ["a"], [])], 1)
    store.restore("back", "a", 9, [first.id])
    store.retiring.drop(store.retiring.expired(Retention(newest=0), now=99))
    assert kept(store) == [0]
    assert store.history()["a"][0].id == first.id


def test_a_current_result_cannot_be_dropped_by_mistake(store: Store) -> None:
    row = make(store, 1)
    with pytest.raises(DagxError, match="cannot be written"):
        store.retiring.drop(Doomed((row.id,)))
    assert kept(store) == [1]


def test_each_partition_has_its_own_newest_ones(store: Store) -> None:
    for at in range(3):
        make(store, at, partition="monday")
    make(store, 9, partition="tuesday")
    store.retiring.drop(store.retiring.expired(Retention(newest=1), now=99))
    found = store.partitions.history([("a", "monday"), ("a", "tuesday")], 99)
    assert {key: [item.made_at for item in items] for key, items in found.items()} == {
        ("a", "monday"): [2],
        ("a", "tuesday"): [9],
    }


def test_results_of_checks_go_by_the_same_rule(store: Store) -> None:
    for at in range(4):
        make(store, at, checks=True)
    store.retiring.drop(store.retiring.expired(Retention(newest=1), now=99))
    (items,) = store.evaluations(99).values()
    assert [item.made_at for item in items] == [3]
    assert manifests(store) == 2


def test_after_a_run_only_what_it_made_is_looked_at(store: Store) -> None:
    for at in range(3):
        make(store, at, asset="a")
        make(store, at, asset="b")
    last = store.retiring.last()
    assert not store.retiring.expired(Retention(newest=0), 99, last)
    make(store, 9, asset="b")
    store.retiring.drop(store.retiring.expired(Retention(newest=1), 99, last))
    assert kept(store, "a") == [0, 1, 2]
    assert kept(store, "b") == [9]


def test_bytes_are_free_when_no_row_names_them(store: Store) -> None:
    first = make(store, 1, stored="shared", size=7)
    second = make(store, 2, stored="own", size=8)
    make(store, 3, asset="b", stored="shared", size=7)
    make(store, 4)
    assert store.retiring.freed([first.id, second.id]) == {"own": 8}
    assert store.retiring.total() == 15
    assert sorted(store.retiring.weights()) == [Weight("own", 8, 2, False), Weight("shared", 7, 3, True)]
    assert store.retiring.naming(["shared", "nobody's"]) == (1, 3)
    assert store.retiring.named(["shared"]) == [("a", ""), ("b", "")]


def test_a_manifest_stays_while_a_failure_names_it(store: Store) -> None:
    row = make(store, 1)
    make(store, 2)
    store.begin_run("bad", 3, "", "you", [("a", ["a"], [])], 1)
    store.fail_step("bad", "a", 3, 1, row.manifest_key, row.parts, "error", "error")
    store.retiring.drop(store.retiring.expired(Retention(newest=1), now=99))
    assert [failure.parts for failure in store.failures()] == [row.parts]


def test_an_old_run_goes_unless_it_made_something_that_is_kept(store: Store) -> None:
    for at in range(6):
        make(store, at, asset="a" if at else "b")
    store.retiring.drop(store.retiring.expired(Retention(newest=1), now=99))
    runs = store.retiring.old_runs(before=4.5, newest=1)
    assert runs == ("run 1 a ", "run 2 a ", "run 3 a ", "run 4 a ")
    store.retiring.drop(Doomed(runs=runs))
    assert store.retiring.runs() == {"run 0 b ", "run 5 a "}
    assert [run.id for run in store.runs(9)] == ["run 5 a ", "run 0 b "]
    assert store.steps("run 1 a ") == []


def test_the_newest_runs_stay_however_old_they_are(store: Store) -> None:
    for at in range(6):
        store.begin_run(f"r{at}", at, "", "you", [], 1)
        store.end_run(f"r{at}", at, "succeeded", 1)
    assert store.retiring.old_runs(before=99, newest=4) == ("r0", "r1")
    assert store.retiring.old_runs(before=1, newest=4) == ("r0",)


def test_all_of_an_asset_that_is_no_longer_there_can_go(store: Store) -> None:
    make(store, 1, asset="gone", checks=True)
    make(store, 2, asset="here")
    doomed = store.retiring.of_others(["here"])
    assert doomed.materializations == (1,)
    store.retiring.drop(doomed)
    assert list(store.history()) == ["here"]
