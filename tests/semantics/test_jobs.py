"""Section 24: jobs of ops."""

from __future__ import annotations

from typing import Any

import pytest

import dagx as dg


@dg.op
def one() -> int:
    return 1


@dg.op
def add(x: int, y: int = 7) -> int:
    return x + y


@dg.op
def bad() -> int:
    raise ValueError("bad")


@dg.op(config_schema={"rows": int})
def sized(context: dg.OpExecutionContext) -> int:
    rows: int = context.op_config["rows"]
    return rows


@dg.job
def counting() -> Any:
    """Counts."""
    return add(one())


@dg.job(config={"ops": {"sized": {"config": {"rows": 4}}}})
def sized_job() -> Any:
    return sized()


def steps(result: dg.ExecuteInProcessResult) -> list[str | None]:
    return [event.step_key for event in result.get_step_success_events()]


# Definition


def test_a_job_has_the_name_and_words_of_its_function_unless_given() -> None:
    assert isinstance(counting, dg.JobDefinition)
    assert (counting.name, counting.description, counting.graph.name) == ("counting", "Counts.", "counting")
    other = dg.job(
        name="other",
        description="Else.",
        metadata={"m": 1},
        owners=["team:data"],
        executor_def=dg.in_process_executor,
        op_retry_policy=dg.RetryPolicy(),
    )(lambda: one())
    assert (other.name, other.description, other.metadata) == ("other", "Else.", {"m": 1})
    assert (other.owners, other.executor_def) == (["team:data"], dg.in_process_executor)
    assert other.op_retry_policy == dg.RetryPolicy()


@pytest.mark.parametrize(
    "arguments",
    [{"name": "a b"}, {"owners": ["nobody"]}, {"config": 5}, {"hooks": {print}}, {"op_retry_policy": 3}],
)
def test_what_a_job_cannot_be_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(dg.DagxError):
        dg.job(**{"name": "j", **arguments})(lambda: one())


def test_a_job_is_run_and_not_called() -> None:
    with pytest.raises(dg.InvalidInvocationError, match="execute_in_process"):
        counting()


def test_tags_are_those_of_the_runs_unless_run_tags_are_given() -> None:
    def body() -> None:
        one()

    only_tags = dg.job(name="j", tags={"a": "1", "n": [1]})(body)
    assert only_tags.execute_in_process().dagster_run.tags == {"a": "1", "n": "[1]"}
    both = dg.job(name="j", tags={"a": "1"}, run_tags={"b": "2"})(body)
    assert (both.tags, both.run_tags) == ({"a": "1"}, {"b": "2"})
    assert both.execute_in_process().dagster_run.tags == {"b": "2"}
    assert both.execute_in_process(tags={"c": "3"}).dagster_run.tags == {"b": "2", "c": "3"}


# Running


def test_a_job_runs_in_process() -> None:
    result = counting.execute_in_process()
    assert result.success
    assert (result.output_value(), result.output_for_node("add"), result.job_def) == (8, 8, counting)
    assert result.dagster_run.job_name == "counting"
    assert result.dagster_run.status is dg.DagsterRunStatus.SUCCESS


def test_what_the_first_failing_step_raised_comes_out_unless_told_otherwise() -> None:
    @dg.job
    def j() -> None:
        add(bad())
        one()

    with pytest.raises(ValueError, match="bad"):
        j.execute_in_process()
    result = j.execute_in_process(raise_on_error=False)
    assert not result.success
    assert result.is_node_failed("bad")
    assert result.is_node_untouched("add")
    assert result.is_node_success("one")
    assert result.dagster_run.status is dg.DagsterRunStatus.FAILURE
    assert "bad" in result.failure_data_for_node("bad").error_display_string


def test_the_instance_keeps_the_run() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        result = counting.execute_in_process(instance=instance, run_id="11111111-1111-4111-8111-111111111111")
        assert result.run_id == "11111111-1111-4111-8111-111111111111"
        (run,) = instance.get_runs()
        assert (run.run_id, run.job_name) == (result.run_id, "counting")


