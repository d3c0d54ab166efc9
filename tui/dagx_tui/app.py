"""The app: drains the engine's news into the board, and carries what the screens ask to the engine.

The only module that holds the engine. Nothing here waits for it: what may touch its store is asked in
a thread.
"""

from __future__ import annotations

import contextlib
import gc
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen

from dagx_engine.views import Event, ShowView, WhyView
from dagx_tui import crash, home_layout, looks, signals
from dagx_tui.asset_list import Clock
from dagx_tui.board import Board
from dagx_tui.door import Door
from dagx_tui.failure import error_lines, in_red
from dagx_tui.home import HomeScreen
from dagx_tui.listening import Listener
from dagx_tui.log_book import LogLines
from dagx_tui.log_file import tail
from dagx_tui.looks import Looks
from dagx_tui.said import Said
from dagx_tui.sheet import Sheet
from dagx_tui.texts import quit_lines, why_lines
from dagx_tui.words import shell

__all__ = ["DagxApp", "show"]

_ENDED_BY_ITSELF = 70
"""sysexits' word for a fault inside the program: nobody asked the engine to end."""

_BUDGET = 0.008
"""Seconds of a frame that news may take; what is left waits, so that keys are never late."""
_REST = 1 / 30
"""Seconds for keys until what is left has its turn."""


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
        self._listener = Listener(door, self._hear)

    def get_default_screen(self) -> Screen[None]:
        return self.home

    def on_mount(self) -> None:
        self.home.auto = self.door.auto
        self._listener.start()
        self.set_interval(1.0, self._tick)
        signals.heed(lambda code: self.exit(code, return_code=code))

    def on_unmount(self) -> None:
        self._listener.stop()

    # News.

    @dataclass
    class Heard(Message):
        """News of the engine; or what broke the listening."""

        news: list[Event] | Exception

    def _hear(self, news: list[Event] | Exception) -> None:
        """Called in the thread that listens."""
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            self.post_message(self.Heard(news))

    @on(Heard)
    def _heard(self, event: Heard) -> None:
        if isinstance(event.news, Exception):
            raise event.news
        waits = bool(self._news)
        self._news.extend(event.news)
        if not waits:
            self._drain()

    def _drain(self) -> None:
        change = self.board.apply(self._in_budget(), self.clock.steady())
        with self.batch_update():
            self.home.update(change)
        if self._news:
            self.set_timer(_REST, self._drain)
        if (change.replaced or change.problem) and not gc.isenabled():
            gc.freeze()  # all that is there now stays: a look through it would hold up keys for a tenth of a second
            gc.enable()

    def _in_budget(self) -> Iterator[Event]:
        until = time.perf_counter() + _BUDGET
        while self._news:
            yield self._news.popleft()
            if time.perf_counter() > until:
                return

    def _tick(self) -> None:
        if self.home.is_current:
            self.home.tick()

    # What the screens ask.

    @on(HomeScreen.Wants)
    def _run(self, event: HomeScreen.Wants) -> None:
        self.door.run(event.run.selection, force=event.run.force)

    @on(HomeScreen.Stops)
    def _stop(self, event: HomeScreen.Stops) -> None:
        self.door.stop(event.run)

    @on(HomeScreen.Asks)
    def _asked(self, event: HomeScreen.Asks) -> None:
        match event.what:
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
        if self.board.ended:
            self.exit(_ENDED_BY_ITSELF, return_code=_ENDED_BY_ITSELF)
            return
        runs = self.board.runs
        if not runs:
            self.exit(0)
            return
        sheet = Sheet(
            self.looks,
            f"Stop {'the run' if len(runs) == 1 else f'{len(runs)} runs'} and quit?",
            lambda width: quit_lines(runs, width, self.looks),
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


def show(dev: Door) -> int:
    """Show a started engine until someone quits. Returns the exit code."""
    app = DagxApp(dev)
    with signals.given_back():
        app.run()
    if app.board.ended:
        # Once more where it can be copied from.
        sys.stderr.write("\n".join(["dagx: the engine ended", *error_lines(app.board.problem or ""), ""]))
    if app.board.run is not None:
        sys.stderr.write("dagx: stopping what runs …\n")
    return app.return_code or 0
