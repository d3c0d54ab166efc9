"""The project as loaded in this process: modules imported, definitions resolved."""

from __future__ import annotations

import base64
import contextlib
import functools
import gc
import importlib
import os
import sys
import time
import types
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dagx.assets.definition import AssetsDefinition
from dagx.errors import DagxError
from dagx.execution.planned_resources import resources_of
from dagx.execution.planning import steps_for_assets
from dagx.execution.steps import Step
from dagx.functions.slots import OutputSlot
from dagx.keys import AssetKey
from dagx.nearest import did_you_mean
from dagx.project.defs import Definitions
from dagx.project.lazy_definitions import LazyDefinitions
from dagx.project.resolution import ResolvedDefinitions
from dagx.project.resolve import collect, resolve
from dagx.worker.configured import given_config
from dagx.worker.cutting import Ahead, begin
from dagx.worker.describe import Description
from dagx.worker.kept import Kept
from dagx.worker.learning import Learning
from dagx.worker.loader import ProjectImporter, Source
from dagx.worker.tracing.imported import imported_parts
from dagx.worker.tracing.listening import listen
from dagx.worker.tracing.tracer import Tracer

if TYPE_CHECKING:
    from dagx.execution.executors import ExecutionSettings
    from dagx.ops.job_definition import JobDefinition

__all__ = ["LoadedProject", "load_project"]

_SELDOM = (50_000, 10, 10)
"""How often the garbage collector looks while a project is imported: see `gc.set_threshold`."""


def load_project(message: Mapping[str, Any]) -> LoadedProject:
    """Import the modules named in the message and resolve what they define. Raises whatever they raise."""
    started = time.monotonic()
    root = message["root"]
    os.chdir(root)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a log is read while it is written
    for path in reversed(message["paths"]):
        if path not in sys.path:
            sys.path.insert(0, path)
    given: Mapping[str, Any] = message.get("sources") or {}
    importer = ProjectImporter(root, _given(given), Kept.of(message))
    sys.meta_path.insert(0, importer)
    files = [wanted["file"] for wanted in message["modules"] if wanted["file"] is not None]
    ahead = begin(files, importer.kept, importer.announcements) if message.get("ahead") else None
    try:
        return _loaded(message, started, importer, ahead)
    except BaseException:
        if ahead is not None:
            ahead.give_up()
        raise


def _loaded(
    message: Mapping[str, Any], started: float, importer: ProjectImporter, ahead: Ahead | None
) -> LoadedProject:
    root: str = message["root"]
    given: Mapping[str, Any] = message.get("sources") or {}
    tracer = Tracer(root, message["state"])
    listen(tracer)
    seen = tracer.start(importing=True)
    try:
        with _collecting_seldom():
            modules = [_import(importer, wanted) for wanted in message["modules"]]
            definitions = _definitions(modules, message["modules"])
            resolved = resolve(definitions)
            if definitions.jobs or definitions.schedules or definitions.sensors:
                definitions.get_repository_def()
    finally:
        tracer.stop()
    run_config = given_config(message.get("config"))
    job, problem = None, ""
    if message.get("job"):
        jobs: Any = importlib.import_module("dagx.worker.jobs")
        job = jobs.job_of_run(message["job"], jobs.jobs_of(definitions), resolved)
        if job is not None:
            run_config, problem = jobs.config_of_run(job, message["job"], run_config)
    own = {importer.real(source.file) for source in importer.sources.values()}
    imported = imported_parts(seen, own, root)
    seconds = time.monotonic() - started
    return LoadedProject(
        root,
        definitions,
        resolved,
        importer,
        tracer,
        seconds,
        imported,
        tuple(seen.variables),
        run_config,
        job,
        problem,
        {name: importer.given[name] for name, found in given.items() if found["settled"]},
        saw_more=seen.more,
        ahead=ahead,
    )


def _given(sources: Mapping[str, Any]) -> dict[str, Source]:
    return {
        name: Source(name, found["file"], base64.b64decode(found["data"])) for name, found in sources.items()
    }


def _import(importer: ProjectImporter, wanted: Mapping[str, Any]) -> types.ModuleType:
    if wanted["file"] is None:
        return importlib.import_module(wanted["name"])
    name = wanted["name"]
    if all(part.isidentifier() for part in name.split(".")):
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is None or not (name == error.name or name.startswith(error.name + ".")):
                raise
        else:
            if importer.real(getattr(module, "__file__", None) or "") == importer.real(wanted["file"]):
                return module
    return importer.import_file(name, wanted["file"])


def _definitions(modules: list[types.ModuleType], wanted: list[Mapping[str, Any]]) -> Definitions:
    named = [
        (module, want["attribute"])
        for module, want in zip(modules, wanted, strict=False)
        if want["attribute"]
    ]
    if not named:
        return collect(modules)
    module, attribute = named[0]
    found = getattr(module, attribute, None)
    if isinstance(found, LazyDefinitions):
        found = found()
    if not isinstance(found, Definitions):
        there = {
            name for name, one in vars(module).items() if isinstance(one, (Definitions, LazyDefinitions))
        }
        raise DagxError(
            f"{module.__name__}:{attribute} is {'not there' if found is None else 'not a Definitions object'}",
            did_you_mean(attribute, there)
            or f"write `{attribute} = dg.Definitions(assets=[...])` in {module.__file__}, or a function under "
            f"@dg.definitions",
        )
    return found


