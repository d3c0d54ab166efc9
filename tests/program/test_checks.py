"""Checks: executed after their asset, kept, stale by themselves; a blocking one holds back what needs the asset."""

from __future__ import annotations

from typing import Any

import pytest
from world import World

pytestmark = pytest.mark.fat

PROJECT = """
    import dagx as dg

    ROWS = [1, 2, 3]

    @dg.asset
    def orders():
        return ROWS

    @dg.asset_check(asset=orders, description="None is below zero.")
    def positive(orders):
        found = [row for row in orders if row < 0]
        return dg.AssetCheckResult(passed=not found, metadata={"below": len(found)})

    @dg.asset_check(asset=orders, blocking=True)
    def not_empty(orders):
        return dg.AssetCheckResult(passed=bool(orders), description=f"{len(orders)} rows")

    @dg.asset
    def report(orders):
        return len(orders)

    @dg.asset
    def apart():
        return 1
"""


def checks_of(world: World, asset: str = "orders") -> dict[str, Any]:
    """The checks of an asset, by name, as `dagx status --json` has them."""
    found = {view["key"]: view for view in world.dagx("status", "--json").json["assets"]}
    return {check["name"]: check for check in found[asset]["checks"]}


def test_checks_run_after_their_asset_and_what_they_found_is_kept(world: World) -> None:
    world.write("definitions.py", PROJECT)
    said = world.run()
    assert said.code == 0
    assert said.states["orders_positive"] == "succeeded"
    results = {step["step"]: step["results"] for step in said.json["steps"]}
    assert [(r["name"], r["outcome"]) for r in results["orders_not_empty"]] == [("not_empty", "passed")]
    found = checks_of(world)
    assert found["positive"]["outcome"] == "passed"
    assert found["positive"]["description"] == "None is below zero."
    assert found["positive"]["last"]["metadata"] == [{"label": "below", "type": "int", "value": 0}]
    assert found["not_empty"]["last"]["description"] == "3 rows"
    assert {check["state"] for check in found.values()} == {"fresh"}
    assert set(world.run().states.values()) == {"fresh"}


def test_a_changed_check_runs_alone_and_a_changed_asset_runs_its_checks(world: World) -> None:
    world.write("definitions.py", PROJECT)
    world.run()
    world.change("definitions.py", "row < 0", "row < 1")
    assert checks_of(world)["positive"]["state"] == "stale"
    assert world.status() == {"orders": "fresh", "report": "fresh", "apart": "fresh"}
    assert world.made() == ["orders_positive"]
    world.change("definitions.py", "[1, 2, 3]", "[1, 2, 4]")
    states = world.run().states
    assert states["orders_positive"] == states["orders_not_empty"] == "unchanged"
    assert states["report"] == "unchanged"


def test_a_check_that_fails_without_blocking_is_a_warning_and_the_run_succeeds(world: World) -> None:
    world.write("definitions.py", PROJECT)
    world.change("definitions.py", "[1, 2, 3]", "[1, -2, 3]")
    said = world.dagx("run")
    assert said.code == 0
    assert "1 check did not pass: orders:positive" in said.out + said.err
    assert checks_of(world)["positive"]["outcome"] == "failed"
    assert checks_of(world)["positive"]["state"] == "fresh"
    assert world.status()["report"] == "fresh"
    assert set(world.run().states.values()) == {"fresh"}
    shown = world.dagx("show", "orders").out
    assert "positive" in shown
    assert "failed" in shown


def test_a_blocking_check_that_fails_holds_back_what_needs_the_asset(world: World) -> None:
    world.write("definitions.py", PROJECT)
    world.run()
    world.change("definitions.py", "[1, 2, 3]", "[]")
    said = world.run()
    assert said.code == 1
    assert said.states == {
        "orders": "succeeded",
        "orders_positive": "unchanged",
        "orders_not_empty": "failed",
        "report": "skipped",
        "apart": "fresh",
    }
    assert checks_of(world)["not_empty"]["state"] == "failed"
    assert world.status() == {"orders": "fresh", "report": "blocked", "apart": "fresh"}
    assert "0 rows" in world.dagx("show", "orders").out
    again = world.run()
    assert (again.code, again.states["orders_not_empty"], again.states["report"]) == (1, "failed", "skipped")
    world.change("definitions.py", "ROWS = []", "ROWS = [1, 2, 3]")
    states = world.run().states
    assert (states["orders"], states["orders_not_empty"], states["report"]) == (
        "restored",
        "restored",
        "fresh",
    )


def test_a_blocking_check_that_only_warns_holds_nothing_back(world: World) -> None:
    world.write("definitions.py", PROJECT)
    world.change(
        "definitions.py", "passed=bool(orders),", "passed=False, severity=dg.AssetCheckSeverity.WARN,"
    )
    said = world.run()
    assert said.code == 0
    assert said.states["report"] == "succeeded"
    assert checks_of(world)["not_empty"]["outcome"] == "warned"


