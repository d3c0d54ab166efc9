"""One board on a screen: header, list, detail, log, status, footer, kept true while news comes in.

Knows the board but neither the engine nor the keys; `home` adds those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer

from dagx_engine.views import ShowView
from dagx_tui import home_layout, intents
from dagx_tui.asset_list import AssetList, Clock
from dagx_tui.asset_row import times
from dagx_tui.board import Board, Change
from dagx_tui.detail import detail_lines, group_lines
from dagx_tui.header import header_line
from dagx_tui.keys import footer_keys
from dagx_tui.line_scroll import LinesView
from dagx_tui.log_book import LogLines
from dagx_tui.log_choice import LogChoice, log_title
from dagx_tui.log_view import LogView
from dagx_tui.looks import Looks
from dagx_tui.one_line import Bar, Footer, Status
from dagx_tui.pane import Pane
from dagx_tui.prompt import Prompt
from dagx_tui.row_view import RowView
from dagx_tui.said import Said
from dagx_tui.strip_map import Node
from dagx_tui.texts import list_title, problem_lines, unmade_line
from dagx_tui.tree import AssetRow, GroupRow

__all__ = ["BoardScreen"]

_RANK = {"error": 2, "warning": 1}
_SETTLED = 0.15
"""Seconds that the cursor must rest before an asset's data and log are fetched."""


def _callout(board: Board) -> tuple[str, list[str]]:
    """What the problem is called, and what happens next."""
    if board.ended:
        return "the engine of dagx ended · q quits", ["what was made is kept · `dagx dev` starts it again"]
    good = f"the last good graph (generation {board.generation}) stays in force · " if board.loaded else ""
    return "the project does not load", [good + "dagx watches for the fix: save, and it loads again"]


