"""Runs go on beside each other, and the screen tells of all of them."""

from __future__ import annotations

import pytest
from tui_fake import FakeDev, board, plan, world
from tui_stage import Stage, play

from dagx_engine.views import (
    PlannedStep,
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
from dagx_tui.running import Running, chains

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


def active(slots: int, **seconds_and_needs: tuple[float, str]) -> Running:
    steps = [
        PlannedStep(name, (name,), (), True, seconds, waits_for=tuple(needs.split()))
        for name, (seconds, needs) in seconds_and_needs.items()
    ]
    expected = {step.step: step.expected_seconds or 0.0 for step in steps}
    return Running(
        LONG, "you", 0.0, len(steps), todo=set(expected), expected=expected, chains=chains(steps), slots=slots
    )


def test_what_is_left_is_dealt_out_to_those_that_run_at_once() -> None:
    apart = {"a": (4.0, ""), "b": (4.0, ""), "c": (4.0, ""), "d": (4.0, "")}
    assert active(1, **apart).left(100.0, {}) == 16.0
    assert active(2, **apart).left(100.0, {}) == 8.0
    assert active(2, **apart).left(100.0, {"a": 98.0, "b": 90.0}) == 5.0, (
        "b took 4 s already, and may end any time"
    )


def test_a_chain_takes_its_time_however_many_run_at_once() -> None:
    chain = {"a": (4.0, ""), "b": (3.0, "a"), "c": (2.0, "b"), "short": (1.0, "a"), "apart": (1.0, "")}
    assert active(8, **chain).left(100.0, {}) == 9.0
    assert active(8, **chain).left(100.0, {"a": 99.0}) == 8.0


def test_what_another_run_takes_over_is_not_waited_for() -> None:
    run = active(1, a=(4.0, ""), b=(4.0, "a"))
    run.lose(["b", "of another run"])
    assert (run.total, run.todo, run.left(100.0, {"a": 100.0})) == (1, {"a"}, 4.0)
