"""The four ready-made checks in a project, over several runs: they read what the runs before have left."""

from __future__ import annotations

import time
from typing import Any

import pytest
from world import World, wait_until

pytestmark = pytest.mark.fat


def results(world: World, asset: str = "orders") -> dict[str, tuple[str, str]]:
    """Of each check of an asset its last outcome and how it stands now."""
    found = {view["key"]: view for view in world.dagx("status", "--json").json["assets"]}
    return {check["name"]: (check["outcome"], check["state"]) for check in found[asset]["checks"]}


def says(world: World, check: str, asset: str = "orders") -> str:
    found = {view["key"]: view for view in world.dagx("status", "--json").json["assets"]}
    last = next(view["last"] for view in found[asset]["checks"] if view["name"] == check)
    return str(last["description"])


def executed(said: Any) -> list[str]:
    """The steps that a run executed."""
    return sorted(
        step for step, state in said.states.items() if state in ("succeeded", "unchanged", "failed")
    )


# What was recorded of the last two times


COLUMNS = """
    import dagx as dg

    COLUMNS = {"id": "int"}
    ROWS = 3

    @dg.asset
    def orders(context):
        columns = [dg.TableColumn(name, kind) for name, kind in COLUMNS.items()]
        context.add_output_metadata({"dagster/column_schema": dg.TableSchema(columns), "rows": ROWS})
        return ROWS

    columns = dg.build_column_schema_change_checks(assets=[orders])
    bounds = dg.build_metadata_bounds_checks(assets=[orders], metadata_key="rows", min_value=1, max_value=10)
    defs = dg.Definitions(assets=[orders], asset_checks=[*columns, *bounds])
"""


def test_changed_columns_are_told_once_they_change_and_until_they_stay(world: World) -> None:
    world.write("definitions.py", COLUMNS)
    world.run()
    assert results(world)["column_schema_change"] == ("passed", "fresh")
    assert set(world.run().states.values()) == {"fresh"}
    world.change("definitions.py", '{"id": "int"}', '{"id": "str", "at": "date"}')
    world.run()
    assert results(world)["column_schema_change"] == ("warned", "fresh")
    assert says(world, "column_schema_change") == "columns added: at (date); retyped: id (int to str)"
    assert set(world.run().states.values()) == {"fresh"}  # nothing happened since: the answer stands
    world.change("definitions.py", "ROWS = 3", "ROWS = 4")
    world.run()
    assert results(world)["column_schema_change"] == ("passed", "fresh")


def test_a_number_in_the_metadata_is_held_against_its_bounds_also_when_the_value_stayed(world: World) -> None:
    world.write("definitions.py", COLUMNS)
    world.change("definitions.py", "return ROWS", "return None")
    world.run()
    assert results(world)["rows_bounds_check"] == ("passed", "fresh")
    world.change("definitions.py", "ROWS = 3", "ROWS = 30")
    said = world.run()
    assert said.states["orders"] == "unchanged"
    assert results(world)["rows_bounds_check"] == ("warned", "fresh")
    assert says(world, "rows_bounds_check") == "rows is 30, and should be at least 1 and at most 10"


def test_what_is_put_back_is_what_the_checks_look_at(world: World) -> None:
    world.write("definitions.py", COLUMNS)
    world.run()
    world.change("definitions.py", "ROWS = 3", "ROWS = 30")
    world.run()
    assert results(world)["rows_bounds_check"][0] == "warned"
    world.change("definitions.py", "ROWS = 30", "ROWS = 3")
    said = world.run()
    assert said.states["orders"] == "restored"
    assert results(world) == {
        "rows_bounds_check": ("passed", "fresh"),
        "column_schema_change": ("passed", "fresh"),
    }
    assert set(world.run().states.values()) == {"fresh"}


def test_a_check_says_that_it_is_stale_because_its_asset_was_made_again(world: World) -> None:
    world.write("definitions.py", COLUMNS)
    world.run()
    said = world.run("--force", "orders")
    reasons = {step["step"]: [r["text"] for r in step["reasons"]] for step in said.json["steps"]}
    assert reasons["orders_rows_bounds_check"] == ["orders was made again since its history was read"]


# Freshness


FRESHNESS = """
    from datetime import timedelta

    import dagx as dg

    @dg.asset
    def orders():
        return 1

    checks = dg.build_last_update_freshness_checks(
        assets=[orders], lower_bound_delta=timedelta(seconds=SECONDS), severity=dg.AssetCheckSeverity.ERROR
    )
    defs = dg.Definitions(assets=[orders], asset_checks=checks)
"""


def test_a_freshness_check_stands_until_its_asset_is_too_old_and_again_once_it_is_made(world: World) -> None:
    for seconds in (3, 12, 40):  # the longer ones for a machine that is too busy to be asked in time
        world.write("definitions.py", FRESHNESS.replace("SECONDS", str(seconds)))
        before = time.time()
        world.run("--force")
        now, again = results(world)["freshness_check"], world.run().states
        if time.time() < before + seconds:
            break
    assert now == ("passed", "fresh")
    assert set(again.values()) == {"fresh"}
    wait_until(lambda: results(world)["freshness_check"] == ("passed", "stale"))
    (planned,) = world.dagx("plan", "--json").json["steps"]
    assert planned["reasons"][0]["text"].startswith("it held until 20")
    said = world.run()
    assert executed(said) == ["orders_freshness_check"]
    assert results(world)["freshness_check"] == ("failed", "fresh")
    assert set(world.run().states.values()) == {"fresh"}  # it cannot become fresh by waiting

    def is_made_in_time() -> bool:
        world.run("--force", "orders")
        return results(world)["freshness_check"][0] == "passed"

    wait_until(is_made_in_time)


PARTITIONS = """
    import dagx as dg

    years = dg.TimeWindowPartitionsDefinition(start="2020", fmt="%Y", cron_schedule="0 0 1 1 *")

    @dg.asset(partitions_def=years)
    def orders():
        return 1

    checks = dg.build_time_partition_freshness_checks(assets=[orders], deadline_cron="0 0 1 1 *")
    defs = dg.Definitions(assets=[orders], asset_checks=checks)
"""


def test_a_check_of_partitions_asks_for_the_last_one_that_was_complete(world: World) -> None:
    world.write("definitions.py", PARTITIONS)
    due = time.gmtime().tm_year - 1
    world.run("orders", "--partition", str(due - 1))
    world.run()
    assert results(world)["freshness_check"] == ("warned", "fresh")
    assert says(world, "freshness_check") == f"the partition {due} is not there"
    world.run("orders", "--partition", str(due))
    world.run()
    assert results(world)["freshness_check"] == ("passed", "fresh")
    assert set(world.run().states.values()) <= {"fresh"}


def test_one_definition_answers_the_checks_of_several_assets(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        ROWS = {"a": 1, "b": 20}

        def made(key):
            @dg.asset(name=key)
            def asset(context):
                context.add_output_metadata({"rows": ROWS[key]})
                return ROWS[key]
            return asset

        assets = [made("a"), made("b")]
        checks = dg.build_metadata_bounds_checks(assets=assets, metadata_key="rows", max_value=10)
        defs = dg.Definitions(assets=assets, asset_checks=checks)
        """,
    )
    world.run()
    assert results(world, "a")["rows_bounds_check"] == ("passed", "fresh")
    assert results(world, "b")["rows_bounds_check"] == ("warned", "fresh")
    world.change("definitions.py", '"b": 20', '"b": 2')
    world.run()
    assert results(world, "b")["rows_bounds_check"] == ("passed", "fresh")
    assert set(world.run().states.values()) == {"fresh"}
