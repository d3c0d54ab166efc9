"""The state of a project: what is written is there as a whole, and is read as it was written."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from dagx.errors import DagxError
from dagx_engine.io import schema
from dagx_engine.io.rows import (
    Materialization,
    NewEvaluation,
    NewMaterialization,
    NewObservation,
    NewOp,
    Results,
)
from dagx_engine.io.store import Store

Open = Callable[..., Store]

PARTS = (("code:m:a", "1"), ("file:x.csv", "2"))
VALUE = NewMaterialization(
    asset="a",
    manifest_key="k",
    parts=PARTS,
    data_version="v1",
    codec="json",
    object_digest=None,
    inline=b"1",
    size=1,
    rows=None,
    columns=(("id", "int64"),),
    written=(("file:out.csv", "d1"),),
    metadata={"note": {"type": "text", "value": "é"}},
    tags={"team": "sales"},
    preview="1",
)
CHECK = NewEvaluation(
    asset="a",
    name="sound",
    manifest_key="k",
    parts=PARTS,
    passed=False,
    severity="WARN",
    blocking=False,
    description="3 rows are odd",
    metadata={"rows": {"type": "int", "value": 3}},
)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Opens the store of this test; every one is closed in the end."""
    found: list[Store] = []

    def open_store(*, write: bool = True) -> Store:
        found.append(Store(tmp_path, write=write))
        return found[-1]

    yield open_store
    for store in found:
        store.close()


def make(
    store: Store, run: str, *made: NewMaterialization, at: float = 1.0, step: str = "a"
) -> list[Materialization]:
    """A whole run of one step."""
    store.begin_run(run, at, "", "you", [(step, [item.asset for item in made], [])], 1)
    store.start_step(run, step, at, 1, f"key {run}", [("", "never made")])
    results = Results([replace(item, manifest_key=f"key {run}") for item in made])
    rows = store.finish_step(run, step, at, "succeeded", 0.5, results).made
    store.end_run(run, at + 1, "succeeded", 1.0)
    return list(rows)


# Writing and reading.


def test_what_a_step_made_is_read_as_it_was_written(opened: Open) -> None:
    (row,) = make(opened(), "r1", VALUE)
    (found,) = opened(write=False).history()["a"]
    assert found == row
    assert (found.inline, found.columns, found.written, found.metadata) == (
        VALUE.inline,
        VALUE.columns,
        VALUE.written,
        VALUE.metadata,
    )
    assert (found.run, found.parts, found.manifest_key) == ("r1", PARTS, "key r1")


def test_the_current_materialization_comes_first_then_the_newest(opened: Open) -> None:
    store = opened()
    ids = [make(store, f"r{n}", replace(VALUE, data_version=f"v{n}"))[0].id for n in range(4)]
    assert [item.id for item in store.history()["a"]] == ids[::-1]
    store.begin_run("back", 9.0, "", "you", [("a", ["a"], [])], 1)
    store.restore("back", "a", 9.0, [ids[1]])
    assert [item.id for item in store.history()["a"]] == [ids[1], ids[3], ids[2], ids[0]]


def test_a_current_materialization_is_read_however_old_it_is(opened: Open) -> None:
    store = opened()
    ids = [make(store, f"r{n}", VALUE)[0].id for n in range(12)]
    store.begin_run("back", 99.0, "", "you", [("a", ["a"], [])], 1)
    store.restore("back", "a", 99.0, [ids[0]])
    assert [item.id for item in store.history(most=3)["a"]] == [ids[0], ids[11], ids[10], ids[9]]


