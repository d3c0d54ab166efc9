"""What the attributes of modules define: assets, checks, jobs, schedules, sensors, Definitions. Semantics: section 25.

Kinds that are costly to import are known by the names of their classes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, cast

from dagx.assets import AssetsDefinition
from dagx.defs import Definitions
from dagx.lazy_definitions import LazyDefinitions
from dagx.specs import AssetSpec

_BY_CLASS: Mapping[str, str] = {
    "JobDefinition": "jobs",
    "UnresolvedAssetJobDefinition": "jobs",
    "ScheduleDefinition": "schedules",
    "UnresolvedPartitionedSchedule": "schedules",
    "SensorDefinition": "sensors",
    "AutomationConditionSensorDefinition": "sensors",
}


@dataclass
class Collected:
    """What was found, each object once, in the order in which it came."""

    assets: dict[int, AssetsDefinition | AssetSpec] = field(default_factory=dict[int, Any])
    asset_checks: dict[int, AssetsDefinition] = field(default_factory=dict[int, Any])
    jobs: dict[int, Any] = field(default_factory=dict[int, Any])
    schedules: dict[int, Any] = field(default_factory=dict[int, Any])
    sensors: dict[int, Any] = field(default_factory=dict[int, Any])
    definitions: dict[int, Definitions] = field(default_factory=dict[int, Definitions])

    def take(self, value: object) -> None:
        """Keep `value`, if it defines something; the members of a list or tuple one by one."""
        if isinstance(value, (list, tuple)):
            for member in cast("Iterable[object]", value):
                self._take_one(member)
        else:
            self._take_one(value)

    def _take_one(self, value: object) -> None:
        if isinstance(value, AssetsDefinition):
            into: dict[int, Any] = self.assets if value.specs or not value.check_specs else self.asset_checks
            into[id(value)] = value
        elif isinstance(value, AssetSpec):
            self.assets[id(value)] = value
        elif isinstance(value, (Definitions, LazyDefinitions)):
            self.definitions[id(value)] = value if isinstance(value, Definitions) else value()
        else:
            kind = kind_of_definition(value)
            if kind is not None:
                getattr(self, kind)[id(value)] = value

    def loose(self) -> Definitions:
        """All but the Definitions objects, as Definitions."""
        return Definitions(
            assets=self.assets.values(),
            asset_checks=self.asset_checks.values(),
            jobs=self.jobs.values(),
            schedules=self.schedules.values(),
            sensors=self.sensors.values(),
        )


def kind_of_definition(value: object) -> str | None:
    """The argument of Definitions that takes `value`: "jobs", "schedules" or "sensors"; None for anything else."""
    if isinstance(value, type):
        return None
    for parent in type(value).__mro__:
        if parent.__name__ in _BY_CLASS and parent.__module__.startswith("dagx."):
            return _BY_CLASS[parent.__name__]
    return None


def collected(modules: Iterable[ModuleType], wanted: Callable[[object], bool] | None = None) -> Collected:
    """What the top level of these modules defines; of `wanted` values only, if that is given."""
    found = Collected()
    for module in modules:
        for value in list(vars(module).values()):
            if wanted is None or wanted(value):
                found.take(value)
    return found


def definitions_of(modules: Iterable[ModuleType]) -> Definitions:
    """All that modules define. From one with Definitions objects, only those are taken.

    An object that stands under several names, or in several modules, counts once. Raises InvariantViolationError when
    two Definitions bind one resource name to different objects.
    """
    whole: dict[int, Definitions] = {}
    loose = Collected()
    for module in modules:
        here = collected([module])
        whole.update(here.definitions)
        if not here.definitions:
            for value in vars(module).values():
                loose.take(value)
    return Definitions.merge(*whole.values(), loose.loose())
