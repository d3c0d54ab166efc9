"""The log of one step, following its end until someone scrolls up. Draws only the lines in view."""

from __future__ import annotations

from dataclasses import dataclass

from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from dagx_tui.line_scroll import LineScroll
from dagx_tui.lines import Line, strip
from dagx_tui.log_book import LogLines
from dagx_tui.looks import PLAIN, Looks
from dagx_tui.sgr import parts_of

__all__ = ["LogView"]


class LogView(LineScroll):
    @dataclass
    class Looked(Message):
        """Following began or ended, or lines came that are not in view."""

    def __init__(self, looks: Looks, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.looks = looks
        self.follow = True
        self._page: LogLines | None = None
        self._first = 0
        self._seen = 0
        """How many lines there were when following ended."""

    @property
    def page(self) -> LogLines | None:
        return self._page

    @property
    def unseen(self) -> int:
        """Lines that came since following ended."""
        return 0 if self.follow or self._page is None else self._page.total - self._seen

    def show(self, page: LogLines | None) -> None:
        """Another log, from its end."""
        self._page = page
        self.follow = True
        self._first = page.first if page else 0
        self._fit()
        self.refresh()

    def grew(self) -> None:
        """Lines were added to the page."""
        page = self._page
        if page is None:
            return
        dropped = page.first - self._first
        self._first = page.first
        if not self.follow and dropped:
            self.set_scroll(None, max(0, self.scroll_offset.y - dropped))
        self._fit()
        self.refresh()
        if not self.follow:
            self.post_message(self.Looked())

    def _fit(self) -> None:
        count = len(self._page.lines) if self._page else 0
        self.virtual_size = Size(self.size.width, count)
        if self.follow:
            self.scroll_to(
                y=max(0, count - self.size.height), animate=False, force=True
            )  # force: the bar may not be up yet

    def on_resize(self, event: events.Resize) -> None:
        self._fit()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        page = self._page
        if page is None:
            return
        follow = round(new_value) >= len(page.lines) - self.size.height
        if follow is not self.follow and (follow or new_value < old_value):
            self.follow = follow
            self._seen = page.total
            self.post_message(self.Looked())

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        at = y + self.scroll_offset.y
        page = self._page
        if page is None or at >= len(page.lines):
            return Strip.blank(width, PLAIN)
        line: Line = parts_of(page.lines[at])
        if len(line) == 1 and line[0][1] is PLAIN:
            line = [(line[0][0], self._tone(line[0][0]))]
        return strip([(" ", PLAIN), *line], width)

    def _tone(self, text: str) -> Style:
        """The style of a line that brings no colours of its own, by the level it names near its start."""
        start = text[:48]
        if "ERROR" in start or "CRITICAL" in start or text.startswith("Traceback "):
            return Style(color="red")
        if "WARN" in start:
            return self.looks.warning
        if "DEBUG" in start:
            return self.looks.muted
        return PLAIN