@contextlib.contextmanager
def _collecting_seldom() -> Generator[None, None, None]:
    """Nearly all that is made while a project is imported stays: to look through it again and again finds nothing."""
    before = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        if gc.get_threshold() == _SELDOM:  # else the project has its own mind
            gc.set_threshold(*before)


@contextlib.contextmanager
def _no_collecting() -> Generator[None, None, None]:
    """Definitions, and what is made of them here, are there until the process ends: not to be looked at again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


@dataclass
class LoadedProject:
    """What steps of this process are executed from."""

    root: str
    definitions: Definitions
    resolved: ResolvedDefinitions
    importer: ProjectImporter
    tracer: Tracer
    seconds: float
    imported: Mapping[str, str] = field(default_factory=dict[str, str])
    """What importing it read beside its modules, as parts of every step."""
    variables: tuple[str, ...] = ()
    """The environment variables that it asked for meanwhile."""
    run_config: Mapping[str, Any] = field(default_factory=dict[str, Any])
    job: JobDefinition | None = None
    """The job that is to be run, when one is asked for."""
    job_problem: str = ""
    """What is wrong with its config, in words."""
    settled: Mapping[str, Source] = field(default_factory=dict[str, Source])
    """The modules that the static reach of code stands on; known when it was described, here or elsewhere."""
    saw_more: bool = False
    """Whether importing it asked what nobody can look at again: a database, a program, the network."""
    ahead: Ahead | None = None
    """Who cuts its sources meanwhile."""
    _steps: dict[str, tuple[Sequence[Step], frozenset[str]]] = field(
        default_factory=dict[str, "tuple[Sequence[Step], frozenset[str]]"]
    )

    @functools.cached_property
    def makers(self) -> Mapping[AssetKey, tuple[str, OutputSlot]]:
        """The step and the output that make each asset."""
        return self.resolved.makers

    def steps_of(self, definition: AssetsDefinition) -> tuple[Sequence[Step], frozenset[str]]:
        """The steps of one of its definitions, whole, and the resources that they need; found out once."""
        found = self._steps.get(definition.name)
        if found is None:
            steps = steps_for_assets([definition])
            wanted = frozenset(resources_of(steps, self.resolved.specs, self.makers))
            found = self._steps[definition.name] = (steps, wanted)
        return found

    @functools.cached_property
    def learning(self) -> Learning:
        """What its steps are seen to execute beyond their static reach."""
        loggers = [found.logger_fn for found in self.definitions.loggers.values()]
        functions = [found for found in loggers if isinstance(found, types.FunctionType)]
        return Learning(self.settled, self.root, functions)

    def execution(self, job: JobDefinition | None, run_config: Mapping[str, Any]) -> ExecutionSettings | None:
        """What the executor of the project, or of a job, and what run config says of it, mean to dagx.

        Raises InvalidConfigError.
        """
        executor = self.definitions.executor if job is None else job.executor_def
        if executor is None:
            return None
        said: Mapping[str, Any] = run_config.get("execution") or {}
        settings: ExecutionSettings = executor.settings(said.get("config"))
        return settings

    def to_json(self) -> dict[str, Any]:
        """The bytes that were executed, so that another worker can execute the same; and what it must have read."""
        sources = {
            source.module: {
                "file": source.file,
                "data": base64.b64encode(source.data).decode("ascii"),
                "settled": source.module in self.settled,
            }
            for source in self.importer.sources.values()
        }
        return {"sources": sources, "imported": dict(self.imported)}

    def describe(self, secret: bytes, learned: Sequence[str] = ()) -> dict[str, Any]:
        """Assets, checks and steps with their fingerprints as JSON, upstream first; `secret` keys some digests.

        `learned` are the edges that steps were seen to take before.
        """
        with _no_collecting():
            if self.ahead is not None:
                self.importer.kept.take_in(self.ahead.take())
                self.ahead = None
            description = Description(self, secret)
            said = description.to_json(learned)
            self.settled = {name: self.importer.sources[name] for name in description.settled}
            self.importer.kept.write()
        return said

    def jobs(self) -> Mapping[str, JobDefinition]:
        """The jobs that the project defines."""
        if not (self.definitions.jobs or self.definitions.schedules or self.definitions.sensors):
            return {}
        found: Mapping[str, JobDefinition] = importlib.import_module("dagx.worker.jobs").jobs_of(
            self.definitions
        )
        return found

    def automation(self) -> dict[str, list[str]]:
        """The names of schedules and sensors."""
        defined = self.definitions
        if not (defined.schedules or defined.sensors):
            return {"schedules": [], "sensors": []}
        repository = defined.get_repository_def()
        return {
            "schedules": sorted(one.name for one in repository.schedule_defs),
            "sensors": sorted(one.name for one in repository.sensor_defs),
        }
