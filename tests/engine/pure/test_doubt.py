"""Results of which not all inputs were seen: made again when they are asked for, left alone when nobody asks."""

from __future__ import annotations

from graph_text import world

from dagx_engine.pure.definitions import Key, Product, StepName
from dagx_engine.pure.doubt import is_doubt_alone
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.manifest import SEEN, UNSEEN, incomplete
from dagx_engine.pure.plan import Outlook, outlook, unasked
from dagx_engine.pure.staleness import Record, manifest_of

A, B, C = map(StepName, "abc")
DOUBT = incomplete("it started `cat`")


def built_with_doubt(generation: Generation) -> dict[Product, list[Record]]:
    """Everything was made once; of `a` it is not known what it read."""
    versions = {key: f"value of {key}" for key in generation.assets}
    seen = {"a": {DOUBT: SEEN}}
    found: dict[Product, list[Record]] = {}
    for number, (key, asset) in enumerate(generation.assets.items()):
        assert asset.step is not None
        traced = seen.get(str(key), {})
        manifest = manifest_of(generation, asset.step, versions, traced, traced)
        found[Key(key)] = [Record(number, key, manifest, versions[key])]
    return found


def look(now: Generation, stored: dict[Product, list[Record]]) -> Outlook:
    return outlook(now, list(now.steps), stored, {DOUBT: UNSEEN})


def test_what_is_in_doubt_is_planned_when_it_is_asked_for_and_left_alone_unasked() -> None:
    now = world("a; b<-a; c")
    found = look(now, built_with_doubt(now))
    assert [item.step for item in found.planned] == [A, B]
    assert is_doubt_alone(found.verdicts[A])
    assert unasked(now, found.planned, failing=(), withheld=()) == ()


def test_what_is_made_of_something_in_doubt_is_not_held_back_by_it() -> None:
    before, now = world("a; b<-a; c<-b"), world("a; b<-a; c<-b", code={"b": "2"})
    found = look(now, built_with_doubt(before))
    assert unasked(now, found.planned, failing=(), withheld=()) == (B, C)


def test_what_is_in_doubt_runs_when_something_else_changed() -> None:
    before, now = world("a; b<-a"), world("a; b<-a", code={"a": "2"})
    found = look(now, built_with_doubt(before))
    assert not is_doubt_alone(found.verdicts[A])
    assert unasked(now, found.planned, failing=(), withheld=()) == (A, B)


def test_what_is_in_doubt_may_run_after_what_it_is_made_of() -> None:
    before, now = world("b; a<-b"), world("b; a<-b", code={"b": "2"})
    found = look(now, built_with_doubt(before))
    assert unasked(now, found.planned, failing=(), withheld=()) == (B, A)
