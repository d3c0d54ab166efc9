"""Text from outside cannot do anything to the terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from dagx_tui.safe import clean, clean_text
from dagx_tui.sgr import parts_of


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("orders", "orders"),
        ("[/red]", "[/red]"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07name", "name"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jcleared", "cleared"),
        ("\x1bPq#0\x1b\\sixel", "sixel"),
        ("unfinished\x1b]0;title", "unfinished"),
        ("a\nb\tc\rd", "a b c d"),
        ("bell\x07", "bell"),
        ("ev\u202eil", "ev?il"),
        ("lone\ud800", "lone?"),
        ("日本語", "日本語"),
        ("z" + "\u0300" * 50, "z\u0300\u0300"),
        ("\ufe0fheart", "heart"),
    ],
)
def test_a_name_becomes_one_harmless_line(raw: str, shown: str) -> None:
    assert clean(raw) == shown


@given(st.text(st.characters()))
def test_nothing_that_a_terminal_obeys_survives(raw: str) -> None:
    for text in (clean(raw), *clean_text(raw), *(text for text, _ in parts_of(raw))):
        assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in text)
        assert clean(text) == text


def test_a_log_line_keeps_its_colours_and_nothing_else() -> None:
    assert parts_of("\x1b[1;31mbad\x1b[0m \x1b[2Jgood") == (
        ("bad", Style(bold=True) + Style(color="red")),
        (" ", Style()),
        ("good", Style()),
    )
    assert parts_of("\x1b[38;5;208mx")[0][1].color == Style(color="color(208)").color
    assert parts_of("\x1b[48;2;1;2;3mx")[0][1].bgcolor == Style(bgcolor="rgb(1,2,3)").bgcolor


def test_progress_that_was_rewritten_in_place_shows_its_last_text() -> None:
    assert parts_of("10%\r55%\r100%\r") == (("100%", Style()),)