class BoardScreen(Screen[None], inherit_bindings=False):
    HORIZONTAL_BREAKPOINTS = home_layout.HORIZONTAL
    VERTICAL_BREAKPOINTS = home_layout.VERTICAL

    @dataclass
    class Settled(Message):
        """The cursor rests here: the asset's data, and with `log` its log file, may be fetched."""

        key: str
        log: bool

    def __init__(self, looks: Looks, board: Board, clock: Clock) -> None:
        super().__init__()
        self.looks = looks
        self.board = board
        self.clock = clock
        self.auto = True
        self.header = Bar(looks, id="header")
        self.banner = Bar(looks, id="banner")
        self.problem = LinesView(id="problem")
        self.list = AssetList(looks, board, clock, id="assets")
        self.detail = LinesView(id="detail")
        self.log_view = LogView(looks, id="log")
        self.list_pane = Pane(looks, self.list, id="list-pane")
        self.detail_pane = Pane(looks, self.detail, id="detail-pane")
        self.log_pane = Pane(looks, self.log_view, id="log-pane")
        self.status = Status(looks, id="status")
        self.prompt = Prompt(id="prompt")
        self.footer = Footer(looks, id="footer")
        self._choice = LogChoice()
        self._show_view: ShowView | None = None
        self._settle: Timer | None = None
        self._told = ("", "")
        """Age and duration as the detail tells them."""

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.banner
        yield self.problem
        with Container(id="body"):
            yield self.list_pane
            yield self.detail_pane
            yield self.log_pane
        yield self.status
        with Horizontal(id="asking"):
            slash = Bar(self.looks, id="slash")
            slash.show([(" /", self.looks.key)])
            yield slash
            yield self.prompt
        yield self.footer

    def on_mount(self) -> None:
        self.list.focus()
        self.detail_pane.title([("Detail", self.looks.strong)])
        self.list_pane.title([("Assets", self.looks.strong)])
        self.status.say(Said("loading the project …"))
        self.draw_frame()
        self._draw_log()

    # What the app tells the screen.

    def update(self, change: Change) -> None:
        """Draw what a batch of news touched."""
        if change.problem:
            self._draw_problem()
        if change.replaced:
            self._show_view = None
            self.list.rebuild()
            self.draw_list_title()
        elif change.keys:
            self.list.update_keys(change.keys)
            self.draw_list_title()
            if self._around_cursor() & change.keys:
                self._draw_detail()
                self._start_settling()
            elif self.selected_key is None:
                self._draw_detail()
        self._choice.heed(change, self.board)
        self._draw_log(change.logs)
        if change.said:
            self.status.say(max(reversed(change.said), key=lambda said: _RANK.get(said.level, 0)))
        if change.run or change.replaced or change.keys:
            self.draw_frame()

    def tick(self) -> None:
        """Once a second: what reads differently with time alone."""
        self.list.tick()
        if self.board.run is not None:
            self._draw_header()
        key = self.selected_key
        if self.detail_seen and key in self.board.assets and times(self.list.facts(key)) != self._told:
            self._draw_detail()

    def offer(self, key: str, view: ShowView | None, page: LogLines | None) -> None:
        """What was fetched for the asset that the cursor rested on."""
        if key == self.selected_key:
            if view is not None:
                self._show_view = view
                self._draw_detail()
            if page is not None and self._choice.step == self.board.assets[key].step:
                self._choice.from_disk(self._choice.step, page)
                self._draw_log()

    def say(self, said: Said) -> None:
        self.status.say(said)

    def draw_frame(self) -> None:
        """Header, banner and footer."""
        self._draw_header()
        board = self.board
        missing = len(board.unmade)
        unmade = bool(missing) and board.run is None and board.problem is None
        self.set_class(unmade, "-unmade")
        if unmade:
            self.banner.show(unmade_line(missing, self.looks))
        self.footer.show(footer_keys(intents.valid_keys(board, self.list.selected)))

    # Drawing.

    def _draw_header(self) -> None:
        width = self.size.width
        line = header_line(self.board, auto=self.auto, now=self.clock.steady(), width=width, looks=self.looks)
        self.header.show(line)

    def _draw_problem(self) -> None:
        board = self.board
        self.set_class(board.problem is not None, "-broken")
        self.set_class(not board.loaded and board.problem is not None, "-nothing")
        if board.problem is not None:
            title, after, problem, looks = *_callout(board), board.problem, self.looks
            self.problem.show(lambda width: problem_lines(title, problem, after, width, looks), from_top=True)
            self.problem.refresh(layout=True)

    def draw_list_title(self) -> None:
        shown = self.list
        self.list_pane.title(
            *list_title(shown.shown, len(self.board.assets), shown.needle, shown.problems_only, self.looks)
        )

    @property
    def selected_key(self) -> str | None:
        row = self.list.selected
        return row.key if isinstance(row, AssetRow) else None

    @property
    def detail_seen(self) -> bool:
        return self.detail_pane.display and self.detail.size.width > 0

    def _around_cursor(self) -> set[str]:
        key = self.selected_key
        if key is None or key not in self.board.assets:
            return set()
        asset = self.board.assets[key]
        return {key, *asset.upstream, *asset.downstream}

    def _draw_detail(self, *, from_top: bool = False) -> None:
        key, looks = self.selected_key, self.looks
        row = self.list.selected
        if isinstance(row, GroupRow):
            counts = self.board.group_counts.get(row.group, Counter())
            self.detail_pane.title([("Detail", looks.strong)])
            self.detail.show(lambda width: group_lines(row.group, counts, width, looks), from_top=from_top)
        if key is None or key not in self.board.assets:
            return
        self.detail_pane.title([("Detail", looks.strong)], [(self.board.assets[key].group, looks.muted)])
        facts, asset, view = self.list.facts(key), self.board.assets[key], self._show_view
        self._told = times(facts)
        up, down = self._neighbours(asset.upstream), self._neighbours(asset.downstream)
        self.detail.show(lambda width: detail_lines(facts, up, down, view, width, looks), from_top=from_top)

    def redraw_detail(self) -> None:
        """After the pane came up or changed its size."""
        if self.detail_seen:
            self._draw_detail()
            self._start_settling()

    def _neighbours(self, keys: Sequence[str]) -> list[Node]:
        known = [key for key in keys if key in self.board.assets]
        states = [self.board.state(key) for key in known]
        return [
            Node(key, self.looks.glyph(s), self.looks.style(s)) for key, s in zip(known, states, strict=True)
        ]

    def _draw_log(self, grew: set[str] | frozenset[str] = frozenset()) -> None:
        step, page = self._choice.page(self.board)
        if page is not self.log_view.page:
            self.log_view.show(page)
        elif step in grew:
            self.log_view.grew()
        title = log_title(step, page, self.log_view, self.board, self.looks)
        self.log_pane.title(*title)

    # What the widgets tell the screen.

    @on(RowView.Moved)
    def _moved(self, event: RowView.Moved) -> None:
        row = self.list.selected
        key = row.key if isinstance(row, AssetRow) else None
        self._choice.select(self.board.assets[key].step if key else None, by_hand=event.by_hand)
        if self._show_view is not None and self._show_view.asset.key != key:
            self._show_view = None
        self._draw_detail(from_top=event.by_hand)
        self._draw_log()
        self.footer.show(footer_keys(intents.valid_keys(self.board, row)))
        self._start_settling()

    def _start_settling(self) -> None:
        if self._settle is not None:
            self._settle.stop()
        self._settle = self.set_timer(_SETTLED, self._settled)

    def _settled(self) -> None:
        self._settle = None
        if (key := self.selected_key) is not None and key in self.board.assets:
            step = self.board.assets[key].step
            needs_log = self._choice.step == step and self._choice.page(self.board)[1] is None
            if needs_log or self.detail_seen:
                self.post_message(self.Settled(key, needs_log))

    @on(LogView.Looked)
    def _looked(self) -> None:
        self._draw_log()

    def on_resize(self, event: events.Resize) -> None:
        self._draw_header()
        self.call_after_refresh(self.redraw_detail)
