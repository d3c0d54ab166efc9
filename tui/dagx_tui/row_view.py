"""A list of rows with a cursor, drawn line by line: the cost is that of what is seen, however many there are.

Subclasses say what a row looks like (`line`) and which things there are (`set_identities`).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from dagx_tui.keys import bindings
from dagx_tui.lines import Line, strip
from dagx_tui.looks import PLAIN, Looks

__all__ = ["RowView"]


class RowView(ScrollView, can_focus=True, inherit_bindings=False):
    BINDINGS = [*bindings("rows")]  # noqa: RUF012 - Textual's own convention
    DEFAULT_CSS = """
    RowView { overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; background: transparent; }
    """

    @dataclass
    class Moved(Message):
        """The cursor stands on another row; `by_hand` if a key or click took it there."""

        row: int
        by_hand: bool

    @dataclass
    class Opened(Message):
        row: int

    def __init__(self, looks: Looks, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.looks = looks
        self.cursor = 0
        self._identities: list[Hashable] = []

    def line(self, row: int, width: int) -> Line:
        raise NotImplementedError

    @property
    def row_count(self) -> int:
        return len(self._identities)

    def set_identities(self, identities: list[Hashable]) -> None:
        """New rows. The cursor stays on the thing it stood on; if that is gone, near the place."""
        on = self._identities[self.cursor] if self.cursor < len(self._identities) else None
        from_top = self.cursor - self.scroll_offset.y
        self._identities = identities
        self.virtual_size = Size(self.size.width, len(identities))
        place = self.find(on)
        self.cursor = place if place is not None else max(0, min(self.cursor, len(identities) - 1))
        self._scroll_to_row(self.cursor - from_top)
        self.reveal()
        self.refresh()
        self.post_message(self.Moved(self.cursor, by_hand=False))

    def start_at(self, row: int) -> None:
        """Put the cursor there as if it had always stood there."""
        self.cursor = row
        self.reveal()

    def find(self, identity: Hashable | None) -> int | None:
        if identity is None:
            return None
        try:
            return self._identities.index(identity)
        except ValueError:
            return None

    def refresh_rows(self, rows: Iterable[int]) -> None:
        """Draw these rows again, those of them that can be seen."""
        top, height, width = self.scroll_offset.y, self.size.height, self.size.width
        regions = [Region(0, row - top, width, 1) for row in rows if 0 <= row - top < height]
        if regions:
            self.refresh(*regions)

    @property
    def rows_in_view(self) -> range:
        top = self.scroll_offset.y
        return range(top, min(top + self.size.height, self.row_count))

    def render_line(self, y: int) -> Strip:
        row = y + self.scroll_offset.y
        width = self.size.width
        if row >= self.row_count:
            return Strip.blank(width, PLAIN)
        base = self.looks.cursor if row == self.cursor and self.has_focus else PLAIN
        return strip(self.line(row, width), width, base)

    def move_to(self, row: int) -> None:
        row = max(0, min(row, self.row_count - 1))
        if row == self.cursor or not self.row_count:
            return
        before, self.cursor = self.cursor, row
        self.refresh_rows((before, row))
        self.reveal()
        self.post_message(self.Moved(row, by_hand=True))

    def reveal(self) -> None:
        """Scroll as little as needed for the cursor to be seen."""
        top, height = self.scroll_offset.y, max(1, self.size.height)
        if self.cursor < top:
            self._scroll_to_row(self.cursor)
        elif self.cursor >= top + height:
            self._scroll_to_row(self.cursor - height + 1)
        # The hardware cursor follows: screen readers, magnifiers and input methods look there.
        if self.has_focus:
            self.app.cursor_position = self.content_region.offset + Offset(
                0, self.cursor - self.scroll_offset.y
            )

    def _scroll_to_row(self, row: int) -> None:
        self.scroll_to(y=max(0, row), animate=False, force=True)  # force: the bar may not be up yet

    def on_resize(self, event: events.Resize) -> None:
        self.virtual_size = Size(self.size.width, self.row_count)
        self.reveal()

    def on_click(self, event: events.Click) -> None:
        row = event.y + self.scroll_offset.y
        if row < self.row_count:
            self.move_to(row)
            if event.chain == 2:
                self.post_message(self.Opened(row))

    def action_cursor_up(self) -> None:
        self.move_to(self.cursor - 1)

    def action_cursor_down(self) -> None:
        self.move_to(self.cursor + 1)

    def action_cursor_half_up(self) -> None:
        self.move_to(self.cursor - max(1, self.size.height // 2))

    def action_cursor_half_down(self) -> None:
        self.move_to(self.cursor + max(1, self.size.height // 2))

    def action_cursor_page_up(self) -> None:
        self.move_to(self.cursor - max(1, self.size.height - 1))

    def action_cursor_page_down(self) -> None:
        self.move_to(self.cursor + max(1, self.size.height - 1))

    def action_cursor_top(self) -> None:
        self.move_to(0)

    def action_cursor_bottom(self) -> None:
        self.move_to(self.row_count - 1)

    def action_open(self) -> None:
        if self.row_count:
            self.post_message(self.Opened(self.cursor))
