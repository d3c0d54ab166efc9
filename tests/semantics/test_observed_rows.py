"""Each behaviour of Dagster that was seen by running it, and the tests that hold it: the tables in `rows/`.

One line a behaviour: `§section | what it says | tests`, each test `file.py::name`. Where dagx departs on purpose, the
third column is `departs: how`; where something is not built yet, `later: what`. The tests that show it, or the part of
it that is there, follow in a fourth column, if there are any.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TABLES = sorted((HERE / "rows").glob("*.txt"))
TEST = r"(test_\w+\.py)::(test_\w+)"
ROW = re.compile(
    r"(?P<section>§[\d.]+) \| (?P<says>[^|]+?)(?: \| (?P<but>departs|later): [^|]+?)?"
    rf"(?: \| (?P<tests>{TEST}(?:, {TEST})*))?"
)
LINES = {
    f"{table.name}:{number}": line
    for table in TABLES
    for number, line in enumerate(table.read_text(encoding="utf-8").splitlines(), 1)
}
NAMED = sorted({name for line in LINES.values() for name, _ in re.findall(TEST, line)})


def is_row(line: str) -> bool:
    """Whether a line says a behaviour, and which tests hold it or why none does."""
    found = ROW.fullmatch(line)
    return found is not None and bool(found["but"] or found["tests"])


@cache
def parsed(name: str) -> ast.Module:
    return ast.parse((HERE / name).read_text(encoding="utf-8"))


@cache
def functions_of(name: str) -> frozenset[str]:
    return frozenset(
        node.name for node in parsed(name).body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    )


def imports_of_dagx(name: str) -> set[str]:
    """What a file imports of dagx, as it is written, and what the files beside it do that it imports."""
    found: set[str] = set()
    for node in ast.walk(parsed(name)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            names = [node.module]
        for one in names:
            if one.startswith("dagx"):
                found.add(ast.unparse(node))
            elif (HERE / f"{one}.py").exists():
                found |= imports_of_dagx(f"{one}.py")
    return found


def test_there_is_a_line_in_each_table() -> None:
    assert TABLES
    assert {place.partition(":")[0] for place in LINES} == {table.name for table in TABLES}


@pytest.mark.parametrize("place", LINES)
def test_each_line_is_a_row(place: str) -> None:
    assert is_row(LINES[place]), LINES[place]


@pytest.mark.parametrize("place", LINES)
def test_the_tests_of_a_row_exist(place: str) -> None:
    named = re.findall(TEST, LINES[place])
    assert [one for one in named if not (HERE / one[0]).exists() or one[1] not in functions_of(one[0])] == []


@pytest.mark.parametrize("name", NAMED)
def test_what_holds_a_row_uses_the_public_names_alone(name: str) -> None:
    assert imports_of_dagx(name) == {"import dagx as dg"}


@pytest.mark.parametrize(
    "line",
    [
        "",
        "§1 | says",
        "§1 | says | nothing",
        "1 | says | test_a.py::test_b",
        "§1 | | test_a.py::test_b",
        "§1 | says | test_a.py::test_b test_c.py::test_d",
        "§1 | says | departs: | test_a.py",
        "§1 | says | test_a.py::test_b | test_c.py::test_d",
    ],
)
def test_a_line_that_says_less_is_no_row(line: str) -> None:
    assert not is_row(line)
