"""Assets that are not made here: observed when asked for; and partitioned ones, which dagx does not run yet."""

from __future__ import annotations

import pytest
from world import World

pytestmark = pytest.mark.fat

OBSERVED = """
    import dagx as dg
    from pathlib import Path

    @dg.observable_source_asset
    def source():
        return dg.DataVersion(Path("version").read_text())

    @dg.asset(deps=[source])
    def child():
        return 1

    @dg.asset_check(asset="source")
    def reachable():
        return dg.AssetCheckResult(passed=True)
"""


def test_an_external_asset_is_observed_when_it_is_asked_for_and_what_needs_it_follows(world: World) -> None:
    world.write("version", "k1")
    world.write("definitions.py", OBSERVED)
    assert world.run().states == {"child": "succeeded", "source_reachable": "succeeded"}
    assert world.status() == {"source": "external", "child": "fresh"}
    assert world.run("source").states["source"] == "succeeded"
    assert world.status()["child"] == "stale"
    assert "source was observed since" in world.dagx("why", "child").out
    assert world.run().states["child"] == "unchanged"
    assert world.run("source").states["source"] == "unchanged"
    assert world.status()["child"] == "fresh"
    world.write("version", "k2")
    assert world.status()["child"] == "fresh"
    world.run("source")
    assert world.status()["child"] == "stale"
    world.write("version", "k1")
    world.run("source")
    assert world.status()["child"] == "fresh"


def test_an_observation_that_raises_fails_the_run(world: World) -> None:
    world.write("definitions.py", OBSERVED)
    said = world.dagx("run", "source")
    assert said.code == 1
    assert "FileNotFoundError" in said.err


PARTITIONED = """
    import dagx as dg

    @dg.asset(partitions_def=dg.DailyPartitionsDefinition("2024-01-01"))
    def daily(context):
        return context.partition_key

    @dg.asset(deps=[daily])
    def report():
        return 1

    @dg.asset
    def apart():
        return 1
"""


def test_a_partitioned_asset_is_not_run_unasked_and_others_run(world: World) -> None:
    world.write("definitions.py", PARTITIONED)
    said = world.dagx("run")
    assert said.code == 0
    assert "partitions made; dagx run daily --partition" in said.out + said.err
    assert world.status() == {"daily": "missing", "report": "fresh", "apart": "fresh"}
    assert "partitioned: daily from 2024-01-01" in world.dagx("ls").out
    alone = world.dagx("run", "daily")
    assert alone.code == 2
    assert "partitions made; dagx run daily --partition" in alone.err
    assert world.dagx("run", "apart").code == 0
