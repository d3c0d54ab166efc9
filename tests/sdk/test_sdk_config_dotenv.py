"""Reading `.env` files."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagx.config.dotenv import load_dotenv, parsed_dotenv
from dagx.errors import DagxError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("A=1", {"A": "1"}),
        ("A=1\nB=2\n", {"A": "1", "B": "2"}),
        ("\n  # comment\n\nA=1 # more\n", {"A": "1"}),
        ("A=a#b", {"A": "a#b"}),
        ("A=#b", {"A": "#b"}),
        ("A= # b", {"A": ""}),
        ("A=", {"A": ""}),
        ("A", {}),
        ("export A=1", {"A": "1"}),
        ("export=1", {"export": "1"}),
        ("  A =  1  ", {"A": "1"}),
        ("A=one two", {"A": "one two"}),
        ("A='one # two'  # three", {"A": "one # two"}),
        ("A='a\\nb'", {"A": "a\\nb"}),
        ('A="a\\nb\\t\\"c\\" \\\\ \\$d"', {"A": 'a\nb\t"c" \\ $d'}),
        ('A="unknown \\d"', {"A": "unknown \\d"}),
        ('A="one\ntwo"\nB=3', {"A": "one\ntwo", "B": "3"}),
        ("A=$B ${C}\nB=1", {"A": "$B ${C}", "B": "1"}),
        ('A="$B"', {"A": "$B"}),
        ("A=1\nA=2", {"A": "2"}),
        ("A=it's", {"A": "it's"}),
        ("A=x=y", {"A": "x=y"}),
        ("A='['", {"A": "["}),
    ],
)
def test_what_lines_mean(text: str, expected: dict[str, str]) -> None:
    assert parsed_dotenv(text) == expected


@pytest.mark.parametrize(
    ("text", "line"),
    [("A=1\n=2", 2), ("A='x", 1), ('\n\nA="x\n', 3), ("A='x' y", 1), ("1A=2", 1), ("A B=1", 1)],
)
def test_what_cannot_be_read_is_said_with_its_line_and_not_shown(text: str, line: int) -> None:
    with pytest.raises(DagxError, match=rf"^\.env:{line}: cannot be read") as caught:
        parsed_dotenv(text)
    assert "x" not in caught.value.message.partition(":")[2].replace("text", "")


def test_a_file_is_read_whatever_its_line_ends(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"\xef\xbb\xbfA=1\r\nB='x\r\ny'\r\n")
    assert load_dotenv(file) == {"A": "1", "B": "x\ny"}
    file.write_bytes(b"A=\xff")
    with pytest.raises(DagxError, match="no UTF-8"):
        load_dotenv(file)
    with pytest.raises(FileNotFoundError):
        load_dotenv(tmp_path / "other")


@given(
    st.dictionaries(
        st.from_regex(r"[A-Za-z_][A-Za-z0-9_]*", fullmatch=True), st.text(st.characters(codec="utf-8"))
    )
)
def test_any_value_can_be_said_in_double_quotes(values: dict[str, str]) -> None:
    def quoted(value: str) -> str:
        for letter, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\r", "\\r")):
            value = value.replace(letter, escaped)
        return value

    text = "\n".join(f'{name}="{quoted(value)}"' for name, value in values.items())
    assert parsed_dotenv(text) == values


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(DagxError):
        parsed_dotenv(text)
