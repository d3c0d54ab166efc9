"""Fits jobs, schedules and sensors to the assets and resources of a project; all that does not fit is found at once.

Section 25. It knows nothing of how they are looked up.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from dagx.errors import DagxError, InvalidDefinitionError, Problem
from dagx.functions.slots import DEFAULT_IO_MANAGER
from dagx.nearest import did_you_mean
from dagx.project.resolution import ResolvedDefinitions
from dagx.resource_defs.named import available_text
from dagx.source import SourceLocation

GLOBAL_ASSET_JOB = "__ASSET_JOB"
DEFAULT_AUTOMATION_SENSOR = "default_automation_condition_sensor"


class FittedProject(NamedTuple):
    """Jobs, schedules and sensors by name, every job in them resolved."""

    jobs: Mapping[str, Any]
    schedules: Mapping[str, Any]
    sensors: Mapping[str, Any]


class ProjectFitting:
    """Fits together what `resolved` does not have yet.

    `executor` and `loggers` are for the jobs that have none of their own.
    """

    def __init__(
        self, resolved: ResolvedDefinitions, executor: Any = None, loggers: Mapping[str, Any] | None = None
    ) -> None:
        self._resolved = resolved
        self._executor = executor
        self._loggers = dict(loggers or {})
        self._problems: list[Problem] = []
        self._cause: BaseException | None = None
        """What the first problem comes from, if it was an error of another class."""
        self._jobs: dict[int, tuple[Any, Any]] = {}
        """Each job that was given, with what it became, by the identity of the former; None: it does not fit."""

    def fitted(self, jobs: Sequence[Any], schedules: Sequence[Any], sensors: Sequence[Any]) -> FittedProject:
        """All of them by name. Raises InvalidDefinitionError with everything that does not fit."""
        for job in jobs:
            self._job(job)
        all_sensors = [*sensors, *self._automation_sensor(sensors)]
        found = FittedProject(
            schedules=self._by_name("schedule", self._ticking(schedules)),
            sensors=self._by_name("sensor", self._ticking(all_sensors)),
            jobs=self._by_name("job", [job for _, job in self._jobs.values() if job is not None]),
        )
        for name in sorted(found.schedules.keys() & found.sensors.keys()):
            self._report(
                f'a schedule and a sensor are both called "{name}"',
                found.sensors[name],
                f"rename one; the schedule is at {_place(found.schedules[name])}",
            )
        for one in (*found.schedules.values(), *found.sensors.values()):
            self._check_targets(one, found.jobs)
            self._check_resources(one.what, one.all_resource_keys, one)
        if self._problems:
            raise InvalidDefinitionError.of(self._problems) from self._cause
        return found

    def global_asset_job(self) -> Any:
        """The job of all assets and checks, also those of assets that are made elsewhere."""
        asset_jobs: Any = importlib.import_module("dagx.ops.asset_jobs")
        selections: Any = importlib.import_module("dagx.selecting.asset_selection")
        everything = selections.AssetSelection.all() | selections.AssetSelection.all_asset_checks()
        job = asset_jobs.define_asset_job(GLOBAL_ASSET_JOB, everything, executor_def=self._executor)
        found = asset_jobs.resolve_asset_job(job, self._resolved, checks_partitions=False)
        return found.bound_to({}, executor=self._executor, loggers=self._loggers)

    # Jobs

    def _job(self, given: Any, owner: Any = None) -> Any:
        """The job that `given` became: with its assets, and what the project has for it; None when it does not fit.

        Whatever is the target of several schedules, or a job and a target, becomes one object. `owner` is the schedule
        or sensor that has it as its target.
        """
        if id(given) not in self._jobs:
            where = given if getattr(given, "source", None) is not None else owner
            self._jobs[id(given)] = (given, self._tried(partial(self._bound, given, where), where))
        return self._jobs[id(given)][1]

    def _bound(self, given: Any, where: Any) -> Any:
        for_all = {"executor": self._executor, "loggers": self._loggers}
        if hasattr(given, "selection"):
            resolve: Any = importlib.import_module("dagx.ops.asset_jobs").resolve_asset_job
            return resolve(given, self._resolved).bound_to({}, **for_all)
        job = given.to_job() if hasattr(given, "to_job") else given
        job = job.bound_to(self._resolved.resources, **for_all)
        self._check_resources(f'job "{job.name}"', job.required_resource_keys, where, job.resource_defs)
        return job

    # Schedules and sensors

    def _ticking(self, given: Iterable[Any]) -> list[Any]:
        """Schedules or sensors with their jobs as they were fitted."""
        found: list[Any] = []
        for one in {id(one): one for one in given}.values():
            fitted = self._tried(partial(self._with_jobs, one), one)
            found.append(one if fitted is None and hasattr(one, "targets") else fitted)
        return [one for one in found if one is not None]

    def _with_jobs(self, one: Any) -> Any:
        if hasattr(one, "resolved"):  # it waits for the partitions of its job
            job = self._job(one.job, one)
            return None if job is None else one.resolved(job)
        jobs = [self._job(job, one) for job in one.jobs]
        fits = bool(jobs) and all(job is not None for job in jobs)
        return one.with_jobs(jobs) if fits else one

    def _check_targets(self, one: Any, jobs: Mapping[str, Any]) -> None:
        """The jobs that are targets by name must exist, and the assets that are selected too."""
        given = {job.name for job in one.jobs}
        for name in one.job_names:
            if name not in jobs and name not in given and name != GLOBAL_ASSET_JOB:
                self._report(
                    f'{one.what} targets the job "{name}", which is not defined',
                    one,
                    did_you_mean(name, jobs) or f"there are: {', '.join(sorted(jobs)) or 'none'}",
                )
        selected = None if one.jobs else one.targets.selection  # the job of a target is reported by itself
        selections: list[Any] = [selected, getattr(one, "monitored_assets", None)]
        for selection in selections:
            if hasattr(selection, "resolve"):
                self._tried(partial(selection.resolve, self._resolved), one, one.what)

    # The sensor of the assets whose conditions no sensor covers

    def _automation_sensor(self, sensors: Sequence[Any]) -> list[Any]:
        resolved = self._resolved
        keys = [key for key, spec in resolved.specs.items() if spec.automation_condition is not None]
        checks = [key for key, spec in resolved.checks.items() if spec.automation_condition is not None]
        if not keys and not checks:
            return []
        kind: Any = importlib.import_module(
            "dagx.automation.condition_sensor"
        ).AutomationConditionSensorDefinition
        selections: Any = importlib.import_module("dagx.selecting.asset_selection").AssetSelection
        own = [sensor.asset_selection for sensor in sensors if isinstance(sensor, kind)]
        if not own:
            return [kind(DEFAULT_AUTOMATION_SENSOR, target=selections.all(include_sources=True))]
        try:
            covered = {key for one in own for key in one.resolve(resolved)}
            covered_checks = {key for one in own for key in one.resolve_checks(resolved)}
        except DagxError:
            return []  # it is reported as a problem of that sensor
        left = [key for key in keys if key not in covered]
        left_checks = [key for key in checks if key not in covered_checks]
        if not left and not left_checks:
            return []
        target = selections.assets(*left).without_checks() | selections.checks(*left_checks)
        return [kind(DEFAULT_AUTOMATION_SENSOR, target=target)]

    # Problems

    def _tried(self, fit: Callable[[], Any], where: Any, what: str | None = None) -> Any:
        """What `fit` answers, or None after what it raised is reported."""
        try:
            return fit()
        except DagxError as error:
            if not self._problems:
                self._cause = error.__cause__ if isinstance(error, InvalidDefinitionError) else error
            message = error.message if what is None else f"{what}: {error.message}"
            self._report(message, where, error.hint)
            return None

    def _check_resources(
        self,
        what: str,
        needed: Iterable[str],
        where: Any,
        resources: Mapping[str, Any] | None = None,
    ) -> None:
        there = self._resolved.resources if resources is None else resources
        for name in sorted(set(needed) - there.keys() - {DEFAULT_IO_MANAGER}):
            near = did_you_mean(name, there)
            listed = available_text(there.keys())
            hint = f"{near} ({listed})" if near else f"add it to Definitions(resources={{...}}); {listed}"
            self._report(f'the resource "{name}" is not defined (needed by {what})', where, hint)

    def _by_name(self, what: str, members: Iterable[Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for member in members:
            other = found.setdefault(member.name, member)
            if other is not member:
                place = _place(other)
                hint = f"rename one; the other is at {place}" if place else "rename one"
                self._report(f'two {what}s are called "{member.name}"', member, hint)
            elif what == "job" and member.name == GLOBAL_ASSET_JOB:
                self._report(f'a job is called "{GLOBAL_ASSET_JOB}", as the one of all assets', member)
        return found

    def _report(self, message: str, where: Any, hint: str | None = None) -> None:
        self._problems.append(Problem(message, _place(where), hint))


def _place(given: Any) -> SourceLocation | None:
    return getattr(given, "source", None)
