"""Digests of values: typed, and the same in every process."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import os
import pathlib
import re
import subprocess
import sys
from collections import OrderedDict, namedtuple
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagx.worker.valuedigest import Unencodable, classes_in, value_digest


class Colour(enum.Enum):
    RED = 1


class Size(enum.IntEnum):
    RED = 1


@dataclasses.dataclass(frozen=True)
class Point:
    x: int
    y: object = 0


Pair = namedtuple("Pair", "x y")
Other = namedtuple("Other", "y x")


class Text(str):
    __slots__ = ()


DIFFERENT: list[Any] = [
    1,
    True,
    "1",
    1.0,
    b"1",
    bytearray(b"1"),
    1 + 0j,
    decimal.Decimal(1),
    decimal.Decimal("1.0"),
    None,
    "None",
    0.0,
    -0.0,
    (),
    [],
    {},
    set(),
    frozenset(),
    "",
    b"",
    (1,),
    [1],
    {1},
    frozenset({1}),
    {1: 1},
    {"1": 1},
    [[1], 2],
    [1, [2]],
    [1, 2],
    ["ab", "c"],
    ["a", "bc"],
    range(3),
    [0, 1, 2],
    Colour.RED,
    Size.RED,
    Point(1),
    Point(1, 1),
    Pair(1, 0),
    Other(1, 0),
    (1, 0),
    pathlib.PurePosixPath("a"),
    pathlib.PureWindowsPath("a"),
    "a",
    datetime.date(2024, 1, 1),
    datetime.datetime(2024, 1, 1),
    datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc),
    datetime.timedelta(1),
    datetime.time(1),
    re.IGNORECASE,
    re.RegexFlag(0),
    10**5000,
    10**5000 + 1,
]


def test_values_that_differ_in_type_or_content_have_different_digests() -> None:
    digests = [value_digest(value) for value in DIFFERENT]
    twice = [value for value, digest in zip(DIFFERENT, digests, strict=True) if digests.count(digest) > 1]
    assert twice == []


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def shape(value: object) -> object:
    """A value together with its types, so that 1 and True differ."""
    if isinstance(value, list):
        return [shape(item) for item in value]
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    return type(value), repr(value)


@given(plain, plain)
def test_digests_are_equal_exactly_when_the_values_are(one: object, other: object) -> None:
    assert (value_digest(one) == value_digest(other)) == (shape(one) == shape(other))


@given(st.dictionaries(st.text(max_size=3), st.integers(), max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_a_dict_counts_and_that_of_a_set_does_not(value: dict[str, int], random: Any) -> None:
    pairs = list(value.items())
    random.shuffle(pairs)
    assert (value_digest(dict(pairs)) == value_digest(value)) == (pairs == list(value.items()))
    assert value_digest({name for name, _ in pairs}) == value_digest(set(value))


def test_the_digest_is_the_same_under_every_hash_seed() -> None:
    text = (
        "from dagx.worker.valuedigest import value_digest as d; "
        "print(d({'b', 'a', 'c', ('x', 1)}), d({'k%d' % n: {str(n), 'y'} for n in range(20)}), d(frozenset('abc')))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", text],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(said) == 1


def test_the_digest_is_the_same_in_every_release() -> None:
    # A changed digest makes what people stored stale: change this on purpose only.
    assert value_digest([1, "a", {"k": (None, 2.5)}]) == "c21047c2f50592b2814681b43518b3c5"


@pytest.mark.parametrize(
    "value",
    [
        object(),
        lambda: 1,
        Text("a"),
        OrderedDict(a=1),
        [object()],
        {"a": object()},
        {1, object()},
        Point(1, object()),
    ],
    ids=["object", "lambda", "subclass", "ordered dict", "in a list", "in a dict", "in a set", "in a field"],
)
def test_what_has_no_canonical_form_is_refused_at_any_depth(value: object) -> None:
    with pytest.raises(Unencodable, match="has no canonical form"):
        value_digest(value)


def test_a_value_that_holds_itself_is_refused() -> None:
    value: list[object] = []
    value.append(value)
    with pytest.raises(Unencodable, match="100 deep"):
        value_digest(value)


def test_the_classes_in_a_value_are_found_at_any_depth() -> None:
    value = {"a": [Point(1, Colour.RED)], "b": (Pair(1, 2), {Size.RED}), "c": 1}
    assert set(classes_in(value)) == {Point, Colour, Pair, Size}
    assert set(classes_in(Point)) == {Point}
    assert list(classes_in([1, "a", {"b": None}])) == []
