"""What a run would do, before it does it."""

from __future__ import annotations

from graph_text import world

from dagx_engine.pure.definitions import Key, Product, StepName
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.plan import Outlook, outlook, runnable, unasked, unready
from dagx_engine.pure.staleness import LEFT_OUT, Fresh, Missing, Record, Stale, manifest_of

A, B, C, D = map(StepName, "abcd")


def built(generation: Generation) -> dict[Product, list[Record]]:
    """Everything was made, once, and its value is called after it."""
    versions = {key: f"value of {key}" for key in generation.assets}
    return {
        key: [Record(n, key, manifest_of(generation, asset.step, versions, (), {}), versions[key])]
        for n, (key, asset) in enumerate(generation.assets.items())
        if asset.step is not None
    }


def look(
    generation: Generation, stored: dict[Product, list[Record]], *selected: str, force: bool = False
) -> Outlook:
    chosen = [StepName(name) for name in selected] or list(generation.steps)
    return outlook(generation, chosen, stored, {}, force=force)


def test_of_a_fresh_project_nothing_is_planned_and_everything_is_judged() -> None:
    now = world("a; b<-a")
    found = look(now, built(now))
    assert found.planned == ()
    assert [type(verdict) for verdict in found.verdicts.values()] == [Fresh, Fresh]


def test_what_changed_will_run_and_what_needs_it_may() -> None:
    before, now = world("a; b<-a; c<-b; d"), world("a; b<-a; c<-b; d", code={"a": "2"})
    found = look(now, built(before))
    assert [(item.step, item.certain, item.because_of) for item in found.planned] == [
        (A, True, ()),
        (B, False, (A,)),
        (C, False, (B,)),
    ]


def test_a_step_that_changed_itself_is_certain_whatever_is_above_it() -> None:
    before = world("a; b<-a")
    found = look(world("a; b<-a", code={"a": "2", "b": "2"}), built(before))
    assert [(item.step, item.certain) for item in found.planned] == [(A, True), (B, True)]
    assert isinstance(found.planned[1].verdict, Stale)


def test_only_what_is_selected_is_judged() -> None:
    before, now = world("a; b<-a"), world("a; b<-a", code={"a": "2"})
    found = look(now, built(before), "b")
    assert found.planned == ()
    assert list(found.verdicts) == [B]


def test_what_was_never_made_is_planned_upstream_first() -> None:
    found = look(world("a; b<-a; c<-a,b"), {})
    assert [item.step for item in found.planned] == [A, B, C]
    assert all(isinstance(item.verdict, Missing) for item in found.planned)


def test_force_plans_what_is_fresh_too() -> None:
    now = world("a; b")
    assert [item.step for item in look(now, built(now), "b", force=True).planned] == [B]


def test_a_step_is_unready_when_a_value_that_it_loads_was_never_made_and_will_not_be() -> None:
    now = world("a; b<-a; x!; c<-x")
    assert unready(now, look(now, {}, "b").planned, {}) == {B: (Key("a"),)}
    assert unready(now, look(now, {}, "a", "b").planned, {}) == {}
    stored = {Key("a"): built(now)[Key("a")]}
    assert unready(now, look(now, stored, "b").planned, stored) == {}


def test_an_external_asset_and_one_that_is_only_for_order_make_nothing_unready() -> None:
    now = world("a; x!; b<-a,x", b={"loads": (Key("x"),)})
    assert unready(now, look(now, {}, "b").planned, {}) == {}


def test_unasked_runs_leave_out_what_is_withheld_and_what_needs_it() -> None:
    now = world("a; b<-a; c")
    planned = look(now, {}).planned
    assert unasked(now, planned, failing=(), withheld=()) == (A, B, C)
    assert unasked(now, planned, failing=(), withheld={A}) == (C,)


def test_unasked_runs_do_not_repeat_a_failure_unless_something_above_it_runs_first() -> None:
    before, now = world("a; b<-a; c<-b"), world("a; b<-a; c<-b", code={"b": "2"})
    planned = look(now, built(before)).planned
    assert [item.step for item in planned] == [B, C]
    assert unasked(now, planned, failing={B}, withheld=()) == ()
    new_above = world("a; b<-a; c<-b", code={"a": "2", "b": "2"})
    planned = look(new_above, built(before)).planned
    assert unasked(new_above, planned, failing={B}, withheld=()) == (A, B, C)


def test_a_changed_check_runs_alone() -> None:
    generation = world("a; b<-a", blocking=["a:ok"])
    stored = built(generation)
    found = look(generation, stored)
    assert [item.step for item in found.planned] == ["a_ok"]


def test_what_waits_for_a_check_that_may_not_run_may_not_run_either() -> None:
    generation = world("a; b<-a", blocking=["a:ok"])
    found = look(generation, {})
    assert unasked(generation, found.planned, {StepName("a_ok")}, set()) == ("a", "a_ok", "b")
    assert unasked(generation, found.planned, set(), {StepName("a_ok")}) == ("a",)


def test_what_needs_an_asset_that_was_left_out_is_not_planned() -> None:
    generation = world("a; b<-a; c<-b")
    stored = built(generation)
    stored[Key("a")] = [Record(9, Key("a"), stored[Key("a")][0].manifest, LEFT_OUT)]
    found = look(generation, stored)
    assert found.planned == ()
    assert found.absent == {"a": "a", "b": "a", "c": "a"}
    assert look(generation, stored, "b", force=True).planned == ()


def test_what_may_be_made_after_all_may_run() -> None:
    generation = world("a; b<-a", code={"a": "2"})
    stored = built(world("a; b<-a"))
    stored[Key("a")] = [Record(9, Key("a"), stored[Key("a")][0].manifest, LEFT_OUT)]
    found = look(generation, stored)
    assert [(item.step, item.certain) for item in found.planned] == [("a", True), ("b", False)]


def test_what_dagx_does_not_run_is_left_out_of_a_run_with_all_that_needs_it() -> None:
    generation = world("a; b<-a; c", refused=["a"])
    steps, words = runnable(generation, list(generation.steps))
    assert steps == ("c",)
    assert words == ('"a" is not run: it is partitioned', '"b" is not run, for what it needs')
