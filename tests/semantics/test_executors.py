"""Section 23: executors as definitions, of which dagx takes the limits."""

from typing import Any

import pytest

import dagx as dg
from dagx.execution.executors import ExecutionSettings, TagLimit


@pytest.mark.parametrize(
    ("executor", "config", "settings"),
    [
        (dg.in_process_executor, None, ExecutionSettings(None, is_in_process=True)),
        (dg.multiprocess_executor, None, ExecutionSettings(None, is_in_process=False)),
        (dg.multi_or_in_process_executor, None, ExecutionSettings(None, is_in_process=False)),
        (dg.multiprocess_executor, {"max_concurrent": 4}, ExecutionSettings(4, is_in_process=False)),
        (dg.multiprocess_executor, {"max_concurrent": 0}, ExecutionSettings(None, is_in_process=False)),
        (dg.multiprocess_executor, {"max_concurrent": None}, ExecutionSettings(None, is_in_process=False)),
        (
            dg.multiprocess_executor,
            {"start_method": {"fork": {}}},
            ExecutionSettings(None, is_in_process=False),
        ),
        (
            dg.multiprocess_executor,
            {"start_method": {"forkserver": {"preload_modules": ["pandas"]}}},
            ExecutionSettings(None, is_in_process=False),
        ),
        (
            dg.multiprocess_executor,
            {"retries": {"disabled": {}}},
            ExecutionSettings(None, is_in_process=False, retries="disabled"),
        ),
        (
            dg.in_process_executor,
            {"retries": {"deferred": {}}},
            ExecutionSettings(None, is_in_process=True, retries="deferred"),
        ),
        (
            dg.multi_or_in_process_executor,
            {"multiprocess": {"max_concurrent": 2}},
            ExecutionSettings(2, is_in_process=False),
        ),
        (dg.multi_or_in_process_executor, {"in_process": {}}, ExecutionSettings(None, is_in_process=True)),
        (
            dg.multiprocess_executor,
            {
                "tag_concurrency_limits": [
                    {"key": "db", "limit": 1},
                    {"key": "size", "value": "big", "limit": 2},
                    {"key": "user", "value": {"applyLimitPerUniqueValue": True}, "limit": 3},
                ]
            },
            ExecutionSettings(
                None,
                is_in_process=False,
                tag_limits=(
                    TagLimit("db", 1),
                    TagLimit("size", 2, "big"),
                    TagLimit("user", 3, is_per_value=True),
                ),
            ),
        ),
    ],
)
def test_what_an_executor_means(
    executor: dg.ExecutorDefinition, config: Any, settings: ExecutionSettings
) -> None:
    assert executor.settings(config) == settings
    if config is not None:
        assert executor.configured(config).settings() == settings


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
        executor.settings(config)


def test_an_executor_can_be_configured_by_a_function() -> None:
    workers = dg.multiprocess_executor.configured(
        lambda n: {"max_concurrent": n}, name="workers", config_schema=int
    )
    assert workers.name == "workers"
    assert workers.settings(3).max_workers == 3
    assert workers.configured(5).settings().max_workers == 5
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
