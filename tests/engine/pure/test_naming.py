"""What a person names: a materialization by its run, its version, or how long ago it was."""

from __future__ import annotations

import pytest

from dagx_engine.pure.naming import place_named

KNOWN = [("1f0c", "aa11"), ("9a3e", "bb22"), ("9b00", "bb22"), ("77ff", "cc33")]
"""Run and data version, the current one first."""


@pytest.mark.parametrize(
    ("text", "place"),
    [("0", 0), ("current", 0), ("-1", 1), ("-3", 3), ("9a3e", 1), ("1f", 0), ("cc", 3), ("bb22", 1)],
)
def test_a_materialization_is_named_by_its_place_its_run_or_its_version(text: str, place: int) -> None:
    assert place_named(text, KNOWN) == place


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("-4", "there is no -4: 4 are kept"),
        ("feed", "nothing is kept of a run feed"),
        ("5", "nothing is kept of a run 5"),
    ],
)
def test_what_is_not_there_is_said(text: str, why: str) -> None:
    assert place_named(text, KNOWN) == why


def test_a_beginning_that_several_have_is_refused_unless_they_are_the_same_bytes() -> None:
    assert place_named("9", KNOWN) == 1
    known = [("9a3e", "bb22"), ("9b00", "cc33")]
    assert place_named("9", known) == "several begin with 9: 9a3e, 9b00"
