"""Text from outside: made safe, measured, cut."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagx_cli.render.text import brief, cells, cut, cut_middle, indent, one_line, sanitise, shorten

CONTROLS = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0)]))
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
nasty = st.text(
    st.one_of(st.sampled_from("[]()?;0123456789mABcJ\\" + CONTROLS + BIDI), st.characters()), max_size=60
)


def unsafe(text: str) -> list[str]:
    return [
        char
        for char in text
        if (unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") and char not in "\n\t") or char in BIDI
    ]


@given(nasty)
def test_no_control_character_or_bidi_override_is_left(text: str) -> None:
    assert unsafe(sanitise(text)) == []
    assert unsafe(one_line(text)) == []


@given(nasty)
def test_a_safe_text_is_not_changed_again(text: str) -> None:
    assert sanitise(sanitise(text)) == sanitise(text)


@given(nasty)
def test_one_line_is_one_line(text: str) -> None:
    assert "\n" not in one_line(text)
    assert "\t" not in one_line(text)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("plain", "plain"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]52;c;ZXZpbA==\x07clip", "clip"),
        ("\x1b]0;title\x1b\\x", "x"),
        ("\x9b2Jgone", "gone"),
        ("\x1bPq\x1b\\sixel", "sixel"),
        ("\x1bcreset", "reset"),
        ("10%\r20%\r\nend", "10%\n20%\nend"),
        ("bell\x07", "bell\ufffd"),
        ("user\u202etxt.exe", "user\ufffdtxt.exe"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("größe 表 🐧", "größe 表 🐧"),
        ("\udcff name", "\ufffd name"),
    ],
)
def test_sequences_vanish_and_what_is_left_is_marked(text: str, safe: str) -> None:
    assert sanitise(text) == safe


def test_a_sequence_that_never_ends_hides_only_its_own_line() -> None:
    assert sanitise("\x1b]0;open\nthe error") == "\nthe error"


def test_a_wide_sign_takes_two_cells_and_an_accent_none() -> None:
    assert [cells(text) for text in ("abc", "表", "e\u0301", "")] == [3, 2, 1, 0]


@given(st.text(st.characters(exclude_categories=("Cc", "Cs"))), st.integers(1, 20))
def test_a_cut_text_fits(text: str, width: int) -> None:
    assert cells(cut(text, width)) <= width
    assert cells(cut_middle(text, width)) <= width


def test_a_name_keeps_both_of_its_ends() -> None:
    assert cut_middle("warehouse/daily_orders", 11) == "wareh…rders"
    assert cut("warehouse/daily_orders", 11) == "warehouse/…"
    assert cut("warehouse", 9) == "warehouse"
    assert cut("warehouse", None) == "warehouse"


def test_indented_text_is_safe_too() -> None:
    assert indent("a\n\x1b[2Jb\n\n", "  ") == ["  a", "  b"]


def test_of_many_lines_the_first_and_the_last_are_shown() -> None:
    lines = [str(number) for number in range(100)]
    assert shorten(lines, 9, 1000) == [
        "0",
        "1",
        "    (92 lines left out)",
        "94",
        "95",
        "96",
        "97",
        "98",
        "99",
    ]
    assert shorten(lines, 100, 190) == lines
    assert shorten(lines, 100, 20) == [*"01234", "    (88 lines left out)", *(str(n) for n in range(93, 100))]


@given(
    st.lists(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=40)),
    st.integers(4, 20),
    st.integers(0, 200),
)
def test_what_is_shortened_fits_and_counts_what_is_gone(lines: list[str], limit: int, most: int) -> None:
    short = shorten(lines, limit, most)
    assert len(short) <= limit
    if short != lines:
        [said] = [line for line in short if line.startswith("    (")]
        assert int(re.sub(r"\D", "", said)) == len(lines) - len(short) + 1
        assert sum(map(len, short)) - len(said) <= most


@given(nasty.map(lambda text: text * 100))
def test_a_brief_text_is_one_safe_line(text: str) -> None:
    assert cells(brief(text)) <= 200
    assert unsafe(brief(text).replace("\t", "\0")) == []


def test_a_megabyte_is_brief_at_once() -> None:
    assert brief("x" * 1_000_000, "...") == "x" * 197 + "..."
    assert brief(" " * 1_000_000 + "end") == "end"
