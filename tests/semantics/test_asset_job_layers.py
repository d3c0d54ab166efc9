"""Section 24: what a resolved job of assets tells of itself, and the job of everything."""

from __future__ import annotations

import dagx as dg

DAYS = dg.DailyPartitionsDefinition("2024-01-01")
daily = dg.asset(name="daily", partitions_def=DAYS)(lambda: 1)
plain = dg.asset(name="plain")(lambda: 1)


def test_a_job_names_the_assets_that_it_makes() -> None:
    defs = dg.Definitions([daily, plain, dg.AssetSpec("ext")], jobs=[dg.define_asset_job("one", ["plain"])])
    layer = defs.resolve_job_def("one").asset_layer
    assert layer.selected_asset_keys == {plain.key}
    everything = defs.resolve_implicit_global_asset_job_def().asset_layer
    assert everything.selected_asset_keys == everything.executable_asset_keys == {daily.key, plain.key}


def test_the_job_of_everything_has_the_partitions_that_all_share() -> None:
    defs = dg.Definitions([daily, plain])
    assert defs.resolve_implicit_global_asset_job_def().partitions_def == DAYS


def test_the_job_of_everything_has_none_where_assets_are_partitioned_in_different_ways() -> None:
    other = dg.asset(name="other", partitions_def=dg.StaticPartitionsDefinition(["x"]))(lambda: 1)
    defs = dg.Definitions([daily, other])
    assert defs.resolve_implicit_global_asset_job_def().partitions_def is None


def test_the_job_of_everything_is_among_the_names_of_jobs() -> None:
    defs = dg.Definitions([plain], jobs=[dg.define_asset_job("one")])
    assert defs.get_repository_def().job_names == ["__ASSET_JOB", "one"]
    assert dg.Definitions().get_repository_def().job_names == []


def test_a_run_of_a_partition_names_the_set_it_is_of() -> None:
    defs = dg.Definitions([daily], jobs=[dg.define_asset_job("days", ["daily"])])
    run = defs.resolve_job_def("days").execute_in_process(partition_key="2024-01-02").dagster_run
    assert run.tags["dagster/partition_set"] == "days_partition_set"
