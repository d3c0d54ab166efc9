"""Which argument of Definitions takes an object. Semantics: section 25.

Classes are known by their names: importing them all would cost every project what few have.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from dagx.errors import InvalidArgumentError
from dagx.names import as_mapping

T = TypeVar("T")

# The argument that takes objects of a class, by the name of the class, and what messages call such an object.
_BY_CLASS: Mapping[str, tuple[str, str]] = {
    "AssetChecksDefinition": ("asset_checks", "an asset check"),
    "AssetsDefinition": ("assets", "an asset"),
    "AssetSpec": ("assets", "an asset"),
    "JobDefinition": ("jobs", "a job"),
    "UnresolvedAssetJobDefinition": ("jobs", "a job"),
    "ScheduleDefinition": ("schedules", "a schedule"),
    "UnresolvedPartitionedSchedule": ("schedules", "a schedule"),
    "SensorDefinition": ("sensors", "a sensor"),
    "AutomationConditionSensorDefinition": ("sensors", "a sensor"),
    "ExecutorDefinition": ("executor", "an executor"),
    "LoggerDefinition": ("loggers", "a logger"),
}
WRITTEN = {
    "jobs": "a job, made with @job or define_asset_job",
    "schedules": "a schedule, made with @schedule or ScheduleDefinition",
    "sensors": "a sensor, made with @sensor and its like",
    "executor": "in_process_executor, multiprocess_executor or multi_or_in_process_executor",
    "loggers": "a logger, made with @logger",
}
"""What each argument takes, and how that is made."""


def kind_of_definition(value: object) -> str | None:
    """The argument of Definitions that takes `value`, such as "jobs"; None for anything that none takes."""
    found = _found(value)
    return None if found is None else found[0]


def shown_kind(value: object) -> str | None:
    """What messages call `value`, such as "a job"; None for anything that is no definition."""
    found = _found(value)
    return None if found is None else found[1]


def checked_executor(given: T, what: str = "executor") -> T:
    """The executor, if it is one of dagx or None. Raises InvalidArgumentError for anything else."""
    if given is not None and kind_of_definition(given) != "executor":
        raise InvalidArgumentError(f"{what} is {given!r}", f"give {WRITTEN['executor']}")
    return given


def checked_loggers(given: object, what: str = "loggers") -> dict[str, Any]:
    """Loggers by name. Raises InvalidArgumentError for anything that is no LoggerDefinition."""
    loggers = cast("dict[str, Any]", as_mapping(given, what))
    for name, logger in loggers.items():
        if kind_of_definition(logger) != "loggers":
            raise InvalidArgumentError(
                f"{what}: the logger {name!r} is {logger!r}", f"give {WRITTEN['loggers']}"
            )
    return loggers


def _found(value: object) -> tuple[str, str] | None:
    if isinstance(value, type):
        return None
    for parent in type(value).__mro__:
        if parent.__name__ in _BY_CLASS and parent.__module__.startswith("dagx."):
            return _BY_CLASS[parent.__name__]
    return None
