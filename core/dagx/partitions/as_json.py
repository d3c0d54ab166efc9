"""Partitions definitions and mappings as values for JSON, for processes that tell each other about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from dagx.errors import InvalidArgumentError
from dagx.partitions.definition import PartitionsDefinition
from dagx.partitions.dynamic import DynamicPartitionsDefinition
from dagx.partitions.mapping import (
    AllPartitionMapping,
    IdentityPartitionMapping,
    LastPartitionMapping,
    PartitionMapping,
    SpecificPartitionsPartitionMapping,
    StaticPartitionMapping,
)
from dagx.partitions.multi import MultiPartitionsDefinition
from dagx.partitions.multi_mapping import (
    DimensionPartitionMapping,
    MultiPartitionMapping,
    MultiToSingleDimensionPartitionMapping,
)
from dagx.partitions.periods import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    MonthlyPartitionsDefinition,
    WeeklyPartitionsDefinition,
)
from dagx.partitions.static import StaticPartitionsDefinition
from dagx.partitions.time_mapping import TimeWindowPartitionMapping
from dagx.partitions.time_windows import TimeWindowPartitionsDefinition
from dagx.time.time_zones import time_zone

_WINDOWS: dict[str, type[TimeWindowPartitionsDefinition]] = {
    "hourly": HourlyPartitionsDefinition,
    "daily": DailyPartitionsDefinition,
    "weekly": WeeklyPartitionsDefinition,
    "monthly": MonthlyPartitionsDefinition,
    "windows": TimeWindowPartitionsDefinition,
}
_PLAIN: dict[str, type[PartitionMapping]] = {
    "all": AllPartitionMapping,
    "identity": IdentityPartitionMapping,
    "last": LastPartitionMapping,
}


def definition_to_json(definition: PartitionsDefinition) -> dict[str, Any]:
    """The definition as values for JSON.

    Raises InvalidArgumentError for a class of the user's and for the keys of a function: they live where the
    project is loaded.
    """
    if isinstance(definition, StaticPartitionsDefinition):
        return {"kind": "static", "keys": definition.get_partition_keys()}
    if isinstance(definition, DynamicPartitionsDefinition) and definition.name is not None:
        return {"kind": "dynamic", "name": definition.name}
    if isinstance(definition, MultiPartitionsDefinition):
        dimensions = [[name, definition_to_json(each)] for name, each in definition.partitions_defs]
        return {"kind": "multi", "dimensions": dimensions}
    if isinstance(definition, TimeWindowPartitionsDefinition):
        return _windows_to_json(definition)
    raise InvalidArgumentError(f"{definition!r} cannot be told to another process")


def definition_from_json(data: dict[str, Any]) -> PartitionsDefinition:
    """The inverse of `definition_to_json`."""
    match data["kind"]:
        case "static":
            return StaticPartitionsDefinition(data["keys"])
        case "dynamic":
            return DynamicPartitionsDefinition(name=data["name"])
        case "multi":
            dimensions = cast("list[tuple[str, dict[str, Any]]]", data["dimensions"])
            return MultiPartitionsDefinition({name: definition_from_json(each) for name, each in dimensions})
        case _:
            return _windows_from_json(data)


def mapping_to_json(mapping: PartitionMapping) -> dict[str, Any] | None:
    """The mapping as values for JSON; None for a class of the user's, which works where it was loaded."""
    for kind, plain in _PLAIN.items():
        if type(mapping) is plain:
            return {"kind": kind}
    # The very classes: a subclass of the user's may have another rule.
    if type(mapping) is TimeWindowPartitionMapping:
        allows = mapping.allow_nonexistent_upstream_partitions
        return {"kind": "window", "offsets": [mapping.start_offset, mapping.end_offset], "allows": allows}
    if type(mapping) is SpecificPartitionsPartitionMapping:
        return {"kind": "specific", "keys": list(mapping.partition_keys)}
    if type(mapping) is StaticPartitionMapping:
        table = mapping.downstream_keys_by_upstream_key
        return {"kind": "table", "table": {up: list(downs) for up, downs in table.items()}}
    if type(mapping) is MultiToSingleDimensionPartitionMapping:
        return {"kind": "single", "dimension": mapping.partition_dimension_name}
    if type(mapping) is MultiPartitionMapping:
        dimensions = [
            [name, target.dimension_name, mapping_to_json(target.partition_mapping)]
            for name, target in mapping.downstream_mappings_by_upstream_dimension.items()
        ]
        told = all(nested is not None for _, _, nested in dimensions)
        return {"kind": "dimensions", "dimensions": dimensions} if told else None
    return None


def mapping_from_json(data: dict[str, Any]) -> PartitionMapping:
    """The inverse of `mapping_to_json`."""
    match data["kind"]:
        case "window":
            start, end = cast("tuple[int, int]", data["offsets"])
            return TimeWindowPartitionMapping(start, end, data["allows"])
        case "specific":
            return SpecificPartitionsPartitionMapping(data["keys"])
        case "table":
            return StaticPartitionMapping(data["table"])
        case "single":
            return MultiToSingleDimensionPartitionMapping(data["dimension"])
        case "dimensions":
            dimensions = cast("list[tuple[str, str, dict[str, Any]]]", data["dimensions"])
            return MultiPartitionMapping(
                {
                    name: DimensionPartitionMapping(target, mapping_from_json(nested))
                    for name, target, nested in dimensions
                }
            )
        case kind:
            return _PLAIN[kind]()


def _windows_to_json(definition: TimeWindowPartitionsDefinition) -> dict[str, Any]:
    kinds = [kind for kind, cls in _WINDOWS.items() if type(definition) is cls]
    return {
        "kind": kinds[0] if kinds else "windows",
        "start": int(definition.start.timestamp()),
        "end": None if definition.end is None else int(definition.end.timestamp()),
        "timezone": definition.timezone,
        "fmt": definition.fmt,
        "cron": definition.cron_schedule,
        "end_offset": definition.end_offset,
        "exclusions": [
            {"at": exclusion.isoformat()} if isinstance(exclusion, datetime) else exclusion
            for exclusion in definition.exclusions
        ],
    }


def _windows_from_json(data: dict[str, Any]) -> TimeWindowPartitionsDefinition:
    zone = time_zone(data["timezone"])
    cls = _WINDOWS[data["kind"]]
    made = cls.__new__(cls)
    exclusions = cast("list[str | dict[str, str]]", data["exclusions"])
    # The classes for periods take other arguments, of which these are what became.
    TimeWindowPartitionsDefinition.__init__(
        made,
        start=zone.datetime(data["start"]),
        fmt=data["fmt"],
        end=None if data["end"] is None else zone.datetime(data["end"]),
        timezone=data["timezone"],
        end_offset=data["end_offset"],
        cron_schedule=data["cron"],
        exclusions=[
            each if isinstance(each, str) else datetime.fromisoformat(each["at"]) for each in exclusions
        ],
    )
    return made
