"""Each of the 96 cases in which another tool was wrong has a line in `cases.txt`, and the tests there exist.

One line a case: `number | its lesson | tests`, each test `file.py::name` or `file.py::name[parameter]`. In place of
tests stands `cannot apply: why` where what went wrong there has no counterpart here.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
CASES = range(1, 97)
TEST = r"(test_\w+\.py)::(test_\w+)(?:\[([^\]|]+)\])?"
ROW = re.compile(rf"(?P<case>\d+) \| [^|]+ \| (?:cannot apply: [^|]+|{TEST}(?:; {TEST})*)")
LINES = (Path(__file__).parent / "cases.txt").read_text(encoding="utf-8").splitlines()
NAMED = sorted({named for line in LINES for named in re.findall(TEST, line)})


@cache
def places() -> dict[str, Path]:
    return {path.name: path for path in TESTS.rglob("test_*.py")}


@cache
def parsed(name: str) -> ast.Module:
    return ast.parse(places()[name].read_text(encoding="utf-8"))


def test_each_case_has_a_line_in_its_place() -> None:
    assert [int(line.partition(" |")[0]) for line in LINES] == list(CASES)


@pytest.mark.parametrize("line", LINES, ids=[line.partition(" ")[0] for line in LINES])
def test_each_line_names_tests_or_says_why_there_are_none(line: str) -> None:
    assert ROW.fullmatch(line)


@pytest.mark.parametrize("named", NAMED, ids=["::".join(named[:2]) + f"[{named[2]}]" for named in NAMED])
def test_the_tests_of_a_case_exist(named: tuple[str, str, str]) -> None:
    file, name, parameter = named
    nodes = list(ast.walk(parsed(file)))
    assert name in {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert not parameter or parameter in texts


@pytest.mark.parametrize(
    "line",
    [
        "",
        "1 | says",
        "1 | says | ",
        "1 | says | nothing",
        "1 | | test_a.py::test_b",
        "1 | says | cannot apply:",
    ],
)
def test_a_line_that_says_less_is_none(line: str) -> None:
    assert not ROW.fullmatch(line)
