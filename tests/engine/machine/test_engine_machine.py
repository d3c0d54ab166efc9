"""Whatever happens to a project, in whatever order: what a run leaves equals a clean build, and nothing ran in vain.

Bugs planted in the engine are caught by the same machine.
"""

from __future__ import annotations

import pytest
from engine_machine import EngineMachine
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from planted_bugs import PLANTED

# No shrinking: which attempts are sent back because a file is so young depends on the clock.
PHASES = [Phase.explicit, Phase.generate]


@pytest.mark.timeout(300)
def test_after_anything_that_can_happen_the_results_are_those_of_a_clean_build() -> None:
    run_state_machine_as_test(
        EngineMachine,
        settings=settings(
            max_examples=120, stateful_step_count=20, phases=PHASES, report_multiple_bugs=False
        ),
    )


@pytest.mark.timeout(300)
@pytest.mark.parametrize("bug", PLANTED)
def test_a_bug_planted_in_the_engine_is_caught(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    PLANTED[bug](monkeypatch)
    hunt = settings(
        max_examples=400,
        stateful_step_count=20,
        phases=PHASES,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    with pytest.raises(AssertionError):
        run_state_machine_as_test(EngineMachine, settings=hunt)
