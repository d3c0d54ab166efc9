"""The home screen's keys: what changes the view is done here, what the engine must do is posted to the app.

A key that can do nothing says why; one that did something says what, with the command that does the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.message import Message

from dagx_tui import intents
from dagx_tui.asset_list import AssetList
from dagx_tui.board_screen import BoardScreen
from dagx_tui.intents import Cost, RunIt, StopIt
from dagx_tui.keys import bindings
from dagx_tui.prompt import Prompt
from dagx_tui.row_view import RowView
from dagx_tui.said import ENDED, Said
from dagx_tui.sheet import Sheet
from dagx_tui.spent import spent_lines
from dagx_tui.texts import cost_lines, help_lines
from dagx_tui.tree import GroupRow
from dagx_tui.words import count, shell

__all__ = ["HomeScreen"]

_DRAWERS = {"small": "half", "half": "off", "off": "small"}


class HomeScreen(BoardScreen, inherit_bindings=False):
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("home")]

    @dataclass
    class Wants(Message):
        """A run."""

        run: RunIt

    @dataclass
    class Stops(Message):
        """The end of a run, or (None) of all."""

        run: str | None

    @dataclass
    class Asks(Message):
        """Something else of the engine or the app: `auto`, `why` or `quit`."""

        what: str
        key: str = ""

    _drawer = "small"

    # Keys for the engine.

    def action_run_one(self) -> None:
        self._do(intents.run_one(self.board, self.list.selected))

    def action_force(self) -> None:
        self._do(intents.force(self.board, self.list.selected))

    def _do(self, found: RunIt | Said) -> None:
        if isinstance(found, RunIt):
            self.say(found.said)
            self.post_message(self.Wants(found))
        else:
            self.say(found)

    def action_run_all(self) -> None:
        """Twice `R` runs; once shows what it would cost."""
        found = intents.run_all(self.board)
        if isinstance(found, Said):
            self.say(found)
            return
        cost, board, looks = found, self.board, self.looks
        sheet = Sheet(
            looks,
            "Run all that is stale or missing",
            lambda width: cost_lines(board, cost, width, looks),
            hint="R or enter runs · esc back",
            asks=True,
        )
        self.app.push_screen(sheet, lambda yes: self._run_all(cost) if yes else None)

    def _run_all(self, cost: Cost) -> None:
        self._do(RunIt(None, False, Said(f"run all: {cost.text}", command=shell("run"))))

    def action_stop(self) -> None:
        self._stop(intents.stop(self.board, self.list.selected))

    def action_stop_all(self) -> None:
        self._stop(intents.stop_all(self.board))

    def _stop(self, found: StopIt | Said) -> None:
        if isinstance(found, StopIt):
            self.say(found.said)
            self.post_message(self.Stops(found.run))
        else:
            self.say(found)

    def action_costs(self) -> None:
        board, looks = self.board, self.looks
        now = self.clock.steady()
        sheet = Sheet(
            looks, "What runs cost", lambda width: spent_lines(board.runs, board.spent, now, width, looks)
        )
        self.app.push_screen(sheet)

    def action_auto(self) -> None:
        self._ask("auto")

    def action_why(self) -> None:
        key = self.selected_key
        if key is not None or self.board.ended:
            self._ask("why", key or "")
        else:
            self.say(Said("w explains one asset: put the cursor on it", "warning"))

    def _ask(self, what: str, key: str = "") -> None:
        if self.board.ended:
            self.say(ENDED)
        else:
            self.post_message(self.Asks(what, key))

    def action_quit(self) -> None:
        self.post_message(self.Asks("quit"))

    # Keys for the view.

    def action_filter(self) -> None:
        if not self.board.assets:
            self.say(Said("there are no assets to filter yet", "warning"))
            return
        self.add_class("-asking")
        self.prompt.value = self.list.needle
        self.prompt.focus()

    def action_problems(self) -> None:
        self.list.narrow(problems_only=not self.list.problems_only)
        self.draw_list_title()
        if not self.list.problems_only:
            self.say(Said("all assets"))
        elif self.list.shown:
            self.say(Said(f"only problems: {self.list.shown:,} · ! or esc shows all"))
        else:
            self.say(Said("no problems: nothing is stale, failed or blocked · ! or esc shows all", "good"))

    def action_detail(self) -> None:
        if self._wide:
            self.toggle_class("-no-detail")
            on = not self.has_class("-no-detail")
        else:
            self.toggle_class("-detail")
            on = self.has_class("-detail")
        if not on:
            self.list.focus()
        self.call_after_refresh(self.redraw_detail)
        self.say(Said(f"detail {'on' if on else 'off'}"))

    def action_drawer(self) -> None:
        if self.size.width < 60 or self.size.height < 16:
            self.say(Said("no room for the log here: it needs 60 columns and 16 rows", "warning"))
            return
        if not self._wide and self.has_class("-detail"):
            self.say(Said("the detail is in the place of the log · i closes it", "warning"))
            return
        self._drawer = _DRAWERS[self._drawer]
        self.set_class(self._drawer == "half", "-log-half")
        self.set_class(self._drawer == "off", "-log-off")
        if self._drawer == "off" and self.log_view.has_focus:
            self.list.focus()
        self.say(
            Said({"small": "log: small", "half": "log: half of the screen", "off": "log: off"}[self._drawer])
        )

    def action_log_down(self) -> None:
        self.log_view.go(3)

    def action_log_up(self) -> None:
        self.log_view.go(-3)

    def action_next_pane(self) -> None:
        self.focus_next()

    def action_previous_pane(self) -> None:
        self.focus_previous()

    def action_help(self) -> None:
        looks = self.looks
        self.app.push_screen(Sheet(looks, "Keys", lambda width: help_lines(width, looks)))

    def action_back(self) -> None:
        """One step: the filter, then the focus, then the detail."""
        if self.list.needle or self.list.problems_only:
            self.list.narrow(needle="", problems_only=False)
            self.draw_list_title()
            self.say(Said("all assets"))
        elif not self.list.has_focus and self.list_pane.display:
            self.list.focus()
        elif self.has_class("-detail") and not self._wide:
            self.action_detail()
        else:
            self.say(Said("nothing to step back from · q quits"))

    @on(RowView.Opened)
    def _opened(self) -> None:
        row = self.list.selected
        if isinstance(row, GroupRow):
            if self.list.needle or self.list.problems_only:
                self.say(Said("groups stay open while a filter is on · esc clears it", "warning"))
            else:
                self.list.toggle_fold(row.group)
        elif row is not None and self._wide and self.detail_pane.display:
            self.detail.focus()
        elif row is not None:
            self.action_detail()

    @on(AssetList.Refused)
    def _refused(self, event: AssetList.Refused) -> None:
        self.say(Said(event.why, "warning"))

    @on(Prompt.Typed)
    def _typed(self, event: Prompt.Typed) -> None:
        self.list.narrow(needle=event.text)
        self.draw_list_title()

    @on(Prompt.Left)
    def _left_prompt(self, event: Prompt.Left) -> None:
        self.remove_class("-asking")
        self.list.focus()
        if not event.keep:
            self.list.narrow(needle="")
        self.draw_list_title()
        if event.keep and event.text:
            self.say(Said(f"{count(self.list.shown, 'asset')} with “{event.text}” · esc shows all"))

    @property
    def _wide(self) -> bool:
        return self.size.width >= 100
