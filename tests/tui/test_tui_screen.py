"""The home screen with a fake engine: what is shown, what each key does, what survives what."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from rich.style import Style
from textual.geometry import Region
from tui_fake import NOW, FakeDev, asset, board, plan, world
from tui_stage import Stage, play

from dagx_engine.views import (
    AssetsChanged,
    AssetState,
    CauseView,
    CodeChange,
    CostView,
    EngineEnded,
    Loaded,
    LoadFailed,
    MaterializationView,
    MetadataRow,
    Notice,
    ReasonView,
    RunEnded,
    RunStarted,
    RunStatus,
    RunView,
    Saved,
    ShowView,
    StepEnded,
    StepLog,
    StepStarted,
    StepState,
    StepView,
    UsualView,
    WhyView,
)
from dagx_tui.log_book import LINES_AT_MOST
from dagx_tui.looks import Looks

S = AssetState
RUN = "8f3a11c2d4"


def ended(*steps: StepView, status: RunStatus = RunStatus.SUCCEEDED) -> RunEnded:
    return RunEnded(RunView(RUN, status, "", "you", NOW, 1.2, steps))


def test_a_row_has_state_name_reason_age_and_duration() -> None:
    clean = asset("clean", S.STALE, reason="code changed (assets.py:3)", made_at=NOW - 240, seconds=5.2)

    async def scene(stage: Stage) -> None:
        screen = await stage.put(board([clean]))
        [row] = [line for line in screen.splitlines() if "↻ clean" in line]
        assert row.split() == ["▌↻", "clean", "code", "changed", "(assets.py:3)", "4m", "5.2s"]
        assert screen.splitlines()[0].split() == ["demo", "↻", "1", "stale", "gen", "1", "auto", "on"]

    play(scene)


def test_a_change_of_state_paints_its_row_and_no_other() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(board(world("a; b; c")))
        painted: list[Region] = []
        listed = stage.app.home.list
        refresh = listed.refresh

        def watched(*regions: Region, **more: bool) -> object:
            painted.extend(regions or [listed.size.region])
            return refresh(*regions, **more)

        listed.refresh = watched  # type: ignore[assignment, method-assign]
        screen = await stage.put(AssetsChanged((asset("b", S.FAILED, error="KeyError: 'x'"),)))
        assert "✖ b" in screen
        assert "KeyError: 'x'" in screen
        assert painted == [Region(0, 1, 80, 1)]

    play(scene)


def test_the_cursor_sticks_to_its_asset_when_the_graph_changes() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(board(world("a; b; c")))
        await stage.press("j", "j")
        screen = await stage.put(board(world("new; a; x<-a; c"), generation=2))
        assert "▌✔ c" in screen
        assert "gen 2" in screen
        await stage.put(board(world("new"), generation=3))
        assert stage.app.home.selected_key == "new"

    play(scene)


@pytest.mark.parametrize(
    ("keys", "at"),
    [
        (["j"], 1),
        (["G"], 99),
        (["G", "g"], 0),
        (["pagedown"], 12),
        (["ctrl+d"], 6),
        (["G", "pageup", "k"], 86),
        (["k"], 0),
    ],
)
def test_the_cursor_moves(keys: list[str], at: int) -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(board(world(";".join(f"a{n}" for n in range(100)))))
        assert stage.app.home.list.size.height == 13
        screen = await stage.press(*keys)
        assert f"▌✔ a{at} " in screen.replace("\n", " ")

    play(scene)


def test_groups_fold_and_unfold() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(board([*world("a; b", group="raw"), *world("c", group="marts", c=S.STALE)]))
        screen = await stage.press("minus")
        assert "▌▸ raw" in screen
        assert "✔2" in screen
        assert "↻1" in screen
        assert "✔ a" not in screen
        screen = await stage.press("enter")
        assert "✔ a" in screen
        screen = await stage.press("equals_sign")
        assert "↻ c" in screen

    play(scene)


def test_a_single_group_has_no_heading_and_says_why_it_does_not_fold() -> None:
    async def scene(stage: Stage) -> None:
        screen = await stage.put(board(world("a")))
        assert "default" not in screen
        assert "nothing to fold" in await stage.press("minus")

    play(scene)


def test_r_runs_the_selected_asset_and_says_the_command() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(board(world("a; b", b=S.STALE)))
        await stage.press("j", "r")
        assert stage.dev.asked == [("run", "b", False)]
        assert "$ dagx run b" in stage.screen

    play(scene)


def test_r_on_a_group_runs_the_group() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(board([*world("a", group="raw"), *world("c", group="my marts", c=S.MISSING)]))
        await stage.press("G", "k", "r")
        assert stage.dev.asked == [("run", 'group:"my marts"', False)]

    play(scene)


def test_f_runs_what_is_fresh() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(board(world("a")))
        await stage.press("f")
        assert stage.dev.asked == [("run", "a", True)]
        assert "$ dagx run a --force" in stage.screen

    play(scene)


def test_shift_r_shows_the_cost_and_runs_at_the_second_press() -> None:
    async def scene(stage: Stage) -> None:
        assets = [asset("a", S.STALE, seconds=3.0), asset("b", S.MISSING), asset("c")]
        await stage.put(board(assets))
        screen = await stage.press("R")
        assert "2 steps, about 3.0s, 1 never timed" in screen
        assert stage.dev.asked == []
        await stage.press("R")
        assert stage.dev.asked == [("run", None, False)]
        await stage.press("R", "escape")
        assert len(stage.dev.asked) == 1

    play(scene)


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("r", "nothing to run: a is fresh"),
        ("R", "nothing to run: everything is fresh"),
        ("x", "nothing to stop"),
        ("escape", "nothing to step back from"),
        ("ctrl+c", "q quits"),
        ("minus", "nothing to fold"),
    ],
)
def test_a_key_that_can_do_nothing_says_why(key: str, why: str) -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(board(world("a")))
        await stage.press(key)
        assert why in stage.said
        assert stage.dev.asked == []

    play(scene)


@pytest.mark.parametrize(("state", "why"), [(S.EXTERNAL, "not made by dagx"), (S.RUNNING, "already running")])
def test_what_cannot_run_says_why(state: S, why: str) -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(board(world("a", a=state)))
        for key in ("r", "f"):
            await stage.press(key)
            assert why in stage.said

    play(scene)


def test_a_run_is_shown_while_it_runs_and_its_end_is_told() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(board(world("a; b<-a", a=S.STALE)))
        screen = await stage.put(
            RunStarted(RUN, "save assets.py", plan("a", "b", total=2, seconds=4.0)),
            StepStarted(RUN, "a", (), 1, "log"),
            StepLog(RUN, "a", "one\ntw"),
            StepLog(RUN, "a", "o\n"),
        )
        assert "◉ a" in screen
        assert "◉ 0/2  ~8.0s left" in screen
        assert "Log · a · run 8f3a11c2" in screen
        assert " one\n two\n" in screen
        assert "save assets.py → run 8f3a11c2: 2 of 2 steps, about 8.0s" in screen
        await stage.press("x")
        assert stage.dev.asked == [("stop", RUN)]
        done = StepView("a", ("a",), StepState.SUCCEEDED)
        await stage.put(StepEnded(RUN, done), AssetsChanged((asset("a"),)), ended(done))
        assert stage.said == "run 8f3a11c2 succeeded: 1 made in 1.2s"
        assert "✔ a" in stage.screen

    play(scene)


def test_the_log_of_a_failed_step_stays_in_front() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(board(world("a; b; c")), RunStarted(RUN, "you", plan("a", "b")))
        bad = StepView("a", ("a",), StepState.FAILED, error="boom")
        await stage.put(
            StepStarted(RUN, "a", (), 1, ""), StepLog(RUN, "a", "Traceback …\n"), StepEnded(RUN, bad)
        )
        screen = await stage.put(StepStarted(RUN, "b", (), 1, ""), StepLog(RUN, "b", "fine\n"))
        assert "Traceback …" in screen
        screen = await stage.press("j")
        assert "fine" in screen
        await stage.put(ended(bad, status=RunStatus.FAILED))
        assert "failed (a)" in stage.said

    play(scene)


TRACEBACK = """Traceback (most recent call last):
  File "definitions.py", line 94, in a
    return sizes["Emperor"]
