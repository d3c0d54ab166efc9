"""What a stored value is known by where its bytes would tell equal values apart."""

from __future__ import annotations

import copy
import dataclasses
import json
import math
import os
import pickle
import subprocess
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagx.worker.codecs import encode
from dagx.worker.contents import content_digest

ROOT = Path(__file__).parents[3]
WITH_TABLES = ROOT / "examples/nycflights/.venv/bin/python"


@dataclasses.dataclass
class Order:
    number: int
    lines: tuple[object, ...] = ()


@dataclasses.dataclass
class SaysItself:
    number: int

    def __reduce__(self) -> tuple[Any, ...]:
        return (SaysItself, (1,))


Pair = namedtuple("Pair", "x y")
Other = namedtuple("Other", "x y")


def again(text: str) -> str:
    """An equal text that is another object."""
    return "".join(list(text))


def test_the_same_text_twice_and_two_equal_texts_are_the_same() -> None:
    shared = again("north")
    one, other = (shared, shared), (again("north"), again("north"))
    assert encode(one).data != encode(other).data
    assert encode(one).content == encode(other).content != ""
    assert encode(pickle.loads(pickle.dumps(one))).content == encode(one).content


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.floats(allow_nan=False) | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple)
    | st.dictionaries(st.text(max_size=1), inner, max_size=2) | inner.map(lambda value: Order(1, (value,))),
    max_leaves=6,
)  # fmt: skip


@given(plain, plain)
def test_two_values_have_one_digest_exactly_when_they_are_equal_in_type_and_order(
    one: object, other: object
) -> None:
    assert (content_digest(one) == content_digest(other)) == (repr(one) == repr(other))
    assert content_digest(copy.deepcopy(one)) == content_digest(one) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (0.0, -0.0),
        ((1,), (True,)),
        (("a", "bc"), ("ab", "c")),
        (((), ()), ((((),),))),
        ({1: 2, 3: 4}, {3: 4, 1: 2}),
        (Pair(1, 2), Other(1, 2)),
        (Pair(1, 2), (1, 2)),
        (Order(1), Order(2)),
        (math.nan, math.inf),
        ("1", b"1"),
    ],
)
def test_what_is_not_the_same_has_another_digest(one: object, other: object) -> None:
    assert content_digest([one]) != content_digest([other])


def changed(value: Any) -> Any:
    value.more = 1
    return value


def twice(value: object) -> tuple[object, object]:
    return value, value


@pytest.mark.parametrize(
    "value",
    [
        twice([1]),
        twice({}),
        twice(Order(1)),
        [object()],
        SaysItself(2),
        changed(Order(1)),
        tuple(range(20_000)),
    ],
    ids=[
        "a list twice",
        "a dict twice",
        "an object twice",
        "an object",
        "its own way",
        "more than fields",
        "many",
    ],
)
def test_of_all_else_the_bytes_decide(value: object) -> None:
    assert content_digest(value) == ""


ZOO = """
import copy, json, pickle
import numpy as np, pandas as pd, polars as pl
from dagx.worker.codecs import encode
from dagx.worker.valuedigest import Unencodable, value_digest

def known(value):
    done = encode(value)
    return done.codec + " " + (done.content or str(hash(done.data)))

def frame(**more): return pd.DataFrame({"n": [1, 2], "s": ["x", "y"], **more})

different = [
    np.int64(1), np.int32(1), np.float64(1), np.bool_(True), np.str_("1"), 1, True, 1.0, "1",
    np.float64(0.0), np.float64(-0.0), np.float64("nan"), np.datetime64(1, "ns"), np.datetime64(1, "s"),
    np.timedelta64(1, "s"),
    np.array([1, 2]), np.array([1, 2], "i4"), np.array([[1, 2]]), np.array([1.0, 2.0]), np.array([1, 2], object),
    np.array([True, False]), np.array(["a", "bc"]), np.array([["ab"], ["c"]]), np.array([0.0]), np.array([-0.0]),
    np.ones((2, 2)), np.asfortranarray(np.ones((2, 2))), np.array([(1, 2)], "i4,i4"), np.array([(1, 2)], "i4,u4"),
    pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-02"), pd.Timestamp("2024-01-01", tz="UTC"), pd.Timedelta(1),
    frame(), frame().rename(columns={"n": "m"}), frame(n=[1.0, 2.0]), frame(n=[1, 3]), frame(s=["x", "z"]),
    frame(s=["xy", ""]), frame(s=["x", None]), frame(s=pd.Categorical(["x", "y"])),
    frame(s=pd.Categorical(["x", "y"], ["y", "x"])), frame(t=pd.to_datetime(["2024", "2025"])),
    frame(t=pd.to_datetime(["2024", "2025"], utc=True)), frame(o=[1, "x"]), frame(o=["1", "x"]),
    frame().set_index("s"), frame().iloc[::-1], frame()[["s", "n"]],
    frame(i=pd.array([1, None], dtype="Int64")), pd.Series([1, 2]), pd.Series([1, 2], name="n"), pd.Index([1, 2]),
    pl.DataFrame({"n": [1, 2]}), pl.DataFrame({"n": [1.0, 2.0]}), pl.DataFrame({"n": [1, None]}),
]
built = pd.DataFrame({"n": [1, 2]})
built["s"] = ["x", "y"]
used = frame()
used.describe(), used.groupby("s").sum()
rows = np.arange(12)
halves = pl.concat([pl.DataFrame({"n": [1], "s": ["x"]}), pl.DataFrame({"n": [2], "s": ["y"]})], rechunk=False)
equal = {
    "columns put in one by one": [frame(), built],
    "rows put together": [frame(), pd.concat([frame().iloc[:1], frame().iloc[1:]], ignore_index=True)],
    "after use": [frame(), used],
    "after a pickle": [frame(), pickle.loads(pickle.dumps(frame()))],
    "a part of another array": [np.arange(6), rows[:6]],
    "every second": [np.arange(6), rows[::2] // 2],
    "chunks": [pl.DataFrame({"n": [1, 2], "s": ["x", "y"]}), halves],
    "scalars": [(np.float64(1), np.float64(1)), (np.float64(1),) * 2],
}
refused = []
for value in different[:15] + different[15:35]:
    try:
        value_digest(value)
    except Unencodable:
        refused.append(type(value).__name__)
print(json.dumps({
    "different": [known(value) for value in different],
    "again": [known(copy.deepcopy(value)) for value in different],
    "equal": {name: [known(value) for value in values] for name, values in equal.items()},
    "captured": sorted(set(refused)),
}))
"""


@pytest.mark.fat
@pytest.mark.skipif(
    not WITH_TABLES.exists(), reason="`make unit` sets up the environment with pandas and polars"
)
def test_scalars_arrays_and_tables_are_known_by_what_they_hold() -> None:
    done = subprocess.run(
        [WITH_TABLES, "-c", ZOO],
        env={**os.environ, "PYTHONPATH": str(ROOT / "core"), "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        timeout=250,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    twice = [place for place, digest in enumerate(found["different"]) if found["different"].count(digest) > 1]
    assert twice == []
    assert found["again"] == found["different"]
    assert {name for name, (one, other) in found["equal"].items() if one != other} == set()
    # what a function captures of them is never taken for a plain value
    assert {"float64", "bool", "str_", "ndarray", "Timestamp", "DataFrame"} <= set(found["captured"])
