"""What executors mean to dagx, which schedules steps itself: limits and retries."""

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


def test_config_that_a_function_makes_is_read_like_any_other() -> None:
    workers = dg.multiprocess_executor.configured(
        lambda n: {"max_concurrent": n}, name="workers", config_schema=int
    )
    assert workers.settings(3).max_workers == 3
    assert workers.configured(5).settings().max_workers == 5
