"""Section 24: jobs of assets."""

from __future__ import annotations

from typing import Any

import pytest

import dagx as dg

days = dg.StaticPartitionsDefinition(["mon", "tue"])


@dg.asset
def a() -> int:
    return 1


@dg.asset
def b(a: int) -> int:
    return a + 1


@dg.asset
def c() -> int:
    return 3


@dg.asset(partitions_def=days)
def daily(context: dg.AssetExecutionContext) -> str:
    return context.partition_key


@dg.asset(partitions_def=dg.StaticPartitionsDefinition(["x"]))
def otherwise() -> int:
    return 1


def resolved(job: Any, *assets: Any, **more: Any) -> dg.JobDefinition:
    found: dg.JobDefinition = dg.Definitions(assets=assets or [a, b, c], jobs=[job], **more).resolve_job_def(
        job.name
    )
    return found


def made(result: dg.ExecuteInProcessResult) -> set[str]:
    return {
        str(event.asset_key and event.asset_key.to_user_string())
        for event in result.get_asset_materialization_events()
    }


def test_a_job_of_assets_runs_all_or_those_of_its_selection() -> None:
    assert made(resolved(dg.define_asset_job("everything")).execute_in_process()) == {"a", "b", "c"}
    for selection in ("*b", ["a", "b"], dg.AssetSelection.assets("b").upstream(), [a, b]):
        job = resolved(dg.define_asset_job("some", selection=selection))
        assert isinstance(job, dg.JobDefinition)
        assert made(job.execute_in_process()) == {"a", "b"}


def test_it_is_unresolved_until_it_is_in_definitions() -> None:
    job = dg.define_asset_job("some", "*b", description="Some.", metadata={"m": 1}, owners=["team:data"])
    assert (job.name, job.description, job.metadata, job.owners) == (
        "some",
        "Some.",
        {"m": 1},
        ("team:data",),
    )
    assert type(job) is dg.UnresolvedAssetJobDefinition
    found = resolved(job)
    assert (found.name, found.description, found.metadata, found.owners) == (
        "some",
        "Some.",
        {"m": 1},
        ["team:data"],
    )
    assert found.is_asset_job
    assert dg.Definitions(assets=[a, b, c], jobs=[job]).get_job_def("some").name == "some"


@pytest.mark.parametrize(
    "arguments", [{"name": "a b"}, {"owners": ["nobody"]}, {"config": 5}, {"hooks": [1]}]
)
def test_what_it_cannot_be_is_refused_at_once(arguments: dict[str, Any]) -> None:
    with pytest.raises(dg.DagxError):
        dg.define_asset_job(**{"name": "j", **arguments})


def test_a_selection_of_what_does_not_exist_is_refused_when_it_is_resolved() -> None:
    with pytest.raises(dg.DagxError, match="did you mean"):
        resolved(dg.define_asset_job("j", ["aa"]), a, b)


@pytest.mark.parametrize(
    "selection", ["key:none*", "group:default and not *", dg.AssetSelection.all() - dg.AssetSelection.all()]
)
def test_a_job_whose_selection_comes_to_nothing_is_there_and_has_no_assets(selection: Any) -> None:
    defs = dg.Definitions(assets=[a, b, c], jobs=[dg.define_asset_job("j", selection)])
    dg.Definitions.validate_loadable(defs)
    result = defs.resolve_job_def("j").execute_in_process()
    assert result.success
    assert made(result) == set()
    assert result.get_step_success_events() == []


def test_tags_are_those_of_the_runs_unless_run_tags_are_given() -> None:
    only_tags = resolved(dg.define_asset_job("j", "c", tags={"t": "1"}))
    assert only_tags.execute_in_process().dagster_run.tags == {"t": "1"}
    both = resolved(dg.define_asset_job("j", "c", tags={"t": "1"}, run_tags={"r": "2"}))
    assert (both.tags, both.run_tags) == ({"t": "1"}, {"r": "2"})
    assert both.execute_in_process().dagster_run.tags == {"r": "2"}


@pytest.mark.parametrize("tag", ["dagster/priority", "dagster/mine"])
def test_tags_of_the_system_are_taken(tag: str) -> None:
    assert resolved(dg.define_asset_job("j", tags={tag: "3"})).tags == {tag: "3"}


def test_partitions_are_found_out_from_the_assets() -> None:
    job = resolved(dg.define_asset_job("j"), daily, c)
    assert job.partitions_def == days
    result = job.execute_in_process(partition_key="tue")
    assert result.asset_value("daily") == "tue"
    assert result.dagster_run.tags["dagster/partition"] == "tue"
    assert job.run_request_for_partition("mon").tags == {"dagster/partition": "mon"}
    with pytest.raises(dg.UnknownPartitionError):
        job.execute_in_process(partition_key="wed")


def test_assets_of_different_partitions_are_fine_in_definitions_and_not_in_one_job() -> None:
    dg.Definitions.validate_loadable(dg.Definitions(assets=[daily, otherwise]))
    with pytest.raises(dg.InvalidDefinitionError, match="partitioned in different ways"):
        resolved(dg.define_asset_job("j"), daily, otherwise)
    assert resolved(dg.define_asset_job("j", "daily"), daily, otherwise).partitions_def == days
    with pytest.raises(dg.InvalidDefinitionError, match="partitioned in different ways"):
        resolved(dg.define_asset_job("j", "otherwise", partitions_def=days), daily, otherwise)


