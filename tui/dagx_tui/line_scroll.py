"""Panes of text that scroll: `LineScroll` has the keys, `LinesView` shows lines made for its width."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from dagx_tui.keys import bindings
from dagx_tui.lines import Line, strip
from dagx_tui.looks import PLAIN

__all__ = ["LineScroll", "LinesView"]


class LineScroll(ScrollView, can_focus=True, inherit_bindings=False):
    BINDINGS = [*bindings("lines")]  # noqa: RUF012 - Textual's own convention
    DEFAULT_CSS = """
    LineScroll { overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; background: transparent; }
    """

    def go(self, lines: int) -> None:
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False, force=True)

    def action_go_up(self) -> None:
        self.go(-1)

    def action_go_down(self) -> None:
        self.go(1)

    def action_go_half_up(self) -> None:
        self.go(-max(1, self.size.height // 2))

    def action_go_half_down(self) -> None:
        self.go(max(1, self.size.height // 2))

    def action_go_page_up(self) -> None:
        self.go(-max(1, self.size.height - 1))

    def action_go_page_down(self) -> None:
        self.go(max(1, self.size.height - 1))

    def action_go_top(self) -> None:
        self.scroll_to(y=0, animate=False, force=True)

    def action_go_bottom(self) -> None:
        self.scroll_to(y=self.virtual_size.height, animate=False, force=True)


class LinesView(LineScroll):
    """Lines that a function makes for the width there is; made again when the width changes."""

    def __init__(
        self, make: Callable[[int], Sequence[Line]] = lambda width: (), *, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self._make = make
        self._lines: Sequence[Line] = ()

    @property
    def lines(self) -> Sequence[Line]:
        return self._lines

    def show(self, make: Callable[[int], Sequence[Line]], *, from_top: bool = False) -> None:
        self._make = make
        self._remake()
        if from_top:
            self.scroll_to(y=0, animate=False, force=True)

    def _remake(self) -> None:
        if not self.size.width:
            return
        lines = self._make(self.size.width)
        if lines != self._lines:
            self._lines = lines
            self.virtual_size = Size(self.size.width, len(lines))
            self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        self._remake()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._make(width)) if width > 0 else 0

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        at = y + self.scroll_offset.y
        return strip(self._lines[at], width) if at < len(self._lines) else Strip.blank(width, PLAIN)