def test_the_steps_of_a_run_are_read_in_the_order_of_the_run(opened: Open) -> None:
    store = opened()
    store.begin_run(
        "r1", 1.0, "a b", "a save", [("b", ["b"], []), ("a", ["a", "c"], []), ("d", ["d"], [])], 7
    )
    store.start_step("r1", "b", 2.0, 1, "k", [("file:x", "x changed")])
    store.fail_step("r1", "b", 3.0, 1.5, "k", PARTS, "Traceback ...", "ValueError: no")
    store.close_step("r1", "d", 3.0, "skipped", "b")
    store.fresh_steps("r1", ["a"])
    store.end_run("r1", 4.0, "failed", 3.0)
    (run,) = store.runs(10)
    assert (run.status, run.selection, run.cause, run.seconds) == ("failed", "a b", "a save", 3.0)
    b, a, d = store.steps("r1")
    assert (b.step, b.state, b.reasons, b.error, b.seconds) == (
        "b",
        "failed",
        (("file:x", "x changed"),),
        "Traceback ...",
        1.5,
    )
    assert (a.step, a.assets, a.state) == ("a", ("a", "c"), "fresh")
    assert (d.step, d.state, d.because) == ("d", "skipped", "b")


def test_a_failure_is_known_until_its_step_is_good_again(opened: Open) -> None:
    store = opened()
    for number, heal in enumerate(("finish", "restore", "fresh")):
        run = f"r{number}"
        store.begin_run(run, 1.0, "", "you", [("a", ["a"], [])], 1)
        store.fail_step(run, "a", 2.0, 1.0, "k", PARTS, "long", "ValueError: no")
        (failure,) = store.failures()
        assert (failure.step, failure.run, failure.line, failure.parts) == ("a", run, "ValueError: no", PARTS)
        match heal:
            case "finish":
                (row,) = store.finish_step(run, "a", 3.0, "succeeded", 1.0, Results([VALUE])).made
            case "restore":
                store.restore(run, "a", 3.0, [row.id])
            case _:
                store.fresh_steps(run, ["a"])
        assert store.failures() == []


def test_how_the_ops_of_a_job_went_is_read_in_the_order_in_which_it_was_told(opened: Open) -> None:
    store = opened()
    store.begin_run("r", 1.0, "", "you", [("nightly", (), ()), ("weekly", (), ())], 1)
    failed = NewOp("ship", "failed", 0.5, "ValueError: \ud800", 2)
    told = [NewOp("fetch", "succeeded", 0.1, "", 1), failed, NewOp("tell", "skipped", None, '"ship" failed')]
    for op in told:
        store.tell_op("r", "nightly", 2.0, op)
    store.tell_op("r", "weekly", 2.0, told[0])
    assert store.ops("r") == {
        "nightly": [told[0], replace(failed, line="ValueError: \\ud800"), told[2]],
        "weekly": [told[0]],
    }
    assert store.ops("other") == {}


def test_the_newest_run_comes_first_also_when_the_clock_went_back(opened: Open) -> None:
    store = opened()
    make(store, "before", VALUE, at=2_000.0)
    make(store, "after", VALUE, at=1_000.0)
    assert [run.id for run in store.runs(10)] == ["after", "before"]
    assert store.last_attempt("a") == ("after", 1)
    assert [run.id for run in store.runs(1)] == ["after"]


def test_a_run_is_found_by_the_beginning_of_its_id(opened: Open) -> None:
    store = opened()
    for run in ("ab12", "ab34", "cd56"):
        make(store, run, VALUE)
    assert [run.id for run in store.find_run("cd")] == ["cd56"]
    assert {run.id for run in store.find_run("ab")} == {"ab12", "ab34"}
    assert store.find_run("%") == []


def test_the_expected_time_is_the_median_of_the_last_five_runs(opened: Open) -> None:
    store = opened()
    for number, seconds in enumerate((100.0, 1.0, 9.0, 2.0, 3.0, 5.0)):
        run = f"r{number}"
        store.begin_run(run, 1000.0 - number, "", "you", [("a", ["a"], [])], 1)
        store.start_step(run, "a", 1000.0 - number, 1, "k", [])
        store.finish_step(run, "a", 1.0, "succeeded", seconds, Results([VALUE]))
        store.end_run(run, 1.0, "succeeded", seconds)
        found = dict(store.expected_seconds())
    assert found == {"a": 3.0}


def test_an_attempt_that_never_began_is_not_the_last(opened: Open) -> None:
    store = opened()
    make(store, "r1", VALUE)
    store.begin_run("r2", 5.0, "", "you", [("a", ["a"], [])], 1)
    assert store.last_attempt("a") == ("r1", 1)
    assert store.last_attempt("b") is None


