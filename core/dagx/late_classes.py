"""Whether an argument is of a class that is costly to import, which is known by its name: who has none pays nothing."""

from __future__ import annotations

from typing import TypeVar

from dagx.errors import InvalidArgumentError

T = TypeVar("T")

_CLASSES = {
    "partitions_def": "PartitionsDefinition",
    "automation_condition": "AutomationCondition",
    "freshness_policy": "FreshnessPolicy",
    "backfill_policy": "BackfillPolicy",
    "partition_mapping": "PartitionMapping",
}


def checked_attribute(value: T, name: str) -> T:
    """`value`, if it is None or of the class that the argument `name` takes. Raises InvalidArgumentError.

    The class is known by name: importing it would cost every project that has none.
    """
    if value is not None and all(parent.__name__ != _CLASSES[name] for parent in type(value).__mro__):
        raise InvalidArgumentError(f"{name} is a {_CLASSES[name]}, not {value!r}")
    return value
