"""The cache key and the reason come from the same parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagx_engine.pure.manifest import Change, Manifest, difference, digest_bytes

Parts = dict[str, str]

short = st.text(alphabet="ab:\0,|1 ", max_size=4)
parts = st.dictionaries(short, short, max_size=4)


@given(parts, parts)
def test_keys_are_equal_exactly_when_the_parts_are(one: Parts, other: Parts) -> None:
    same = Manifest.of(one.items()).key == Manifest.of(other.items()).key
    assert same == (one == other)


@given(parts, parts)
def test_the_difference_is_empty_exactly_when_the_keys_are_equal(one: Parts, other: Parts) -> None:
    now, then = Manifest.of(one.items()), Manifest.of(other.items())
    assert (difference(now, then) == ()) == (now.key == then.key)


@given(parts, st.randoms(use_true_random=False))
def test_the_order_in_which_parts_are_named_does_not_matter(found: Parts, random: object) -> None:
    shuffled = list(found.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert Manifest.of(shuffled) == Manifest.of(found.items())


@given(st.text(alphabet="ab\0:", min_size=1, max_size=8), st.data())
def test_text_moved_over_the_border_of_name_and_digest_makes_another_key(
    text: str, data: st.DataObject
) -> None:
    places = st.integers(0, len(text))
    here, there = data.draw(places), data.draw(places)
    one, other = ((text[:cut], text[cut:]) for cut in (here, there))
    assert (Manifest.of([one]).key == Manifest.of([other]).key) == (here == there)


def test_one_part_is_not_two_parts_with_the_same_letters() -> None:
    keys = {
        Manifest.of([("a", "b"), ("c", "d")]).key,
        Manifest.of([("a", "bcd")]).key,
        Manifest.of([("ab", "cd")]).key,
        Manifest.of([("a", "bc"), ("", "d")]).key,
        Manifest.of([]).key,
        Manifest.of([("", "")]).key,
    }
    assert len(keys) == 6


def test_the_key_is_the_same_in_every_release() -> None:
    # A changed key makes everything that anybody stored stale: change these on purpose only.
    assert Manifest.of([]).key == "4f6a388695901ef3fa144438f67e6acc"
    manifest = Manifest.of([("code:m:f", "1"), ("input:orders", "22"), ("file:données\udce9.csv", "absent")])
    assert manifest.key == "8a6ede435b840d08ab62e3f5ba8970bd"
    assert digest_bytes(b"dagx") == "3dc4108232d781ef25daea028c290d94"


def test_a_part_that_stands_twice_must_have_one_digest() -> None:
    assert Manifest.of([("a", "1"), ("a", "1")]) == Manifest.of([("a", "1")])
    with pytest.raises(ValueError, match="'a' has two digests: 1 and 2"):
        Manifest.of([("a", "1"), ("a", "2")])


def test_the_difference_names_what_came_what_went_and_what_changed() -> None:
    now = Manifest.of([("came", "1"), ("same", "1"), ("changed", "2")])
    then = Manifest.of([("went", "1"), ("same", "1"), ("changed", "1")])
    assert difference(now, then) == (
        Change("came", None, "1"),
        Change("changed", "1", "2"),
        Change("went", "1", None),
    )
