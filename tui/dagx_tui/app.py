"""The app: drains the engine's news into the board, and carries what the screens ask to the engine.

The only module that holds the engine. Nothing here waits for it: what may touch its store is asked in
a thread.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections import deque
from collections.abc import Iterator
from typing import ClassVar

from textual import on, work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.timer import Timer

from dagx_engine.views import Event, ShowView, WhyView
from dagx_tui import crash, home_layout, looks, signals
from dagx_tui.asset_list import Clock
from dagx_tui.board import Board
from dagx_tui.door import Door
from dagx_tui.failure import error_lines, in_red
from dagx_tui.home import HomeScreen
from dagx_tui.log_book import LogLines
from dagx_tui.log_file import tail
from dagx_tui.looks import Looks
from dagx_tui.said import Said
from dagx_tui.sheet import Sheet
from dagx_tui.texts import why_lines
from dagx_tui.words import shell, short_run

__all__ = ["DagxApp", "run_app"]

_ENDED_BY_ITSELF = 70
"""sysexits' word for a fault inside the program: nobody asked the engine to end."""

_HOT = 1 / 15
_IDLE = 1 / 5
_COOLS_AFTER = 2.0
_BUDGET = 0.008
"""Seconds of a frame that news may take; what is left waits for the next one, so keys are never late."""