KeyError: 'Emperor'"""
FAILED = StepView("a", ("a",), StepState.FAILED, error=TRACEBACK, error_line="KeyError: 'Emperor'")
RED = Style(color="red")


def fails(*before: object, view: StepView = FAILED) -> tuple[object, ...]:
    """A run in which `a` fails."""
    return (
        RunStarted(RUN, "you", plan("a")),
        StepStarted(RUN, "a", (), 1, ""),
        *before,
        StepEnded(RUN, view),
        AssetsChanged((asset("a", S.FAILED, error=view.error_line),)),
        ended(view, status=RunStatus.FAILED),
    )


def red_lines(stage: Stage) -> list[str]:
    rows = stage.app.screen._compositor.render_strips()
    return [
        s.text.strip()
        for row in rows
        for s in row
        if s.style and s.style.color == RED.color and s.text.strip()
    ]


def test_the_error_of_a_step_stands_at_the_end_of_its_log_in_red() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(board(world("a; b")))
        screen = await stage.put(*fails(StepLog(RUN, "a", "counting ...")))
        assert " counting ...\n Traceback (most recent call last):\n" in screen
        assert "\n KeyError: 'Emperor'\n" in screen
        assert "KeyError: 'Emperor'" in red_lines(stage)
        assert 'return sizes["Emperor"]' in red_lines(stage)
        await stage.press("j")
        assert "Traceback" not in stage.screen
        assert " KeyError: 'Emperor'\n" in await stage.press("k")

    play(scene)


@pytest.mark.parametrize(("size", "key"), [((80, 24), "i"), ((120, 40), "j"), ((40, 12), "i")])
def test_the_whole_error_stands_in_the_detail_below_the_state(size: tuple[int, int], key: str) -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(board(world("a")), *fails())
        screen = await stage.press(key)
        rows = [row.partition("│")[2] or row for row in screen[screen.index("── Detail") :].splitlines()]
        assert rows[1].split() == ["a", "✖", "failed"]
        assert rows[2].strip() == "KeyError: 'Emperor'"
        assert rows[3].strip().startswith("Traceback (most rec")
        await stage.put(AssetsChanged((asset("a", S.STALE, reason="code changed"),)))
        assert "Traceback" not in "".join(stage.screen.partition("── Detail")[2].partition("── Log")[:1])

    play(scene, size=size)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_an_error_of_an_earlier_session_is_shown(size: tuple[int, int], tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("yesterday's words")
    failed = asset("a", S.FAILED, error="KeyError: 'Emperor'")
    show = ShowView(failed, None, (), (), TRACEBACK)

    async def scene(stage: Stage) -> None:
        await stage.put(board([failed]))
        await stage.until(lambda screen: " yesterday's words\n" in screen.replace("│", ""))
        if size[0] < 100:
            assert 'return sizes["Emperor"]' in stage.screen
            await stage.press("i")
        detail = lambda screen: screen.partition("── Detail")[2].partition("── Log")[0]  # noqa: E731
        await stage.until(lambda screen: 'return sizes["Emperor"]' in detail(screen))

    play(scene, FakeDev(logs={"a": log}, shows={"a": show}), size=size)


def test_a_failure_without_a_log_of_an_earlier_session_has_its_error_there() -> None:
    failed = asset("a", S.FAILED, error="KeyError: 'Emperor'")

    async def scene(stage: Stage) -> None:
        await stage.put(board([failed]))
        await stage.until(lambda screen: "\n Traceback" in screen)

    play(scene, FakeDev(shows={"a": ShowView(failed, None, (), (), TRACEBACK)}))


def test_each_attempt_of_a_retried_step_leaves_its_error_in_the_log() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(
            board(world("a")), RunStarted(RUN, "you", plan("a")), StepStarted(RUN, "a", (), 1, "")
        )
        again = replace(FAILED, state=StepState.RETRYING, error="ValueError: first")
        await stage.put(StepEnded(RUN, again), StepStarted(RUN, "a", (), 2, ""))
        screen = await stage.put(StepLog(RUN, "a", "second try\n"))
        assert " ValueError: first\n second try\n" in screen

    play(scene)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_a_megabyte_of_error_is_drawn_at_once(size: tuple[int, int]) -> None:
    big = "é" * 1_000_000
    view = replace(FAILED, error=f"Traceback\n{big}\n{big}\nend of it", error_line=big)
    one = asset("a", S.FAILED, error=big, reason=big, description=big)

    async def scene(stage: Stage) -> None:
        await stage.put(board([one]), Notice(big), LoadFailed(big), *fails(view=view), AssetsChanged((one,)))
        assert "end of it" in stage.screen
        page = stage.app.board.logs.of("a")
        assert page is not None
        assert sum(map(len, page.lines)) < 6_000
        for key in ("i", "tab", "G", "escape", "w", "escape", "R", "escape"):
            await stage.press(key)

    play(scene, size=size)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 12)])
@pytest.mark.parametrize("loaded", [True, False])
def test_when_the_engine_ends_that_is_told_and_only_q_is_left(size: tuple[int, int], loaded: bool) -> None:
    async def scene(stage: Stage) -> None:
        if loaded:
            await stage.put(
                board(world("a; b", a=S.STALE)),
                RunStarted(RUN, "you", plan("a")),
                StepStarted(RUN, "a", (), 1, ""),
            )
        screen = await stage.put(
            EngineEnded("a bug of dagx ended the engine: KeyError: 'x'\nTraceback\n  deep")
        )
        assert "✖ the engine of dagx ended" in screen
        assert "a bug of dagx ended the engine" in screen
        assert "q quits" in screen
        assert "✖ ended" in screen.splitlines()[0]
        assert "running" not in screen
        if loaded:
            assert "↻ a" in screen
        for key in ("r", "R", "f", "x", "a", "w"):
            await stage.press(key)
            assert stage.said == "the engine ended: q quits"
        assert stage.dev.asked == []
        await stage.pilot.press("q")

    assert play(scene, size=size).return_code == 70


def test_a_chain_is_drawn_as_a_chain() -> None:
    async def scene(stage: Stage) -> None:
        screen = await stage.put(board(world("fast; slow<-fast; after<-slow")))
        assert [line[3:].rstrip() for line in screen.splitlines()[2:5]] == ["fast", "╰ slow", "  ╰ after"]
        for size in ((24, 24), (40, 12), (120, 40)):
            await stage.pilot.resize_terminal(*size)
            assert "  ╰ after" in await stage.settle()

    play(scene)


def test_a_list_too_narrow_for_its_names_draws_the_tree_narrow_and_all_rows_alike() -> None:
    names = [f"{letter}_{'x' * 40}" for letter in "abcd"]
    text = ";".join(
        name + (f"<-{above}" if above else "") for name, above in zip(names, ["", *names], strict=False)
    )

    async def scene(stage: Stage) -> None:
        screen = await stage.put(board(world(f"{text};e<-{names[2]}")))
        assert [line[3:8].rstrip("_x") for line in screen.splitlines()[2:7]] == [
            "a",
            "╰ b",
            " ╰ c",
            "  ├ d",
            "  ╰ e",
        ]

    play(scene)


def test_scrolling_up_stops_following_and_says_what_came() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(board(world("a")), StepStarted(RUN, "a", (), 1, ""))
        await stage.put(StepLog(RUN, "a", "".join(f"line {n}\n" for n in range(50))))
        assert "line 49" in stage.screen
        await stage.press("K")
        screen = await stage.put(StepLog(RUN, "a", "late\n"))
        assert "↓ 1 new" in screen
        assert "late" not in screen
        screen = await stage.press("tab", "G")
        assert "late" in screen
        assert "follow" in screen

    play(scene)


def test_a_flood_of_log_is_bounded_and_says_so() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(board(world("a")), StepStarted(RUN, "a", (), 1, ""))
        screen = await stage.put(
            StepLog(RUN, "a", "x\n" * 100_000 + "end\n"), StepLog(RUN, "a", "y" * 1_000_000)
        )
        assert "last 5,000 lines" in screen
        page = stage.app.board.logs.of("a")
        assert page is not None
        assert len(page.lines) == LINES_AT_MOST
        assert page.total == 100_002

    play(scene)


def test_an_old_log_comes_from_its_file(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("yesterday's words\n")

    async def scene(stage: Stage) -> None:
        await stage.put(board(world("a")))
        await stage.until(lambda screen: "yesterday's words" in screen)

    play(scene, FakeDev(logs={"a": log}))


def test_a_broken_project_is_told_the_good_graph_stays_and_the_fix_clears_it() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(board(world("a; b"), generation=7))
        screen = await stage.put(
            Saved(("assets.py",)), LoadFailed("assets.py:12: SyntaxError: invalid syntax")
        )
        assert "✖ the project does not load" in screen
        assert "assets.py:12: SyntaxError" in screen
        assert "✖ broken" in screen
        assert "generation 7" in screen
        assert "✔ a" in screen
        screen = await stage.put(board(world("a; b; c"), generation=8), Loaded(8, 3, 0.02, False))
        assert "SyntaxError" not in screen
        assert "broken" not in screen
        assert "✔ c" in screen
        assert stage.said == "loaded 3 assets in 20ms · generation 8"

    play(scene)


def test_a_project_that_never_loaded_shows_why_and_that_it_watches() -> None:
    async def scene(stage: Stage) -> None:
        screen = await stage.put(LoadFailed("definitions.py:1: ImportError: no module named 'polars'"))
        assert "no module named 'polars'" in screen
        assert "dagx watches for the fix" in screen
        assert "Assets" not in screen
        for key in ("r", "R", "f", "x", "w", "slash", "i", "L", "minus", "j", "G"):
            await stage.press(key)
        screen = await stage.put(board(world("a")))
        assert "✔ a" in screen

    play(scene)


def test_partitions_that_were_never_made_are_not_announced_as_running_all_makes_none() -> None:
    async def scene(stage: Stage) -> None:
        views = world("a; b; c", a=S.MISSING, b=S.MISSING)
        parts = [
            replace(view, partitions="daily from 2024-01-01") if view.key == "b" else view for view in views
        ]
        screen = await stage.put(board(parts))
        assert "1 asset was never made · R runs it" in screen
        screen = await stage.put(AssetsChanged((replace(parts[0], state=S.FRESH),)))
        assert "was never made" not in screen

    play(scene)


def test_assets_that_were_never_made_are_announced() -> None:
    async def scene(stage: Stage) -> None:
        screen = await stage.put(board(world("a; b; c", a=S.MISSING, b=S.MISSING)))
        assert "2 assets were never made · R runs them" in screen
        screen = await stage.put(AssetsChanged(world("a; b")))
        assert "never made" not in screen

    play(scene)


def test_a_filter_counts_while_it_is_typed_and_swallows_letters() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(board(world("raw_a; stg_q; stg_b", stg_q=S.STALE)))
        screen = await stage.press("slash", "Q")
        assert "1 of 3" in screen
        assert "raw_a" not in screen
        assert stage.dev.asked == []
        await stage.press("enter", "r")
        assert stage.dev.asked == [("run", "stg_q", False)]
        screen = await stage.press("escape")
        assert "raw_a" in screen

    play(scene)


def test_only_problems_follows_the_states() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(board(world("good; bad", bad=S.FAILED)))
        screen = await stage.press("exclamation_mark")
        assert "good" not in screen
        screen = await stage.put(AssetsChanged((asset("good", S.STALE),)))
        assert "↻ good" in screen
        assert "2 of 2" in screen

    play(scene)


def test_auto_is_switched_and_shown() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(board(world("a")))
        assert "auto off" in (await stage.press("a")).splitlines()[0]
        assert "auto on" in (await stage.press("a")).splitlines()[0]
        assert stage.dev.asked == [("auto", False), ("auto", True)]

    play(scene)


def test_why_shows_the_chain_to_the_cause() -> None:
    a = asset("a", S.UPSTREAM_STALE)
    changed = CodeChange("assets.py:3", "", "", ("- old = 1", "+ new\x1b[2J = 2"))
    root = ReasonView("code", "code changed (assets.py:3)", code=changed)
    cause = CauseView("b", 1, "a", S.STALE, (root,), root=True)
    view = WhyView(a, "stale: an input will change", (), (cause,), (("python", "3.11"),))

    async def scene(stage: Stage) -> None:
        await stage.put(board([a]))
        await stage.press("w")
        await stage.until(lambda screen: "╰─ b" in screen)
        assert "code changed (assets.py:3)" in stage.screen
        assert "- old = 1" in stage.screen
        assert "+ new = 2" in stage.screen
        assert "$ dagx why a" in stage.screen
        assert "Why a" not in await stage.press("escape")

    play(scene, FakeDev(whys={"a": view}))


def test_an_engine_that_refuses_an_answer_is_shown_not_fatal() -> None:
    class Refusing(FakeDev):
        def why(self, asset: str) -> WhyView | None:
            raise ValueError("the engine is busy")

    async def scene(stage: Stage) -> None:
        await stage.put(board(world("a")))
        await stage.press("w")
        await stage.until(lambda screen: "the engine is busy" in screen)

    play(scene, Refusing())


def test_the_detail_shows_the_asset_its_neighbours_and_its_data() -> None:
    b = asset(
        "b",
        S.STALE,
        needs=["a"],
        feeds=["c"],
        reason="code changed",
        owners=("ann",),
        rows=12_044,
        made_at=NOW,
    )
    made = MaterializationView(
        "r", NOW, 1.0, "d", "parquet", 9, "x/y", (MetadataRow("mean", "float", 2.5),), "id\n 1"
    )
    world_ = [asset("a", feeds=["b"]), b, asset("c", needs=["b"])]

    async def scene(stage: Stage) -> None:
        await stage.put(board(world_))
        await stage.press("j")
        await stage.until(lambda screen: "preview" in screen)
        for words in (
            "✔ a ─── ↻ b ─── ✔ c",
            "· code changed",
            "12,044 rows",
            "owners   ann",
            "mean     2.5",
            "source",
            "cost     cpu 2.1s · memory 512 MB",
            "moved    read 1.2 kB",
        ):
            assert words in stage.screen

    cost = CostView(2.1, 512_000_000, 1_200, None)
    show = ShowView(b, made, (), (), usual=UsualView(1.5, 5, cost, 1.1, cost))
    play(scene, FakeDev(shows={"b": show}), size=(120, 40))


def test_the_detail_takes_the_place_of_the_log_where_it_is_narrow() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(board(world("a; b<-a")))
        screen = await stage.press("i")
        assert "── Detail" in screen
        assert "── Log" not in screen
        assert "── Detail" not in await stage.press("escape")
        assert "── Detail" in await stage.press("enter")

    play(scene)


def test_the_log_drawer_goes_from_small_to_half_to_off() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(board(world("a")))
        heights = []
        for _ in range(3):
            await stage.press("L")
            heights.append(stage.app.home.log_pane.size.height if stage.app.home.log_pane.display else 0)
        assert heights[1] == 0
        assert heights[0] > heights[2] > 0

    play(scene)


def test_help_comes_from_the_table_of_keys() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(board(world("a")))
        screen = await stage.press("question_mark")
        assert "run this asset even if it is fresh" in screen
        assert "run this asset even" not in await stage.press("question_mark")

    play(scene)


def test_quit_asks_only_while_a_run_is_active() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(board(world("a")), RunStarted(RUN, "you", plan("a")))
        assert "Stop the run and quit?" in await stage.press("q")
        await stage.press("escape")
        await stage.put(ended())
        await stage.pilot.press("q")

    assert play(scene).return_code == 0


def test_an_engines_notice_is_said_with_its_level() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(board(world("a")), Notice("disk is full", "error"), Saved(("a.py",)))
        assert stage.app.home.status.said.text == "disk is full"

    play(scene)


HOSTILE = [
    "[/red]",
    "[bold]x[/bold] [link=http://x]y[/link]",
    "\x1b[31m\x1b[2J\x1b]0;pwned\x07name",
    "x" * 300,
    "日本語の資産の名前がとても長い場合はどうなるのか試してみます",
    "ev\u202eil\ud800",
    "a\nb\x9bc",
]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 12)])
def test_hostile_names_are_harmless_everywhere(size: tuple[int, int]) -> None:
    assets = [
        replace(
            asset(name, S.FAILED, reason=name, error=name, owners=(name,), group=name, description=name),
            source=name,
            upstream=tuple(HOSTILE),
            downstream=tuple(HOSTILE),
            tags={name: name},
        )
        for name in HOSTILE
    ]
    answers = {
        a.key: WhyView(
            a,
            a.key,
            (ReasonView("code", a.key, a.key, CodeChange(a.key, a.key, "", (f"- {a.key}",))),),
            (CauseView(a.key, 1, a.key, S.STALE, a.reasons, root=True, error=a.key),),
            ((a.key, a.key),),
            ((a.key, a.key),),
            (a.key,),
        )
        for a in assets
    }
    log = StepLog(RUN, HOSTILE[0], "\n".join(HOSTILE))

    async def scene(stage: Stage) -> None:
        await stage.put(board(assets), Notice(HOSTILE[2]), LoadFailed("\n".join(HOSTILE)), log)
        for _ in range(8):
            screen = await stage.press("j", "w")
            assert all(line.isprintable() for line in screen.splitlines())
            await stage.press("escape")
            await stage.press("i", "i", "f")
        await stage.press("R", "escape", "question_mark")

    play(scene, FakeDev(whys=answers), size=size)


@pytest.mark.parametrize(
    "size", [(80, 24), (120, 40), (200, 60), (40, 12), (100, 10), (20, 6), (7, 3), (1, 1)]
)
def test_every_size_is_drawn_and_no_key_crashes_it(size: tuple[int, int]) -> None:
    assets = [*world("a; b<-a; c<-b", group="raw", b=S.RUNNING), *world("d<-c", group="marts", d=S.MISSING)]

    async def scene(stage: Stage) -> None:
        await stage.put(
            board(assets), RunStarted(RUN, "you", plan("b", seconds=9.0)), StepStarted(RUN, "b", (), 1, "")
        )
        for key in (
            "j",
            "i",
            "L",
            "L",
            "L",
            "i",
            "tab",
            "G",
            "tab",
            "K",
            "escape",
            "w",
            "escape",
            "R",
            "escape",
        ):
            await stage.press(key)
        await stage.press(
            "question_mark", "escape", "slash", "a", "enter", "escape", "exclamation_mark", "minus"
        )
        await stage.put(LoadFailed("x.py:1: " + "bad " * 200))
        rows = stage.screen.split("\n")
        assert len(rows) == size[1]

    play(scene, size=size)


def test_resizing_keeps_the_cursor_in_view() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(board(world(";".join(f"a{n}" for n in range(100)))))
        await stage.press("G")
        for size in ((200, 60), (40, 12), (1, 1), (80, 24)):
            await stage.pilot.resize_terminal(*size)
            await stage.settle()
        assert "▌✔ a99" in stage.screen

    play(scene)


def test_ten_thousand_assets_are_drawn_and_walked() -> None:
    text = ";".join(f"a{n}" + (f"<-a{n - 1}" if n % 50 else "") for n in range(10_000))

    async def scene(stage: Stage) -> None:
        screen = await stage.put(board(world(text)))
        assert "10,000" in screen
        assert "▌✔ a9999" in (await stage.press("G")).replace("⋯ ", "").replace("  ", "")
        screen = await stage.put(AssetsChanged(world("a9998", a9998=S.FAILED)))
        assert "✖ 1 failed" in screen

    play(scene, size=(120, 40))


def test_ascii_terminals_get_ascii_states() -> None:
    async def scene(stage: Stage) -> None:
        screen = await stage.put(board(world("a; b", b=S.FAILED)))
        assert ">+ a" in screen
        assert "X b" in screen

    play(scene, looks=Looks(ascii=True))


def test_a_click_selects_a_row() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put(board(world("a; b; c")))
        await stage.pilot.click("#assets", offset=(5, 2))
        assert "▌✔ c" in await stage.settle()

    play(scene)
