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
    """What was found, each object once, in the order in which it came."""

    assets: dict[int, AssetsDefinition | AssetSpec] = field(default_factory=dict[int, Any])
    asset_checks: dict[int, AssetsDefinition] = field(default_factory=dict[int, Any])
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
            into: dict[int, Any] = self.assets if value.specs or not value.check_specs else self.asset_checks
            into[id(value)] = value
        elif isinstance(value, AssetSpec):
            self.assets[id(value)] = value
        elif isinstance(value, (Definitions, LazyDefinitions)):
            self.definitions[id(value)] = value
        else:
            kind = kind_of_definition(value)
            if kind in ("jobs", "schedules", "sensors"):
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
    loose: list[ModuleType] = []
    for module in modules:
        here = collected([module]).definitions
        if not here:
            loose.append(module)
        for value in here.values():
            made = value() if isinstance(value, LazyDefinitions) else value
            whole[id(made)] = made
    return Definitions.merge(*whole.values(), collected(loose).loose())
