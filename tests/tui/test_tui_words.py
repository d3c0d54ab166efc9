"""Ages, durations, sizes and names in few cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from dagx_tui.failure import error_lines
from dagx_tui.words import (
    age,
    count,
    cut,
    cut_middle,
    fold,
    pad,
    running_for,
    selection_of,
    shell,
    size,
    took,
    wrap,
)

some_text = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=60)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0s"),
        (59.9, "59s"),
        (60, "1m"),
        (7200, "2h"),
        (86400, "1d"),
        (86400 * 40, "5w"),
        (86400 * 800, "2y"),
    ],
)
def test_an_age_has_one_number_and_one_letter(seconds: float, shown: str) -> None:
    assert age(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.003, "3ms"),
        (0.9997, "1.0s"),
        (1.14, "1.1s"),
        (9.96, "10s"),
        (59.6, "1m00"),
        (125, "2m05"),
        (12000, "3h20"),
        (360000, "4d04h"),
    ],
)
def test_a_duration_has_two_significant_parts(seconds: float, shown: str) -> None:
    assert took(seconds) == shown


def test_what_still_runs_changes_once_a_second() -> None:
    assert [running_for(s) for s in (0.2, 1.9, 61)] == ["0s", "1s", "1m01"]


@given(st.floats(0, 1e9))
def test_ages_and_durations_fit_their_columns(seconds: float) -> None:
    assert cell_len(age(seconds)) <= 4
    assert cell_len(took(min(seconds, 86400 * 99))) <= 6


def test_sizes_are_in_the_unit_that_people_would_say() -> None:
    assert [size(n) for n in (812, 80_210, 1_900_000_000)] == ["812 B", "80.2 kB", "1.9 GB"]


def test_one_is_singular() -> None:
    assert [count(1, "asset"), count(1204, "asset")] == ["1 asset", "1,204 assets"]


def test_names_are_cut_in_the_middle() -> None:
    assert cut_middle("sales_by_country_and_category", 12) == "sales_…egory"


@given(some_text, st.integers(0, 40))
def test_what_is_cut_or_padded_fits(text: str, width: int) -> None:
    assert cell_len(cut(text, width)) <= width
    assert cell_len(cut_middle(text, width)) <= width
    assert cell_len(pad(text, width)) == width
    assert cell_len(pad(text, width, right=True)) == width


@given(some_text, st.integers(2, 30))
def test_wrapped_text_fits_and_loses_no_letter(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(some_text, st.integers(2, 30))
def test_folded_text_fits_and_loses_nothing(text: str, width: int) -> None:
    assert all(cell_len(line) <= width for line in fold(text, width))
    assert "".join(fold(text, width)) == text


@pytest.mark.parametrize("text", ["x" * 1_000_000, "x\n" * 1_000_000, "deep " * 10_000, "é\x1b[2J" * 100_000])
def test_of_a_long_error_the_beginning_and_the_end_are_left(text: str) -> None:
    lines = error_lines(f"Traceback\n{text}\nValueError: bad", "a b")
    assert (lines[0], lines[-1]) == ("Traceback", "ValueError: bad")
    assert len(lines) <= 60
    assert sum(map(len, lines)) <= 4_100
    assert "(some is left out here; all of it: dagx show 'a b')" in lines
    assert all(line.isprintable() for line in lines)


def test_an_error_of_usual_length_is_left_alone() -> None:
    assert error_lines("Traceback\n  deep\n\nValueError: bad") == [
        "Traceback",
        "  deep",
        "",
        "ValueError: bad",
    ]


def test_a_plain_key_is_its_own_selection_and_any_other_is_quoted() -> None:
    assert [selection_of(key) for key in ("a/b", "[/red]", 'a"b', "not")] == [
        "a/b",
        'key:"[/red]"',
        'key:"a\\"b"',
        'key:"not"',
    ]
    assert shell("run", 'key:"[/red]"') == "dagx run 'key:\"[/red]\"'"
