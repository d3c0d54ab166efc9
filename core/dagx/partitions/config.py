"""PartitionedConfig: the run config of a job for each of its partitions. Semantics: section 12.6."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from dagx.arguments import optional_function
from dagx.errors import InvalidArgumentError, InvalidDefinitionError, UnknownPartitionError
from dagx.partitions.definition import PartitionsDefinition
from dagx.partitions.dynamic import DynamicPartitionsDefinition
from dagx.partitions.loading_context import DynamicPartitionsStore
from dagx.partitions.periods import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    MonthlyPartitionsDefinition,
    WeeklyPartitionsDefinition,
)
from dagx.partitions.static import StaticPartitionsDefinition
from dagx.partitions.time_windows import TimeWindowPartitionsDefinition

__all__ = [
    "Partition",
    "PartitionedConfig",
    "daily_partitioned_config",
    "dynamic_partitioned_config",
    "hourly_partitioned_config",
    "monthly_partitioned_config",
    "partitioned_config",
    "static_partitioned_config",
    "weekly_partitioned_config",
]

RunConfigOf = Callable[..., Any]
"""A user's function: from a partition to run config (a mapping or a RunConfig)."""
TagsOf = Callable[..., Mapping[str, str]]


class Partition(NamedTuple):
    """A partition as older functions get it: its value, and its name, which is its key."""

    value: Any
    name: str | None = None


