"""Everything of Definitions fitted together: assets, jobs, schedules, sensors, each by its name. Section 25."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from dagx.asset_graph import AssetGraph
from dagx.errors import DagxError, InvalidDefinitionError, InvariantViolationError, Problem
from dagx.nearest import did_you_mean
from dagx.resolution import ResolvedDefinitions

GLOBAL_ASSET_JOB = "__ASSET_JOB"
DEFAULT_AUTOMATION_SENSOR = "default_automation_condition_sensor"
T = TypeVar("T")


class Repository:
    """What a project is when all its parts fit.

    Made by `Definitions.get_repository_def()`, which sensors and schedules look things up in. Raises
    InvalidDefinitionError, with every problem, for two jobs, schedules or sensors of one name, and for jobs whose
    assets do not exist or do not go together.
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
        self._executor = executor
        self._loggers = dict(loggers or {})
        self._problems: list[Problem] = []
        schedules = [self._tried(schedule, self._schedule) for schedule in schedules]
        self._schedules = self._by_name("schedule", schedules)
        self._sensors = self._by_name("sensor", [*sensors, *_automation_sensor(resolved, sensors)])
        for twice in sorted(self._schedules.keys() & self._sensors.keys()):
            self._report(f'a schedule and a sensor are both called "{twice}"', self._sensors[twice])
        given = [*jobs, *_targets_of([*self._schedules.values(), *self._sensors.values()])]
        self._jobs = self._by_name("job", [self._tried(job, self._job) for job in _distinct(given)])
        if self._problems:
            raise InvalidDefinitionError.of(self._problems)

    # What there is

    @property
    def job_names(self) -> list[str]:
        """The names of all jobs that were given a name."""
        return sorted(self._jobs)

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
        return _asset_job(GLOBAL_ASSET_JOB, None, self.resolved, self._executor)

    def get_job(self, name: str) -> Any:
        """The job of this name. Raises InvariantViolationError when there is none."""
        return self.global_asset_job if name == GLOBAL_ASSET_JOB else _found(self._jobs, name, "job")

    def has_job(self, name: str) -> bool:
        """Whether there is a job of this name."""
        return name in self._jobs or name == GLOBAL_ASSET_JOB

    def get_schedule_def(self, name: str) -> Any:
        """The schedule of this name. Raises InvariantViolationError when there is none."""
        return _found(self._schedules, name, "schedule")

    def get_sensor_def(self, name: str) -> Any:
        """The sensor of this name. Raises InvariantViolationError when there is none."""
        return _found(self._sensors, name, "sensor")

    @property
    def assets_defs_by_key(self) -> dict[Any, Any]:
        """The definition that makes each asset."""
        return {key: self.resolved.steps[name] for key, name in self.resolved.step_of.items()}

    # Fitting together

    def _schedule(self, schedule: Any) -> Any:
        """A schedule of a partitioned job, now that the job can be looked at."""
        resolve = getattr(schedule, "resolved_with", None)
        return schedule if resolve is None else resolve(self._job)

    def _job(self, job: Any) -> Any:
        """A job with its assets, and with the resources, loggers and executor of the project for what it has not."""
        resolve: Any = importlib.import_module("dagx.ops.asset_jobs").resolve_asset_job
        if hasattr(job, "selection"):
            return resolve(job, self.resolved).bound_to({}, executor=self._executor, loggers=self._loggers)
        return job.bound_to(self.resolved.resources, executor=self._executor, loggers=self._loggers)

    def _tried(self, given: T, fit: Any) -> T:
        try:
            found: T = fit(given)
        except DagxError as error:
            self._report(error.message, given, error.hint)
            return given
        return found

    def _by_name(self, what: str, members: Iterable[Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for member in members:
            other = found.setdefault(member.name, member)
            if other is not member:
                place = getattr(other, "source", None)
                self._report(
                    f'two {what}s are called "{member.name}"',
                    member,
                    f"rename one; the other is at {place}" if place else "rename one",
                )
        return found

    def _report(self, message: str, given: Any, hint: str | None = None) -> None:
        self._problems.append(Problem(message, getattr(given, "source", None), hint))


def _distinct(jobs: Iterable[Any]) -> list[Any]:
    """Each job once: the same object may be given, and be the target of schedules and sensors too."""
    return list({id(job): job for job in jobs}.values())


def _targets_of(ticking: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for one in ticking:
        found += getattr(one, "jobs", None) or ()
        anonymous = getattr(one, "anonymous_job", None)
        if anonymous is not None:
            found.append(anonymous)
    return found


def _automation_sensor(resolved: ResolvedDefinitions, sensors: Sequence[Any]) -> list[Any]:
    """The sensor of the assets and checks whose conditions no sensor of the user's covers."""
    with_conditions = [key for key, spec in resolved.specs.items() if spec.automation_condition is not None]
    checks = [spec for spec in resolved.checks.values() if spec.automation_condition is not None]
    if not with_conditions and not checks:
        return []
    condition_sensor: Any = importlib.import_module("dagx.automation.condition_sensor")
    selections: Any = importlib.import_module("dagx.asset_selection").AssetSelection
    kind = condition_sensor.AutomationConditionSensorDefinition
    covered: set[Any] = set()
    for sensor in sensors:
        if isinstance(sensor, kind):
            covered |= sensor.asset_selection.resolve(resolved)
    left = [key for key in with_conditions if key not in covered]
    if not left and not (checks and not covered):
        return []
    return [
        kind(
            DEFAULT_AUTOMATION_SENSOR,
            target=selections.assets(*left) if covered else selections.all(include_sources=True),
        )
    ]


def _asset_job(name: str, selection: Any, resolved: ResolvedDefinitions, executor: Any) -> Any:
    jobs: Any = importlib.import_module("dagx.ops.asset_jobs")
    job = jobs.define_asset_job(name, selection, executor_def=executor)
    return jobs.resolve_asset_job(job, resolved, checks_partitions=False)


def _found(members: Mapping[str, T], name: str, what: str) -> T:
    if name not in members:
        raise InvariantViolationError(
            f'there is no {what} "{name}"',
            did_you_mean(name, members) or f"there are: {', '.join(sorted(members)) or 'none'}",
        )
    return members[name]