class DagxApp(App[int]):
    TITLE = "dagx"
    CSS = home_layout.CSS
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", show=False, priority=True),
        Binding("ctrl+c", "help_quit", show=False, system=True),
    ]

    def __init__(self, door: Door, *, looks_: Looks | None = None, clock: Clock | None = None) -> None:
        self.looks = looks_ or looks.chosen()  # before Textual takes NO_COLOR out of the environment
        super().__init__(ansi_color=True)  # from the first frame on: NO_COLOR picks its filter by it
        self.door = door
        self.clock = clock or Clock(time.time, time.monotonic)
        self.board = Board()
        self.home = HomeScreen(self.looks, self.board, self.clock)
        self.animation_level = "none"
        self.theme = looks.theme()
        self._news: deque[Event] = deque()
        self._last_news = 0.0
        self._hot: Timer | None = None
        self._idle: Timer | None = None

    def get_default_screen(self) -> Screen[None]:
        return self.home

    def on_mount(self) -> None:
        self.home.auto = self.door.auto
        self._hot = self.set_interval(_HOT, self._drain)
        self._idle = self.set_interval(_IDLE, self._drain, pause=True)
        self.set_interval(1.0, self._tick)
        signals.heed(lambda code: self.exit(code, return_code=code))

    # News.

    def _drain(self) -> None:
        now = self.clock.steady()
        self._news.extend(self.door.events(0))
        if self._news:
            self._last_news = now
            change = self.board.apply(self._in_budget(), now)
            with self.batch_update():
                self.home.update(change)
        self._pace(bool(self._news) or now - self._last_news < _COOLS_AFTER or self.board.run is not None)

    def _in_budget(self) -> Iterator[Event]:
        until = time.perf_counter() + _BUDGET
        while self._news:
            yield self._news.popleft()
            if time.perf_counter() > until:
                return

    def _pace(self, hot: bool) -> None:
        """Often while something happens, seldom while nothing does."""
        assert self._hot is not None
        assert self._idle is not None
        for timer, on_ in ((self._hot, hot), (self._idle, not hot)):
            if on_:
                timer.resume()
            else:
                timer.pause()

    def _tick(self) -> None:
        if self.home.is_current:
            self.home.tick()

    # What the screens ask.

    @on(HomeScreen.Wants)
    def _run(self, event: HomeScreen.Wants) -> None:
        self.door.run(event.run.selection, force=event.run.force)
        self._pace(hot=True)

    @on(HomeScreen.Asks)
    def _asked(self, event: HomeScreen.Asks) -> None:
        match event.what:
            case "stop":
                self.door.stop()
            case "auto":
                self._switch_auto()
            case "why":
                self._ask_why(event.key)
            case "quit":
                self._leave()

    def _switch_auto(self) -> None:
        on_ = not self.door.auto
        self.door.set_auto(on_)
        self.home.auto = on_
        self.home.draw_frame()
        what = (
            "auto on: a save runs what it made stale" if on_ else "auto off: saves run nothing · r and R do"
        )
        self.home.say(Said(what, "good" if on_ else "warning"))

    def _ask_why(self, key: str) -> None:
        sheet = Sheet(self.looks, f"Why {key}", lambda width: [[("asking …", self.looks.muted)]])
        self.push_screen(sheet)
        self._fetch_why(key, sheet)

    @work(thread=True, group="why", exclusive=True, exit_on_error=False)
    def _fetch_why(self, key: str, sheet: Sheet) -> None:
        try:
            view = self.door.why(key)
        except Exception as error:  # noqa: BLE001 - a refusal of the engine: it is shown, and the screen goes on
            self._from_thread(self._show_refusal, sheet, str(error))
            return
        self._from_thread(self._show_why, sheet, key, view)

    def _show_why(self, sheet: Sheet, key: str, view: WhyView | None) -> None:
        if view is None:
            sheet.show(
                lambda width: [[("nothing is known of it yet: the project has not loaded", self.looks.muted)]]
            )
            return
        sheet.show(lambda width: why_lines(view, width, self.looks))
        self.home.say(Said(view.verdict, command=shell("why", key)))

    def _show_refusal(self, sheet: Sheet, text: str) -> None:
        sheet.show(lambda width: [[(text, self.looks.bad)]])

    @on(HomeScreen.Settled)
    def _settled(self, event: HomeScreen.Settled) -> None:
        self._fetch(event.key, event.log)

    @work(thread=True, group="show", exclusive=True, exit_on_error=False)
    def _fetch(self, key: str, log: bool) -> None:
        """The asset's data and, if asked, the end of its last log file."""
        view: ShowView | None = None
        page: LogLines | None = None
        try:
            view = self.door.show(key)
            path = self.door.log_path(key) if log else None
            page = tail(path) if path is not None else None
            if log and view is not None and view.error:
                page = page or LogLines()
                page.add(("\n" if page.open else "") + in_red(error_lines(view.error, key)))
        except Exception as error:  # noqa: BLE001 - as above
            self._from_thread(self.home.say, Said(str(error), "warning"))
        self._from_thread(self.home.offer, key, view, page)

    def _from_thread(self, do: object, *args: object) -> None:
        """Answers that come when the app has gone are for nobody."""
        if self.is_running and callable(do):
            with contextlib.suppress(RuntimeError):
                self.call_from_thread(do, *args)

    # The end.

    def action_help_quit(self) -> None:
        self.home.say(Said("q quits dagx · x stops the run"))

    async def action_quit(self) -> None:
        self._leave()

    def _leave(self) -> None:
        run = self.board.run
        if self.board.ended:
            self.exit(_ENDED_BY_ITSELF, return_code=_ENDED_BY_ITSELF)
            return
        if run is None:
            self.exit(0)
            return
        lines = [
            [
                (
                    f"run {short_run(run.run_id)} is active: {run.done:,} of {run.total:,} steps are done.",
                    self.looks.strong,
                )
            ],
            [("Finished steps are kept; the next run does what is left.", self.looks.muted)],
        ]
        sheet = Sheet(
            self.looks,
            "Stop the run and quit?",
            lambda width: lines,
            hint="enter quits · esc goes on",
            asks=True,
        )
        self.push_screen(sheet, lambda yes: self.exit(0) if yes else None)

    def _fatal_error(self) -> None:
        # Textual would print a traceback with local values, which may hold secrets. See `crash`.
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        self._exit_renderables.clear()
        if self._exception is not None:
            sys.stderr.write(crash.report(self._exception))


def run_app(dev: Door) -> int:
    """Start the engine, show it until someone quits, close it whatever happens. Returns the exit code."""
    try:
        dev.start()
        app = DagxApp(dev)
        with signals.given_back():
            app.run()
        if app.board.ended:
            # Once more where it can be copied from.
            sys.stderr.write("\n".join(["dagx: the engine ended", *error_lines(app.board.problem or ""), ""]))
        if app.board.run is not None:
            sys.stderr.write("dagx: stopping what runs …\n")
        return app.return_code or 0
    finally:
        dev.close()
