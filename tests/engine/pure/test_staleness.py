"""One verdict for each state of the world, and its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from graph_text import check, world

from dagx_engine.pure.definitions import CheckKey, Key, Product, StepDef, StepName
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.manifest import ABSENT, Change, Manifest
from dagx_engine.pure.staleness import (
    AHEAD,
    LEFT_OUT,
    PAST,
    Fresh,
    Held,
    InParts,
    Missing,
    Record,
    Restorable,
    Stale,
    Unkept,
    Verdict,
    absent_assets,
    current_of,
    left_out,
    manifest_of,
    traced_names,
    verdict,
)

Stored = Mapping[Product, Sequence[Record]]

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


def test_a_result_that_rests_on_history_and_on_time_is_stale_when_either_moved_on() -> None:
    now = world("a")
    record = made(1, "a", now, traced={"made:b": "7", "until:100.0": AHEAD})
    assert traced_names([record]) == {"made:b", "until:100.0"}
    assert isinstance(judge(now, "a", {A: [record]}, {"made:b": "7", "until:100.0": AHEAD}), Fresh)
    assert changes(judge(now, "a", {A: [record]}, {"made:b": "8", "until:100.0": AHEAD})) == ["made:b"]
    assert changes(judge(now, "a", {A: [record]}, {"made:b": "7", "until:100.0": PAST})) == ["until:100.0"]


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


# Products beside the one asset: left out, checked, made in parts, observed.


def kept(
    number: int, product: str | CheckKey, generation: Generation, step: str, version: str, **inputs: str
) -> Record:
    """A result of one product of a step, made from these versions."""
    key = product if isinstance(product, CheckKey) else Key(product)
    versions = {Key(name): found for name, found in inputs.items()}
    return Record(number, key, manifest_of(generation, StepName(step), versions, (), {}, key), version)


def judged(
    generation: Generation, step: str, *records: Record, wanted: Sequence[str] | None = None
) -> Verdict:
    stored = {record.product: [record] for record in records}
    asked = None if wanted is None else [Key(name) for name in wanted]
    absent = absent_assets(generation, left_out(stored))
    return verdict(generation, StepName(step), current_of(stored), stored, {}, wanted=asked, absent=absent)


OPTIONAL = world("x; y; z<-y; w<-z,x", multi={"xy": ["x", "y"]})


def test_a_step_that_left_an_asset_out_is_fresh_until_something_changes() -> None:
    x, y = kept(1, "x", OPTIONAL, "xy", "v1"), kept(2, "y", OPTIONAL, "xy", LEFT_OUT)
    assert isinstance(judged(OPTIONAL, "xy", x, y), Fresh)
    edited = world("x; y; z<-y; w<-z,x", multi={"xy": ["x", "y"]}, code={"xy": "2"})
    assert isinstance(judged(edited, "xy", x, y), Stale)


def test_what_needs_an_asset_that_was_left_out_is_held_at_any_distance() -> None:
    x, y = kept(1, "x", OPTIONAL, "xy", "v1"), kept(2, "y", OPTIONAL, "xy", LEFT_OUT)
    z = kept(3, "z", OPTIONAL, "z", "v1", y="v0")
    assert absent_assets(OPTIONAL, [Key("y")]) == {"y": "y", "z": "y", "w": "y"}
    z_now, w_now = judged(OPTIONAL, "z", x, y, z), judged(OPTIONAL, "w", x, y, z)
    assert isinstance(z_now, Held)
    assert z_now.absent == ("y",)
    assert isinstance(w_now, Held)
    assert w_now.absent == ("z",)


CHECKED = world("a", checks=["a:ok"])


def test_a_check_is_stale_when_its_asset_or_its_code_is_another() -> None:
    result = kept(1, check("a:ok"), CHECKED, "a_ok", "True", a="v1")
    assert isinstance(judged(CHECKED, "a_ok", kept(2, "a", CHECKED, "a", "v1"), result), Fresh)
    other = judged(CHECKED, "a_ok", kept(2, "a", CHECKED, "a", "v2"), result)
    assert isinstance(other, Stale)
    assert [change.part for change in other.changes] == ["input:a"]
    edited = world("a", checks=["a:ok"], code={"a_ok": "2"})
    assert isinstance(judged(edited, "a_ok", kept(2, "a", edited, "a", "v1"), result), Stale)
    assert isinstance(judged(edited, "a", kept(2, "a", CHECKED, "a", "v1")), Fresh)


def test_a_check_that_holds_back_is_tried_again() -> None:
    result = replace(kept(1, check("a:ok"), CHECKED, "a_ok", "False", a="v1"), whole=False, lost="it failed")
    found = judged(CHECKED, "a_ok", kept(2, "a", CHECKED, "a", "v1"), result)
    assert isinstance(found, Missing)
    assert found.lost == "it failed"


def test_a_step_with_a_check_of_its_own_is_fresh_when_both_are_there() -> None:
    found = world("a", multi={"a": ["a", "a:ok"]}, checks=["a:ok"])
    asset, result = kept(1, "a", found, "a", "v1"), kept(2, check("a:ok"), found, "a", "True")
    assert isinstance(judged(found, "a", asset, result), Fresh)
    assert isinstance(judged(found, "a", asset), Missing)


PARTS = world(
    "p; q; a<-p; b<-q; c<-a",
    multi={"abc": ["a", "b", "c"]},
    in_parts=["abc"],
    a={"loads": ()},
    b={"loads": ()},
    c={"loads": ()},
)
MADE = [
    kept(1, "p", PARTS, "p", "p1"),
    kept(2, "q", PARTS, "q", "q1"),
    kept(3, "a", PARTS, "abc", "a1", p="p1"),
    kept(4, "b", PARTS, "abc", "b1", q="q1"),
    kept(5, "c", PARTS, "abc", "c1", a="a1"),
]


def todo(*records: Record, wanted: Sequence[str] | None = None) -> tuple[Product, ...]:
    found = judged(PARTS, "abc", *records, wanted=wanted)
    assert isinstance(found, InParts)
    return found.todo


def test_of_a_step_that_works_in_parts_only_what_is_stale_is_to_be_made() -> None:
    assert todo(*MADE) == ()
    assert todo(*MADE[:3], MADE[4]) == ("b",)
    assert todo(MADE[0], replace(MADE[1], data_version="q2"), *MADE[2:]) == ("b",)


def test_what_needs_another_part_that_will_be_made_is_made_with_it() -> None:
    assert todo(replace(MADE[0], data_version="p2"), *MADE[1:]) == ("a", "c")


def test_what_is_not_wanted_of_a_step_that_works_in_parts_is_left_as_it_is() -> None:
    changed = [replace(MADE[0], data_version="p2"), *MADE[1:]]
    assert todo(*changed, wanted=["a"]) == ("a",)
    assert todo(*changed, wanted=["b"]) == ()


def test_a_job_of_ops_keeps_nothing_and_is_never_fresh() -> None:
    job = StepDef(StepName("nightly"), (), job="nightly")
    generation = Generation(1, {}, {job.name: job})
    assert isinstance(verdict(generation, job.name, {}, {}, {}), Unkept)


def test_a_step_that_observes_keeps_nothing_and_is_never_fresh() -> None:
    assert isinstance(judged(world("src!", observed=["src"]), "observe_src"), Unkept)


def test_what_needs_an_observed_asset_follows_its_version() -> None:
    found = world("src!; a<-src", observed=["src"])
    before = kept(1, "a", found, "a", "v1")
    first = kept(2, "a", found, "a", "v1", src="k1")
    assert isinstance(judged(found, "a", before), Fresh)
    k1, k2 = (Record(9, Key("src"), Manifest(()), version) for version in ("k1", "k2"))
    assert isinstance(judged(found, "a", before, k1), Stale)
    assert isinstance(judged(found, "a", first, k1), Fresh)
    assert isinstance(judged(found, "a", first, k2), Stale)
