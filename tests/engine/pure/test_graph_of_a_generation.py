"""A generation knows who needs whom; `describe` reads one from what a worker says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from graph_text import check, world

from dagx.worker.columns import columns_of
from dagx_engine.pure.definitions import Key, Place, StepName
from dagx_engine.pure.describe import generation_of
from dagx_engine.pure.errors import ProjectError
from dagx_engine.pure.generation import Generation

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


def read(number: int, said: Mapping[str, Any]) -> Generation:
    """The rows of `said` as they come over the wire."""
    columns = {kind: columns_of(said[kind]) for kind in ("assets", "checks", "steps")}
    return generation_of(number, {**said, **columns, "parts": [*zip(*said["parts"], strict=True)]})


def described(**more: Any) -> dict[str, Any]:
    asset = {
        "key": "raw/orders",
        "step": "raw__orders",
        "deps": [],
        "partitions": "",
        "partitions_def": None,
        "mappings": {},
        "group": "raw",
        "kinds": ["csv"],
        "tags": {"team": "sales"},
        "owners": ["team:sales"],
        "description": "Orders.",
        "file": "defs/raw.py",
        "line": 12,
    }
    step = {
        "name": "raw__orders",
        "assets": ["raw/orders"],
        "observes": [],
        "checks": [["raw/orders", "sound"]],
        "loads": [],
        "in_parts": False,
        "parts": [1],
        "widened": "why",
        "declared_inputs": ["data/*.csv"],
        "refusal": "",
        "config_problem": "ops.raw__orders.config.days: is missing",
        "partitions_def": None,
        "mappings": {},
        "may_miss": [],
        "at_once": 1,
        "pools": ["db"],
        "priority": 0,
        "max_runtime": None,
    }
    check = {
        "asset": "raw/orders",
        "name": "sound",
        "step": "raw__orders",
        "deps": ["raw/orders"],
        "blocking": True,
        "description": "No holes.",
        "mappings": {},
        "file": "defs/raw.py",
        "line": 12,
    }
    job = {
        "description": "",
        "partitions": "",
        "is_configured_by_partition": False,
        "config_problem": "",
        "assets": [],
        "checks": [],
        "ops": [],
        "step": None,
        "file": "defs/jobs.py",
        "line": 3,
    }
    nothing: dict[str, Any] = {"assets": [], "checks": [], "parts": []}
    return {
        "assets": [asset],
        "checks": [check],
        "steps": [step],
        "parts": [["code:m:e", "2"], ["code:m:f", "1"]],
        "automation": {"schedules": ["weekly"], "sensors": ["arrivals"]},
        "jobs": [
            {**job, "name": "raw", "assets": ["raw/orders"], "checks": [["raw/orders", "sound"]]},
            {
                **job,
                "name": "nightly",
                "ops": ["fetch", "tell"],
                "step": {**step, "name": "nightly", **nothing},
            },
        ],
        "job": "nightly",
        "max_workers": 3,
        "limits": {"tag kind": 2},
        "run_config": {"ops": {}},
        "places": {"m": ["defs/raw.py", {"f": [[12, 14], [20, 20]]}]},
        "modules": {"defs/raw.py": "d1"},
        "read_at_import": ["table.json"],
        "third_party": ["pandas"],
        "learned": {"learned:m:g": [["code:m:g", "d2"]], "learned:m:gone": None},
        "proof": {"is_on": True, "words": "on (Python 3.12)"},
        **more,
    }


def test_what_a_worker_says_becomes_a_generation() -> None:
    found = read(7, described())
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
    assert found.places == {
        "module:m": Place("defs/raw.py", 0),
        "code:m:f": Place("defs/raw.py", 12, ((12, 14), (20, 20))),
    }
    assert found.third_party == ("pandas",)
    assert step.checks == (check("raw/orders:sound"),)
    assert step.config_problem == "ops.raw__orders.config.days: is missing"
    assert found.checks[check("raw/orders:sound")].blocking
    assert (found.automation.schedules, found.automation.sensors, found.max_workers) == (
        ("weekly",),
        ("arrivals",),
        3,
    )
    assert found.jobs["raw"].assets == ("raw/orders",)
    assert found.jobs["raw"].checks == (check("raw/orders:sound"),)
    assert found.job == found.jobs["nightly"]
    assert found.job.ops == ("fetch", "tell")


def test_the_step_of_a_job_is_in_no_graph_until_it_is_asked_for_and_then_in_no_run_of_everything() -> None:
    found = read(7, described())
    assert found.job is not None
    step = found.job.step
    assert step is not None
    assert (step.job, step.title, list(found.steps)) == ("nightly", "nightly", ["raw__orders"])
    with_it = found.with_steps({**found.steps, step.name: step})
    assert with_it.routine == ("raw__orders",)


CHECKED = world("orders; revenue<-orders; apart", blocking=["orders:sound"], checks=["revenue:small"])


def test_what_needs_an_asset_waits_for_its_blocking_check_and_is_not_made_from_it() -> None:
    revenue, sound = StepName("revenue"), StepName("orders_sound")
    assert CHECKED.upstream(revenue) == {"orders"}
    assert CHECKED.waits_for(revenue) == {"orders", "orders_sound"}
    assert CHECKED.waits_for(sound) == {"orders"}
    assert CHECKED.below([sound]) == {"orders_sound", "revenue", "revenue_small"}
    assert CHECKED.below([StepName("revenue_small")]) == {"revenue_small"}
    assert CHECKED.checks_of(Key("orders")) == (check("orders:sound"),)


def test_a_blocking_check_that_the_asset_gives_itself_is_waited_for_with_it() -> None:
    found = world(
        "orders; revenue<-orders", multi={"orders": ["orders", "orders:sound"]}, blocking=["orders:sound"]
    )
    assert found.waits_for(StepName("revenue")) == {"orders"}
    assert found.steps[StepName("orders")].products == ("orders", check("orders:sound"))


def said(asset: str, deps: list[str]) -> dict[str, Any]:
    return {**described()["assets"][0], "key": asset, "step": asset, "deps": deps}


def step(name: str, **more: Any) -> dict[str, Any]:
    return {**described()["steps"][0], "name": name, "assets": [name], "checks": [], **more}


def test_steps_come_after_the_blocking_checks_that_they_wait_for() -> None:
    steps = [step("a"), step("b"), step("a_ok", assets=[], checks=[["a", "ok"]])]
    checks = [{**described()["checks"][0], "asset": "a", "name": "ok", "step": "a_ok", "deps": ["a"]}]
    found = read(1, described(assets=[said("a", []), said("b", ["a"])], steps=steps, checks=checks))
    assert list(found.steps) == ["a", "a_ok", "b"]


def test_a_blocking_check_that_needs_what_waits_for_it_is_refused() -> None:
    steps = [step("a"), step("b"), step("a_ok", assets=[], checks=[["a", "ok"]])]
    checks = [{**described()["checks"][0], "asset": "a", "name": "ok", "step": "a_ok", "deps": ["a", "b"]}]
    with pytest.raises(ProjectError, match="steps wait for each other"):
        read(1, described(assets=[said("a", []), said("b", ["a"])], steps=steps, checks=checks))


def test_a_run_of_everything_observes_nothing() -> None:
    found = world("src!; a<-src", observed=["src"])
    assert found.routine == ("a",)
    assert found.waits_for(A) == {"observe_src"}


def test_a_product_of_a_step_that_works_in_parts_has_inputs_of_its_own() -> None:
    found = world(
        "x; y; a<-x; b<-y,a",
        multi={"both": ["a", "b", "b:ok"]},
        in_parts=["both"],
        checks=["b:ok"],
        a={"loads": ()},
        b={"loads": ()},
    )
    both = StepName("both")
    assert found.inputs(both) == ("x", "y")
    assert found.inputs(both, Key("a")) == ("x",)
    assert found.inputs(both, Key("b")) == ("y", "a")
    assert found.inputs(both, check("b:ok")) == ("b",)


def test_a_description_that_is_not_ours_is_refused() -> None:
    said = described()
    del said["assets"][0]["group"]
    with pytest.raises(KeyError):
        read(1, said)
