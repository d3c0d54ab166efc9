"""Widgets of one line: rules with titles, the header, the banner, the status line and the footer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.strip import Strip
from textual.widget import Widget

from dagx_tui.keys import Key
from dagx_tui.lines import Line, Part, fill, line_width, strip
from dagx_tui.looks import PLAIN, Looks
from dagx_tui.said import Said

__all__ = ["Bar", "Footer", "OneLine", "Rule", "Status"]


class OneLine(Widget):
    """One line that is made for the width there is; drawn again only when it differs."""

    DEFAULT_CSS: ClassVar[str] = "OneLine { height: 1; background: transparent; }"

    def __init__(self, looks: Looks, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.looks = looks

    def line(self, width: int) -> Line:
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        return strip(self.line(width), width) if y == 0 else Strip.blank(width, PLAIN)


class Bar(OneLine):
    """Left and right text; the right one gives way."""

    def __init__(self, looks: Looks, *, id: str | None = None) -> None:
        super().__init__(looks, id=id)
        self._left: Line = ()
        self._right: Line = ()

    def show(self, left: Line, right: Line = ()) -> None:
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()

    def line(self, width: int) -> Line:
        return fill(self._left, self._right, width, (" ", PLAIN))


class Rule(Bar):
    """A rule across the pane with its title; bright when the pane below has the focus."""

    def __init__(self, looks: Looks, *, id: str | None = None) -> None:
        super().__init__(looks, id=id)
        self.active = False

    def set_active(self, active: bool) -> None:
        if active is not self.active:
            self.active = active
            self.refresh()

    def line(self, width: int) -> Line:
        rule = self.looks.rule
        style = self.looks.accent if self.active else self.looks.muted
        left: list[Part] = [(rule * 2 + " ", style), *self._left, (" ", PLAIN)]
        right: list[Part] = [(" ", PLAIN), *self._right, (" " + rule * 2, style)] if self._right else []
        return fill(left, right, width, (rule, style))


class Status(OneLine):
    """The last thing that happened and the command line that does the same."""

    def __init__(self, looks: Looks, *, id: str | None = None) -> None:
        super().__init__(looks, id=id)
        self.said = Said("")

    def say(self, said: Said) -> None:
        self.said = said
        self.refresh()

    def line(self, width: int) -> Line:
        looks, said = self.looks, self.said
        mark, style = {
            "good": (looks.pick("✔", "+"), looks.good),
            "warning": ("!", looks.warning),
            "error": (looks.pick("✖", "X"), looks.bad),
        }.get(said.level, (looks.pick("·", "-"), looks.muted))
        if not said.text:
            return ()
        tone = looks.bad if said.level == "error" else PLAIN
        left: list[Part] = [(f" {mark} ", style), (said.text, tone)]
        if said.command:
            left.append((f"   $ {said.command}", looks.muted))
        return fill(left, (), width, (" ", PLAIN))


class Footer(OneLine):
    """The keys that can do something now; `? help` is always there."""

    def __init__(self, looks: Looks, *, id: str | None = None) -> None:
        super().__init__(looks, id=id)
        self._keys: Sequence[Key] = ()

    def show(self, keys: Sequence[Key]) -> None:
        if keys != self._keys:
            self._keys = keys
            self.refresh()

    def line(self, width: int) -> Line:
        kept = list(self._keys)
        while len(kept) > 1 and sum(cell_len(f"{key.shown} {key.label}  ") for key in kept) > width:
            kept.remove(max(kept, key=lambda key: key.rank))
        line: list[Part] = [(" ", PLAIN)]
        for key in kept:
            if len(line) > 1:
                line.append(("  ", PLAIN))
            line += [(key.shown, self.looks.key), (f" {key.label}", self.looks.muted)]
        return line if line_width(line) <= width else fill(line, (), width, (" ", PLAIN))