def test_run_config_given_takes_the_place_of_the_jobs_own() -> None:
    assert sized_job.execute_in_process().output_value() == 4
    given = sized_job.execute_in_process(run_config={"ops": {"sized": {"config": {"rows": 5}}}})
    assert given.output_value() == 5
    as_object = dg.RunConfig(ops={"sized": {"config": {"rows": 6}}})
    assert sized_job.execute_in_process(run_config=as_object).output_value() == 6
    assert dg.job(name="j", config=as_object)(lambda: sized()).execute_in_process().output_value() == 6


def test_config_that_does_not_fit_is_refused_with_all_that_is_wrong() -> None:
    with pytest.raises(dg.InvalidConfigError) as caught:
        sized_job.execute_in_process(run_config={"ops": {"sized": {"config": {"rows": "5"}}, "other": {}}})
    assert len(caught.value.errors) == 2


def test_a_config_mapping_makes_the_run_config() -> None:
    @dg.config_mapping(config_schema={"rows": int})
    def simple(config: Any) -> Any:
        return {"ops": {"sized": {"config": {"rows": config["rows"] * 2}}}}

    j = dg.job(name="j", config=simple)(lambda: sized())
    assert j.config_mapping is simple
    assert j.execute_in_process(run_config={"rows": 2}).output_value() == 4
    with pytest.raises(dg.InvalidConfigError):
        j.execute_in_process(run_config={"ops": {}})


def test_inputs_of_the_job_are_filled_by_input_values() -> None:
    @dg.job(input_values={"x": 2})
    def j(x: int) -> Any:
        return add(x)

    assert j.execute_in_process().output_value() == 9
    assert j.execute_in_process(input_values={"x": 3}).output_value() == 10
    with pytest.raises(dg.InvalidDefinitionError, match="no input 'z'"):
        j.execute_in_process(input_values={"z": 3})


def test_an_input_that_nothing_fills_is_said() -> None:
    @dg.job
    def j(x: int) -> Any:
        return add(x)

    with pytest.raises(dg.InvalidConfigError, match=r"ops\.add\.inputs\.x is missing"):
        j.execute_in_process()


def test_resources_of_the_job_and_of_the_call() -> None:
    @dg.op(required_resource_keys={"a", "b"})
    def asks(context: dg.OpExecutionContext) -> tuple[Any, Any]:
        return context.resources.a, context.resources.b

    j = dg.job(name="j", resource_defs={"a": 1, "b": 2})(lambda: asks())
    assert j.required_resource_keys >= {"a", "b"}
    assert j.execute_in_process().output_value() == (1, 2)
    assert j.execute_in_process(resources={"b": 3}).output_value() == (1, 3)
    with pytest.raises(dg.InvalidDefinitionError, match='"a"'):
        dg.job(name="j")(lambda: asks()).execute_in_process()


def test_a_jobs_values_may_be_kept_by_an_io_manager_of_its_own(tmp_path: Any) -> None:
    j = dg.job(name="j", resource_defs={"io_manager": dg.FilesystemIOManager(str(tmp_path))})(
        lambda: add(one())
    )
    result = j.execute_in_process()
    assert (tmp_path / result.run_id / "one" / "result").exists()


# Retries


def test_the_policy_of_the_use_wins_over_that_of_the_op_and_that_of_the_job() -> None:
    tries: list[str] = []

    def failing(name: str, **arguments: Any) -> dg.OpDefinition:
        def body(context: dg.OpExecutionContext) -> None:
            tries.append(context.op_def.name)
            raise ValueError

        return dg.op(name=name, **arguments)(body)

    plain = failing("plain")
    own = failing("own", retry_policy=dg.RetryPolicy(max_retries=2))
    used = failing("used", retry_policy=dg.RetryPolicy(max_retries=2))

    @dg.job(op_retry_policy=dg.RetryPolicy(max_retries=1))
    def j() -> None:
        plain()
        own()
        used.with_retry_policy(dg.RetryPolicy(max_retries=3))()

    result = j.execute_in_process(raise_on_error=False)
    assert {name: tries.count(name) for name in tries} == {"plain": 2, "own": 3, "used": 4}
    assert result.retry_attempts_for_node("used") == 3


