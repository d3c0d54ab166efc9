"""`reconstructable`, `execute_job`, `validate_run_config`: what scripts and tests do with a job. Sections 10, 24."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, cast

from dagx.config.marks import kind_of
from dagx.config.run_config import RunConfig, validated_run_config
from dagx.errors import InvalidArgumentError, InvariantViolationError, NotBuiltYetError, RunNotFoundError
from dagx.execution.in_process_result import ExecuteInProcessResult
from dagx.instance.runs import PARENT_RUN_TAG, ROOT_RUN_TAG
from dagx.ops.graph_definition import GraphDefinition
from dagx.ops.job_definition import JobDefinition
from dagx.ops.job_running import chosen_config, run_in_process
from dagx.record import Record
from dagx.resource_defs.lifecycle import resource_schemas

if TYPE_CHECKING:
    from dagx.execution.reexecution import ReexecutionOptions
    from dagx.instance.instance import DagsterInstance

__all__ = [
    "JobExecutionResult",
    "build_reconstructable_job",
    "execute_job",
    "reconstructable",
    "validate_run_config",
]


class ReconstructableJob(Record):
    """A job by the place where it is found again: a module, a name in it, and arguments if that is a function."""

    module: str
    name: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]

    def __init__(
        self, module: str, name: str, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> None:
        self._set(module=module, name=name, args=tuple(args), kwargs=dict(kwargs or {}))

    def get_definition(self) -> JobDefinition:
        """The job itself. Raises InvariantViolationError when something else stands there."""
        found: object = importlib.import_module(self.module)
        for part in self.name.split("."):
            found = getattr(found, part, None)
        if callable(found) and not isinstance(found, JobDefinition):
            found = found(*self.args, **self.kwargs)
        if not isinstance(found, JobDefinition):
            raise InvariantViolationError(
                f"{self.module}.{self.name} is not a job: {found!r}",
                "give a job, or a function that returns one",
            )
        return found


def reconstructable(target: JobDefinition | Callable[[], JobDefinition]) -> ReconstructableJob:
    """A job at the top of a module, or the function there that makes it, such that it can be found by name again.

    Raises InvariantViolationError for a lambda, for what was made inside a function, and for what no module has.
    Semantics: section 24.
    """
    if isinstance(target, GraphDefinition):
        raise InvariantViolationError(
            f'"{target.name}" is a graph, not a job', f"write a function that returns {target.name}.to_job()"
        )
    if isinstance(target, JobDefinition):
        module, name = target.written_as or ("", "<unnamed>")
        return _by_name(module, name, f'the job "{target.name}"')
    if not callable(cast(object, target)):
        raise InvariantViolationError(f"reconstructable takes a job or a function, not {target!r}")
    name = getattr(target, "__qualname__", "<unnamed>")
    return _by_name(target.__module__, name, name)


def build_reconstructable_job(
    reconstructor_module_name: str,
    reconstructor_function_name: str,
    reconstructable_args: Sequence[Any] | None = None,
    reconstructable_kwargs: Mapping[str, Any] | None = None,
) -> ReconstructableJob:
    """The job that a function of a module makes when it is called with these arguments. Semantics: section 24."""
    return ReconstructableJob(
        reconstructor_module_name,
        reconstructor_function_name,
        reconstructable_args or (),
        reconstructable_kwargs,
    )


class JobExecutionResult(ExecuteInProcessResult):
    """What `execute_job` answers: as ExecuteInProcessResult, and to be used in a `with` statement if one likes."""

    def __enter__(self) -> JobExecutionResult:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Nothing is held open."""


def execute_job(
    job: ReconstructableJob | JobDefinition,
    instance: DagsterInstance,
    run_config: RunConfig | Mapping[str, Any] | None = None,
    tags: Mapping[str, Any] | None = None,
    raise_on_error: bool = False,
    op_selection: Sequence[str] | None = None,
    asset_selection: Sequence[Any] | None = None,
    reexecution_options: ReexecutionOptions | None = None,
) -> JobExecutionResult:
    """Run a job and write it to `instance`; the values of its ops are kept as files there.

    All steps run in this process, one after the other: processes of their own are what `dagx run` gives them. The
    rest as for `execute_in_process`. reexecution_options: of which run it is a repetition; only of all its steps:
    some of them raise NotBuiltYetError. Semantics: section 24.
    """
    definition = job.get_definition() if isinstance(job, ReconstructableJob) else job
    if not isinstance(cast(object, definition), JobDefinition):
        raise InvalidArgumentError(f"execute_job takes a job, not {job!r}", "give reconstructable(job)")
    result = run_in_process(
        definition,
        run_config=run_config,
        instance=instance,
        tags={**(tags or {}), **_repetition_tags(reexecution_options, instance)},
        raise_on_error=raise_on_error,
        op_selection=op_selection,
        asset_selection=asset_selection,
        keeps_values=True,
    )
    found = JobExecutionResult.__new__(JobExecutionResult)
    found.__dict__.update(result.__dict__)
    return found


def _repetition_tags(options: ReexecutionOptions | None, instance: DagsterInstance) -> dict[str, str]:
    """The tags of a run that repeats another: that one, and the first of the chain. Raises RunNotFoundError."""
    if options is None:
        return {}
    if options.step_selection or options.is_from_failure:
        raise NotBuiltYetError(
            "execute_job does not repeat some of the steps of a run yet in dagx",
            "repeat the whole run, or give op_selection= or asset_selection=",
        )
    parent = instance.get_run_by_id(options.parent_run_id)
    if parent is None:
        raise RunNotFoundError(f"there is no run {options.parent_run_id!r} to repeat")
    return {PARENT_RUN_TAG: parent.run_id, ROOT_RUN_TAG: parent.root_run_id or parent.run_id}


def validate_run_config(
    job_def: JobDefinition, run_config: RunConfig | Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Run config for a job with all its defaults, and what resources were made with, as a dict.

    Variables of the environment stay as they are written. Raises InvalidConfigError with all that does not fit.
    Semantics: section 10.
    """
    config = job_def.checked_run_config(chosen_config(job_def, run_config, None))
    work = job_def.work(run_config=config)
    found = validated_run_config(
        config,
        work.ops,
        resource_schemas(work.resources),
        ignored_ops=work.ignored_ops,
        mapping=work.config_mapping,
    ).raw
    for name, entry in found["resources"].items():
        kind = kind_of(work.resources[name])
        if kind is not None and isinstance(entry.get("config"), Mapping):
            entry["config"] = {**kind.said(work.resources[name]), **entry["config"]}
    return found


def _by_name(module: str, name: str, what: str) -> ReconstructableJob:
    if "<" in name:  # made by a lambda, inside a function, or by a call such as graph.to_job()
        raise InvariantViolationError(
            f"{what} cannot be found again by name", "make it by a function at the top of a module"
        )
    return ReconstructableJob(module, name)
