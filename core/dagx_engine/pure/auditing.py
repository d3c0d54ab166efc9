"""What it means that a step, executed again, makes the same or something else: decided by two to three executions.

Workers always have hash seed 0. The first execution has another one: where that makes no difference, the result does
not hang on the order of a set either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

from dagx_engine.pure.value import dataclass

__all__ = ["OTHER_SEED", "USUAL_SEED", "Again", "Executed", "Found", "Outcome", "conclude", "differing"]

USUAL_SEED = "0"
OTHER_SEED = "1"

Products = Mapping[str, str]
"""What an execution made, by name: assets and files, each with a digest of its bytes."""


class Outcome(str, Enum):
    SAME = "same"
    FALSE_HIT = "false hit"
    """Executions agree with each other, and not with what is stored: something changed that dagx did not see."""
    HASH_SEED = "hash seed"
    """It hangs on the hash seed, as the order of a set does. Workers have one and the same."""
    NOT_DETERMINISTIC = "not deterministic"
    FAILED = "failed"
    LEFT_OUT = "left out"


@dataclass(frozen=True)
class Executed:
    seed: str
    made: Products


@dataclass(frozen=True)
class Again:
    """It is not clear yet: execute it once more."""

    seed: str


@dataclass(frozen=True)
class Found:
    """`differ` are the products that came out otherwise: in execution `which`, against `other` or what is stored."""

    outcome: Outcome
    differ: tuple[str, ...] = ()
    which: int = 0
    other: int | None = None


def conclude(stored: Products, done: Sequence[Executed]) -> Again | Found:
    """What the executions so far say, or how it is to be executed again."""
    if not done:
        return Again(OTHER_SEED)
    first = done[0]
    if first.made == stored:
        return Found(Outcome.SAME)
    if len(done) == 1:
        return Again(USUAL_SEED)
    second = done[1]
    if second.made == first.made:
        return Found(Outcome.FALSE_HIT, differing(stored, second.made), 1)
    if len(done) == 2:
        # By chance a result that is never the same may equal what is stored: whether the seed did it, the seed says.
        return Again(OTHER_SEED if second.made == stored else USUAL_SEED)
    third = done[2]
    if second.made == stored:
        if third.made == first.made:
            return Found(Outcome.HASH_SEED, differing(stored, first.made), 0)
        return Found(Outcome.NOT_DETERMINISTIC, differing(first.made, third.made), 2, 0)
    if third.made == second.made:
        return Found(Outcome.FALSE_HIT, differing(stored, second.made), 1)
    return Found(Outcome.NOT_DETERMINISTIC, differing(second.made, third.made), 2, 1)


def differing(one: Products, other: Products) -> tuple[str, ...]:
    """The names of what only one of them has, or both have otherwise."""
    return tuple(name for name in sorted({**one, **other}) if one.get(name) != other.get(name))
