"""What executions of a step say of what is stored: two that agree convict dagx, two that do not the step."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dagx_engine.pure.auditing import (
    OTHER_SEED,
    USUAL_SEED,
    Again,
    Executed,
    Found,
    Outcome,
    Products,
    conclude,
)

Step = Callable[[str, int], str]
"""What it makes with a hash seed, the how manieth time."""


def audited(stored: str, step: Step) -> tuple[Found, list[str]]:
    """The conclusion, and the seeds of the executions that it took."""
    done: list[Executed] = []
    while isinstance(found := conclude({"a": stored}, done), Again):
        done.append(Executed(found.seed, {"a": step(found.seed, len(done))}))
        assert len(done) <= 3
    return found, [each.seed for each in done]


def test_what_comes_out_the_same_with_another_seed_is_executed_once() -> None:
    assert audited("x", lambda seed, n: "x") == (Found(Outcome.SAME), [OTHER_SEED])


def test_two_that_agree_with_each_other_and_not_with_what_is_stored_are_a_false_hit() -> None:
    found, seeds = audited("x", lambda seed, n: "y")
    assert (found, seeds) == (Found(Outcome.FALSE_HIT, ("a",), 1), [OTHER_SEED, USUAL_SEED])


def test_what_hangs_on_the_seed_alone_is_no_false_hit() -> None:
    found, seeds = audited("by 0", lambda seed, n: f"by {seed}")
    assert (found.outcome, seeds) == (Outcome.HASH_SEED, [OTHER_SEED, USUAL_SEED, OTHER_SEED])


def test_what_hangs_on_the_seed_and_is_another_than_stored_with_the_usual_one_is_a_false_hit() -> None:
    found, seeds = audited("old by 0", lambda seed, n: f"new by {seed}")
    assert (found.outcome, seeds) == (Outcome.FALSE_HIT, [OTHER_SEED, USUAL_SEED, USUAL_SEED])


@pytest.mark.parametrize("made", [["p", "q", "r"], ["p", "x", "q"]])
def test_what_is_another_each_time_is_not_deterministic_also_if_it_is_once_as_stored(made: list[str]) -> None:
    found, seeds = audited("x", lambda seed, n: made[n])
    assert (found.outcome, len(seeds)) == (Outcome.NOT_DETERMINISTIC, 3)
    assert made[found.which] != made[found.other or 0]


def test_only_the_products_that_differ_are_named_also_those_that_did_not_come() -> None:
    stored: Products = {"a": "1", "b": "2", "c": "3"}
    made: Products = {"a": "1", "b": "9"}
    found = conclude(stored, [Executed(OTHER_SEED, made), Executed(USUAL_SEED, made)])
    assert isinstance(found, Found)
    assert found.differ == ("b", "c")
