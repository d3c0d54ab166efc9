"""Runs go on beside each other, and the screen tells of all of them."""

from __future__ import annotations

import pytest
from tui_fake import FakeDev, board, plan, world
from tui_stage import Stage, play

from dagx_engine.views import (
    RunEnded,
    RunStarted,
    RunStatus,
    RunView,
    StepEnded,
    StepLog,
    StepStarted,
    StepState,
    StepView,
)

LONG, QUICK = "aaaa1111", "bbbb2222"


async def two_runs(stage: Stage) -> str:
    """`you` makes `slow` and what is below; then a save takes `q` over, of which nothing was begun."""
    await stage.put(
        board(world("slow; below<-slow; q; r; other")),
        RunStarted(LONG, "you", plan("slow", "below", "q", "r")),
        StepStarted(LONG, "slow", (), 1, ""),
        StepLog(LONG, "slow", "slowly\n"),
        StepEnded(LONG, StepView("r", ("r",), StepState.SUCCEEDED)),
    )
    return await stage.put(
        RunStarted(QUICK, "save quick.py", plan("q", seconds=9.0)),
        StepStarted(QUICK, "q", (), 1, ""),
        StepLog(QUICK, "q", "quickly\n"),
    )


def over(run: str, status: RunStatus = RunStatus.SUCCEEDED) -> RunEnded:
    return RunEnded(RunView(run, status, "", "you", 1.0, 1.2, ()))


@pytest.mark.parametrize(
    ("size", "told"),
    [((100, 30), "◉ you 1/3  ◉ save quick.py 0/1"), ((46, 24), "◉ 2 runs 1/4")],
    ids=["where there is room", "in few cells"],
)
def test_the_header_tells_how_far_each_run_is_and_counts_what_was_taken_over_once(
    size: tuple[int, int], told: str
) -> None:
    async def scene(stage: Stage) -> None:
        await two_runs(stage)
        assert told in stage.screen.splitlines()[0]

    play(scene, size=size)


def test_steps_of_both_run_in_the_list_and_the_log_says_that_there_are_others() -> None:
    async def scene(stage: Stage) -> None:
        screen = await two_runs(stage)
        assert "◉ slow" in screen
        assert "◉ q" in screen
        assert "Log · q · run bbbb2222" in screen
        assert "1 other step runs" in screen
        assert "quickly" in screen

    play(scene)


def test_the_log_goes_on_with_what_still_runs() -> None:
    async def scene(stage: Stage) -> None:
        await two_runs(stage)
        screen = await stage.put(StepEnded(QUICK, StepView("q", ("q",), StepState.SUCCEEDED)), over(QUICK))
        assert "Log · slow · run aaaa1111" in screen
        assert "slowly" in screen
        assert "other step" not in screen

    play(scene)


@pytest.mark.parametrize(("downs", "run"), [(0, LONG), (1, LONG), (2, QUICK)])
def test_x_stops_the_run_that_makes_the_asset_under_the_cursor(downs: int, run: str) -> None:
    async def scene(stage: Stage) -> None:
        await two_runs(stage)
        await stage.press(*["j"] * downs, "x")
        assert stage.dev.asked == [("stop", run)]
        assert stage.said.startswith(f"stopping run {run} (")

    play(scene)


def test_x_on_an_asset_of_neither_run_stops_nothing_and_says_what_to_do() -> None:
    async def scene(stage: Stage) -> None:
        await two_runs(stage)
        await stage.press("G", "x")
        assert stage.dev.asked == []
        assert stage.said == "2 runs are active: put the cursor on an asset of one · X stops all"

    play(scene)


def test_capital_x_stops_them_all() -> None:
    async def scene(stage: Stage) -> None:
        await stage.press("X")
        assert stage.said == "nothing to stop: no run is active"
        screen = await two_runs(stage)
        assert "X stop all" in screen.splitlines()[-1]
        await stage.press("X")
        assert stage.dev.asked == [("stop", None)]
        assert stage.said == "stopping 2 runs …"
        await stage.put(over(LONG, RunStatus.CANCELLED))
        assert "X stop all" not in stage.screen

    play(scene)


def test_the_detail_says_in_which_run_an_asset_is() -> None:
    async def scene(stage: Stage) -> None:
        await two_runs(stage)
        screen = await stage.press("j", "j")
        assert "in run   bbbb2222 · save quick.py · 0 of 1 step" in screen

    play(scene, size=(140, 40))


def test_quitting_names_all_runs_that_it_would_stop() -> None:
    async def scene(stage: Stage) -> None:
        await two_runs(stage)
        screen = await stage.press("q")
        assert "Stop 2 runs and quit?" in screen
        assert "run aaaa1111 is active (you): 1 of 3 steps are done." in screen
        assert "run bbbb2222 is active (save quick.py): 0 of 1 steps are done." in screen

    play(scene, FakeDev())
