"""Whose log the drawer shows: what runs or just failed, and once the cursor moves, what is under it."""

from __future__ import annotations

from dagx_tui.board import Board, Change
from dagx_tui.lines import Line
from dagx_tui.log_book import LINES_AT_MOST, LogLines
from dagx_tui.log_view import LogView
from dagx_tui.looks import Looks
from dagx_tui.safe import clean
from dagx_tui.words import count, cut_middle, number, short_run

__all__ = ["LogChoice", "log_title"]


class LogChoice:
    def __init__(self) -> None:
        self._live: str | None = None
        self._failed = False
        self._by_hand = False
        self._selected: str | None = None
        self._disk: tuple[str, LogLines] | None = None

    @property
    def step(self) -> str | None:
        return self._selected if self._by_hand or self._live is None else self._live

    def select(self, step: str | None, *, by_hand: bool) -> None:
        """The cursor stands on an asset of this step."""
        self._selected = step
        self._by_hand |= by_hand

    def heed(self, change: Change, board: Board) -> None:
        if change.begun:
            self._live, self._failed, self._by_hand = None, False, False
        if change.failed is not None and not self._failed:
            self._live, self._failed = change.failed, True
        elif change.started is not None and not self._failed:
            self._live = change.started
        elif board.running and self._live not in board.running and not self._failed:
            self._live = next(reversed(board.running))  # what it told of has ended; something else goes on

    def from_disk(self, step: str, page: LogLines) -> None:
        self._disk = (step, page)

    def page(self, board: Board) -> tuple[str | None, LogLines | None]:
        step = self.step
        if step is None:
            return None, None
        if (page := board.logs.of(step)) is not None:
            return step, page
        return step, self._disk[1] if self._disk is not None and self._disk[0] == step else None


def log_title(
    step: str | None, page: LogLines | None, view: LogView, board: Board, looks: Looks
) -> tuple[Line, Line]:
    """Left and right side of the rule over the log."""
    left = [("Log", looks.strong)]
    if step is not None:
        left.append((f" · {cut_middle(clean(step), 40)}", looks.muted))
    if page is None:
        return left, [("no log yet", looks.muted)] if step is not None else ()
    if page.run_id:
        left.append((f" · run {short_run(page.run_id)}", looks.muted))
    right = []
    others = len(board.running.keys() - {step})
    if others:
        right.append((f"{count(others, 'other step')} {'runs' if others == 1 else 'run'} · ", looks.muted))
    if page.cut:
        right.append((f"last {number(LINES_AT_MOST)} lines · ", looks.muted))
    if not page.total:
        right.append(("nothing written", looks.muted))
    elif view.follow:
        right.append(("follow", looks.muted))
    elif view.unseen > 0:
        right.append((f"{looks.pick('↓', 'v')} {number(view.unseen)} new", looks.warning))
    else:
        right.append(("paused", looks.warning))
    return left, right
