"""A rule with a title over some content; the rule is bright while the content has the focus."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from dagx_tui.lines import Line
from dagx_tui.looks import Looks
from dagx_tui.one_line import Rule

__all__ = ["Pane"]


class Pane(Vertical):
    DEFAULT_CSS = """
    Pane { background: transparent; }
    Pane > LineScroll, Pane > RowView { height: 1fr; }
    """

    def __init__(self, looks: Looks, content: Widget, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.content = content
        self.rule = Rule(looks)

    def compose(self) -> ComposeResult:
        yield self.rule
        yield self.content

    def title(self, left: Line, right: Line = ()) -> None:
        self.rule.show(left, right)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self.rule.set_active(True)

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        self.rule.set_active(False)
