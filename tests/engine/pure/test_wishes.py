"""What commands and engine say to each other: it comes back as it was, or it is alien."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagx.errors import DagxError
from dagx_engine.pure.asked import RunWish
from dagx_engine.pure.errors import BusyError, ProjectError, UsageError
from dagx_engine.pure.from_json import Alien, from_json
from dagx_engine.pure.wishes import (
    GcWish,
    Wish,
    error_json,
    error_of,
    name_of,
    wish_of,
)
from dagx_engine.views import Event, Loaded, Notice, PlanView, RunView, StepView, to_json
from dagx_engine.views.upkeep import AcceptView, CollectedView

_LEAVES: Mapping[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=5),
    int: st.integers(min_value=1),
    bool: st.booleans(),
    float: st.floats(min_value=0, max_value=1e9),
    type(None): st.none(),
    object: st.none() | st.text(max_size=5) | st.integers() | st.lists(st.booleans(), max_size=2),
}


@cache
def _values(kind: Any) -> st.SearchStrategy[Any]:
    """All values of a type that views are made of."""
    if kind in _LEAVES:
        return _LEAVES[kind]
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        of: dict[str, Any] = {field.name: _values(hints[field.name]) for field in dataclasses.fields(kind)}
        return st.builds(kind, **of)
    arguments = get_args(kind)
    if get_origin(kind) is tuple and arguments[-1] is ...:
        return st.lists(_values(arguments[0]), max_size=2).map(tuple)
    if get_origin(kind) is tuple:
        return st.tuples(*map(_values, arguments))
    if get_origin(kind) is Mapping:
        return st.dictionaries(st.text(max_size=5), _values(arguments[1]), max_size=2)
    if arguments:
        return st.one_of(*map(_values, arguments))
    return st.sampled_from(list(kind))


def _over_the_wire(value: object) -> object:
    return json.loads(json.dumps(to_json(value)))


@given(_values(RunWish | Wish))
def test_a_wish_arrives_as_it_was_made(wish: RunWish | Wish) -> None:
    assert wish_of({"wish": name_of(wish), "of": _over_the_wire(wish)}) == wish


@pytest.mark.parametrize("kind", [*get_args(Event), RunView, PlanView, StepView, AcceptView, CollectedView])
def test_every_event_and_answer_arrives_as_it_was(kind: type[object]) -> None:
    @settings(max_examples=15)
    @given(_values(kind))
    def holds(value: object) -> None:
        assert from_json(kind, _over_the_wire(value)) == value

    holds()


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"wish": "fly", "of": {}},
        {"wish": ["run"], "of": {}},
        {"wish": "run"},
        {"wish": "run", "of": []},
        {"wish": "run", "of": {"force": 1}},
        {"wish": "run", "of": {"selection": 5}},
        {"wish": "run", "of": {"asked": {"first": None}}},
        {"wish": "accept", "of": {}},
        {"wish": "gc", "of": {"verify": "yes"}},
    ],
)
def test_what_is_no_wish_is_alien(message: dict[str, object]) -> None:
    with pytest.raises(Alien):
        wish_of(message)


def test_what_a_newer_one_says_beside_is_left_alone() -> None:
    assert wish_of({"wish": "gc", "of": {"verify": True, "hard": True}}) == GcWish(verify=True)


def test_numbers_are_what_they_say() -> None:
    seconds = {"generation": 1, "assets": 2, "seconds": 3, "first": True}
    assert from_json(Loaded, seconds) == Loaded(1, 2, 3.0, True)
    for wrong in ({"generation": True}, {"assets": 2.5}, {"seconds": None}, {"first": 1}):
        with pytest.raises(Alien):
            from_json(Loaded, {**seconds, **wrong})
    with pytest.raises(Alien):
        from_json(Notice, {"level": "info"})


@pytest.mark.parametrize(
    "error", [UsageError("a", "b"), ProjectError("c"), BusyError("d"), DagxError("e", "f")]
)
def test_a_refusal_is_the_same_refusal_on_the_other_side(error: DagxError) -> None:
    found = error_of(json.loads(json.dumps(error_json(error))))
    assert (type(found), found.message, found.hint) == (type(error), error.message, error.hint)
