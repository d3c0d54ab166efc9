"""A sheet over the screen: title, lines, hint. It closes with esc; one that asks answers True on enter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from dagx_tui.keys import bindings
from dagx_tui.line_scroll import LinesView
from dagx_tui.lines import Line
from dagx_tui.looks import Looks
from dagx_tui.one_line import Rule

__all__ = ["Sheet"]


class Sheet(ModalScreen[bool], inherit_bindings=False):
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("sheet")]
    DEFAULT_CSS = """
    Sheet { align: center middle; background: transparent; }
    Sheet > Vertical {
        width: 90%; max-width: 100; height: auto; max-height: 90%;
        border: round ansi_cyan; padding: 0 1; background: ansi_default;
    }
    Sheet > Vertical.-ascii { border: ascii ansi_cyan; }
    Sheet Rule { margin-bottom: 1; }
    Sheet LinesView { height: auto; max-height: 100%; }
    Sheet #hint { margin: 1 0 0 0; }
    """

    def __init__(
        self,
        looks: Looks,
        title: str,
        make: Callable[[int], Sequence[Line]],
        *,
        hint: str = "esc closes",
        asks: bool = False,
    ) -> None:
        super().__init__()
        self.looks = looks
        self._heading = title
        self._make = make
        self._hint = hint
        self._asks = asks

    def compose(self) -> ComposeResult:
        with Vertical(classes="-ascii" if self.looks.ascii else ""):
            heading = Rule(self.looks, id="heading")
            heading.show([(self._heading, self.looks.strong)], [(self._hint, self.looks.muted)])
            yield heading
            yield LinesView(self._make)

    def on_mount(self) -> None:
        view = self.query_one(LinesView)
        view.focus()
        view.show(self._make)  # other lines may have come between compose and now
        view.refresh(layout=True)

    def show(self, make: Callable[[int], Sequence[Line]]) -> None:
        """Other lines, such as an answer that took a moment."""
        self._make = make
        if self.is_mounted:
            view = self.query_one(LinesView)
            view.show(make, from_top=True)
            view.refresh(layout=True)

    def action_close(self) -> None:
        self.dismiss(False)

    def action_accept(self) -> None:
        self.dismiss(self._asks)
