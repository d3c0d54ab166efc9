"""Section 23: executors as definitions, of which dagx takes the limits."""

from typing import Any

import pytest

import dagx as dg


def run(executor: dg.ExecutorDefinition, config: Any = None) -> bool:
    """A run of one op under the executor, with this config of the execution."""
    ran: list[str] = []
    job = dg.graph(name="work")(lambda: dg.op(name="one")(lambda: ran.append("one"))()).to_job(
        executor_def=executor
    )
    said = {} if config is None else {"execution": {"config": config}}
    return job.execute_in_process(run_config=said).success and ran == ["one"]


@pytest.mark.parametrize(
    ("executor", "config"),
    [
        (dg.in_process_executor, {"retries": {"enabled": {}}}),
        (dg.multiprocess_executor, {"max_concurrent": 4}),
        (dg.multiprocess_executor, {"max_concurrent": 0}),
        (dg.multiprocess_executor, {"max_concurrent": None}),
        (dg.multiprocess_executor, {"start_method": {"fork": {}}}),
        (dg.multiprocess_executor, {"start_method": {"forkserver": {"preload_modules": ["pandas"]}}}),
        (dg.multiprocess_executor, {"retries": {"disabled": {}}}),
        (dg.multi_or_in_process_executor, {"multiprocess": {"max_concurrent": 2}}),
        (dg.multi_or_in_process_executor, {"in_process": {}}),
        (
            dg.multiprocess_executor,
            {
                "tag_concurrency_limits": [
                    {"key": "db", "limit": 1},
                    {"key": "size", "value": "big", "limit": 2},
                    {"key": "user", "value": {"applyLimitPerUniqueValue": True}, "limit": 3},
                ]
            },
        ),
    ],
)
def test_an_executor_takes_its_config_from_the_run_or_has_it_already(
    executor: dg.ExecutorDefinition, config: Any
) -> None:
    assert run(executor)
    assert run(executor, config)
    assert run(executor.configured(config))


@pytest.mark.parametrize(
    ("executor", "config", "message"),
    [
        (dg.multiprocess_executor, {"max_concurent": 4}, 'did you mean "max_concurrent"'),
        (dg.multiprocess_executor, {"max_concurrent": "4"}, "max_concurrent is"),
        (dg.multiprocess_executor, {"max_concurrent": -1}, "max_concurrent is -1"),
        (dg.multiprocess_executor, {"retries": {"sometimes": {}}}, "sometimes is unknown"),
        (dg.multiprocess_executor, {"tag_concurrency_limits": [{"key": "db"}]}, "limit is missing"),
        (dg.in_process_executor, {"max_concurrent": 4}, "max_concurrent is unknown"),
        (dg.multi_or_in_process_executor, {"multiprocess": {}, "in_process": {}}, "exactly one"),
    ],
)
def test_config_that_does_not_fit_is_an_error(
    executor: dg.ExecutorDefinition, config: Any, message: str
) -> None:
    with pytest.raises(dg.InvalidConfigError, match=message):
        run(executor, config)
    with pytest.raises(dg.InvalidConfigError, match=message):
        run(executor.configured(config))


def test_an_executor_can_be_configured_by_a_function() -> None:
    workers = dg.multiprocess_executor.configured(
        lambda n: {"max_concurrent": n}, name="workers", config_schema=int
    )
    assert workers.name == "workers"
    assert run(workers, 3)
    assert run(workers.configured(5))
    with pytest.raises(dg.InvalidConfigError, match="max_concurrent is -1"):
        run(workers, -1)
    assert dg.multiprocess_executor.name == "multiprocess"
    assert repr(workers) == "ExecutorDefinition('workers')"


def test_executors_of_ones_own_are_refused_with_the_alternative() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="dagx does itself") as raised:

        @dg.executor(name="mine")
        def mine(init_context: dg.InitExecutorContext) -> dg.Executor: ...  # type: ignore[empty-body]

    assert "max_concurrent" in str(raised.value)
    with pytest.raises(dg.InvalidDefinitionError, match="bare would schedule steps"):

        @dg.executor
        def bare(init_context: dg.InitExecutorContext) -> dg.Executor: ...  # type: ignore[empty-body]

    with pytest.raises(dg.InvalidDefinitionError, match="Mine would schedule steps"):

        class Mine(dg.Executor): ...

    with pytest.raises(dg.InvalidDefinitionError, match='"mine" would schedule steps'):
        dg.ExecutorDefinition("mine", executor_creation_fn=lambda context: None)


def test_the_words_around_executors_are_there() -> None:
    context = dg.InitExecutorContext(None, dg.in_process_executor, {}, None)
    assert context.executor_def is dg.in_process_executor
    assert dg.ExecutorRequirement["PERSISTENT_OUTPUTS"].name == "PERSISTENT_OUTPUTS"
    assert {"max_concurrent", "retries"} <= set(dg.multiprocess_executor.config_schema.fields)  # type: ignore[attr-defined]


def test_execution_may_say_nothing() -> None:
    made = dg.asset(name="made")(lambda: 1)
    assert dg.materialize([made], run_config={"execution": {"config": {}}}).success
