"""What a step is seen to execute beyond its static reach: what a worker is told of it, what counts, what is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from graph_text import world

from dagx_engine.pure.definitions import Key, Place, StepName
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.learning import edge_in_words, learned_edges, proof_of, still_there, take_edges
from dagx_engine.pure.manifest import ABSENT, SEEN, UNSEEN, Change
from dagx_engine.pure.reasons import reason_of
from dagx_engine.pure.staleness import Fresh, Record, Stale, manifest_of, verdict

A = StepName("a")
EDGE, OTHER = "learned:lib:clean", "learned:lib:factor"
REACH = (("code:lib:clean", "c1"), ("code:lib:factor", "f1"))


def shop(*parts: tuple[str, str], proven: bool = True) -> Generation:
    """An asset of which these are the parts, where it is noted what steps execute."""
    found = world("a")
    step = replace(found.steps[A], parts=parts or (("code:defs:a", "a1"), ("package:numpy", "2")))
    return replace(found, steps={A: step}, is_proven=proven, reach={})


def taken(generation: Generation, told: Mapping[str, Sequence[Sequence[str]] | None]) -> tuple[str, ...]:
    """The edges of an attempt whose calls were noted."""
    return take_edges(generation, A, {"learned": told, "calls": True}, list)


def record(generation: Generation, *edges: str) -> Record:
    return Record(1, Key("a"), manifest_of(generation, A, {}, edges, {}), "v1")


def judged(generation: Generation, stored: Record) -> Fresh | Stale:
    found = verdict(generation, A, {}, {Key("a"): [stored]}, {})
    assert isinstance(found, Fresh | Stale)
    return found


def test_a_worker_is_told_what_is_covered_and_what_is_known() -> None:
    generation = shop()
    generation.reach.update({EDGE: REACH, "learned:lib:gone": None})
    assert proof_of(generation, A) == {"covered": ["code:defs:a"], "known": [EDGE], "calls": True}
    assert proof_of(shop(proven=False), A) == {"covered": ["code:defs:a"], "known": [], "calls": False}


def test_nothing_is_asked_where_a_person_says_the_version_and_nothing_counts() -> None:
    versioned = shop(("code_version:a", "1"))
    assert proof_of(versioned, A) is None
    assert take_edges(versioned, A, {}, lambda: [EDGE]) == ()


def test_an_edge_counts_with_all_that_it_leads_to() -> None:
    generation = shop()
    assert taken(generation, {EDGE: REACH}) == (EDGE,)
    made = record(generation, EDGE)
    assert {(EDGE, SEEN), *REACH} < set(made.manifest.parts)
    assert isinstance(judged(generation, made), Fresh)
    edited = shop()
    edited.reach[EDGE] = (("code:lib:clean", "c1"), ("code:lib:factor", "f2"))
    found = judged(edited, made)
    assert isinstance(found, Stale)
    assert found.changes == (Change("code:lib:factor", "f1", "f2"),)


def test_an_edge_that_leads_nowhere_or_nobody_knows_where_makes_stale() -> None:
    generation = shop()
    taken(generation, {EDGE: REACH})
    made = record(generation, EDGE)
    gone, unknown = shop(), shop()
    gone.reach[EDGE] = None
    for later, now in ((gone, ABSENT), (unknown, UNSEEN)):
        found = judged(later, made)
        assert isinstance(found, Stale)
        assert Change(EDGE, SEEN, now) in found.changes
    assert reason_of(Change(EDGE, SEEN, ABSENT), {}) == "clean of lib, which it executed, is gone"
    assert reason_of(Change("unpickled:lib:Model", SEEN, ABSENT), {}) == (
        "Model of lib, which it loaded from a pickle, is gone"
    )
    assert reason_of(Change("learned:lib:", SEEN, ABSENT), {}) == "module lib, which it executed, is gone"


def test_what_was_executed_by_what_was_executed_is_no_edge_of_its_own() -> None:
    generation = shop()
    told = {EDGE: REACH, OTHER: (("code:lib:factor", "f1"),)}
    assert taken(generation, told) == (EDGE,)
    assert taken(generation, {EDGE: None, OTHER: None}) == (EDGE,)
    assert taken(generation, {OTHER: None}) == (OTHER,)


def test_where_calls_were_not_noted_the_edges_of_before_count() -> None:
    known = [EDGE, "unpickled:lib:Model"]
    assert take_edges(shop(), A, {}, lambda: known) == tuple(known)
    loaded = {"learned": {"unpickled:lib:Other": []}, "calls": False}
    assert take_edges(shop(), A, loaded, lambda: known) == ("unpickled:lib:Other", EDGE)
    assert take_edges(shop(), A, {"learned": {}, "calls": True}, lambda: known) == ()


def test_an_edge_is_one_as_long_as_no_name_leads_there() -> None:
    generation = shop()
    assert not still_there(generation, A, EDGE)
    generation.reach.update({EDGE: REACH, OTHER: None})
    assert still_there(generation, A, EDGE)
    assert not still_there(generation, A, OTHER)
    assert not still_there(generation, StepName("gone"), EDGE)
    named = shop(("code:defs:a", "a1"), *REACH)
    named.reach[EDGE] = REACH
    assert not still_there(named, A, EDGE)


def test_an_edge_is_told_by_its_place() -> None:
    places = {"code:lib:clean": Place("lib.py", 14), "module:lib": Place("lib.py", 0)}
    assert edge_in_words(EDGE, places) == "lib.py:14 clean"
    assert edge_in_words("learned:lib:", places) == "lib.py"
    assert edge_in_words("learned:lib:<effects>", places) == "lib.py (what it does at import)"
    assert edge_in_words(EDGE, {}) == "lib clean"


def test_people_are_told_of_the_edges_that_current_results_rest_on() -> None:
    generation = shop()
    generation.reach.update({EDGE: REACH, OTHER: REACH})
    rows = [("a", EDGE, "r1"), ("a", OTHER, "r2"), ("gone", EDGE, "r1")]
    (remark,) = learned_edges(generation, rows, {A: {EDGE}})
    assert (remark.step, remark.kind) == (A, "learned edge")
    assert remark.text == "a executed lib clean, though no name leads there; it counts since run r1"
    assert "report" in remark.hint
