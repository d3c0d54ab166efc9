"""The jobs of a project: which one a run is of, the config that it gives the run, and each as the engine is told of it.

It executes nothing.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dagx.config.reading import Reading, dumped
from dagx.errors import InvalidConfigError
from dagx.execution.holds import OpInStep, longest_runtime, pools_of
from dagx.execution.steps import FromAsset, FromSeveral, Source, Step
from dagx.ops.asset_jobs import AssetJobDefinition
from dagx.ops.job_definition import JobDefinition
from dagx.worker.describe import in_words, text_of

if TYPE_CHECKING:
    from dagx.execution.in_process_steps import Work
    from dagx.keys import AssetKey
    from dagx.project.defs import Definitions
    from dagx.project.resolution import ResolvedDefinitions
    from dagx.worker.project import LoadedProject

__all__ = [
    "config_of_job",
    "config_of_run",
    "job_json",
    "job_of_run",
    "jobs_of",
    "names_of_ops",
    "problem_of_config",
    "work_of_job",
]


def jobs_of(definitions: Definitions) -> dict[str, JobDefinition]:
    """The jobs that the project defines, by name, in order; not that of all its assets."""
    if not (definitions.jobs or definitions.schedules or definitions.sensors):
        return {}
    repository = definitions.get_repository_def()
    return {name: repository.get_job(name) for name in repository.job_names if not name.startswith("__")}


def job_of_run(
    asked: Mapping[str, Any] | None, jobs: Mapping[str, JobDefinition], resolved: ResolvedDefinitions
) -> JobDefinition | None:
    """The job that is asked for. A name that may also be that of an asset is first that."""
    if not asked:
        return None
    is_asset = not asked["is_sure"] and any(text_of(key) == asked["name"] for key in resolved.specs)
    return None if is_asset else jobs.get(asked["name"])


def config_of_job(
    job: JobDefinition, given: Mapping[str, Any] | None, partition: str | None
) -> dict[str, Any]:
    """The run config of a run of the job: what is given, else the job's own, made by its mapping if it is of assets.

    Raises InvalidConfigError for config that does not fit the mapping, or holds what is no plain value.
    """
    running: Any = importlib.import_module("dagx.ops.job_running")
    chosen = running.chosen_config(job, given, partition)
    if job.is_asset_job and job.config_mapping is not None:
        reading = Reading()
        made: Any = job.config_mapping.read(chosen, (), reading)
        reading.raise_problems("its config does not fit")
        chosen = running.chosen_config(job, made, None)
    plain: Any = dumped(chosen)
    try:
        json.dumps(plain)
    except (TypeError, ValueError) as error:
        raise InvalidConfigError(
            f"its config holds what is no plain value: {error}",
            "write texts, numbers, lists and dicts",
        ) from error
    return dict(plain)


def config_of_run(
    job: JobDefinition, asked: Mapping[str, Any], given: Mapping[str, Any]
) -> tuple[dict[str, Any], str]:
    """The run config of the run that is asked for: of a file that was named for it, else the job's own, else `given`
    for all runs of the project. And what is wrong with it, in words.
    """
    is_told = asked["has_config"] or job.config is None
    try:
        return config_of_job(job, given if is_told else None, asked["partition"] or None), ""
    except InvalidConfigError as error:
        return {}, str(error)


def work_of_job(project: LoadedProject, job: JobDefinition, config: Mapping[str, Any]) -> Work:
    """The steps of a job of ops, with what is known around them. Run config may speak of all that the project has."""
    work: Work = job.work(run_config=config)
    others = names_of_ops(project.jobs()) - work.ops.keys()
    return dataclasses.replace(
        work,
        specs=project.resolved.specs,
        makers=project.makers,
        ignored_ops=[*work.ignored_ops, *project.resolved.steps, *others],
    )


def problem_of_config(project: LoadedProject, job: JobDefinition, config: Mapping[str, Any]) -> str:
    """What is wrong with the config of a job of ops, in words; empty when it fits."""
    if job.partitioned_config is not None and not config:
        return ""  # each of several partitions has its own, which is made when it runs
    try:
        given = job.checked_run_config(config)
        steps: Any = importlib.import_module("dagx.execution.in_process_steps")
        steps.check_config(work_of_job(project, job, given), given)
    except InvalidConfigError as error:
        return str(error)
    return ""


def names_of_ops(jobs: Mapping[str, JobDefinition]) -> set[str]:
    """What run config may speak of at the top because some job of ops has it."""
    return {node.name for job in jobs.values() if not job.is_asset_job for node in job.nodes}


def job_json(job: JobDefinition, name_of_step: str, partitioning: Any) -> dict[str, Any]:
    """One job: assets and checks, or ops and the step that all of them are, called `name_of_step`.

    `partitioning` tells of partitions, None if nothing has some.
    """
    found: dict[str, Any] = {
        "name": job.name,
        "description": job.description or "",
        "partitions": "" if job.partitions_def is None else in_words(job.partitions_def),
        "is_configured_by_partition": job.partitioned_config is not None,
        "assets": [],
        "checks": [],
        "ops": [],
        "step": None,
    }
    if isinstance(job, AssetJobDefinition):
        for definition in job.assets:
            for slot in definition.outputs:
                if slot.name not in definition.selected_outputs:
                    continue
                if slot.check is not None:
                    found["checks"].append([text_of(slot.check.asset_key), slot.check.name])
                elif slot.key is not None:
                    found["assets"].append(text_of(slot.key))
        return found
    steps = job.steps_by_itself()
    found["ops"] = [step.key for step in steps]
    found["step"] = _step_json(job, steps, name_of_step, partitioning)
    return found


def _step_json(job: JobDefinition, steps: Sequence[Step], name: str, partitioning: Any) -> dict[str, Any]:
    """The step that the ops of a job are: it makes nothing, and takes the assets that its ops load."""
    ops = [OpInStep(step.op.pool, step.tags) for step in steps]
    loaded = dict.fromkeys(
        key for step in steps for source in step.sources.values() for key in _assets(source)
    )
    partitions: dict[str, Any] = {"partitions_def": None, "mappings": {}, "refusal": ""}
    if partitioning is not None:
        partitions = partitioning.of_job(job.partitions_def, loaded)
    return {
        "name": name,
        "assets": [],
        "observes": [],
        "checks": [],
        "loads": [text_of(key) for key in loaded],
        "in_parts": False,
        "parts": [],
        "widened": "",
        "declared_inputs": [],
        "config_problem": "",
        "pools": pools_of(ops),
        "priority": 0,
        "max_runtime": longest_runtime([job.tags, *(op.tags for op in ops)]),
        "may_miss": [],
        "at_once": 1,
        **partitions,
    }


def _assets(source: Source) -> Iterator[AssetKey]:
    """The assets of which a source takes the value."""
    if isinstance(source, FromSeveral):
        for one in source.sources:
            yield from _assets(one)
    elif isinstance(source, FromAsset) and source.slot.key is not None:
        yield source.slot.key
