"""A generation knows who needs whom; `describe` reads one from what a worker says."""

from __future__ import annotations

from typing import Any

import pytest
from graph_text import world

from dagx_engine.pure.describe import generation_of
from dagx_engine.pure.generation import Key, Place, StepName

A, B, C, D = map(StepName, "abcd")


def test_a_step_knows_what_is_directly_above_and_below_it() -> None:
    found = world("a; b<-a; c<-a; d<-b,c")
    assert found.upstream(D) == {B, C}
    assert found.downstream(A) == {B, C}
    assert found.children(Key("a")) == ("b", "c")
    assert found.upstream(A) == frozenset()


def test_below_is_the_steps_themselves_and_all_that_need_them() -> None:
    found = world("a; b<-a; c<-b; d")
    assert found.below([B]) == {B, C}
    assert found.below([A, D]) == {A, B, C, D}
    assert found.below([]) == frozenset()


def test_a_step_of_several_assets_is_one_step_and_does_not_need_itself() -> None:
    found = world("a; b<-a; c<-b", multi={"both": ["a", "b"]})
    both = StepName("both")
    assert found.upstream(both) == frozenset()
    assert found.inputs(both) == ()
    assert found.downstream(both) == {C}
    assert found.steps_of([Key("b"), Key("a")]) == (both,)


def test_inputs_are_named_once_in_the_order_of_their_declaration() -> None:
    found = world("x; y; a<-y,x; b<-x,y", multi={"both": ["a", "b"]})
    assert found.inputs(StepName("both")) == ("y", "x")


def test_an_external_asset_has_no_step() -> None:
    found = world("x!; a<-x")
    assert found.upstream(A) == frozenset()
    assert found.inputs(A) == ("x",)
    assert found.children(Key("x")) == ("a",)
    assert found.steps_of([Key("x"), Key("a")]) == (A,)


def test_steps_come_upstream_first_in_whatever_order_they_are_asked_for() -> None:
    found = world("a; b<-a; c<-b")
    assert found.steps_of([Key("c"), Key("a")]) == (A, C)


def described(**more: Any) -> dict[str, Any]:
    asset = {
        "key": "raw/orders",
        "step": "raw__orders",
        "deps": [],
        "loads": [],
        "group": "raw",
        "kinds": ["csv"],
        "tags": {"team": "sales"},
        "owners": ["team:sales"],
        "description": "Orders.",
        "file": "defs/raw.py",
        "line": 12,
    }
    step = {"name": "raw__orders", "assets": ["raw/orders"], "parts": [["code:m:f", "1"]], "widened": "why"}
    return {
        "assets": [asset],
        "steps": [step],
        "places": {"code:m:f": ["defs/raw.py", 12]},
        "modules": {"defs/raw.py": "d1"},
        "read_at_import": ["table.json"],
        "third_party": ["pandas"],
        **more,
    }


def test_what_a_worker_says_becomes_a_generation() -> None:
    found = generation_of(7, described())
    asset = found.assets[Key("raw/orders")]
    step = found.steps[StepName("raw__orders")]
    assert found.number == 7
    assert (asset.group, asset.kinds, asset.owners, str(asset.place)) == (
        "raw",
        ("csv",),
        ("team:sales",),
        "defs/raw.py:12",
    )
    assert (step.assets, step.parts, step.widened) == (("raw/orders",), (("code:m:f", "1"),), "why")
    assert found.places == {"code:m:f": Place("defs/raw.py", 12)}
    assert found.third_party == ("pandas",)


def test_a_description_that_is_not_ours_is_refused() -> None:
    said = described()
    del said["assets"][0]["group"]
    with pytest.raises(KeyError):
        generation_of(1, said)
