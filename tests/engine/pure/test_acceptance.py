"""What a person accepted counts as no difference: exactly that, of that result, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from graph_text import world
from hypothesis import given
from hypothesis import strategies as st

from dagx_engine.pure.acceptance import Acceptable, Refused, acceptable
from dagx_engine.pure.definitions import Key, Product, StepName
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.manifest import SEEN, UNSEEN, Accepted, Change, Manifest, difference, incomplete
from dagx_engine.pure.staleness import (
    Fresh,
    Missing,
    One,
    Record,
    Restorable,
    Stale,
    current_of,
    manifest_of,
    verdict,
)

Stored = Mapping[Product, Sequence[Record]]

A, B = Key("a"), Key("b")
EDIT = Change("code:m:a", "1", "2")


def at(code: str, text: str = "a") -> Generation:
    return world(text, code={"a": code})


def made(
    number: int,
    generation: Generation,
    *changes: Change,
    key: Key = A,
    traced: Mapping[str, str] | None = None,
) -> Record:
    """A result of this generation, of which these differences were accepted."""
    step = generation.assets[key].step
    assert step is not None
    manifest = manifest_of(generation, step, {}, traced or {}, traced or {})
    return Record(number, key, manifest, "v", accepted=tuple(Accepted(c, "in words", 5.0) for c in changes))


def judge(now: Generation, stored: Stored, observed: Mapping[str, str] | None = None, step: str = "a") -> One:
    found = verdict(now, StepName(step), current_of(stored), stored, observed or {})
    assert isinstance(found, One)
    return found


def test_an_accepted_edit_leaves_the_result_fresh_and_is_told() -> None:
    found = judge(at("2"), {A: [made(1, at("1"), EDIT)]})
    assert isinstance(found, Fresh)
    assert [each.change for each in found.accepted] == [EDIT]


def test_another_edit_of_the_same_code_is_stale_by_that_alone() -> None:
    found = judge(at("3"), {A: [made(1, at("1"), EDIT)]})
    assert isinstance(found, Stale)
    assert found.changes == (Change("code:m:a", "1", "3"),)


def test_of_two_differences_only_the_one_that_was_not_accepted_is_told() -> None:
    then, now = {"file:x": "d1"}, {"file:x": "d2"}
    stored = {A: [made(1, at("1"), EDIT, traced=then)]}
    assert isinstance(judge(at("2"), stored, then), Fresh)
    found = judge(at("2"), stored, now)
    assert isinstance(found, Stale)
    assert found.changes == (Change("file:x", "d1", "d2"),)


def test_back_at_the_old_code_it_is_fresh_by_itself() -> None:
    assert judge(at("1"), {A: [made(1, at("1"), EDIT)]}) == Fresh(judge(at("1"), {}).manifest)


def test_what_was_accepted_of_one_result_says_nothing_of_another() -> None:
    earlier, current = made(1, at("1"), EDIT), made(2, at("9"))
    found = judge(at("2"), {A: [replace(current), replace(earlier, accepted=())]})
    assert isinstance(found, Stale)
    assert found.changes == (Change("code:m:a", "9", "2"),)


def test_an_earlier_result_of_which_the_edit_was_accepted_is_put_back() -> None:
    found = judge(at("2"), {A: [made(2, at("9")), made(1, at("1"), EDIT)]})
    assert isinstance(found, Restorable)
    assert [record.id for record in found.records] == [1]
    assert found.manifest == made(1, at("1")).manifest  # it was made from the old code, whatever was accepted


def test_a_result_that_was_made_from_what_is_there_now_goes_before_an_accepted_one() -> None:
    accepted, exact = made(1, at("1"), EDIT), made(2, at("2"))
    found = judge(at("2"), {A: [accepted, exact]})
    assert isinstance(found, Restorable)
    assert [record.id for record in found.records] == [2]
    found = judge(at("2"), {A: [made(3, at("9")), accepted, exact]})
    assert isinstance(found, Restorable)
    assert [record.id for record in found.records] == [2]


def test_an_accepted_result_whose_bytes_are_gone_is_missing() -> None:
    gone = replace(made(1, at("1"), EDIT), whole=False, lost="its stored bytes are gone")
    assert judge(at("2"), {A: [gone]}) == Missing(judge(at("2"), {}).manifest, "its stored bytes are gone")


def test_of_assets_that_are_made_together_all_must_be_accepted() -> None:
    def pair(code: str) -> Generation:
        return world("a; b", code={"both": code}, multi={"both": ["a", "b"]})

    edit = Change("code:m:both", "1", "2")
    first, second = made(1, pair("1"), edit), made(2, pair("1"), key=B)
    assert isinstance(judge(pair("2"), {A: [first], B: [second]}, step="both"), Stale)
    second = made(2, pair("1"), edit, key=B)
    assert isinstance(judge(pair("2"), {A: [first], B: [second]}, step="both"), Fresh)
    other = made(3, pair("9"))
    apart = judge(pair("2"), {A: [other, first], B: [made(4, pair("9"), key=B), second]}, step="both")
    assert isinstance(apart, Restorable)
    assert [record.id for record in apart.records] == [1, 2]


# What may be accepted.


def take(
    now: Generation, stored: Stored, observed: Mapping[str, str] | None = None, *, data: bool = False
) -> object:
    found = judge(now, stored, observed)
    versions = current_of(stored)
    return acceptable(now, StepName("a"), (A,), found, versions, stored, observed or {}, data=data)


def test_an_edit_of_code_can_be_accepted_as_it_is() -> None:
    record = made(1, at("1"))
    assert take(at("2"), {A: [record]}) == Acceptable(((record, (EDIT,)),))


def test_what_was_accepted_already_is_not_accepted_again() -> None:
    record = made(1, at("1"), EDIT, traced={"file:x": "d1"})
    found = take(at("2"), {A: [record]}, {"file:x": "d2"}, data=True)
    assert found == Acceptable(((record, (Change("file:x", "d1", "d2"),)),))


@pytest.mark.parametrize(
    "part", ["file:x", "dir:x", "input:b", "config:x", "resource:x", "variable:X", "never heard of"]
)
def test_data_is_accepted_only_when_that_is_said(part: str) -> None:
    then = Manifest.of([*made(1, at("1")).manifest.parts, (part, "d1")])
    record = replace(made(1, at("1")), manifest=then)
    change = Change(part, "d1", None if not part.startswith(("file", "dir")) else "d2")
    observed = {part: "d2"}
    assert take(at("1"), {A: [record]}, observed) == Refused(data=(change,))
    assert take(at("1"), {A: [record]}, observed, data=True) == Acceptable(((record, (change,)),))


def test_nothing_is_accepted_of_what_is_fresh_missing_or_put_back() -> None:
    assert take(at("1"), {A: [made(1, at("1"))]}) == Refused()
    assert take(at("1"), {}) == Refused("it was never made")
    earlier = take(at("1"), {A: [made(2, at("2")), made(1, at("1"))]})
    assert isinstance(earlier, Refused)
    assert "puts it back" in earlier.why


def test_a_result_that_is_not_whole_cannot_be_accepted() -> None:
    record = replace(made(1, at("1")), whole=False, lost="out.csv, which it wrote, is gone")
    assert take(at("2"), {A: [record]}) == Refused("out.csv, which it wrote, is gone")


def test_what_was_not_seen_cannot_be_accepted_even_as_data() -> None:
    part = incomplete("it started a program")
    found = take(at("1"), {A: [made(1, at("1"), traced={part: SEEN})]}, {part: UNSEEN}, data=True)
    assert isinstance(found, Refused)
    assert "nobody can tell" in found.why


PARTS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from("123"), max_size=4)


@given(PARTS, PARTS, PARTS)
def test_after_accepting_it_stands_and_each_further_difference_is_told(
    then: dict[str, str], now: dict[str, str], later: dict[str, str]
) -> None:
    stored, accepted = Manifest.of(then.items()), Manifest.of(now.items())
    record = Record(
        1, A, stored, "v", accepted=tuple(Accepted(c, "", 0) for c in difference(accepted, stored))
    )
    assert record.behind(accepted) == ()
    assert record.behind(stored) == ()
    after = Manifest.of(later.items())
    told = {change.part for change in record.behind(after)}
    assert told == {
        part for part in "abcd" if later.get(part) != then.get(part) and later.get(part) != now.get(part)
    }
