"""Where an instance keeps things: in memory and in a file it answers the same."""

import datetime
import enum
import itertools
import multiprocessing
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dagx as dg
from dagx.instance import event_makers as make
from dagx.instance.codec import from_text, to_text
from dagx.instance.event_log import EventLogEntry
from dagx.instance.filters import EventQuery
from dagx.instance.sqlite_store import SqliteStore
from dagx.instance.store import EventStore, MemoryStore

KEYS = [dg.AssetKey("a"), dg.AssetKey(["b", "c"])]
RUNS = ["", "r1", "r2"]
PARTITIONS = [None, "x", "y"]
KINDS = [dg.DagsterEventType.ASSET_MATERIALIZATION, dg.DagsterEventType.ASSET_OBSERVATION]


def entry(run: str, at: float, event: dg.DagsterEvent | None) -> EventLogEntry:
    job = None if event is None else event.job_name
    return EventLogEntry(run, at, 20, "" if event else "said", job, "s", event)


keys, runs, partitions = st.sampled_from(KEYS), st.sampled_from(RUNS), st.sampled_from(PARTITIONS)
events = st.one_of(
    st.none(),
    st.builds(
        lambda key, part: make.asset_materialization("j1", "s", dg.AssetMaterialization(key, partition=part)),
        keys,
        partitions,
    ),
    st.builds(
        lambda key, part: make.asset_observation("j2", "s", dg.AssetObservation(key, partition=part)),
        keys,
        partitions,
    ),
    st.builds(
        lambda key, name: make.asset_check_evaluation("j1", "s", dg.AssetCheckEvaluation(key, name, True)),
        keys,
        st.sampled_from(["c1", "c2"]),
    ),
    st.just(make.step_start("j1", "s")),
)
changes = st.one_of(
    st.tuples(st.just("append"), runs, events),
    st.tuples(st.just("append"), runs, events),
    st.tuples(st.just("append"), runs, events),
    st.tuples(st.just("forget"), keys, st.one_of(st.none(), st.lists(st.sampled_from(["x", "y"])))),
    st.tuples(st.just("delete"), st.sampled_from(RUNS[1:]), st.none()),
)
maybe_number = st.one_of(st.none(), st.integers(0, 12))
queries = st.builds(
    EventQuery,
    st.one_of(st.none(), st.lists(st.sampled_from(KINDS), max_size=2)),
    run_id=st.one_of(st.none(), runs),
    asset=st.one_of(st.none(), keys),
    partitions=st.one_of(st.none(), st.lists(st.sampled_from(["x", "y"]), max_size=2)),
    check=st.one_of(st.none(), st.just("c1")),
    ids=st.one_of(st.none(), st.lists(st.integers(1, 12))),
    jobs=st.one_of(st.none(), st.lists(st.sampled_from(["j1", "j2"]))),
    after=maybe_number,
    before=maybe_number,
    since=maybe_number,
    until=maybe_number,
    ascending=st.booleans(),
    limit=st.one_of(st.none(), st.integers(0, 4)),
)


def apply(store: EventStore, script: Sequence[tuple[str, Any, Any]]) -> None:
    for clock, (what, first, second) in enumerate(script):
        if what == "append":
            store.append(entry(first, float(clock), second))
        elif what == "forget":
            store.forget(first, second)
        elif store.run(first) is not None:
            store.delete_run(first)
    for run in RUNS[1:]:
        if store.run(run) is None:
            store.add_run(dg.DagsterRun("job", run), 1.0)


@settings(max_examples=60, deadline=None)
@given(st.lists(changes, max_size=12), st.lists(queries, min_size=1, max_size=8))
def test_every_store_answers_the_same(script: list[tuple[str, Any, Any]], asked: list[EventQuery]) -> None:
    memory = MemoryStore()
    with tempfile.TemporaryDirectory() as folder:
        file = SqliteStore(str(Path(folder) / "x.db"))
        for store in (memory, file):
            for run in RUNS[1:]:
                store.add_run(dg.DagsterRun("job", run), 1.0)
            apply(store, script)
        for query in asked:
            assert memory.entries(query) == file.entries(query), query
        assert memory.known_assets() == file.known_assets()
        assert memory.runs() == file.runs()
        file.close()