# Op selection


@dg.job
def line() -> None:
    add.alias("c")(add.alias("b")(one.alias("a")()))


@pytest.mark.parametrize(
    ("selection", "ran"),
    [
        (["a"], ["a"]),
        (["*b"], ["a", "b"]),
        (["a+"], ["a", "b"]),
        (["a*"], ["a", "b", "c"]),
        (["++c"], ["a", "b", "c"]),
        (["a", "b"], ["a", "b"]),
        (["*"], ["a", "b", "c"]),
        ([], ["a", "b", "c"]),
    ],
)
def test_op_selection_runs_some_of_the_ops_and_without_one_all_run(
    selection: list[str], ran: list[str]
) -> None:
    assert steps(line.execute_in_process(op_selection=selection)) == ran
    assert steps(line.graph.to_job(op_selection=selection).execute_in_process()) == ran
    assert steps(line.execute_in_process(op_selection=selection, asset_selection=[])) == ran


def test_an_op_selection_that_cannot_be_run_is_refused() -> None:
    with pytest.raises(dg.InvalidSubsetError, match="input 'x'"):
        line.execute_in_process(op_selection=["b"])
    with pytest.raises(dg.InvalidSubsetError, match='no op "z"'):
        line.execute_in_process(op_selection=["z"])
    with pytest.raises(dg.InvalidArgumentError, match="op_selection="):
        line.execute_in_process(asset_selection=["a"])


def test_config_of_ops_that_were_not_selected_is_left_alone() -> None:
    @dg.job
    def j() -> None:
        sized()
        one()

    config = {"ops": {"sized": {"config": {"rows": 4}}}}
    assert steps(j.execute_in_process(op_selection=["one"], run_config=config)) == ["one"]
    assert steps(j.execute_in_process(op_selection=["one"])) == ["one"]


def test_a_job_of_some_of_the_ops_of_a_graph() -> None:
    j = line.graph.to_job(name="part", op_selection=["*b"])
    assert steps(j.execute_in_process()) == ["a", "b"]
    with pytest.raises(dg.InvalidSubsetError):
        line.graph.to_job(op_selection=["z"])


# Partitions

days = dg.StaticPartitionsDefinition(["mon", "tue"])


@dg.op
def today(context: dg.OpExecutionContext) -> str:
    return context.partition_key


def test_a_partitioned_job_runs_for_a_partition() -> None:
    j = dg.job(name="j", partitions_def=days)(lambda: today())
    result = j.execute_in_process(partition_key="tue")
    assert result.output_value() == "tue"
    assert result.dagster_run.tags["dagster/partition"] == "tue"
    with pytest.raises(dg.UnknownPartitionError, match="wed"):
        j.execute_in_process(partition_key="wed")
    with pytest.raises(dg.InvalidArgumentError, match="no partitions"):
        counting.execute_in_process(partition_key="tue")


def test_config_may_be_made_for_each_partition() -> None:
    config = dg.PartitionedConfig(
        days,
        run_config_for_partition_key_fn=lambda key: {"ops": {"sized": {"config": {"rows": len(key)}}}},
        tags_for_partition_key_fn=lambda key: {"day": key},
    )
    j = dg.job(name="j", config=config)(lambda: sized())
    assert j.partitions_def == days
    result = j.execute_in_process(partition_key="mon")
    assert (result.output_value(), result.dagster_run.tags["day"]) == (3, "mon")
    given = j.execute_in_process(partition_key="mon", run_config={"ops": {"sized": {"config": {"rows": 9}}}})
    assert given.output_value() == 9
    with pytest.raises(dg.InvalidDefinitionError):
        dg.job(name="j", config=config, partitions_def=dg.StaticPartitionsDefinition(["a"]))(lambda: sized())


