"""The lines of a piece of code that changed, and where the text of one comes from."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from dagx_engine.pure import lines as lines_module
from dagx_engine.pure.definitions import Place
from dagx_engine.pure.lines import changed_lines
from dagx_engine.pure.sources import SourceText


def changed(before: str, after: str, first: int = 10) -> list[str]:
    return changed_lines(before, list(enumerate(after.split("\n"), first)), "m.py")


def test_one_changed_line_stands_between_those_around_it() -> None:
    before = "def f(x):\n    a = 1\n    b = 2\n    c = 3\n    return a"
    assert changed(before, before.replace("b = 2", "b = 5")) == [
        "  def f(x):",
        "      a = 1",
        "-     b = 2",
        "+     b = 5",
        "      c = 3",
        "      return a",
    ]


def test_several_places_are_named_by_file_and_line() -> None:
    before = "\n".join(f"x{number} = 0" for number in range(20))
    after = before.replace("x1 = 0\n", "x1 = 9\n").replace("x15 = 0", "x15 = 9")
    found = changed(before, after, first=10)
    assert [line for line in found if line.startswith("@@")] == ["@@ m.py:10", "@@ m.py:23"]
    assert [line for line in found if line[0] in "+-"] == ["- x1 = 0", "+ x1 = 9", "- x15 = 0", "+ x15 = 9"]


def test_a_changed_comment_is_left_out_beside_a_changed_line() -> None:
    before = "# one\n" + "\n".join("pass" for _ in range(9)) + "\nx = 1"
    assert changed(before, before.replace("# one", "# two").replace("x = 1", "x = 2")) == [
        "  pass",
        "  pass",
        "- x = 1",
        "+ x = 2",
    ]


def test_a_changed_comment_alone_is_shown() -> None:
    assert changed("# one\nx = 1", "# two\nx = 1") == ["- # one", "+ # two", "  x = 1"]


def test_the_same_text_has_no_changed_lines() -> None:
    assert changed("x = 1\n", "x = 1\n") == []


def test_a_very_long_text_is_compared_from_both_ends() -> None:
    before = [f"x{number} = 0" for number in range(4000)]
    after = [*before[:2000], "y = 1", *before[2001:]]
    assert changed("\n".join(before), "\n".join(after)) == ["- x2000 = 0", "+ y = 1"]


@given(
    st.lists(st.sampled_from("abc#"), max_size=8),
    st.lists(st.sampled_from("abc#"), max_size=8),
    st.booleans(),
)
def test_what_differs_is_never_shown_as_nothing(
    old: Sequence[str], new: Sequence[str], is_long: bool
) -> None:
    before, after = "\n".join(old), "\n".join(new)
    kept = lines_module._AT_MOST
    lines_module._AT_MOST = 0 if is_long else kept
    try:
        assert bool(changed(before, after)) == (before != after)
    finally:
        lines_module._AT_MOST = kept


def sources(**modules: bytes) -> dict[str, dict[str, str]]:
    return {
        name: {"file": f"/p/{name}.py", "data": base64.b64encode(data).decode()}
        for name, data in modules.items()
    }


PLACES = {
    "code:m:f": Place("m.py", 2, ((2, 3),)),
    "code:m:<effects>": Place("m.py", 1, ((1, 1), (4, 4))),
    "module:m": Place("m.py", 0),
}


def test_the_text_of_a_part_is_that_of_its_statements() -> None:
    text = SourceText(sources(m=b"one()\r\ndef f():\r\n    pass\r\ntwo()\r\n"), PLACES)
    assert text.text("code:m:f") == "def f():\n    pass"
    assert text.lines("code:m:<effects>") == [(1, "one()"), (4, "two()")]
    assert text.text("module:m") == "one()\ndef f():\n    pass\ntwo()"


def test_a_part_without_a_source_has_no_text() -> None:
    text = SourceText(sources(m=b"x"), PLACES)
    assert text.text("code:<built-in function len>") is None
    assert text.text("value:m:f:default 0") is None
    assert SourceText({}, PLACES).text("module:m") is None


def test_the_encoding_that_a_module_declares_counts_and_an_unknown_one_loses_no_line() -> None:
    text = SourceText(sources(m="# coding: latin-1\nß()".encode("latin-1")), PLACES)
    assert text.text("module:m") == "# coding: latin-1\nß()"
    text = SourceText(sources(m="# coding: no-such\nß()\n".encode("latin-1")), PLACES)
    assert text.text("module:m") == "# coding: no-such\n\\xdf()"


def test_a_very_long_part_is_not_kept() -> None:
    text = SourceText(sources(m=b"x" * 70_000), PLACES)
    assert text.texts([("module:m", "d")]) == {}
    assert SourceText(sources(m=b"x"), PLACES).texts([("module:m", "d")]) == {"d": "x"}