def test_names_and_messages_that_are_not_utf8_can_be_stored(opened: Open) -> None:
    store = opened()
    parts = (("file:caf\udce9.csv", "1"),)
    odd = replace(VALUE, parts=parts, preview="\udce9", metadata={"\udce9": "\udce9"}, written=parts)
    store.begin_run("r1", 1.0, "", "you", [("a", ["a"], []), ("b", ["b"], [])], 1)
    store.finish_step("r1", "a", 1.0, "succeeded", 1.0, Results([odd]))
    store.fail_step("r1", "b", 1.0, 1.0, "k", parts, "no file caf\udce9.csv", "no file caf\udce9.csv")
    (found,) = store.history()["a"]
    assert (found.parts, found.written, found.metadata) == (parts, parts, {"\udce9": "\udce9"})
    assert store.steps("r1")[1].error == "no file caf\\udce9.csv"


# Checks, observations, what was left out.


def checked(
    store: Store, run: str, *checks: NewEvaluation, made: Sequence[NewMaterialization] = ()
) -> list[int]:
    """A run of a step that gives results of checks; their numbers."""
    store.begin_run(run, 1.0, "", "you", [("a_sound", [], ["a:sound"])], 1)
    written = store.finish_step(run, "a_sound", 1.0, "succeeded", 0.5, Results(made, checks))
    store.end_run(run, 2.0, "succeeded", 1.0)
    return [item.id for item in written.checks]


def test_the_result_of_a_check_is_read_as_it_was_written(opened: Open) -> None:
    store = opened()
    checked(store, "r1", replace(CHECK, target=7))
    (found,) = opened(write=False).evaluations()["a", "sound"]
    assert found == store.evaluations_of("r1")[0]
    assert (found.passed, found.severity, found.description, found.metadata, found.parts, found.target) == (
        False,
        "WARN",
        "3 rows are odd",
        CHECK.metadata,
        PARTS,
        7,
    )
    assert store.steps("r1")[0].checks == ("a:sound",)


def test_a_check_beside_its_asset_looked_at_what_was_made_with_it(opened: Open) -> None:
    store = opened()
    checked(store, "r1", CHECK, made=[VALUE])
    assert store.evaluations()["a", "sound"][0].target == store.history()["a"][0].id


def test_a_check_without_a_result_is_neither_passed_nor_failed(opened: Open) -> None:
    store = opened()
    checked(store, "r1", replace(CHECK, passed=None))
    assert store.evaluations()["a", "sound"][0].passed is None


def test_an_earlier_result_of_a_check_can_be_current_again(opened: Open) -> None:
    store = opened()
    ids = [checked(store, f"r{n}", replace(CHECK, passed=bool(n % 2)))[0] for n in range(3)]
    store.begin_run("back", 9.0, "", "you", [("a_sound", [], ["a:sound"])], 1)
    store.restore("back", "a_sound", 9.0, [], [ids[1]])
    assert [item.id for item in store.evaluations()["a", "sound"]] == [ids[1], ids[2], ids[0]]
    assert store.steps("back")[0].state == "restored"


def test_what_is_put_back_beside_a_step_that_runs_does_not_end_it(opened: Open) -> None:
    store = opened()
    (first,) = make(store, "r1", VALUE)
    make(store, "r2", VALUE)
    store.begin_run("back", 9.0, "", "you", [("a", ["a"], [])], 1)
    store.restore("back", "a", 9.0, [first.id], whole=False)
    assert store.history()["a"][0].id == first.id
    assert store.steps("back")[0].state == "waiting"


def test_a_failed_step_leaves_what_it_had_made(opened: Open) -> None:
    store = opened()
    store.begin_run("r1", 1.0, "", "you", [("a", ["a"], ["a:sound"])], 1)
    unsure = Results([replace(VALUE, standing="unsure")], [CHECK])
    store.fail_step("r1", "a", 2.0, 1.0, "k", PARTS, "long", "ValueError: no", unsure)
    assert store.history()["a"][0].standing == "unsure"
    assert len(store.evaluations()["a", "sound"]) == 1
    assert store.failures()[0].step == "a"