def test_numbers_only_grow_also_after_the_newest_entries_were_deleted(tmp_path: Path) -> None:
    for store in (MemoryStore(), SqliteStore(str(tmp_path / "x.db"))):
        store.add_run(dg.DagsterRun("job", "r"), 1.0)
        number = store.append(entry("r", 1.0, None)).storage_id
        store.delete_run("r")
        later = store.append(entry("r", 1.0, None)).storage_id
        assert number is not None
        assert later is not None
        assert later > number
        store.close()


def test_a_change_of_a_run_and_its_entry_are_done_both_or_not_at_all(tmp_path: Path) -> None:
    for store in (MemoryStore(), SqliteStore(str(tmp_path / "x.db"))):
        with pytest.raises(dg.RunNotFoundError):
            store.append(entry("r", 1.0, make.run_start("job")), lambda record: record)
        assert store.entries(EventQuery()) == []
        store.close()


def report(folder: str, number: int) -> None:
    with dg.DagsterInstance.local_temp(folder) as instance:
        for _ in range(number):
            instance.report_runless_asset_event(dg.AssetMaterialization("a"))
            instance.add_dynamic_partitions("d", ["k"])


def test_several_processes_may_write_at_once(tmp_path: Path) -> None:
    spawned = multiprocessing.get_context("spawn")
    processes = [spawned.Process(target=report, args=(str(tmp_path), 15)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        assert len(instance.fetch_materializations(dg.AssetKey("a"), limit=100).records) == 45
        assert instance.get_dynamic_partitions("d") == ["k"]


# Text


@pytest.mark.parametrize(
    "value",
    [
        None,
        1,
        1.5,
        "a",
        [1, [2]],
        (1, (2,)),
        {1, 2},
        frozenset({"a"}),
        {"a": 1},
        {"$": "dict"},
        {dg.AssetKey("a"): (1,)},
        dg.AssetKey(["a", "b/c"]),
        dg.AssetCheckKey(dg.AssetKey("a"), "c"),
        dg.AssetCheckSeverity.WARN,
        dg.MultiPartitionKey({"x": "1", "y": "2"}),
        datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc),
        dg.DagsterRun("job", "r", {"ops": {"a": [1]}}, asset_selection=[dg.AssetKey("a")]),
        dg.AssetMaterialization("a", metadata={"j": {"$": [1]}, "s": dg.MetadataValue.md("# x")}),
    ],
)
def test_what_is_kept_comes_back_equal_and_of_its_type(value: object) -> None:
    back = from_text(to_text(value))
    assert back == value
    assert type(back) is type(value)


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text()),
        lambda inner: st.one_of(
            st.lists(inner),
            st.dictionaries(st.one_of(st.text(), st.integers(), st.just("$")), inner),
            st.tuples(inner, inner),
        ),
        max_leaves=10,
    )
)
def test_every_plain_value_comes_back(value: object) -> None:
    assert from_text(to_text(value)) == value


class Color(str, enum.Enum):
    RED = "red"


def test_a_str_of_ones_own_is_kept_as_plain_text() -> None:
    assert from_text(to_text(Color.RED)) == "red"


def test_an_object_of_ones_own_is_refused() -> None:
    with pytest.raises(dg.InvalidArgumentError, match="cannot keep"):
        to_text([object()])


@pytest.mark.parametrize(
    "text",
    [
        "{",
        '{"$": "os:system", "with": ["true"]}',
        '{"$": "dagx.execution.results:re.compile", "with": ["x"]}',
        '{"$": "dagx.instance.codec:importlib", "with": ["os"]}',
        '{"$": "dagx.nowhere:Thing", "fields": {}}',
        '{"$": "dagx.keys:AssetKey"}',
    ],
)
def test_nothing_but_records_of_dagx_is_made_of_a_text(text: str) -> None:
    with pytest.raises(dg.DagxError, match="cannot be read"):
        from_text(text)


def test_pages_together_are_everything_in_order() -> None:
    instance = dg.DagsterInstance.ephemeral()
    numbers = [instance.report_runless_asset_event(dg.AssetMaterialization("a")).storage_id for _ in range(7)]
    for size, ascending in itertools.product((1, 2, 3, 7, 8), (True, False)):
        cursor, found = None, list[int]()
        for _ in range(9):
            page = instance.fetch_materializations(dg.AssetKey("a"), size, cursor, ascending)
            found.extend(record.storage_id for record in page.records)
            cursor = page.cursor
            if not page.has_more:
                break
        assert found == (numbers if ascending else numbers[::-1])
