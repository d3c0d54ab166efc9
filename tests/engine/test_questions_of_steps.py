"""On what an answer of the history rests: what happened last to what was asked about, but for the step's own past."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dagx.errors import DagxError
from dagx_engine.io.rows import NewRecord, Results
from dagx_engine.io.store import Store
from dagx_engine.pure.definitions import CheckKey, Key
from dagx_engine.questions import Own, answer, newest

NOBODY = Own(frozenset(), frozenset())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path, write=True)
    yield opened
    opened.close()


def record(store: Store, run: str, *told: tuple[str, str, str]) -> None:
    """Events that a step recorded: (kind, asset, partition)."""
    store.begin_run(run, 1.0, "", "you", [("s", [], [])], 1)
    records = [
        NewRecord(kind=kind, asset=asset, partition=partition, metadata={}, tags={})
        for kind, asset, partition in told
    ]
    store.finish_step(run, "s", 1.0, "succeeded", 0.1, Results(recorded=records))


def parts(store: Store, own: Own = NOBODY, **wanted: Any) -> dict[str, str]:
    return dict(answer(store.events, {"about": "events", "wanted": wanted}, own).parts)


def test_an_answer_rests_on_what_happened_last_and_that_changes_when_it_happens_again(store: Store) -> None:
    assert parts(store, kinds=["made"], asset="a") == {"made:a": "never"}
    record(store, "r1", ("made", "a", ""))
    found = parts(store, kinds=["made", "seen"], asset="a")
    assert found == {"made:a": newest(store.events, "made:a"), "seen:a": "never"}
    record(store, "r2", ("made", "b", ""), ("seen", "a", ""))
    assert newest(store.events, "made:a") == found["made:a"]
    record(store, "r3", ("made", "a", ""))
    assert newest(store.events, "made:a") != found["made:a"]


def test_a_few_partitions_count_each_and_many_as_the_asset(store: Store) -> None:
    record(store, "r1", ("made", "a", "x"), ("made", "a", "y"))
    found = parts(store, kinds=["made"], asset="a", partitions=["x"])
    assert list(found) == ["made:a[x]"]
    record(store, "r2", ("made", "a", "y"))
    assert newest(store.events, "made:a[x]") == found["made:a[x]"]
    many = parts(store, kinds=["made"], asset="a", partitions=[str(n) for n in range(100)])
    assert many == {"made:a": newest(store.events, "made:a[y]")}


def test_an_asset_with_a_bracket_in_its_name_is_no_partition(store: Store) -> None:
    before = parts(store, kinds=["made"], asset="a[1]")
    record(store, "r1", ("made", "a[1]", ""))
    assert newest(store.events, "made:a[1]") != before["made:a[1]"]


def test_the_own_past_and_what_is_asked_of_no_asset_count_for_nothing(store: Store) -> None:
    own = Own(frozenset({"a"}), frozenset({CheckKey(Key("a"), "sound")}))
    assert parts(store, own, kinds=["made", "seen"], asset="a") == {}
    assert parts(store, own, kinds=["checked"], asset="a", name="sound") == {}
    assert list(parts(store, own, kinds=["checked"], asset="a", name="other")) == ["checked:a:other"]
    assert list(parts(store, own, kinds=["checked"], asset="b")) == ["checked:b:"]
    assert parts(store, own, kinds=["made"]) == {}
    assert answer(store.events, {"about": "runs", "run": None}, own).parts == {}


def test_a_question_that_is_none_is_refused(store: Store) -> None:
    with pytest.raises(DagxError, match="does not know the question 'weather'"):
        answer(store.events, {"about": "weather"}, NOBODY)