def test_the_newest_observation_of_an_asset_is_the_one_that_counts(opened: Open) -> None:
    store = opened()
    for number in range(3):
        seen = NewObservation(asset="src", data_version=f"v{number}", metadata={}, tags={"t": "1"})
        store.begin_run(f"r{number}", 1.0, "", "you", [("src", ["src"], [])], 1)
        store.finish_step(f"r{number}", "src", 1.0, "succeeded", 0.1, Results(observed=[seen]))
    (found,) = store.observations().values()
    assert (found.asset, found.data_version, found.run, found.tags) == ("src", "v2", "r2", {"t": "1"})


# All or nothing.


def test_what_fails_on_the_way_leaves_nothing_of_the_step(opened: Open) -> None:
    store = opened()
    store.begin_run("r1", 1.0, "", "you", [("a", ["a", "b"], [])], 1)
    bad = replace(VALUE, asset="b", size="many")  # type: ignore[arg-type]
    with pytest.raises(DagxError, match="cannot be written"):
        store.finish_step("r1", "a", 1.0, "succeeded", 1.0, Results([VALUE, bad]))
    assert store.history() == {}
    assert store.steps("r1")[0].state == "waiting"
    make(store, "r2", VALUE)
    assert len(store.history()["a"]) == 1


def test_a_full_disk_is_an_error_with_a_way_out_and_the_next_step_goes_on(
    opened: Open, tmp_path: Path
) -> None:
    store = opened()
    make(store, "r1", VALUE)
    store._file._db.execute("PRAGMA max_page_count = 1")
    store.begin_run("r2", 1.0, "", "you", [("a", ["a"], [])], 1)
    with pytest.raises(DagxError, match=r"state\.db cannot be written: .*full") as caught:
        store.finish_step("r2", "a", 1.0, "succeeded", 1.0, Results([replace(VALUE, inline=b"x" * 100_000)]))
    assert "free some space" in str(caught.value)
    store._file._db.execute("PRAGMA max_page_count = 1000000")
    assert len(store.history()["a"]) == 1
    store.finish_step("r2", "a", 1.0, "succeeded", 1.0, Results([VALUE]))
    assert len(store.history()["a"]) == 2


