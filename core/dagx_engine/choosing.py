"""Which partitions a selection stands for: those that were asked for, and words for what is left out without."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace

from dagx_engine.pure.asked import Asked
from dagx_engine.pure.generation import Generation, Key, StepName, part_product
from dagx_engine.pure.plan import Outlook
from dagx_engine.pure.selecting import Choice
from dagx_engine.pure.staleness import InPartitions, Standing
from dagx_engine.workspace import Workspace

__all__ = ["resolve_partitions", "stale_partitions", "without_partitions"]


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
    left = [step for step in choice.steps if step not in set(whole)]
    if not left:
        return choice, ()
    verdicts = space.outlook(generation.routine).verdicts
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
