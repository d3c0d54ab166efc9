"""What `dagx dev` runs by itself: what is stale, but for what nobody asked for yet and what would fail again."""

from __future__ import annotations

from collections.abc import Callable, Collection

from dagx_engine.pure.definitions import StepName
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.plan import overtaking, runnable, unasked
from dagx_engine.workspace import Workspace

__all__ = ["unasked_steps"]


def unasked_steps(
    space: Workspace,
    known: Collection[StepName],
    in_hand: Collection[StepName],
    is_under_way: Callable[[StepName], bool],
) -> tuple[StepName, ...]:
    """The steps that may run unasked: not what was never made, as far as it is `known` since the start; nor what would
    fail again; nor what runs have `in_hand`, unless something upstream of it, which has ended there, is made again.
    """
    generation = space.in_force()
    found = space.now.outlook(runnable(generation, generation.whole(generation.routine))[0])
    withheld = {step for step, definition in generation.steps.items() if definition.config_problem}
    candidates = [item.step for item in found.planned if item.step in known and item.step not in in_hand]
    withheld |= {step for step in candidates if _was_never_made(space, generation, step)}
    failing = space.now.failures().keys() - set(in_hand)
    chosen = unasked(generation, found.planned, failing, withheld)
    return overtaking(found.planned, chosen, in_hand, is_under_way)


def _was_never_made(space: Workspace, generation: Generation, step: StepName) -> bool:
    """Whether some asset of the step was never made; for one that only checks, all that it looks at."""
    history, made = space.ledger.history(), generation.steps[step].assets
    if made:
        return not all(history.get(key) for key in made)
    checks = space.ledger.evaluations()
    is_new = not any(checks.get(check) for check in generation.steps[step].checks)
    return is_new and not any(history.get(key) for key in generation.inputs(step))
