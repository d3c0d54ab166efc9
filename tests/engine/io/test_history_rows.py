"""What happened is kept in one line of numbers: to assets, partitions and checks, also what was there before."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from dagx_engine.io import schema
from dagx_engine.io.history import Happening, Wanted
from dagx_engine.io.retiring import Doomed
from dagx_engine.io.rows import NewEvaluation, NewMaterialization, NewObservation, NewRecord, Results
from dagx_engine.io.store import Store
from dagx_engine.pure.retention import Retention

MADE = NewMaterialization(
    asset="a",
    manifest_key="k",
    parts=(("code:m:a", "1"), ("input:up", "v0")),
    data_version="v1",
    codec="json",
    object_digest=None,
    inline=b"1",
    size=1,
    rows=None,
    columns=(),
    written=(),
    metadata={"rows": {"type": "int", "value": 3}},
    tags={"team": "sales"},
    preview="1",
)
CHECK = NewEvaluation(
    asset="a",
    name="sound",
    manifest_key="of the check",
    parts=(),
    passed=False,
    severity="WARN",
    blocking=False,
    description="odd",
    metadata={},
)
SEEN = NewObservation(asset="out", data_version="v7", metadata={}, tags={})
NOTE = NewRecord(
    kind="seen", asset="a", description="by hand", metadata={"n": {"type": "int", "value": 1}}, tags={}
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path, write=True)
    yield opened
    opened.close()


def leave(store: Store, run: str, results: Results, *, at: float = 1.0, step: str = "a") -> None:
    store.begin_run(run, at, "", "you", [(step, [], [])], 1)
    store.start_step(run, step, at, 1, "k", [])
    store.finish_step(run, step, at, "succeeded", 0.5, results)
    store.end_run(run, at + 1, "succeeded", 1.0)


def ask(store: Store, *kinds: str, **more: object) -> list[Happening]:
    return store.events.page(Wanted(kinds=kinds or ("made", "seen", "checked"), **more))[0]  # type: ignore[arg-type]


def shown(found: Sequence[Happening]) -> list[str]:
    return [f"{item.kind} {item.asset}{f':{item.name}' if item.name else ''} {item.run}" for item in found]


def test_what_a_step_left_is_told_in_order_newest_first(store: Store) -> None:
    leave(store, "r1", Results([MADE], [CHECK], [SEEN], recorded=[NOTE]))
    assert shown(ask(store)) == ["seen out r1", "checked a:sound r1", "made a r1", "seen a r1"]
    assert shown(ask(store, ascending=True)) == shown(ask(store))[::-1]
    (made,) = ask(store, "made")
    assert (made.metadata, made.tags, made.data_version, made.parts) == (
        MADE.metadata,
        MADE.tags,
        "v1",
        MADE.parts,
    )
    assert not made.is_recorded
    (note,) = ask(store, "seen", asset="a")
    assert (note.is_recorded, note.description, note.metadata) == (True, "by hand", NOTE.metadata)
    (check,) = ask(store, "checked")
    assert (check.passed, check.severity, check.description) == (False, "WARN", "odd")
    assert check.target is not None
    assert check.target[:2] == (made.number, "r1")


def test_what_was_left_out_or_gave_no_result_did_not_happen(store: Store) -> None:
    leave(store, "r1", Results([replace(MADE, standing="left out")], [replace(CHECK, passed=None)]))
    assert ask(store) == []
    assert store.events.assets() == []


def test_what_is_put_back_happens_again(store: Store) -> None:
    leave(store, "r1", Results([MADE], [CHECK]))
    leave(store, "r2", Results([replace(MADE, data_version="v2")]))
    (first,) = ask(store, "made", run="r1")
    store.begin_run("r3", 5.0, "", "you", [("a", [], [])], 1)
    store.restore("r3", "a", 5.0, [1], [1])
    assert shown(ask(store))[:2] == ["checked a:sound r3", "made a r3"]
    (again,) = ask(store, "made", limit=1)
    assert (again.data_version, again.metadata) == (first.data_version, first.metadata)
    assert again.number == store.events.newest("made", "a") != first.number


def test_each_limit_is_held(store: Store) -> None:
    for number in range(1, 6):
        leave(store, f"r{number}", Results([MADE]), at=float(number))
    numbers = [item.number for item in ask(store, "made", ascending=True)]
    assert [item.number for item in ask(store, "made", limit=2)] == numbers[:-3:-1]
    assert [item.number for item in ask(store, "made", after=numbers[3])] == numbers[4:]
    assert [item.number for item in ask(store, "made", before=numbers[1])] == numbers[:1]
    assert [item.run for item in ask(store, "made", since=2.0, until=4.0)] == ["r3"]
    assert [item.number for item in ask(store, "made", numbers=numbers[1:3])] == numbers[1:3][::-1]
    assert shown(ask(store, "made", run="r2")) == ["made a r2"]
    assert store.events.newest("made", "a", before=numbers[2]) == numbers[1]


def test_partitions_are_told_apart(store: Store) -> None:
    leave(store, "r1", Results([replace(MADE, partition=key) for key in ("x", "y")]))
    leave(store, "r2", Results([replace(MADE, partition="x")]))
    found = store.events.newest_of_partitions(Wanted(kinds=["made"], asset="a"))
    assert set(found) == {"x", "y"}
    assert found["x"] == store.events.newest("made", "a") == store.events.newest("made", "a", "x")
    assert found["y"] == store.events.newest("made", "a", "y")
    assert [item.partition for item in ask(store, "made", asset="a", partitions=["y"])] == ["y"]


def test_a_page_ends_after_some_text_and_says_that_there_is_more(store: Store) -> None:
    long = {"text": {"type": "text", "value": "x" * 30_000}}
    for number in range(6):
        leave(store, f"r{number}", Results([replace(MADE, metadata=long)]))
    first, more = store.events.page(Wanted(kinds=["made"]))
    assert (len(first), more) == (3, True)
    rest, more = store.events.page(Wanted(kinds=["made"], before=first[-1].number))
    assert (len(rest), more) == (3, False)


def test_runs_are_told_with_what_they_were_limited_to(store: Store) -> None:
    leave(store, "r1", Results([MADE]))
    store.begin_run("r2", 4.0, "a", "you", [("a", ["a", "b[2024]"], [])], 1)
    first, second = store.events.runs()
    assert (first.id, first.status, first.assets, first.ended_at) == ("r1", "succeeded", None, 2.0)
    assert (second.id, second.status, second.assets, second.ended_at) == ("r2", "running", ("a", "b"), None)
    assert store.events.runs("r2") == [second]
    assert store.events.runs("r") == []


def test_what_is_shown_of_an_asset_is_what_was_recorded_of_it_and_by_its_last_run(store: Store) -> None:
    other = replace(NOTE, asset="other", kind="made")
    leave(store, "r1", Results([MADE], recorded=[other]))
    leave(store, "r2", Results([MADE], recorded=[other, NOTE]))
    leave(store, "r3", Results([], recorded=[NOTE]), step="b")
    found = store.events.recorded("a", "a", 10)
    assert shown(found) == ["seen a r3", "seen a r2", "made other r2"]
    assert shown(store.events.recorded("a", "a", 1)) == ["seen a r3"]
    leave(store, "r4", Results([], recorded=[other]), step="daily[2024-01-01]")
    assert shown(store.events.recorded("daily", "daily", 10)) == ["made other r4"]


def test_an_older_history_is_numbered_when_its_file_is_brought_up_to_date(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "state.db", isolation_level=None)
    schema.migrate(db, before="what_happened_to_assets")
    db.execute("INSERT INTO manifests(key, parts) VALUES ('k', '[]')")
    columns = "asset, run, made_at, manifest_key, data_version, codec, size, standing"
    made = f"INSERT INTO materializations({columns}) VALUES"
    db.execute(f"{made} ('a', 'r1', 1.0, 'k', 'v1', 'json', 1, 'made')")
    db.execute(f"{made} ('a', 'r3', 3.0, 'k', 'v3', 'json', 1, 'made')")
    db.execute(f"{made} ('b', 'r3', 3.0, 'k', 'v3', 'json', 1, 'left out')")
    db.execute("INSERT INTO observations(asset, run, made_at, data_version) VALUES ('out', 'r2', 2.0, 'v2')")
    db.execute(
        "INSERT INTO check_evaluations(asset, name, run, step, made_at, manifest_key, passed, severity, blocking, "
        "description, target) VALUES ('a', 'sound', 'r3', 's', 3.0, 'k', 1, 'ERROR', 0, '', 2)"
    )
    db.execute("PRAGMA application_id = 0x64616758")
    db.execute("PRAGMA user_version = 3")
    db.close()
    opened = Store(tmp_path, write=True)
    try:
        assert shown(ask(opened, ascending=True)) == [
            "made a r1",
            "seen out r2",
            "made a r3",
            "checked a:sound r3",
        ]
        check = ask(opened, "checked")[0]
        assert check.target is not None
        assert check.target[1] == "r3"
    finally:
        opened.close()


# What is collected.


def test_what_was_said_of_a_result_outlasts_the_result(store: Store) -> None:
    for number in range(1, 4):
        leave(store, f"r{number}", Results([MADE], [CHECK], [SEEN]), at=float(number))
    before = ask(store)
    keep = Retention(newest=1)
    store.retiring.drop(store.retiring.expired(keep, 10.0))
    store.retiring.drop(Doomed(observations=store.retiring.expired_observations(keep, 10.0)))
    after = ask(store)
    assert len(store.history(99)["a"]) == 1
    assert shown(after) == shown(before)
    for now, then in zip(after, before, strict=True):
        assert (now.metadata, now.tags, now.data_version, now.passed, now.severity, now.description) == (
            then.metadata,
            then.tags,
            then.data_version,
            then.passed,
            then.severity,
            then.description,
        )
        assert not now.is_recorded


def test_the_last_time_stays_when_its_run_goes_and_all_else_of_the_run_goes_with_it(store: Store) -> None:
    leave(store, "r1", Results([MADE], recorded=[NOTE]))
    leave(store, "r2", Results(recorded=[NOTE]))
    numbers = {item.run: item.number for item in ask(store, "seen")}
    store.retiring.drop(Doomed(runs=("r1", "r2")))
    assert shown(ask(store)) == ["seen a r2", "made a r1"]
    assert store.events.newest("seen", "a") == numbers["r2"]
    assert ask(store, "run_started", "step_started") == []


def test_the_results_of_assets_that_are_gone_take_their_events_along(store: Store) -> None:
    leave(store, "r1", Results([MADE, replace(MADE, asset="b")], [CHECK], [SEEN]))
    store.retiring.drop(store.retiring.of_others(["b"]))
    assert shown(ask(store)) == ["made b r1"]
