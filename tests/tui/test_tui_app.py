"""The app around the screen: start, end, crash."""

from __future__ import annotations

import asyncio

import pytest
from textual.color import Color
from tui_fake import NOW, FakeDev, asset, board, world
from tui_stage import Stage, play

from dagx_engine.api import BusyError
from dagx_engine.views import AssetsChanged, AssetState, EngineEnded, Event
from dagx_tui import app as app_module
from dagx_tui.app import DagxApp
from dagx_tui.asset_list import AssetList
from dagx_tui.crash import report
from dagx_tui.looks import chosen, theme
from dagx_tui.run import run_app

BLACK = Color(0, 0, 0)


class Headless(DagxApp):
    """Runs without a terminal and does what `then` says once it is up."""

    then = "quit"

    def run(self, **more: object) -> int | None:  # type: ignore[override]  # fewer arguments are enough here
        return asyncio.run(self.run_async(headless=True, size=(80, 24)))

    def on_ready(self) -> None:
        if self.then == "quit":
            self.exit(0)
        if self.then == "q":
            self.set_interval(0.05, lambda: self.simulate_key("q") if self.board.ended else None)


@pytest.fixture
def headless(monkeypatch: pytest.MonkeyPatch) -> type[Headless]:
    monkeypatch.setattr(app_module, "DagxApp", Headless)
    monkeypatch.setattr(Headless, "then", "quit")
    return Headless


def test_the_engine_is_started_once_and_closed_once(headless: type[Headless]) -> None:
    dev = FakeDev()
    assert run_app(dev) == 0
    assert (dev.started, dev.closed) == (1, 1)


def test_the_engine_is_closed_even_if_it_does_not_start() -> None:
    class Busy(FakeDev):
        def start(self) -> None:
            raise RuntimeError("pid 17 holds the project")

    dev = Busy()
    with pytest.raises(RuntimeError, match="pid 17"):
        run_app(dev)
    assert dev.closed == 1


def test_a_project_that_another_dagx_holds_is_refused_before_the_terminal_is_touched(
    capfd: pytest.CaptureFixture[str],
) -> None:
    class Busy(FakeDev):
        def start(self) -> None:
            raise BusyError("`dagx dev` (pid 17) has been running here", "stop it first")

    with pytest.raises(BusyError):
        run_app(Busy())
    assert capfd.readouterr() == ("", "")


def test_a_crash_of_ours_says_so_shows_no_values_and_closes_the_engine(
    headless: type[Headless], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(headless, "then", "crash")

    class Bad(FakeDev):
        def events(self, timeout: float | None = 0.0) -> list[Event]:
            password = "hunter2"
            raise LookupError(f"no such thing as {len(password)}")

    dev = Bad()
    assert run_app(dev) == 1
    shown = capsys.readouterr().err
    assert "This is a bug in dagx" in shown
    assert "LookupError: no such thing as 7" in shown
    assert "in events" in shown
    assert "hunter2" not in shown
    assert dev.closed == 1


def test_an_engine_that_ended_by_itself_ends_the_program_with_70_and_is_told_again(
    headless: type[Headless], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(headless, "then", "q")
    dev = FakeDev([board(world("a")), EngineEnded("a bug of dagx ended the engine: KeyError\n  \x1b[2Jdeep")])
    assert run_app(dev) == 70
    told = capsys.readouterr().err
    assert told == "dagx: the engine ended\na bug of dagx ended the engine: KeyError\n  deep\n"
    assert dev.closed == 1


def test_a_report_is_short_and_clean() -> None:
    def deep(n: int) -> None:
        if n == 0:
            raise ValueError("\x1b[31mbad\nsecond line")
        deep(n - 1)

    with pytest.raises(ValueError, match="bad") as caught:
        deep(30)
    text = report(caught.value)
    assert "ValueError: bad" in text
    assert "earlier calls" in text
    assert "second line" not in text
    assert len(text.splitlines()) < 20


def test_nothing_is_drawn_again_while_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    line = AssetList.line
    monkeypatch.setattr(
        AssetList, "line", lambda self, row, width: drawn.append(row) or line(self, row, width)
    )

    async def scene(stage: Stage) -> None:
        await stage.put(board(world("a; b")), AssetsChanged((asset("a", made_at=NOW - 30),)))
        assert drawn
        drawn.clear()
        for _ in range(5):
            stage.app._tick()
            stage.app._drain()
            await stage.settle()
        assert drawn == []

    play(scene)


def test_without_colour_nothing_is_coloured_and_the_cursor_is_reversed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def scene(stage: Stage) -> None:
        await stage.put(board(world("a; b", b=AssetState.FAILED)))
        rows = stage.app.screen._compositor.render_strips()
        drawn = [
            segment
            for row in rows
            for strip in [row.apply_filter(stage.app._filters[-1], BLACK)]
            for segment in strip
        ]
        colours = {colour for s in drawn if s.style for colour in (s.style.color, s.style.bgcolor) if colour}
        assert all(colour.is_default for colour in colours)
        assert any(s.style and s.style.reverse and s.text.startswith("a") for s in drawn)

    play(scene, looks=chosen({"NO_COLOR": "1"}, "utf-8"))


def test_looks_follow_the_terminal() -> None:
    assert chosen({"TERM": "linux"}, "UTF-8").ascii
    assert chosen({}, "ANSI_X3.4-1968").ascii
    assert not chosen({"TERM": "xterm"}, "utf-8").ascii
    assert chosen({"NO_COLOR": ""}, "utf-8").no_color
    assert [theme({"COLORFGBG": value}) for value in ("15;0", "0;15", "")] == [
        "ansi-dark",
        "ansi-light",
        "ansi-dark",
    ]
