"""What runs cost is told when they end, and stands under a key."""

from __future__ import annotations

import pytest
from tui_fake import board, plan, world
from tui_stage import Stage, play

from dagx_engine.views import (
    CostView,
    RunEnded,
    RunStarted,
    RunStatus,
    RunView,
    StepState,
    StepView,
)
from dagx_tui.lines import text_of
from dagx_tui.looks import Looks
from dagx_tui.running import Running
from dagx_tui.spent import spent, spent_lines

LOOKS = Looks()
MB = 1_000_000


def step(
    name: str, seconds: float, cpu: float | None, memory: int | None, state: StepState = StepState.SUCCEEDED
) -> StepView:
    return StepView(name, (name,), state, seconds=seconds, cost=CostView(cpu, memory, 10 * MB, None))


def run(*steps: StepView, status: RunStatus = RunStatus.SUCCEEDED) -> RunView:
    return RunView("8f3a11c2ff", status, "", "save quick.py", 1_780_000_000.0, 4.0, steps)


THREE = run(
    step("orders", 1.0, 0.5, 80 * MB),
    step("sales", 3.0, 2.5, 512 * MB),
    step("broken", 0.2, None, None, StepState.FAILED),
    StepView("report", ("report",), StepState.SKIPPED),
    status=RunStatus.FAILED,
)


def test_of_a_run_the_processor_time_is_added_and_of_memory_the_most_counts() -> None:
    found = spent(THREE)
    assert (found.cpu, found.memory, found.moved) == (3.0, 512 * MB, (30 * MB, None))
    assert found.what == "1 failed, 2 made, 1 skipped"


def test_the_slowest_steps_come_first_and_those_that_were_not_executed_not_at_all() -> None:
    assert [each.step for each in spent(THREE).slowest] == ["sales", "orders", "broken"]
    many = spent(run(*(step(f"s{n}", n, None, None) for n in range(1, 100))))
    assert [each.step for each in many.slowest] == ["s99", "s98", "s97", "s96", "s95"]


def test_what_was_not_measured_is_not_told() -> None:
    found = spent(run(StepView("a", ("a",), StepState.FRESH)))
    assert (found.cpu, found.memory, found.moved, found.slowest) == (None, None, (None, None), ())


def test_runs_under_way_stand_first_then_the_newest() -> None:
    older, newer = spent(run(step("a", 1.0, 1.0, MB))), spent(THREE)
    active = Running("cccc3333", "you", 90.0, 4, done=1)
    text = text_of(spent_lines([active], [older, newer], 100.0, 70, LOOKS))
    lines = [line for line in text.splitlines() if line]
    assert lines[0].startswith("◉ cccc3333  you")
    assert lines[0].endswith("1 of 4 steps · 10s")
    assert lines[1].startswith("✖ 8f3a11c2  save quick.py")
    assert lines[2] == "  1 failed, 2 made, 1 skipped in 4.0s · cpu 3.0s · memory 512 MB ·"
    assert lines[3] == "  read 30.0 MB"
    assert lines[4:7] == [
        "    sales     3.0s  cpu 2.5s · memory 512 MB",
        "    orders    1.0s  cpu 500ms · memory 80.0 MB",
        "    broken   200ms",
    ]
    assert lines[7].startswith("✔ 8f3a11c2")
    assert lines[8] == "  1 made in 4.0s · cpu 1.0s · memory 1.0 MB · read 10.0 MB"
    assert lines[9] == "$ dagx runs · dagx stats tell of earlier ones"


@pytest.mark.parametrize("width", [12, 30, 100])
def test_it_fits_however_narrow(width: int) -> None:
    found = spent(run(step("a" * 60, 1.0, 1.0, MB), step("b", 1.0, 1.0, MB)))
    lines = text_of(spent_lines([], [found], 0.0, width, Looks(ascii=True))).splitlines()
    assert all(len(line) <= width for line in lines[:-1])


def test_the_end_of_a_run_tells_its_cost_and_c_tells_more() -> None:
    async def scene(stage: Stage) -> None:
        screen = await stage.put(board(world("orders; sales")))
        assert "c costs" not in screen
        await stage.put(RunStarted("8f3a11c2ff", "save quick.py", plan("orders", "sales")), RunEnded(THREE))
        assert stage.said.endswith("1 skipped in 4.0s · cpu 3.0s · memory 512 MB")
        screen = await stage.press("c")
        assert "What runs cost" in screen
        assert "sales     3.0s  cpu 2.5s · memory 512 MB" in screen
        assert "What runs cost" not in await stage.press("escape")

    play(scene, size=(100, 30))
