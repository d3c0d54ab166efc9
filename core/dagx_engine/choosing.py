"""What a run is of: a selection or a job, and which partitions; with words for what is left out.

A name that is no asset's may be that of a job.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace

from dagx.nearest import did_you_mean
from dagx_engine.pure.asked import Asked, AskedJob
from dagx_engine.pure.definitions import JobDef, Key, StepName, part_product
from dagx_engine.pure.errors import UsageError
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.looks import Looks
from dagx_engine.pure.plan import Outlook
from dagx_engine.pure.selecting import Choice, choose, of_products
from dagx_engine.pure.staleness import InPartitions, Standing
from dagx_engine.workspace import Workspace

__all__ = ["asked_job", "choose_run", "resolve_partitions", "stale_partitions", "without_partitions"]


def asked_job(
    selection: str | None, job: str | None, asked: Asked | None, *, has_config: bool
) -> AskedJob | None:
    """The job that a run may be of, as the project is to be loaded for it. Raises UsageError."""
    if job is not None and selection is not None:
        raise UsageError(
            f"a run is of the job {job!r} or of {selection!r}, not of both",
            hint="leave one out: a job has its own selection",
        )
    name = job if job is not None else selection
    if name is None or (job is None and not name.isidentifier()):
        return None
    partition = asked.first if asked is not None and asked.first == asked.last else ""
    return AskedJob(name, job is not None, partition, has_config)


def choose_run(
    space: Workspace,
    selection: str | None,
    job: str | None,
    asked: Asked | None,
    look: Callable[[], Looks],
) -> tuple[Choice, tuple[str, ...]]:
    """The steps of a run, and words for what is left out; from now on the generation in force has them.

    Raises UsageError when there is nothing to run.
    """
    generation = space.in_force()
    found = generation.job
    if found is None and job is not None:
        raise UsageError(f'there is no job "{job}"', did_you_mean(job, generation.jobs) or _jobs(generation))
    if found is not None:
        choice = _of_job(space, found, asked)
    else:
        choice = _selected(generation, selection, look)
        if not choice.steps:
            raise UsageError("there are no assets in this project, only jobs", hint=_jobs(generation))
    return resolve_partitions(space, choice, asked)


def _selected(generation: Generation, selection: str | None, look: Callable[[], Looks]) -> Choice:
    try:
        return choose(generation, selection, look)
    except UsageError as error:
        near = did_you_mean(selection or "", generation.jobs) if error.hint is None else None
        if near is None:
            raise
        raise UsageError(error.message, near.replace("mean", "mean the job", 1)) from error


def _jobs(generation: Generation) -> str:
    """What there is instead, and how it is run."""
    if not generation.jobs:
        return "this project has no jobs: a selection of assets is run by `dagx run SELECTION`"
    names = list(generation.jobs)
    more = f" and {len(names) - 8:,} more" if len(names) > 8 else ""
    return f"jobs are {', '.join(names[:8])}{more}: dagx run --job {names[0]}"


def _of_job(space: Workspace, job: JobDef, asked: Asked | None) -> Choice:
    if job.config_problem:
        raise UsageError(
            f'the job "{job.name}" cannot run: {job.config_problem}',
            hint=f"give it in a file: dagx run --job {job.name} --config FILE",
        )
    is_one = asked is None or (asked.first == asked.last and not asked.which)
    if job.is_configured_by_partition and job.step is None and not is_one:
        raise UsageError(
            f'the job "{job.name}" makes its config for one partition at a time', hint="give --partition KEY"
        )
    if job.step is None:
        choice = of_products(space.in_force(), job.assets, [str(check) for check in job.checks])
        if not choice.steps:
            raise UsageError(f'nothing to run: the job "{job.name}" has no asset that dagx makes')
        return choice
    if job.step.partitions_def is not None and (asked is None or asked.which):
        raise UsageError(
            f'the job "{job.name}" is partitioned ({job.partitions}), and keeps nothing that could be missing or stale',
            hint="give --partition KEY, or --partition-range FIRST...LAST",
        )
    space.include(job.step)
    return Choice((job.step.name,))


def resolve_partitions(
    space: Workspace, choice: Choice, asked: Asked | None
) -> tuple[Choice, tuple[str, ...]]:
    """The same choice with a step for each partition, or range, that is asked for; the generation in force has them.

    Without any, partitioned steps are left out, and there are words for each. Raises UsageError.
    """
    generation = space.in_force()
    if asked is None:
        return without_partitions(space, choice)
    refused = [step for step in choice.steps if generation.steps[step].refusal]
    if refused and len(generation.whole(choice.steps)) == len(choice.steps):
        return choice, ()
    steps = space.ask_for([step for step in choice.steps if step not in refused], asked)
    generation = space.in_force()
    parts = dict(choice.parts)
    for name in steps:
        step = generation.steps[name]
        if step.of is not None and step.of in choice.parts:
            parts[name] = frozenset(
                part_product(p, key) for p in choice.parts[step.of] for key in step.partitions
            )
    chosen = [step for step in generation.steps if step in refused or step in steps]
    return replace(choice, steps=tuple(chosen), parts=parts), ()


def without_partitions(space: Workspace, choice: Choice) -> tuple[Choice, tuple[str, ...]]:
    """The steps that run as they are; and for each of the others how it stands, and what makes it."""
    generation = space.in_force()
    whole = generation.whole(choice.steps)
    if len(whole) == len(choice.steps):
        return choice, ()
    running = set(whole)
    left = [step for step in choice.steps if step not in running]
    verdicts = space.now.outlook(generation.routine).verdicts
    words: list[str] = []
    for step in left:
        found = verdicts[step]
        if generation.steps[step].refusal or not isinstance(found, InPartitions):
            words.append(f"{generation.steps[step].title} is not run: {generation.steps[step].refusal}")
            continue
        words += filter(None, (_counted(key, standing) for key, standing in found.standings.items()))
        asset = generation.steps[step].checks[0].asset if not found.standings else None
        if asset is not None and generation.maker(asset) not in left:
            words.append(
                f"{generation.steps[step].title} looks at one partition at a time: give --partition KEY"
            )
    return replace(choice, steps=whole), tuple(words)


def _counted(key: Key, standing: Standing) -> str:
    """`p: 12 of 1,056 partitions made; dagx run p --partition 2024-01-03`; nothing when all are made, and fresh."""
    total, made = standing.everything.size, standing.made.size
    said = f"{key}: {made:,} of {total:,} partitions made"
    if standing.stale:
        return f"{said}, {standing.stale.size:,} stale; dagx run {key} --partitions stale"
    missing = standing.everything - standing.made
    if missing:
        return f"{said}; dagx run {key} --partition {shlex.quote(missing.key_ranges()[-1].end)}"
    return ""


def stale_partitions(generation: Generation, step: StepName, found: Outlook) -> Sequence[Key]:
    """The stale partitions that a step needs and that are not made in this run."""
    stale: list[Key] = []
    for key in generation.inputs(step):
        of, partition = generation.part(key)
        maker = generation.maker(key)
        above = found.verdicts.get(maker) if maker is not None else None
        if partition and isinstance(above, InPartitions) and not isinstance(of, tuple):
            standing = above.standings.get(of)
            if standing is not None and partition in standing.stale:
                stale.append(key)
    return stale
