"""`dagx run` makes partitions: those that are asked for, once, and what needs them."""

from __future__ import annotations

import pytest
from world import World

pytestmark = pytest.mark.fat

PROJECT = """
    import dagx as dg

    days = dg.DailyPartitionsDefinition(start_date="2024-01-01", end_date="2024-01-22")
    weeks = dg.WeeklyPartitionsDefinition(start_date="2024-01-01", end_date="2024-01-22")

    @dg.asset
    def rate():
        return 2

    @dg.asset(partitions_def=days)
    def daily(context: dg.AssetExecutionContext, rate):
        return int(context.partition_key[-2:]) * rate

    @dg.asset(partitions_def=weeks)
    def weekly(daily):
        return {day: value for day, value in daily.items()}

    @dg.asset
    def total(weekly):
        return sum(value for week in weekly.values() for value in week.values())
"""


def counts(world: World, asset: str) -> tuple[int, int, int, int]:
    """Of an asset how many partitions there are, are made, are stale, are missing."""
    (found,) = world.dagx("status", "--json", asset).json["assets"]
    stands = found["partition_counts"]
    return stands["total"], stands["made"], stands["stale"], stands["missing"]


def test_partitions_are_made_when_they_are_asked_for_and_only_once(world: World) -> None:
    world.write("definitions.py", PROJECT)
    first = world.dagx("run")
    assert "daily: 0 of 21 partitions made; dagx run daily --partition 2024-01-21" in first.out + first.err
    assert world.status() == {"rate": "fresh", "daily": "missing", "weekly": "missing", "total": "blocked"}

    assert world.made("daily", "--partition", "2024-01-08") == ["daily[2024-01-08]"]
    assert world.made("daily", "--partition", "2024-01-08") == []
    assert counts(world, "daily") == (21, 1, 0, 20)

    refused = world.dagx("run", "weekly", "--partition", "2024-01-07")
    assert refused.code == 2
    assert "needs 6 partitions of daily, never made: dagx run daily --partition-range" in refused.err

    span = ("--partition-range", "2024-01-07...2024-01-13")
    assert len(world.made("daily", *span)) == 6
    assert world.made("weekly", "--partition", "2024-01-07") == ["weekly[2024-01-07]"]
    assert "2024-01-13" in world.dagx("show", "weekly").out

    assert world.dagx("run", "total").code == 2
    made = world.made("--partitions", "missing")
    assert "total" in made
    assert "weekly[2024-01-14]" in made
    assert world.made("--partitions", "missing") == []
    assert set(world.status().values()) == {"fresh"}
    assert world.run().states == {"rate": "fresh", "total": "fresh"}


def test_an_edit_makes_partitions_stale_and_stops_where_the_data_is_the_same(world: World) -> None:
    world.write("definitions.py", PROJECT)
    world.run("--partitions", "missing")
    total = world.dagx("show", "total", "--json").json["current"]["data_version"]
    world.change("definitions.py", "[-2:]) * rate", "[-2:]) * rate + 0")
    assert counts(world, "daily") == (21, 21, 21, 0)
    assert world.status()["total"] == "upstream stale"
    assert world.made("daily", "--partition", "2024-01-01") == ["daily[2024-01-01]"]
    assert counts(world, "daily") == (21, 21, 20, 0)

    states = world.run("--partitions", "stale").states
    assert {state for step, state in states.items() if step.startswith("daily")} == {"unchanged"}
    assert {state for step, state in states.items() if step.startswith("weekly")} == {"fresh"}
    assert states["total"] == "fresh"
    assert world.dagx("show", "total", "--json").json["current"]["data_version"] == total

    world.change("definitions.py", "return 2", "return 3")
    world.run()
    assert counts(world, "weekly") == (2, 2, 2, 0)
    world.run("--partitions", "stale")
    assert set(world.status().values()) == {"fresh"}
    assert (
        "567" in world.dagx("show", "total").out
    )  # 3 * (7 + ... + 20): what is before the first week is in none


def test_what_is_not_there_is_refused_in_words(world: World) -> None:
    world.write("definitions.py", PROJECT)
    unknown = world.dagx("run", "daily", "--partition", "2024-02-30")
    assert unknown.code == 2
    assert "there is no partition '2024-02-30' among the daily partitions" in unknown.err
    mixed = world.dagx("run", "daily weekly", "--partition", "2024-01-07")
    assert mixed.code == 2
    assert '"daily" and "weekly" are partitioned in different ways' in mixed.err
    plain = world.dagx("run", "rate", "--partition", "2024-01-07")
    assert plain.code == 2
    assert "nothing that is selected is partitioned" in plain.err
    both = world.dagx("run", "daily", "--partition", "2024-01-07", "--partitions", "all")
    assert both.code == 2
    backwards = world.dagx("run", "daily", "--partition-range", "2024-01-07...2024-01-02")
    assert backwards.code == 2
    assert "comes before" in backwards.err
    for code in (world.dagx("run", "daily").code, world.dagx("run", "total").code):
        assert code == 2


def test_a_range_is_made_in_one_go_when_the_policy_says_so(world: World) -> None:
    world.write(
        "definitions.py",
        """
        from pathlib import Path

        import dagx as dg

        days = dg.DailyPartitionsDefinition(start_date="2024-01-01", end_date="2024-01-11")

        @dg.asset(partitions_def=days)
        def source(context: dg.AssetExecutionContext):
            return context.partition_key

        @dg.asset(partitions_def=days, backfill_policy=dg.BackfillPolicy.single_run())
        def stored(context: dg.AssetExecutionContext, source) -> None:
            for day in context.partition_keys:
                Path("out").mkdir(exist_ok=True)
                Path(f"out/{day}").write_text(day)
            print("calls", len(context.partition_keys), len(source))
        """,
    )
    world.run("--partitions", "all", "source")
    assert world.made("stored", "--partition-range", "2024-01-02...2024-01-06") == [
        "stored[2024-01-02...2024-01-06]"
    ]
    assert "calls 5 5" in world.dagx("logs").out
    assert world.made("stored", "--partition", "2024-01-04") == []
    assert counts(world, "stored") == (10, 5, 0, 5)
    (world.root / "out/2024-01-03").write_text("by hand")
    assert counts(world, "stored") == (10, 5, 1, 5)
    assert world.made("stored", "--partitions", "missing") == [
        "stored[2024-01-01]",
        "stored[2024-01-07...2024-01-10]",
    ]
    world.run("--partitions", "stale")
    assert set(world.status().values()) == {"fresh"}


def test_an_asset_that_needs_itself_is_made_in_order(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        days = dg.DailyPartitionsDefinition(start_date="2024-01-01", end_date="2024-01-11")

        @dg.asset(
            partitions_def=days,
            backfill_policy=dg.BackfillPolicy.single_run(),
            ins={"balance": dg.AssetIn(partition_mapping=dg.TimeWindowPartitionMapping(-1, -1))},
        )
        def balance(context: dg.AssetExecutionContext, balance):
            return (balance or 0) + int(context.partition_key[-2:])
        """,
    )
    assert world.dagx("run", "--partition", "2024-01-05").code == 2
    assert len(world.made("--partitions", "missing")) == 10
    assert "55" in world.dagx("show", "balance").out
    assert world.made("--partitions", "all") == []