def test_a_partitioned_job_makes_run_requests() -> None:
    j = dg.job(name="j", partitions_def=days)(lambda: today())
    request = j.run_request_for_partition("tue", run_key="k", tags={"a": "b"})
    assert (request.run_key, request.job_name, request.partition_key) == ("k", "j", "tue")
    assert request.tags == {"a": "b", "dagster/partition": "tue"}
    with pytest.raises(dg.UnknownPartitionError):
        j.run_request_for_partition("wed")


def test_dynamic_partitions_are_those_of_the_instance() -> None:
    j = dg.job(name="j", partitions_def=dg.DynamicPartitionsDefinition(name="days"))(lambda: today())
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("days", ["mon"])
        assert j.execute_in_process(partition_key="mon", instance=instance).output_value() == "mon"
        with pytest.raises(dg.UnknownPartitionError):
            j.execute_in_process(partition_key="tue", instance=instance)


# Scripts


def test_run_config_can_be_validated_without_a_run() -> None:
    assert dg.validate_run_config(sized_job)["ops"] == {"sized": {"config": {"rows": 4}}}
    given = {"ops": {"sized": {"config": {"rows": 5}}}}
    assert dg.validate_run_config(sized_job, given)["ops"] == given["ops"]
    with pytest.raises(dg.InvalidConfigError):
        dg.validate_run_config(sized_job, {"ops": {"sized": {"config": {}}}})


def made_by_function() -> dg.JobDefinition:
    return counting


def test_a_job_is_found_again_by_name() -> None:
    assert dg.reconstructable(counting).get_definition() is counting
    assert dg.reconstructable(made_by_function).get_definition() is counting
    by_name = dg.build_reconstructable_job(made_by_function.__module__, "made_by_function")
    assert by_name.get_definition() is counting


def test_what_cannot_be_found_again_is_refused() -> None:
    @dg.job
    def inside() -> None: ...

    for target in (inside, lambda: counting, counting.graph, counting.graph.to_job(name="made"), 5):
        with pytest.raises(dg.InvariantViolationError):
            dg.reconstructable(target)  # type: ignore[arg-type]


def test_execute_job_can_repeat_a_whole_run() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        first = dg.execute_job(counting, instance=instance)
        options = dg.ReexecutionOptions(first.run_id)
        again = dg.execute_job(counting, instance=instance, reexecution_options=options)
        last = dg.execute_job(
            counting, instance=instance, reexecution_options=dg.ReexecutionOptions(again.run_id)
        )
        run = last.dagster_run
        assert (run.parent_run_id, run.root_run_id) == (again.run_id, first.run_id)
        some = dg.ReexecutionOptions(first.run_id, step_selection=["one"])
        with pytest.raises(dg.NotBuiltYetError):
            dg.execute_job(counting, instance=instance, reexecution_options=some)
        with pytest.raises(dg.RunNotFoundError):
            dg.execute_job(counting, instance=instance, reexecution_options=dg.ReexecutionOptions("none"))


def test_execute_job_keeps_values_and_history_in_the_instance() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        with dg.execute_job(dg.reconstructable(counting), instance=instance, tags={"a": "b"}) as result:
            assert isinstance(result, dg.JobExecutionResult)
            assert result.success
            assert result.output_for_node("add") == 8
        assert instance.get_runs()[0].tags == {"a": "b"}
        failed = dg.execute_job(dg.job(name="j")(lambda: bad()), instance=instance)
        assert not failed.success
        with pytest.raises(ValueError, match="bad"):
            dg.execute_job(dg.job(name="j")(lambda: bad()), instance=instance, raise_on_error=True)
