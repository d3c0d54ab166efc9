"""Whatever happens to a project, in whatever order: what a run leaves equals a clean build, and nothing ran in vain.

Bugs planted in the engine are caught by the same machine.
"""

from __future__ import annotations

import pytest
from engine_machine import EngineMachine
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import FlakyFailure
from hypothesis.stateful import run_state_machine_as_test
from planted_bugs import PLANTED

# No shrinking: which attempts are sent back because a file is so young depends on the clock.
PHASES = [Phase.explicit, Phase.generate]
HUNTS = 60
"""Each begins elsewhere: what one of them does not find in long, another one finds soon."""


def test_after_anything_that_can_happen_the_results_are_those_of_a_clean_build() -> None:
    run_state_machine_as_test(
        EngineMachine,
        settings=settings(
            max_examples=120, stateful_step_count=20, phases=PHASES, report_multiple_bugs=False
        ),
    )


@pytest.mark.parametrize("bug", PLANTED)
def test_a_bug_planted_in_the_engine_is_caught(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    PLANTED[bug](monkeypatch)
    assert any(map(finds_it, range(HUNTS)))


def finds_it(number: int) -> bool:
    hunt = settings(
        max_examples=12,
        stateful_step_count=20,
        phases=PHASES,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(seed(number)(type("Hunt", (EngineMachine,), {})), settings=hunt)
    except (AssertionError, FlakyFailure):  # the clock decides whether it shows a second time
        return True
    return False
