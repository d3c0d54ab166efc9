"""What the attributes of modules define: assets, checks, jobs, schedules, sensors, Definitions. Section 25."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, cast

from dagx.assets.definition import AssetsDefinition
from dagx.assets.specs import AssetSpec
from dagx.project.definition_kinds import kind_of_definition
from dagx.project.defs import Definitions
from dagx.project.lazy_definitions import LazyDefinitions


@dataclass
class Collected:
    """What was found, each object once, in the order in which it came.

    A definition is its own key, other objects have their `id`: asking for that is told to the tracer each time.
    """

    assets: dict[object, AssetsDefinition | AssetSpec] = field(default_factory=dict[object, Any])
    asset_checks: dict[object, AssetsDefinition] = field(default_factory=dict[object, Any])
    jobs: dict[int, Any] = field(default_factory=dict[int, Any])
    schedules: dict[int, Any] = field(default_factory=dict[int, Any])
    sensors: dict[int, Any] = field(default_factory=dict[int, Any])
    definitions: dict[int, Definitions | LazyDefinitions] = field(default_factory=dict[int, Any])

    def take(self, value: object) -> None:
        """Keep `value`, if it defines something; the members of a list or tuple one by one."""
        if isinstance(value, (list, tuple)):
            for member in cast("Iterable[object]", value):
                self._take_one(member)
        else:
            self._take_one(value)

    def _take_one(self, value: object) -> None:
        if isinstance(value, AssetsDefinition):
            into: dict[object, Any] = (
                self.assets if value.specs or not value.check_specs else self.asset_checks
            )
            into[value] = value
        elif isinstance(value, AssetSpec):
            self.assets[id(value)] = value
        elif isinstance(value, (Definitions, LazyDefinitions)):
            self.definitions[id(value)] = value
        else:
            kind = kind_of_definition(value)
            if kind in ("jobs", "schedules", "sensors"):
                getattr(self, kind)[id(value)] = value

    def add(self, other: Collected) -> None:
        """Keep what is in the other one."""
        for mine, theirs in zip(vars(self).values(), vars(other).values(), strict=True):
            mine.update(theirs)

    def loose(self) -> Definitions:
        """All but the Definitions objects, as Definitions."""
        return Definitions(
            assets=self.assets.values(),
            asset_checks=self.asset_checks.values(),
            jobs=self.jobs.values(),
            schedules=self.schedules.values(),
            sensors=self.sensors.values(),
        )


def collected(modules: Iterable[ModuleType]) -> Collected:
    """What the top level of these modules defines. No function of the user's is called."""
    found = Collected()
    for module in modules:
        for value in list(vars(module).values()):
            found.take(value)
    return found


def definitions_of(modules: Iterable[ModuleType]) -> Definitions:
    """All that modules define. From one with Definitions objects or `@definitions` functions, only those are taken.

    An object that stands under several names, or in several modules, counts once. Raises InvariantViolationError when
    two Definitions bind one resource name to different objects.
    """
    whole: dict[int, Definitions] = {}
    loose = Collected()
    for module in modules:
        here = collected([module])
        if not here.definitions:
            loose.add(here)
        for value in here.definitions.values():
            made = value() if isinstance(value, LazyDefinitions) else value
            whole[id(made)] = made
    return Definitions.merge(*whole.values(), loose.loose())
