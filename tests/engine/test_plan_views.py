"""How long a plan takes by what its steps took before."""

from __future__ import annotations

import pytest

from dagx_engine.views import PlannedStep, PlanView


def _plan(text: str, slots: int) -> PlanView:
    """`a=3; b=2<-a` is a plan of two steps: `b` takes 2 seconds, and waits for `a`."""
    steps = []
    for line in text.split("; "):
        said, _, needs = line.partition("<-")
        name, _, seconds = said.partition("=")
        known = float(seconds) if seconds else None
        steps.append(
            PlannedStep(name, (name,), (), True, known, waits_for=tuple(needs.split(",") if needs else ()))
        )
    return PlanView(tuple(steps), len(steps), len(steps), slots=slots)


@pytest.mark.parametrize(
    ("text", "slots", "seconds"),
    [
        ("a=3; b=2", 1, 5.0),
        ("a=3; b=2", 2, 3.0),
        ("a=3; b=2<-a", 2, 5.0),
        ("a=3; b<-a; c=1<-b", 4, 4.0),
        ("a=1; b=1; c=1; d=1", 2, 2.0),
        ("a; b", 2, None),
    ],
    ids=[
        "one after the other",
        "at once",
        "in a chain",
        "through one that is not known",
        "in turns",
        "unknown",
    ],
)
def test_a_plan_takes_as_long_as_its_longest_chain_or_its_fullest_slot(
    text: str, slots: int, seconds: float | None
) -> None:
    assert _plan(text, slots).expected_seconds == seconds


def test_what_may_not_run_is_not_in_the_least_that_it_takes() -> None:
    steps = (
        PlannedStep("a", ("a",), (), True, 2.0),
        PlannedStep("b", ("b",), (), False, 5.0, waits_for=("a",)),
    )
    assert (PlanView(steps, 2, 2).certain_seconds, PlanView(steps, 2, 2).expected_seconds) == (2.0, 7.0)
