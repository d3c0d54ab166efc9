"""Which argument of Definitions takes an object. Semantics: section 25.

Classes are known by their names: importing them all would cost every project what few have.
"""

from __future__ import annotations

from collections.abc import Mapping

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


def _found(value: object) -> tuple[str, str] | None:
    if isinstance(value, type):
        return None
    for parent in type(value).__mro__:
        if parent.__name__ in _BY_CLASS and parent.__module__.startswith("dagx."):
            return _BY_CLASS[parent.__name__]
    return None
