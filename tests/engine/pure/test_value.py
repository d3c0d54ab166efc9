"""The dataclass of the engine's values is that of the standard library, as far as anybody can see."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field
from typing import Any

import pytest

from dagx_engine.pure.value import dataclass


@dataclass(frozen=True)
class Point:
    x: int
    y: int = 0
    names: list[str] = field(default_factory=list)
    note: str = field(default="", compare=False, repr=False)
    depth: int = field(default=7, init=False)

    @property
    def total(self) -> int:
        return self.x + self.y


@dataclass(frozen=True)
class Deep(Point):
    z: int = 3


@dataclass(frozen=True, kw_only=True)
class Named:
    after: str = ""
    first: str


@dataclass(frozen=True, slots=True)
class Row:
    """With slots."""

    x: int
    y: str

    @property
    def both(self) -> str:
        return f"{self.x}{self.y}"


@dataclass(frozen=True)
class Nothing:
    pass


@dataclass(frozen=True)
class Own:
    x: int

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Own)


@dataclass
class Open:
    x: int = 0


def test_values_are_equal_by_what_is_compared_of_them() -> None:
    assert Point(1, 2) == Point(1, y=2, note="other")
    assert Point(1) != Point(2)
    assert Point(1) != Deep(1)
    assert Nothing() == Nothing()
    assert hash(Named(first="a")) == hash(Named(first="a"))
    assert len({Nothing(), Nothing()}) == 1


def test_a_value_with_a_list_in_it_has_no_hash() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Point(1))


def test_what_is_missing_or_too_much_is_refused() -> None:
    make: Any = Point
    for given in ((), (1, 2, [], "", 7)):
        with pytest.raises(TypeError):
            make(*given)
    with pytest.raises(TypeError):
        make(x=1, z=2)
    named: Any = Named
    with pytest.raises(TypeError):
        named("a")


def test_a_value_cannot_be_changed() -> None:
    point: Any = Point(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        point.x = 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        del point.x
    assert point == Point(1)


def test_each_value_has_a_default_of_its_own() -> None:
    Point(1).names.append("a")
    assert Point(1).names == []


def test_it_is_shown_with_its_fields() -> None:
    assert repr(Deep(1)) == "Deep(x=1, y=0, names=[], depth=7, z=3)"
    assert repr(Nothing()) == "Nothing()"


def test_what_the_standard_library_does_with_dataclasses_works() -> None:
    deep = Deep(1, names=["a"])
    assert [each.name for each in dataclasses.fields(deep)] == ["x", "y", "names", "note", "depth", "z"]
    assert dataclasses.replace(deep, z=5) == Deep(1, names=["a"], z=5)
    assert dataclasses.asdict(Named(first="b")) == {"after": "", "first": "b"}
    assert copy.deepcopy(deep) == pickle.loads(pickle.dumps(deep)) == deep
    match deep:
        case Deep(x, y):
            assert (x, y) == (1, 0)


@pytest.mark.parametrize("first", ["fields", "base", "is_dataclass", "match", "made"])
def test_fields_are_found_by_whoever_needs_them_first(first: str) -> None:
    @dataclass(frozen=True)
    class Base:
        x: int
        names: list[str] = field(default_factory=list)

    @dataclass(frozen=True)
    class Derived(Base):
        y: int = field(default=2)

    value: Any = None
    match first:
        case "fields":
            dataclasses.fields(Derived)
        case "base":
            dataclasses.fields(Base)
        case "is_dataclass":
            assert dataclasses.is_dataclass(Derived)
        case "match":
            match value:
                case Derived(_, _, _):
                    raise AssertionError
        case _:
            Derived(0)
    assert [each.name for each in dataclasses.fields(Derived)] == ["x", "names", "y"]
    assert [each.name for each in dataclasses.fields(Base)] == ["x", "names"]
    assert Derived.__match_args__ == ("x", "names", "y")  # type: ignore[attr-defined]  # mypy says so of none
    assert Derived(1) == Derived(1, [], 2) != Derived(1, [], 3)
    assert not hasattr(Base, "names")
    assert Derived.y == 2


def test_threads_may_need_them_at_once() -> None:
    for _ in range(50):

        @dataclass(frozen=True)
        class Value:
            x: int = field(default=1)
            names: list[str] = field(default_factory=list)

        with ThreadPoolExecutor(4) as threads:
            made = list(threads.map(lambda _, kind=Value: kind(), range(4)))  # type: ignore[misc]
        assert made == [Value()] * 4


def test_what_a_class_defines_itself_stays() -> None:
    assert Own(1) == Own(2)


def test_what_may_be_changed_is_left_to_the_original() -> None:
    value = Open()
    value.x = 3
    assert value == Open(3)


def test_a_value_with_slots_is_one_like_the_others_and_holds_no_dict() -> None:
    row: Any = Row(1, y="a")
    assert (row.x, row.y, row.both, Row.__doc__) == (1, "a", "1a", "With slots.")
    assert not hasattr(row, "__dict__")
    assert repr(row) == "Row(x=1, y='a')"
    assert row == Row(1, "a") != Row(2, "a")
    assert hash(row) == hash(Row(1, "a"))
    assert dataclasses.replace(row, x=2) == Row(2, "a")
    assert copy.copy(row) == copy.deepcopy(row) == pickle.loads(pickle.dumps(row)) == row
    with pytest.raises(dataclasses.FrozenInstanceError):
        row.x = 2
    with pytest.raises(TypeError):
        row.__class__(1)


def test_the_engine_does_without_inspect_until_somebody_wants_it() -> None:
    code = """
import sys
import dagx_engine.pure.value as value
assert "dataclasses" in sys.modules and "inspect" not in sys.modules and "ast" not in sys.modules
import dataclasses
@dataclasses.dataclass
class Point:
    x: int
assert Point.__doc__ == "Point(x: int)", Point.__doc__
import inspect
assert inspect.__file__ and inspect is sys.modules["inspect"]
"""
    subprocess.run([sys.executable, "-c", code], check=True)