class PartitionedConfig:
    """The run config, and more tags, of a job for each partition.

    run_config_for_partition_key_fn: from a key to run config, a mapping or a RunConfig.
    tags_for_partition_key_fn: from a key to tags for the run.
    The older `run_config_for_partition_fn` and `tags_for_partition_fn` get a Partition. One function for run config
    must be given (InvalidDefinitionError). Semantics: section 12.6.
    """

    def __init__(
        self,
        partitions_def: PartitionsDefinition,
        run_config_for_partition_fn: RunConfigOf | None = None,
        decorated_fn: RunConfigOf | None = None,
        tags_for_partition_fn: TagsOf | None = None,
        run_config_for_partition_key_fn: RunConfigOf | None = None,
        tags_for_partition_key_fn: TagsOf | None = None,
    ) -> None:
        if (run_config_for_partition_fn is None) == (run_config_for_partition_key_fn is None):
            raise InvalidDefinitionError(
                "a PartitionedConfig needs one function for the run config of a partition",
                "give run_config_for_partition_key_fn=..., which gets the key",
            )
        if tags_for_partition_fn is not None and tags_for_partition_key_fn is not None:
            raise InvalidDefinitionError(
                "a PartitionedConfig has one function for tags", "give tags_for_partition_key_fn alone"
            )
        if not isinstance(partitions_def, PartitionsDefinition):  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a type checker
            raise InvalidArgumentError(f"partitions_def is a PartitionsDefinition, not {partitions_def!r}")
        for name, function in (
            ("run_config_for_partition_fn", run_config_for_partition_fn),
            ("run_config_for_partition_key_fn", run_config_for_partition_key_fn),
            ("tags_for_partition_fn", tags_for_partition_fn),
            ("tags_for_partition_key_fn", tags_for_partition_key_fn),
        ):
            optional_function(function, name)
        self.partitions_def = partitions_def
        self.decorated_fn = decorated_fn
        self._run_config = run_config_for_partition_key_fn or _of_partition(run_config_for_partition_fn)
        self._tags = tags_for_partition_key_fn or _of_partition(tags_for_partition_fn)

    def get_partition_keys(self, current_time: datetime | None = None) -> list[str]:
        """The keys of all partitions."""
        return self.partitions_def.get_partition_keys(current_time)

    def get_run_config_for_partition_key(
        self,
        partition_key: str,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
        current_time: datetime | None = None,
    ) -> Any:
        """What the function says for a partition, as it says it. Raises UnknownPartitionError."""
        self._check(partition_key, current_time, dynamic_partitions_store)
        return cast("RunConfigOf", self._run_config)(partition_key)

    def get_tags_for_partition_key(self, partition_key: str, job_name: str | None = None) -> dict[str, str]:
        """The tags of a run for a partition: its own, and what the function for tags says."""
        more: Mapping[str, str] = {} if self._tags is None else self._tags(partition_key)
        of_job = {} if job_name is None else {"dagster/partition_set": f"{job_name}_partition_set"}
        return {**more, **of_job, **self.partitions_def.get_tags_for_partition_key(partition_key)}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function that was decorated."""
        if self.decorated_fn is None:
            raise InvalidDefinitionError(
                "this PartitionedConfig was not made by a decorator and cannot be called",
                "ask get_run_config_for_partition_key",
            )
        return self.decorated_fn(*args, **kwargs)

    def _check(self, key: str, current_time: datetime | None, store: DynamicPartitionsStore | None) -> None:
        if not self.partitions_def.has_partition_key(key, current_time, store):
            raise UnknownPartitionError(
                f"there is no partition {key!r} among {self.partitions_def.describe()}",
                self.partitions_def.near(key),
            )


def partitioned_config(
    partitions_def: PartitionsDefinition, tags_for_partition_key_fn: TagsOf | None = None
) -> Callable[[RunConfigOf], PartitionedConfig]:
    """Decorate a function from a partition key to run config. Semantics: section 12.6."""

    def decorate(function: RunConfigOf) -> PartitionedConfig:
        return PartitionedConfig(
            partitions_def,
            decorated_fn=function,
            run_config_for_partition_key_fn=function,
            tags_for_partition_key_fn=tags_for_partition_key_fn,
        )

    return decorate


def static_partitioned_config(
    partition_keys: Sequence[str],
    tags_for_partition_fn: TagsOf | None = None,
    tags_for_partition_key_fn: TagsOf | None = None,
) -> Callable[[RunConfigOf], PartitionedConfig]:
    """Decorate a function from one of these keys to run config.

    `tags_for_partition_fn` is the older name of `tags_for_partition_key_fn`. Semantics: section 12.6.
    """
    tags_of = _one_of_tags(tags_for_partition_fn, tags_for_partition_key_fn)
    return partitioned_config(StaticPartitionsDefinition(partition_keys), tags_of)


def dynamic_partitioned_config(
    partition_fn: Callable[[datetime | None], Sequence[str]],
    tags_for_partition_fn: TagsOf | None = None,
    tags_for_partition_key_fn: TagsOf | None = None,
) -> Callable[[RunConfigOf], PartitionedConfig]:
    """Decorate a function from a key to run config; `partition_fn` says which keys there are.

    `tags_for_partition_fn` is the older name of `tags_for_partition_key_fn`. Semantics: section 12.6.
    """
    tags_of = _one_of_tags(tags_for_partition_fn, tags_for_partition_key_fn)
    return partitioned_config(DynamicPartitionsDefinition(partition_fn), tags_of)


def hourly_partitioned_config(
    start_date: datetime | str,
    minute_offset: int = 0,
    timezone: str | None = None,
    fmt: str | None = None,
    end_offset: int = 0,
    tags_for_partition_fn: TagsOf | None = None,
    exclusions: Sequence[str | datetime] | None = None,
) -> Callable[[RunConfigOf], PartitionedConfig]:
    """Decorate a function from the start and the end of an hour to run config.

    `tags_for_partition_fn` gets start and end too; the rest is as in HourlyPartitionsDefinition. Section 12.6.
    """
    windows = HourlyPartitionsDefinition(
        start_date, None, minute_offset, timezone, fmt, end_offset, exclusions
    )
    return _by_window(windows, tags_for_partition_fn)


def daily_partitioned_config(
    start_date: datetime | str,
    minute_offset: int = 0,
    hour_offset: int = 0,
    timezone: str | None = None,
    fmt: str | None = None,
    end_offset: int = 0,
    tags_for_partition_fn: TagsOf | None = None,
    exclusions: Sequence[str | datetime] | None = None,
) -> Callable[[RunConfigOf], PartitionedConfig]:
    """Decorate a function from the start and the end of a day to run config.

    `tags_for_partition_fn` gets start and end too; the rest is as in DailyPartitionsDefinition. Section 12.6.
    """
    windows = DailyPartitionsDefinition(
        start_date, None, minute_offset, hour_offset, timezone, fmt, end_offset, exclusions
    )
    return _by_window(windows, tags_for_partition_fn)


def weekly_partitioned_config(
    start_date: datetime | str,
    minute_offset: int = 0,
    hour_offset: int = 0,
    day_offset: int = 0,
    timezone: str | None = None,
    fmt: str | None = None,
    end_offset: int = 0,
    tags_for_partition_fn: TagsOf | None = None,
    exclusions: Sequence[str | datetime] | None = None,
) -> Callable[[RunConfigOf], PartitionedConfig]:
    """Decorate a function from the start and the end of a week to run config.

    `tags_for_partition_fn` gets start and end too; the rest is as in WeeklyPartitionsDefinition. Section 12.6.
    """
    windows = WeeklyPartitionsDefinition(
        start_date, None, minute_offset, hour_offset, day_offset, timezone, fmt, end_offset, exclusions
    )
    return _by_window(windows, tags_for_partition_fn)


def monthly_partitioned_config(
    start_date: datetime | str,
    minute_offset: int = 0,
    hour_offset: int = 0,
    day_offset: int = 1,
    timezone: str | None = None,
    fmt: str | None = None,
    end_offset: int = 0,
    tags_for_partition_fn: TagsOf | None = None,
    exclusions: Sequence[str | datetime] | None = None,
) -> Callable[[RunConfigOf], PartitionedConfig]:
    """Decorate a function from the start and the end of a month to run config.

    `tags_for_partition_fn` gets start and end too; the rest is as in MonthlyPartitionsDefinition. Section 12.6.
    """
    windows = MonthlyPartitionsDefinition(
        start_date, None, minute_offset, hour_offset, day_offset, timezone, fmt, end_offset, exclusions
    )
    return _by_window(windows, tags_for_partition_fn)


def _one_of_tags(older: TagsOf | None, newer: TagsOf | None) -> TagsOf | None:
    if older is not None and newer is not None:
        raise InvalidDefinitionError(
            "a partitioned config has one function for tags", "give tags_for_partition_key_fn alone"
        )
    return newer if older is None else older


def _by_window(
    windows: TimeWindowPartitionsDefinition, tags_of: TagsOf | None
) -> Callable[[RunConfigOf], PartitionedConfig]:
    optional_function(tags_of, "tags_for_partition_fn")

    def of_window(function: Callable[..., Any]) -> Callable[[str], Any]:
        return lambda key: function(*windows.time_window_for_partition_key(key))

    def decorate(function: RunConfigOf) -> PartitionedConfig:
        if not callable(function):
            raise InvalidArgumentError(f"a partitioned config decorates a function, not {function!r}")
        return PartitionedConfig(
            windows,
            decorated_fn=function,
            run_config_for_partition_key_fn=of_window(function),
            tags_for_partition_key_fn=None if tags_of is None else of_window(tags_of),
        )

    return decorate


def _of_partition(function: Callable[..., Any] | None) -> Callable[[str], Any] | None:
    """A function of a Partition as one of its key."""
    return None if function is None else lambda key: function(Partition(key, key))
