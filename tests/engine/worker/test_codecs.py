"""Values become bytes and come back equal, or the error says what is in the way."""

from __future__ import annotations

import collections
import dataclasses
import math
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dagx.errors import DagxError
from dagx.worker.codecs import Unstorable, decode, encode


@dataclasses.dataclass
class Order:
    number: int
    lines: tuple[int, ...] = ()


class Subclass(dict[str, int]):
    pass


class Holder:
    def __init__(self, **inside: object) -> None:
        self.__dict__.update(inside)


class LoadsBadly:
    def __reduce__(self) -> tuple[Any, ...]:
        return (int, ("no number",))


class SaysStop(BaseException):
    pass


class StopsWhileStored:
    def __reduce__(self) -> tuple[Any, ...]:
        raise SaysStop


def back(value: object) -> object:
    done = encode(value)
    return decode(done.codec, None, done.data)


def same(one: object, other: object) -> bool:
    """Equal in type and content at every depth; a NaN equals a NaN."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        pairs = zip(one.items(), other.items(), strict=False)
        return len(one) == len(other) and all(
            same(a, b) for left, right in pairs for a, b in zip(left, right, strict=True)
        )
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return (math.isnan(one) and math.isnan(other)) or (one, math.copysign(1, one)) == (
            other,
            math.copysign(1, other),
        )
    return one == other


any_text = st.text(alphabet=st.characters(exclude_categories=()))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(any_text | st.integers(), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(values)
@example("\ud800")
@example(["\udcff"])
@example({"a": math.nan})
@example({1: "a", "1": "b"})
@example([1, True, 1.0, "1"])
@example((1, [2, (3,)]))
@example(10**5000)
@example([-0.0, math.inf])
def test_a_value_comes_back_with_the_same_types(value: object) -> None:
    assert same(back(value), value)


@pytest.mark.parametrize(
    ("value", "codec"),
    [
        ("text", "text"),
        ("", "text"),
        ("\ud800", "pickle"),
        (b"\0", "bytes"),
        (bytearray(b"x"), "pickle"),
        (None, "json"),
        (1, "json"),
        ([1, {"a": None}], "json"),
        (math.nan, "pickle"),
        ([math.inf], "pickle"),
        ((1, 2), "pickle"),
        ([(1, 2)], "pickle"),
        ({1: 2}, "pickle"),
        ({"a", "b"}, "pickle"),
        (Order(1, (2,)), "pickle"),
        (Subclass(a=1), "pickle"),
        (collections.Counter("aab"), "pickle"),
    ],
    ids=lambda value: value if value in ("json", "pickle", "text", "bytes") else type(value).__name__,
)
def test_the_codec_is_chosen_by_exact_type(value: object, codec: str) -> None:
    done = encode(value)
    assert done.codec == codec
    assert same(decode(codec, None, done.data), value)


def test_deep_nesting_comes_back() -> None:
    for depth in (40, 51, 400):
        value: object = []
        for _ in range(depth):
            value = [value]
        assert back(value) == value


def test_a_value_that_holds_itself_comes_back() -> None:
    value: list[object] = []
    value.append(value)
    found = back(value)
    assert isinstance(found, list)
    assert found[0] is found


def test_equal_plain_values_have_equal_bytes() -> None:
    assert encode({"a": [1, "é"]}).data == encode({"a": [1, "é"]}).data == '{"a":[1,"é"]}'.encode()


def test_a_value_is_read_from_a_file_too(tmp_path: Path) -> None:
    for value in ("text", b"bytes", [1], (1,)):
        done = encode(value)
        (tmp_path / "object").write_bytes(done.data)
        assert decode(done.codec, str(tmp_path / "object"), None) == value


@pytest.mark.parametrize(
    ("value", "where"),
    [
        (threading.Lock(), "result cannot be stored: a _thread.lock"),
        ({"model": Holder(lock=threading.Lock())}, "result['model'].lock cannot be stored: a _thread.lock"),
        ([0, (1, threading.Lock())], "result[1][1] cannot be stored: a _thread.lock"),
        (lambda: 1, "result cannot be stored: a function"),
        ({1: {"f": lambda: 1}}, "result[1]['f'] cannot be stored: a function"),
    ],
)
def test_what_cannot_be_stored_is_named_with_the_path_to_it(value: object, where: str) -> None:
    with pytest.raises(Unstorable) as caught:
        encode(value)
    assert caught.value.message.startswith(where)
    assert "return plain values" in str(caught.value)


def test_the_search_for_the_culprit_ends_in_a_value_that_holds_itself() -> None:
    value: dict[str, object] = {"lock": threading.Lock()}
    value["self"] = value
    with pytest.raises(Unstorable):
        encode(value)


def test_a_value_that_cannot_be_read_back_is_refused_at_once() -> None:
    with pytest.raises(Unstorable, match="cannot be read back"):
        encode(LoadsBadly())


def test_a_request_to_stop_that_comes_while_a_value_is_stored_is_not_swallowed() -> None:
    for value in (StopsWhileStored(), [StopsWhileStored(), threading.Lock()]):
        with pytest.raises(SaysStop):
            encode(value)


def test_an_unknown_codec_is_an_error_that_names_it() -> None:
    with pytest.raises(DagxError, match="'zstd/9'"):
        decode("zstd/9", None, b"")
    with pytest.raises(DagxError, match="neither a file nor bytes"):
        decode("json", None, None)