def test_part_of_a_multi_asset_that_cannot_be_subset_is_refused() -> None:
    @dg.multi_asset(outs={"x": dg.AssetOut(), "y": dg.AssetOut()})
    def both() -> Any:
        return 1, 2

    with pytest.raises(dg.InvalidDefinitionError, match="together") as caught:
        resolved(dg.define_asset_job("j", ["x"]), both)
    assert isinstance(caught.value.__cause__, dg.InvalidSubsetError)


class Size(dg.Config):
    rows: int = 2


@dg.asset
def sized(config: Size) -> int:
    return config.rows


def test_config_of_the_job_is_that_of_its_runs() -> None:
    job = resolved(dg.define_asset_job("j", config=dg.RunConfig(ops={"sized": Size(rows=5)})), sized)
    assert job.execute_in_process().asset_value("sized") == 5
    given = job.execute_in_process(run_config={"ops": {"sized": {"config": {"rows": 6}}}})
    assert given.asset_value("sized") == 6


def test_config_may_be_made_for_each_partition() -> None:
    @dg.asset(partitions_def=days)
    def measured(config: Size) -> int:
        return config.rows

    config = dg.PartitionedConfig(
        days,
        run_config_for_partition_key_fn=lambda key: {"ops": {"measured": {"config": {"rows": len(key)}}}},
    )
    job = resolved(dg.define_asset_job("j", config=config), measured)
    assert job.execute_in_process(partition_key="mon").asset_value("measured") == 3


def test_resources_of_definitions_are_those_of_the_job() -> None:
    @dg.asset
    def asks(unit: dg.ResourceParam[str]) -> str:
        return unit

    job = resolved(dg.define_asset_job("j"), asks, resources={"unit": "m"})
    assert job.execute_in_process().asset_value("asks") == "m"
    assert job.execute_in_process(resources={"unit": "km"}).asset_value("asks") == "km"


def test_hooks_and_the_retry_policy_are_for_all_steps() -> None:
    told: list[str] = []

    @dg.success_hook
    def hook(context: dg.HookContext) -> None:
        told.append(context.step_key)

    @dg.asset
    def shaky(context: dg.AssetExecutionContext) -> int:
        if context.retry_number == 0:
            raise ValueError
        return 1

    policy = dg.RetryPolicy(max_retries=1)
    job = resolved(dg.define_asset_job("j", hooks={hook}, op_retry_policy=policy), shaky, c)
    assert job.execute_in_process().success
    assert sorted(told) == ["c", "shaky"]


def test_asset_selection_runs_some_of_the_assets() -> None:
    job = resolved(dg.define_asset_job("j", "*b"))
    with dg.DagsterInstance.ephemeral() as instance:
        assert made(job.execute_in_process(instance=instance)) == {"a", "b"}
        result = job.execute_in_process(instance=instance, asset_selection=["b"])
        assert (made(result), result.asset_value("b")) == ({"b"}, 2)
    assert made(job.execute_in_process(asset_selection=[], op_selection=[])) == {"a", "b"}
    with pytest.raises(dg.InvalidSubsetError, match="c"):
        job.execute_in_process(asset_selection=["c"])
    with pytest.raises(dg.InvalidArgumentError, match="asset_selection="):
        job.execute_in_process(op_selection=["b"])


def test_checks_of_its_assets_run_with_it() -> None:
    @dg.asset_check(asset=c)
    def looks(c: int) -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=c == 3)

    job = dg.Definitions(
        assets=[a, b, c], asset_checks=[looks], jobs=[dg.define_asset_job("j", "c")]
    ).resolve_job_def("j")
    assert [found.passed for found in job.execute_in_process().get_asset_check_evaluations()] == [True]


def test_all_assets_and_checks_are_in_a_job_of_the_system() -> None:
    defs = dg.Definitions(assets=[a, b, c, daily, otherwise])
    job = defs.resolve_implicit_global_asset_job_def()
    assert job.name == "__ASSET_JOB"
    assert made(job.execute_in_process(asset_selection=["a", "c"])) == {"a", "c"}


def test_jobs_of_ops_stand_in_definitions_too() -> None:
    @dg.op
    def asks(unit: dg.ResourceParam[str]) -> str:
        return unit

    @dg.job
    def of_ops() -> Any:
        return asks()

    found = dg.Definitions(jobs=[of_ops], resources={"unit": "m"}).resolve_job_def("of_ops")
    assert found.execute_in_process().output_value() == "m"


def test_a_run_request_needs_partitions_that_are_known() -> None:
    job = dg.define_asset_job("j", "daily", partitions_def=days)
    assert job.run_request_for_partition("mon", run_key="k").partition_key == "mon"
    with pytest.raises(dg.InvalidInvocationError, match="before it is resolved"):
        dg.define_asset_job("j", "daily").run_request_for_partition("mon")
