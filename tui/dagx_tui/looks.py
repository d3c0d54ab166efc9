"""How states look: glyph, word and colour of each, and the few styles that all widgets share.

The colours are the terminal's own sixteen on its own background: dagx looks like the rest of a terminal, dark
or light; `NO_COLOR` leaves bold, dim and reverse. States differ by shape and word too, never by colour alone.
The glyphs are of neutral width everywhere; a terminal that cannot write them gets ASCII.
"""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style

from dagx_engine.views import AssetState

__all__ = ["PLAIN", "PROBLEMS", "Looks", "chosen", "theme", "words_of"]

PLAIN = Style()

PROBLEMS = frozenset({AssetState.FAILED, AssetState.BLOCKED, AssetState.STALE, AssetState.UPSTREAM_STALE})
"""What the key `!` leaves on screen; missing assets are work to do, not a problem, once none has failed."""

_GLYPHS = {
    AssetState.FRESH: ("✔", "+"),
    AssetState.STALE: ("↻", "~"),
    AssetState.UPSTREAM_STALE: ("↺", "^"),
    AssetState.MISSING: ("◌", "."),
    AssetState.QUEUED: ("⋯", ":"),
    AssetState.RUNNING: ("◉", ">"),
    AssetState.FAILED: ("✖", "X"),
    AssetState.BLOCKED: ("⊘", "-"),
    AssetState.SKIPPED: ("⊖", "_"),
    AssetState.EXTERNAL: ("▫", "s"),
}

_STYLES = {
    AssetState.FRESH: Style(color="green"),
    AssetState.STALE: Style(color="yellow"),
    AssetState.UPSTREAM_STALE: Style(color="yellow", dim=True),
    AssetState.MISSING: Style(dim=True),
    AssetState.QUEUED: Style(color="cyan", dim=True),
    AssetState.RUNNING: Style(color="cyan", bold=True),
    AssetState.FAILED: Style(color="red", bold=True),
    AssetState.BLOCKED: Style(color="magenta"),
    AssetState.SKIPPED: Style(color="magenta", dim=True),
    AssetState.EXTERNAL: Style(dim=True),
}

_WORDS = {AssetState.MISSING: "never made", AssetState.EXTERNAL: "not made by dagx"}


def words_of(state: AssetState) -> str:
    """The state in the words that people read."""
    return _WORDS.get(state, state.value)


@dataclass(frozen=True)
class Looks:
    """The glyphs and styles of one terminal."""

    ascii: bool = False
    no_color: bool = False

    muted: ClassVar[Style] = Style(dim=True)
    strong: ClassVar[Style] = Style(bold=True)
    accent: ClassVar[Style] = Style(color="cyan")
    good: ClassVar[Style] = Style(color="green")
    warning: ClassVar[Style] = Style(color="yellow")
    bad: ClassVar[Style] = Style(color="red", bold=True)
    hit: ClassVar[Style] = Style(bold=True, underline=True)
    key: ClassVar[Style] = Style(color="cyan", bold=True)

    def glyph(self, state: AssetState) -> str:
        return _GLYPHS[state][1 if self.ascii else 0]

    def style(self, state: AssetState) -> Style:
        return _STYLES[state]

    @property
    def rule(self) -> str:
        return "-" if self.ascii else "─"

    def pick(self, glyph: str, plain: str) -> str:
        """The glyph, or what stands for it where only ASCII can be written."""
        return plain if self.ascii else glyph

    @property
    def cursor(self) -> Style:
        """The row under the cursor: greys of the fixed 256, so that no palette can hide the text on it."""
        if self.no_color:
            return Style(reverse=True)
        return Style(color="color(255)", bgcolor="color(238)")


def chosen(environment: Mapping[str, str] | None = None, encoding: str | None = None) -> Looks:
    """The looks that fit this terminal."""
    env = os.environ if environment is None else environment
    code = (encoding or locale.getpreferredencoding(False)).lower().replace("-", "")
    plain = env.get("TERM") == "linux" or "utf8" not in code or bool(env.get("DAGX_ASCII"))
    return Looks(ascii=plain, no_color="NO_COLOR" in env)


def theme(environment: Mapping[str, str] | None = None) -> str:
    """Textual's theme of the terminal's own colours, for the background that the terminal says it has."""
    env = os.environ if environment is None else environment
    background = env.get("COLORFGBG", "").rpartition(";")[2]
    return "ansi-light" if background in ("7", "15") else "ansi-dark"
