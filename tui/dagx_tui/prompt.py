"""The line in which a filter is typed. It swallows single letters; esc and enter leave it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

__all__ = ["Prompt"]


class Prompt(Input):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave(False)", show=False),
        Binding("down,tab", "leave(True)", show=False),
    ]
    DEFAULT_CSS = """
    Prompt { height: 1; border: none; padding: 0; background: transparent; }
    Prompt:focus { border: none; background: transparent; }
    """

    @dataclass
    class Typed(Message):
        text: str

    @dataclass
    class Left(Message):
        text: str
        keep: bool

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, placeholder="letters of a name · enter keeps · esc clears", compact=True)
        self.cursor_blink = False

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Typed(self.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_leave(True)

    def action_leave(self, keep: bool) -> None:
        self.post_message(self.Left(self.value, keep))