def test_a_check_that_raises_fails_the_run_and_only_a_blocking_one_holds_back(world: World) -> None:
    world.write("definitions.py", PROJECT)
    world.change("definitions.py", "row < 0", "row < None")
    said = world.run()
    assert said.code == 1
    assert (said.states["orders_positive"], said.states["report"]) == ("failed", "succeeded")
    assert checks_of(world)["positive"]["error"].startswith("TypeError")


def test_a_check_that_gives_no_result_says_so_and_is_not_executed_again(world: World) -> None:
    world.write("definitions.py", PROJECT)
    world.change(
        "definitions.py",
        'return dg.AssetCheckResult(passed=bool(orders), description=f"{len(orders)} rows")',
        "return True",
    )
    assert world.run().code == 0
    assert checks_of(world)["not_empty"]["outcome"] == "no result"
    assert "is no AssetCheckResult: nothing is recorded" in world.dagx("logs").out
    assert set(world.run().states.values()) == {"fresh"}


def test_checks_can_be_selected_alone(world: World) -> None:
    world.write("definitions.py", PROJECT)
    refused = world.dagx("run", "checks(key:orders)")
    assert refused.code == 2
    assert "was never made" in refused.err
    world.run("orders")
    assert world.run("checks(key:orders)", "--force").states == {
        "orders_positive": "unchanged",
        "orders_not_empty": "unchanged",
    }


INLINE = """
    import dagx as dg

    @dg.asset(check_specs=[dg.AssetCheckSpec("sound", asset="orders", blocking=True)])
    def orders():
        yield dg.Output(5)
        yield dg.AssetCheckResult(passed=True, severity=dg.AssetCheckSeverity.ERROR)

    @dg.asset
    def report(orders):
        return orders
"""


def test_an_asset_that_checks_itself_is_one_step(world: World) -> None:
    world.write("definitions.py", INLINE)
    assert world.run().states == {"orders": "succeeded", "report": "succeeded"}
    assert checks_of(world)["sound"]["outcome"] == "passed"
    world.change("definitions.py", "passed=True", "passed=False")
    said = world.run()
    assert said.code == 1
    assert said.states == {"orders": "failed", "report": "skipped"}
    assert checks_of(world)["sound"]["outcome"] == "failed"
    assert world.status() == {"orders": "failed", "report": "blocked"}
    world.change("definitions.py", "passed=False", "passed=True")
    assert world.run().states == {"orders": "restored", "report": "fresh"}
    assert checks_of(world)["sound"]["outcome"] == "passed"


def test_several_checks_of_one_function_can_be_asked_for_one_by_one(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        @dg.asset
        def a():
            return 1

        @dg.asset
        def b():
            return 2

        @dg.multi_asset_check(
            specs=[dg.AssetCheckSpec("ok", asset="a"), dg.AssetCheckSpec("ok", asset="b")], can_subset=True
        )
        def both(context):
            for key in sorted(context.selected_asset_check_keys):
                yield dg.AssetCheckResult(passed=True, asset_key=key.asset_key, check_name=key.name)
        """,
    )
    assert world.run("a").states == {"a": "succeeded", "both": "succeeded"}
    assert checks_of(world, "a")["ok"]["outcome"] == "passed"
    assert checks_of(world, "b")["ok"]["outcome"] == "never executed"
    assert world.run().states == {"a": "fresh", "b": "succeeded", "both": "succeeded"}
    assert checks_of(world, "b")["ok"]["outcome"] == "passed"
    assert set(world.run().states.values()) == {"fresh"}


def test_dev_runs_a_changed_check_and_shows_what_it_found(world: World) -> None:
    world.write("definitions.py", PROJECT)
    world.run()
    with world.dev() as dev:
        dev.until_loaded()
        world.change("definitions.py", "passed=bool(orders)", "passed=len(orders) > 9")
        states = dev.until_run_ended()
        assert states == {"orders_not_empty": "failed"}
        changed = [
            asset for event in dev.events if event["event"] == "assets_changed" for asset in event["assets"]
        ]
        last = [asset for asset in changed if asset["key"] == "orders"][-1]
        assert {c["name"]: c["outcome"] for c in last["checks"]} == {
            "positive": "passed",
            "not_empty": "failed",
        }
        assert not [event for event in dev.quiet() if event["event"] == "run_started"]


def test_steps_of_assets_with_a_prefix_bear_the_names_of_the_assets(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        @dg.asset(key_prefix=["raw", "shop"])
        def orders():
            print("read")

        @dg.asset(deps=[orders], key_prefix="mart")
        def sales():
            print("sold")

        @dg.asset_check(asset=sales)
        def sound():
            return dg.AssetCheckResult(passed=True)
        """,
    )
    said = world.dagx("run").out
    assert "raw/shop/orders  started" in said
    assert "mart/sales:sound  started" in said
    log = world.dagx("logs").out
    assert "== raw/shop/orders ==" in log
    assert "== mart/sales ==" in log
    assert "__" not in said + log
    assert 'did you mean "raw/shop/orders"?' in world.dagx("run", "orders").err
