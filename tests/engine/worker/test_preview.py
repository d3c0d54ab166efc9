"""A preview is short, safe to store, and never fails the step."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagx.worker.preview import preview_of


class Broken:
    def __repr__(self) -> str:
        raise RuntimeError("no repr")


class TwiceBroken:
    def __repr__(self) -> str:
        raise Worse


class Worse(Exception):
    def __str__(self) -> str:
        raise self


class NoText:
    def __str__(self) -> str:
        return 1  # type: ignore[return-value]


class Quits:
    def __str__(self) -> str:
        raise SystemExit(3)


class Deep:
    def __str__(self) -> str:
        return str(self)


@pytest.mark.parametrize(
    ("value", "codec", "shown"),
    [
        ("two\nlines", "text", "two\nlines"),
        (b"ab", "bytes", "b'ab'"),
        ([1, "é"], "json", '[1, "é"]'),
        (None, "json", "null"),
        ((1, 2), "pickle", "(1, 2)"),
        (Broken(), "pickle", "<no preview: RuntimeError: no repr>"),
    ],
)
def test_a_value_as_a_person_wants_to_see_it(value: object, codec: str, shown: str) -> None:
    assert preview_of(value, codec) == shown


@pytest.mark.parametrize("value", [TwiceBroken(), NoText(), Quits(), Deep(), [Broken()], 10**5000], ids=type)
def test_a_value_that_cannot_be_shown_says_so_and_nothing_is_raised(value: object) -> None:
    assert preview_of(value, "pickle").startswith("<no preview: ")


def test_a_long_value_is_cut_in_both_directions() -> None:
    lines = preview_of("\n".join("x" * 1000 for _ in range(1000)), "text").splitlines()
    assert len(lines) <= 25
    assert lines[-1] == "…"
    assert max(map(len, lines)) == 160


def test_long_bytes_say_how_many_there_are() -> None:
    assert preview_of(b"x" * 1000, "bytes").endswith("... 1000 bytes")


def test_a_large_plain_value_is_shown_indented() -> None:
    assert preview_of({"key": list(range(100))}, "json").startswith('{\n  "key": [\n    0,')


@given(st.text(alphabet=st.characters(exclude_categories=())) | st.binary() | st.integers())
def test_a_preview_can_always_be_stored_as_text(value: object) -> None:
    preview_of(value, "text").encode("utf-8")


def test_what_a_broken_name_was_read_from_is_shown_escaped() -> None:
    assert preview_of("caf\udce9", "pickle") == "caf\\udce9"
