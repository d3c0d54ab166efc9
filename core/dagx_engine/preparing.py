"""A run as it was asked for, made ready to begin: what it is of, what would run and why, and what is said before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from dagx_engine import present
from dagx_engine.choosing import choose_run, stale_partitions
from dagx_engine.executor import Request
from dagx_engine.opening import looker
from dagx_engine.pure.asked import RunWish
from dagx_engine.pure.definitions import Key, StepName
from dagx_engine.pure.errors import UsageError
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.plan import Planned, runnable, unready
from dagx_engine.pure.selecting import Choice
from dagx_engine.views import Notice, PlanView
from dagx_engine.workspace import Workspace

__all__ = ["prepare"]


def prepare(space: Workspace, wish: RunWish, tell: Callable[[Notice], None]) -> tuple[Request, PlanView]:
    """For `Executor.begin`: a run of the generation in force, which from now on has the partitions that are asked for.

    `tell` is told what a person should know before. Raises UsageError when nothing of it can run, or something would
    begin without what it needs.
    """
    generation = space.in_force()
    if wish.job is None and generation.job is not None:
        name = generation.job.name
        tell(Notice(f"{name} is a job, and no asset: this is dagx run --job {name}"))
    choice, left = choose_run(space, wish.selection, wish.job, wish.asked, looker(space, generation))
    generation = space.in_force()
    steps, refused = runnable(generation, choice.steps)
    if (refused or left) and not steps:
        others = any(step.refusal for step in generation.steps.values())
        raise UsageError("\n".join([*left, *refused]), hint="other assets run: dagx run" if others else None)
    found = space.now.outlook(steps, force=wish.force, wanted=choice.parts)
    damaged = space.now.set_aside_damaged(found)
    if damaged:
        found = space.now.outlook(steps, force=wish.force, wanted=choice.parts)
    _check_ready(space, generation, found.planned)
    notices = [
        *damaged,
        *left,
        *refused,
        *_along(generation, choice, found.planned),
        *_shaky_ground(space, generation, steps),
    ]
    for words in notices:
        tell(Notice(words, "warning"))
    expected = space.writable().expected_seconds()
    plan = present.plan_view(
        generation, found, expected, force=wish.force, refused=refused, slots=space.slots
    )
    of = wish.selection if generation.job is None else f"--job {generation.job.name}"
    shown_as = " ".join(filter(None, (of, str(wish.asked) if wish.asked is not None else "")))
    return Request(steps, shown_as, "you", wish.force, wish.fail_fast, choice.parts), plan


def _check_ready(space: Workspace, generation: Generation, planned: Sequence[Planned]) -> None:
    """Raise UsageError when a step would begin without what it needs: a value, or its config."""
    if not planned:
        return
    for item in planned:
        if problem := generation.steps[item.step].config_problem:
            raise UsageError(
                f'the config of "{generation.steps[item.step].title}" does not fit\n{problem}',
                hint="give it in a file: dagx run --config FILE",
            )
    absent = unready(generation, planned, space.ledger.records())
    if absent:
        step, keys = next(iter(absent.items()))
        wanted = generation.steps[step].title
        raise UsageError(
            f'"{wanted}" needs "{keys[0]}", which was never made and is not selected',
            hint=f"run it with what it needs: dagx run '+key:\"{_asset_of(generation, step, keys[0])}\"'",
        )


def _asset_of(generation: Generation, step: StepName, otherwise: Key) -> str:
    """The first asset that a step makes, whatever partitions of it."""
    return str(generation.part(next(iter(generation.steps[step].assets), otherwise))[0])


def _along(generation: Generation, choice: Choice, planned: Sequence[Planned]) -> Iterator[str]:
    """A word for each step that makes more than was selected, because it makes all or nothing."""
    told: set[StepName] = set()
    for item in planned:
        name = generation.steps[item.step].of or item.step
        rest = choice.beside.get(name)
        if rest and name not in told:
            told.add(name)
            yield f"{name} makes {', '.join(map(str, rest))} along: it cannot make a part of what it makes"


def _shaky_ground(space: Workspace, generation: Generation, steps: Sequence[StepName]) -> Iterator[str]:
    """A word for each selected step that rests on something stale that is not selected: it runs all the same."""
    chosen = set(steps)
    if chosen.issuperset(generation.routine):
        return
    found = space.now.outlook(generation.routine)
    planned = {item.step for item in found.planned}
    told: set[StepName] = set()
    for step in steps:
        of = generation.steps[step].of
        if of in told:
            continue  # of many partitions, the first that does speaks for all
        partitions = stale_partitions(generation, step, found)
        if partitions:
            told |= {of} if of is not None else set()
            more = f" and {len(partitions) - 1:,} more partitions" if len(partitions) > 1 else ""
            yield (
                f"{generation.steps[step].title} rests on {partitions[0]}{more}, stale and not selected; those are "
                f"made by: dagx run {generation.part(partitions[0])[0]} --partitions stale"
            )
        stale = sorted(set(generation.whole(generation.upstream(step) & planned)) - chosen)
        if stale:
            told |= {of} if of is not None else set()
            asset, names = generation.steps[step].title, [generation.steps[up].title for up in stale]
            whole = _asset_of(generation, step, Key(names[0] if generation.steps[step].job else asset))
            yield (
                f"{asset} rests on {', '.join(names)}, which is not fresh and is not selected; "
                f"with what it needs: dagx run '+key:\"{whole}\"'"
            )