KILLED = """
import os, signal, sys
from pathlib import Path
from dagx_engine.io.store import Store

store = Store(Path(sys.argv[1]), write=True)
store.begin_run("lost", 1.0, "", "you", [("a", ["a"], []), ("b", ["b"], [])], 1)
store.start_step("lost", "a", 1.0, 1, "k", [])
with store._file.transaction() as db:
    db.execute("UPDATE steps SET state = 'succeeded'")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_after_a_kill_what_was_committed_is_there_and_the_run_counts_as_crashed(
    opened: Open, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    store = opened()
    assert [step.state for step in store.steps("lost")] == ["running", "waiting"]
    assert store.recover(9.0) == ("lost",)
    assert [run.status for run in store.runs(5)] == ["crashed"]
    assert [step.state for step in store.steps("lost")] == ["cancelled", "cancelled"]
    assert store.recover(10.0) == ()


def test_recovering_leaves_finished_runs_alone(opened: Open) -> None:
    store = opened()
    make(store, "r1", VALUE)
    assert store.recover(9.0) == ()
    assert store.runs(5)[0].status == "succeeded"
    assert store.steps("r1")[0].state == "succeeded"


# Opening.


def test_a_reader_sees_what_was_committed_while_the_writer_is_in_a_transaction(opened: Open) -> None:
    writer = opened()
    make(writer, "r1", VALUE)
    reader = opened(write=False)
    with writer._file.transaction() as db:
        db.execute("DELETE FROM current")
        assert len(reader.history()["a"]) == 1
    make(writer, "r2", VALUE)
    assert len(reader.history()["a"]) == 2


def test_a_reader_cannot_write(opened: Open) -> None:
    opened()
    with pytest.raises(DagxError, match="readonly"):
        opened(write=False).begin_run("r1", 1.0, "", "you", [], 1)


def test_opening_again_keeps_everything(opened: Open) -> None:
    make(opened(), "r1", VALUE)
    assert len(opened().history()["a"]) == 1


def refused(tmp_path: Path, *, write: bool) -> str:
    with pytest.raises(DagxError) as caught:
        Store(tmp_path, write=write)
    return str(caught.value)


@pytest.mark.parametrize("write", [True, False])
def test_tables_of_a_newer_dagx_are_refused_and_left_as_they_are(
    tmp_path: Path, opened: Open, write: bool
) -> None:
    opened().close()
    with sqlite3.connect(tmp_path / "state.db") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    assert "newer dagx (version 99" in refused(tmp_path, write=write)
    with sqlite3.connect(tmp_path / "state.db") as db:
        assert db.execute("PRAGMA user_version").fetchone() == (99,)
    db.close()


@pytest.mark.parametrize("write", [True, False])
def test_a_database_of_somebody_else_is_refused_and_left_as_it_is(tmp_path: Path, write: bool) -> None:
    with sqlite3.connect(tmp_path / "state.db") as db:
        db.execute("CREATE TABLE theirs (x)")
    db.close()
    before = (tmp_path / "state.db").read_bytes()
    assert "not a dagx database" in refused(tmp_path, write=write)
    assert (tmp_path / "state.db").read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to be read as one" * 40, b"SQLite format 3\0"]
)
def test_a_file_that_is_no_database_is_refused_with_a_way_out(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "state.db").write_bytes(content)
    assert "move the .dagx folder aside" in refused(tmp_path, write=True)
    assert (tmp_path / "state.db").read_bytes() == content


def test_a_folder_in_the_place_of_the_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state.db").mkdir()
    assert "cannot be used" in refused(tmp_path, write=True)


def test_a_folder_with_odd_letters_can_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "50% of what? #1 é"
    folder.mkdir()
    Store(folder, write=True).close()
    Store(folder, write=False).close()
    assert {path.name[:8] for path in folder.iterdir()} == {"state.db"}
    assert list(tmp_path.iterdir()) == [folder]


def test_tables_of_an_older_dagx_are_brought_up_to_date_and_nothing_is_lost(
    tmp_path: Path, opened: Open
) -> None:
    with sqlite3.connect(tmp_path / "state.db") as db:
        db.execute("PRAGMA application_id = 0x64616758")
        schema.migrate(db, before="checks_and_observations")
        db.execute("PRAGMA user_version = 1")
        db.execute("INSERT INTO manifests(key, parts) VALUES ('k', '[]')")
        db.execute(
            "INSERT INTO materializations(asset, run, made_at, manifest_key, data_version, codec, size) "
            "VALUES ('old', 'r0', 1.0, 'k', 'v', 'json', 1)"
        )
        db.execute("INSERT INTO current(asset, materialization) VALUES ('old', 1)")
        db.commit()
    db.close()
    assert "older dagx (version 1" in refused(tmp_path, write=False)
    store = opened()
    (old,) = store.history()["old"]
    assert (old.data_version, old.standing) == ("v", "made")
    checked(store, "r1", CHECK)
    assert len(opened(write=False).evaluations()) == 1


def test_a_store_whose_making_was_interrupted_is_made_by_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(connection: sqlite3.Connection) -> None:
        real(connection)
        raise KeyboardInterrupt

    real = schema.migrate
    monkeypatch.setattr(schema, "migrate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Store(tmp_path, write=True)
    monkeypatch.undo()
    store = Store(tmp_path, write=True)
    make(store, "r1", VALUE)
    store.close()


def test_a_damaged_table_is_an_error_that_names_the_file(tmp_path: Path, opened: Open) -> None:
    store = opened()
    for number in range(50):
        make(store, f"r{number}", replace(VALUE, inline=b"x" * 3000))
    store.close()
    with sqlite3.connect(tmp_path / "state.db") as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    with (tmp_path / "state.db").open("r+b") as stream:
        stream.seek(4096 * 25)
        stream.write(b"\xff" * 4096 * 20)
    damaged = Store(tmp_path, write=False)
    with pytest.raises(DagxError, match=r"state\.db cannot be used"):
        damaged.history()
    damaged.close()


# Partitions.


def test_each_partition_has_a_current_materialization_of_its_own(opened: Open) -> None:
    store = opened()
    whole = make(store, "r0", replace(VALUE, asset="b"))
    first = make(store, "r1", replace(VALUE, partition="mon"), replace(VALUE, partition="tue"))
    second = make(store, "r2", replace(VALUE, partition="tue", data_version="v2"))
    assert store.history() == {"b": whole}
    assert {(row.partition, row.id, row.data_version) for row in store.partitions.current()} == {
        ("mon", first[0].id, "v1"),
        ("tue", second[0].id, "v2"),
    }
    found = store.partitions.history([("a", "tue"), ("a", "wed")])
    assert found == {("a", "tue"): [second[0], first[1]]}
    assert store.partitions.materialization(first[0].id) == first[0]
    store.begin_run("back", 9.0, "", "you", [("a", ["a"], [])], 1)
    store.restore("back", "a", 9.0, [first[1].id])
    assert store.partitions.history([("a", "tue")]) == {("a", "tue"): [first[1], second[0]]}
    assert [item.id for item in store.partitions.newest("a")] == [second[0].id, first[1].id, first[0].id]


def test_the_result_of_a_check_belongs_to_a_partition(opened: Open) -> None:
    store = opened()
    store.begin_run("r1", 1.0, "", "you", [("a", ["a"], [])], 1)
    results = Results(checks=[replace(CHECK, partition="mon"), replace(CHECK, partition="tue", passed=True)])
    written = store.finish_step("r1", "a", 1.0, "succeeded", 0.5, results).checks
    assert store.evaluations() == {}
    assert store.partitions.evaluations([("a", "mon")]) == {("a", "mon", "sound"): [written[0]]}
    assert store.partitions.newest_evaluations() == [written[1]]


def test_what_is_written_together_is_seen_by_others_when_all_of_it_is_there(opened: Open) -> None:
    store = opened()
    reader = opened(write=False)
    with store.together():
        store.begin_run("r", 1.0, "", "you", [("a", ["a"], [])], 1)
        store.start_step("r", "a", 1.0, 1, "k", [])
        assert [step.state for step in store.steps("r")] == ["running"]
        assert reader.runs(9) == []
    assert [step.state for step in reader.steps("r")] == ["running"]


def begin(store: Store, *runs: str, times: int = 1) -> None:
    """Runs of one step, or of one that stands there twice: that cannot be written."""
    for run in runs:
        store.begin_run(run, 1.0, "", "you", [("a", ["a"], [])] * times, 1)


def test_of_what_is_written_together_nothing_stays_when_a_part_fails(opened: Open) -> None:
    store = opened()

    def write() -> None:
        with store.together():
            begin(store, "first")
            begin(store, "second", times=2)

    with pytest.raises(DagxError, match="cannot be written"):
        write()
    assert store.runs(9) == []


def test_who_overlooks_that_a_part_failed_is_told_at_the_end(opened: Open) -> None:
    store = opened()

    def write() -> None:
        with store.together():
            begin(store, "first")
            with suppress(DagxError):
                begin(store, "second", times=2)
            begin(store, "third")

    with pytest.raises(DagxError, match="cannot be written"):
        write()
    assert store.runs(9) == []
    begin(store, "later")
    assert [run.id for run in store.runs(9)] == ["later"]


def test_steps_that_never_began_take_no_place_in_the_index_of_those_that_did(
    tmp_path: Path, opened: Open
) -> None:
    store = opened()
    make(store, "r1", VALUE)
    store.idle_run("r2", 2.0, "", "you", [("a", ["a"], []), ("b", ["b"], [])], 1)
    assert store.idle_again("r3", 3.0, "you", "r2", 1) == [("a", '["a"]', "[]"), ("b", '["b"]', "[]")]
    store.close()
    with closing(sqlite3.connect(tmp_path / "state.db")) as db:
        found = "SELECT run, step FROM steps INDEXED BY steps_by_name WHERE started_at IS NOT NULL"
        assert db.execute(found).fetchall() == [("r1", "a")]
    store = opened()
    assert store.last_attempt("a") == ("r1", 1)
    assert store.last_attempt("b") is None
    worked = store.last_run_that_worked()
    assert worked is not None
    assert worked.id == "r1"
