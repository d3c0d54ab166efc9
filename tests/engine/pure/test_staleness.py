"""One verdict for each state of the world, and its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from graph_text import world

from dagx_engine.pure.generation import Generation, Key, StepName
from dagx_engine.pure.manifest import ABSENT, Change, Manifest
from dagx_engine.pure.staleness import (
    Fresh,
    Missing,
    Record,
    Restorable,
    Stale,
    Verdict,
    current_of,
    manifest_of,
    traced_names,
    verdict,
)

Stored = Mapping[Key, Sequence[Record]]

A, B = Key("a"), Key("b")


def made(
    number: int,
    asset: str,
    generation: Generation,
    version: str = "v1",
    *,
    inputs: Mapping[str, str] | None = None,
    traced: Mapping[str, str] | None = None,
    whole: bool = True,
) -> Record:
    """A materialization made from this generation, these input versions and these files."""
    step = generation.assets[Key(asset)].step
    assert step is not None
    versions = {Key(key): found for key, found in (inputs or {}).items()}
    manifest = manifest_of(generation, step, versions, traced or {}, traced or {})
    return Record(number, Key(asset), manifest, version, whole)


def judge(
    generation: Generation, step: str, stored: Stored, observed: Mapping[str, str] | None = None
) -> Verdict:
    return verdict(generation, StepName(step), current_of(stored), stored, observed or {})


def changes(found: Verdict) -> list[str]:
    assert isinstance(found, Stale | Restorable)
    return [change.part for change in found.changes]


def test_what_was_never_made_is_missing() -> None:
    found = judge(world("a"), "a", {})
    assert isinstance(found, Missing)
    assert not found.lost


def test_what_was_made_from_what_is_there_now_is_fresh() -> None:
    now = world("a")
    assert isinstance(judge(now, "a", {A: [made(1, "a", now)]}), Fresh)


def test_a_change_of_code_makes_it_stale_and_is_the_reason() -> None:
    before, now = world("a"), world("a", code={"a": "2"})
    found = judge(now, "a", {A: [made(1, "a", before)]})
    assert isinstance(found, Stale)
    assert found.changes == (Change("code:m:a", "1", "2"),)


def test_new_data_upstream_makes_it_stale_and_equal_data_does_not() -> None:
    now = world("a; b<-a")
    built = made(2, "b", now, inputs={"a": "v1"})
    assert isinstance(judge(now, "b", {A: [made(1, "a", now)], B: [built]}), Fresh)
    found = judge(now, "b", {A: [made(3, "a", now, "v2"), made(1, "a", now)], B: [built]})
    assert isinstance(found, Stale)
    assert found.changes == (Change("input:a", "v1", "v2"),)


def test_all_that_changed_is_said() -> None:
    before, now = world("a; b"), world("a; b<-a", code={"b": "2"})
    found = judge(now, "b", {A: [made(1, "a", now)], B: [made(2, "b", before)]})
    assert changes(found) == ["code:m:b", "input:a"]


def test_going_back_to_earlier_code_makes_the_earlier_result_restorable() -> None:
    old, new = world("a"), world("a", code={"a": "2"})
    stored = {A: [made(2, "a", new, "v2"), made(1, "a", old)]}
    found = judge(old, "a", stored)
    assert isinstance(found, Restorable)
    assert [record.id for record in found.records] == [1]
    assert changes(found) == ["code:m:a"]


def test_of_two_results_that_fit_the_newer_is_put_back() -> None:
    old, new = world("a"), world("a", code={"a": "2"})
    stored = {A: [made(3, "a", new), made(2, "a", old, "v2"), made(1, "a", old)]}
    found = judge(old, "a", stored)
    assert isinstance(found, Restorable)
    assert [record.id for record in found.records] == [2]


def test_the_files_that_the_run_was_seen_to_read_decide() -> None:
    now = world("a")
    stored = {A: [made(1, "a", now, traced={"file:x.csv": "1", "file:y.csv": ABSENT})]}
    assert isinstance(judge(now, "a", stored, {"file:x.csv": "1", "file:y.csv": ABSENT}), Fresh)
    found = judge(now, "a", stored, {"file:x.csv": "1", "file:y.csv": "2"})
    assert isinstance(found, Stale)
    assert found.changes == (Change("file:y.csv", ABSENT, "2"),)


def test_each_earlier_result_is_judged_by_the_files_that_it_read_itself() -> None:
    # The first run read x and found a reference to y; after an edit of x it read z in place of y.
    now = world("a")
    first = made(1, "a", now, traced={"file:x": "to y", "file:y": "1"})
    second = made(2, "a", now, traced={"file:x": "to z", "file:z": "1"})
    seen = {"file:x": "to y", "file:y": "1", "file:z": "1"}
    found = judge(now, "a", {A: [second, first]}, seen)
    assert isinstance(found, Restorable)
    assert found.records == (first,)
    assert isinstance(judge(now, "a", {A: [second, first]}, {**seen, "file:y": "2"}), Stale)


def test_what_must_be_looked_at_is_what_any_stored_result_was_seen_to_depend_on() -> None:
    now = world("a; b")
    records = [made(1, "a", now, traced={"file:x": "1"}), made(2, "b", now, traced={"dir:d": "2"})]
    assert traced_names(records) == {"file:x", "dir:d"}


def test_a_result_whose_bytes_are_gone_is_not_fresh() -> None:
    now = world("a")
    record = replace(made(1, "a", now, whole=False), lost="its stored bytes are gone")
    found = judge(now, "a", {A: [record]})
    assert isinstance(found, Missing)
    assert found.lost == "its stored bytes are gone"


def test_a_result_whose_bytes_are_gone_is_replaced_by_an_equal_one_that_is_whole() -> None:
    now = world("a")
    found = judge(now, "a", {A: [made(2, "a", now, whole=False), made(1, "a", now)]})
    assert isinstance(found, Restorable)
    assert [record.id for record in found.records] == [1]


def test_a_result_whose_bytes_are_gone_is_never_put_back() -> None:
    old, new = world("a"), world("a", code={"a": "2"})
    assert isinstance(judge(old, "a", {A: [made(2, "a", new), made(1, "a", old, whole=False)]}), Stale)


def test_a_missing_upstream_value_is_a_part_like_any_other() -> None:
    now = world("a; b<-a")
    stored = {B: [made(1, "b", now)]}
    assert isinstance(judge(now, "b", stored), Fresh)
    found = judge(now, "b", {**stored, A: [made(2, "a", now)]})
    assert isinstance(found, Stale)
    assert found.changes == (Change("input:a", "missing", "v1"),)


def test_an_external_asset_never_makes_anything_stale_by_itself() -> None:
    now = world("x!; a<-x")
    assert isinstance(judge(now, "a", {A: [made(1, "a", now)]}), Fresh)


# A step of several assets.


def several(code: str = "1") -> Generation:
    return world("a; b", multi={"both": ["a", "b"]}, code={"both": code})


def test_a_step_is_fresh_only_when_all_its_assets_are() -> None:
    now = several()
    assert isinstance(judge(now, "both", {A: [made(1, "a", now)], B: [made(2, "b", now)]}), Fresh)
    assert isinstance(judge(now, "both", {A: [made(1, "a", now)]}), Missing)
    assert isinstance(
        judge(now, "both", {A: [made(1, "a", now)], B: [made(2, "b", now, whole=False)]}), Missing
    )


def test_a_step_whose_assets_are_of_different_states_is_not_fresh() -> None:
    old, now = several(), several("2")
    for currents in (
        {A: [made(3, "a", now)], B: [made(2, "b", old)]},
        {A: [made(1, "a", old)], B: [made(4, "b", now)]},
    ):
        found = judge(now, "both", currents)
        assert isinstance(found, Stale)
        assert found.changes == (Change("code:m:both", "1", "2"),)


def test_a_step_is_put_back_with_all_its_assets_from_one_state() -> None:
    old, new = several(), several("2")
    stored = {
        A: [made(3, "a", new), made(1, "a", old)],
        B: [made(4, "b", new), made(2, "b", old)],
    }
    found = judge(old, "both", stored)
    assert isinstance(found, Restorable)
    assert [record.id for record in found.records] == [1, 2]
    missing_one = {A: stored[A], B: [made(4, "b", new)]}
    assert isinstance(judge(old, "both", missing_one), Stale)


def test_a_state_that_all_assets_have_is_found_also_below_one_that_only_some_have() -> None:
    # Both states fit what is there now: they differ in the files that their runs were seen to read.
    now, later = several(), several("2")
    wide, narrow = {"file:x": "1", "file:y": "1"}, {"file:x": "1"}
    stored = {
        A: [made(5, "a", later), made(3, "a", now, traced=wide), made(1, "a", now, traced=narrow)],
        B: [
            made(6, "b", later),
            made(4, "b", now, traced=wide, whole=False),
            made(2, "b", now, traced=narrow),
        ],
    }
    found = judge(now, "both", stored, wide)
    assert isinstance(found, Restorable)
    assert [record.id for record in found.records] == [1, 2]


def test_the_manifest_of_a_verdict_is_what_a_run_now_would_be_stored_under() -> None:
    now = world("a; b<-a")
    found = judge(now, "b", {A: [made(1, "a", now)]})
    parts = [("code:m:b", "1"), ("python", "3.11"), ("input:a", "v1")]
    assert found.manifest == Manifest.of(parts)
