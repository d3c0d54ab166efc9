"""How lines may look on one output: colour, signs, width. Decided once, passed to every renderer."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["SIGNS", "Look", "Sign"]

_CODES = {
    "bold": "1",
    "dim": "2",
    "reverse": "7",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
}


class Sign(NamedTuple):
    glyph: str
    ascii: str
    style: str = ""


# By the word of the state: assets, steps and runs say the same word for the same thing.
# Each glyph takes one cell everywhere and has no emoji form.
SIGNS = {
    "fresh": Sign("✔", "+", "green"),
    "stale": Sign("↻", "~", "yellow"),
    "upstream stale": Sign("↻", "~", "dim yellow"),
    "missing": Sign("◌", ".", "dim"),
    "queued": Sign("⋯", ":", "dim cyan"),
    "running": Sign("◉", ">", "bold cyan"),
    "failed": Sign("✖", "X", "bold red"),
    "blocked": Sign("⊘", "-", "magenta"),
    "external": Sign("▫", "s", "dim"),
    "waiting": Sign("⋯", ":", "dim"),
    "ready": Sign("⋯", ":", "dim cyan"),
    "retrying": Sign("↻", "~", "bold yellow"),
    "succeeded": Sign("✔", "+", "green"),
    "unchanged": Sign("=", "=", "green"),
    "restored": Sign("=", "=", "green"),
    "skipped": Sign("⊘", "-", "magenta"),
    "cancelled": Sign("⊗", "c", "dim"),
    "superseded": Sign("↻", "~", "dim"),
    "passed": Sign("✔", "+", "green"),
    "warned": Sign("!", "!", "yellow"),
    "no result": Sign("?", "?", "yellow"),
    "never executed": Sign("◌", ".", "dim"),
    "same": Sign("=", "=", "green"),
    "false hit": Sign("✖", "X", "bold red"),
    "hash seed": Sign("!", "!", "yellow"),
    "not deterministic": Sign("!", "!", "yellow"),
    "left out": Sign("⊘", "-", "dim"),
    "crashed": Sign("✖", "X", "bold red"),
}


class Look(NamedTuple):
    colour: bool = False
    ascii: bool = False
    width: int | None = None
    """Columns of the terminal; None: nothing is cut (not a terminal)."""

    def paint(self, text: str, style: str) -> str:
        if not self.colour or not style or not text:
            return text
        codes = ";".join(_CODES[word] for word in style.split())
        return f"\x1b[{codes}m{text}\x1b[0m"

    def glyph(self, state: str) -> str:
        sign = SIGNS[state]
        return sign.ascii if self.ascii else sign.glyph

    def sign(self, state: str) -> str:
        return self.paint(self.glyph(state), SIGNS[state].style)

    @property
    def mark(self) -> str:
        """What stands where a text was cut."""
        return "..." if self.ascii else "…"

    @property
    def dot(self) -> str:
        return "-" if self.ascii else "·"

    @property
    def arrow(self) -> str:
        return "<-" if self.ascii else "←"
