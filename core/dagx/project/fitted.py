"""Everything of Definitions fitted together: assets, jobs, schedules, sensors, each by its name. Section 25."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from dagx.assets.definition import AssetsDefinition
from dagx.errors import InvariantViolationError
from dagx.keys import AssetKey
from dagx.nearest import did_you_mean
from dagx.project.asset_graph import AssetGraph
from dagx.project.fitting import GLOBAL_ASSET_JOB, ProjectFitting
from dagx.project.resolution import ResolvedDefinitions

T = TypeVar("T")


class Repository:
    """What a project is when all its parts fit.

    Made by `Definitions.get_repository_def()`, which sensors and schedules look things up in. Raises
    InvalidDefinitionError, with every problem, for two jobs, schedules or sensors of one name, for jobs whose assets do
    not exist or do not go together, for targets that do not exist and for resources that are missing.
    """

    def __init__(
        self,
        resolved: ResolvedDefinitions,
        *,
        name: str = "__repository__",
        jobs: Sequence[Any] = (),
        schedules: Sequence[Any] = (),
        sensors: Sequence[Any] = (),
        metadata: Mapping[str, Any] | None = None,
        executor: Any = None,
        loggers: Mapping[str, Any] | None = None,
    ) -> None:
        self.name = name
        self.metadata = dict(metadata or {})
        self.resolved = resolved
        self.asset_graph = AssetGraph(resolved)
        fitting = ProjectFitting(resolved, executor, loggers or {})
        found = fitting.fitted(jobs, schedules, sensors)
        self._jobs, self._schedules, self._sensors = found.jobs, found.schedules, found.sensors
        self._fitting = fitting
        self._global_asset_job: Any = None

    # What there is

    @property
    def job_names(self) -> list[str]:
        """The names of all jobs: that of all assets, and those behind the targets of schedules and sensors, too."""
        return sorted([GLOBAL_ASSET_JOB, *self._jobs] if self.resolved.steps else self._jobs)

    @property
    def schedule_defs(self) -> list[Any]:
        """All schedules."""
        return list(self._schedules.values())

    @property
    def sensor_defs(self) -> list[Any]:
        """All sensors."""
        return list(self._sensors.values())

    def get_all_jobs(self) -> list[Any]:
        """All jobs, and the one of all assets."""
        return [*self._jobs.values(), self.global_asset_job]

    @property
    def global_asset_job(self) -> Any:
        """The job of all assets and checks."""
        if self._global_asset_job is None:
            self._global_asset_job = self._fitting.global_asset_job()
        return self._global_asset_job

    def get_job(self, name: str) -> Any:
        """The job of this name. Raises InvariantViolationError when there is none."""
        return self.global_asset_job if name == GLOBAL_ASSET_JOB else _found(self._jobs, name, "job")

    def has_job(self, name: str) -> bool:
        """Whether there is a job of this name."""
        return name in self._jobs or name == GLOBAL_ASSET_JOB

    def get_schedule_def(self, name: str) -> Any:
        """The schedule of this name. Raises InvariantViolationError when there is none."""
        return _found(self._schedules, name, "schedule")

    def has_schedule_def(self, name: str) -> bool:
        """Whether there is a schedule of this name."""
        return name in self._schedules

    def get_sensor_def(self, name: str) -> Any:
        """The sensor of this name. Raises InvariantViolationError when there is none."""
        return _found(self._sensors, name, "sensor")

    def has_sensor_def(self, name: str) -> bool:
        """Whether there is a sensor of this name."""
        return name in self._sensors

    @property
    def assets_defs_by_key(self) -> dict[AssetKey, AssetsDefinition]:
        """The definition that makes each asset."""
        return {key: self.resolved.steps[name] for key, name in self.resolved.step_of.items()}

    def get_top_level_resources(self) -> Mapping[str, Any]:
        """The resources by name."""
        return self.resolved.resources


def _found(members: Mapping[str, T], name: str, what: str) -> T:
    if name not in members:
        raise InvariantViolationError(
            f'there is no {what} "{name}"',
            did_you_mean(name, members) or f"there are: {', '.join(sorted(members)) or 'none'}",
        )
    return members[name]
