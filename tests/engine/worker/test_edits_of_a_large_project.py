"""An edit of one line in a file that all assets import is an edit of those alone that use what stands on that line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from code_project import CodeProject

from dagx.worker.code.fingerprint import Fingerprinter
from dagx.worker.code.model import ModuleUnits
from dagx.worker.code.units import cut

FILES, ASSETS, HELPERS, SHAPES = 50, 500, 25, 5


@pytest.fixture
def shop(tmp_path: Path) -> CodeProject:
    """Files of assets that import one file of helpers, which stands on two libraries that import each other."""
    found = CodeProject(tmp_path / "shop", "")
    numbers = ", ".join(f"part{n}" for n in range(FILES))
    found.write("defs.py", f"from assets import {numbers}\n")
    found.write("assets/__init__.py", "")
    for n in range(FILES):
        found.write(f"assets/part{n}.py", "import helpers\n" + "".join(assets(range(n, ASSETS, FILES))))
    found.write("helpers.py", "import left, right\n" + "".join(map(helper, range(HELPERS))))
    for name, other in (("left", "right"), ("right", "left")):
        shapes = (f"def shape_{n}(x):\n    return base(x) + {n}\n" for n in range(SHAPES))
        base = f"def base(x):\n    return x if x < 1 else {other}.base(x - 1)\n"
        found.write(f"{name}.py", f"import {other}\n{base}{''.join(shapes)}")
    return found


def assets(numbers: range) -> Iterator[str]:
    for n in numbers:
        yield f"def asset_{n}():\n    return helpers.clean_{n % HELPERS}({n})\n"


def helper(n: int) -> str:
    library = ("left", "right")[n % 2]
    return (
        f"LIMIT_{n} = {n}\ndef clean_{n}(x):\n    return {library}.shape_{n % SHAPES}(x) - LIMIT_{n}  # {n}\n"
    )


def parts(shop: CodeProject, read: Callable[[bytes], ModuleUnits]) -> list[dict[str, str]]:
    with shop.loaded() as (defs, importer):
        printer = Fingerprinter(importer.sources, str(shop.root), read)
        functions = (getattr(getattr(defs, f"part{n % FILES}"), f"asset_{n}") for n in range(ASSETS))
        return [printer.of_function(function).parts for function in functions]


@pytest.mark.parametrize(
    ("file", "old", "new", "users"),
    [
        ("helpers.py", "LIMIT_7 = 7\n", "LIMIT_7 = 8\n", lambda n: n % HELPERS == 7),
        ("helpers.py", "- LIMIT_3  # 3\n", "- LIMIT_3 - 1\n", lambda n: n % HELPERS == 3),
        ("helpers.py", "# 3\n", "# three\n", lambda n: False),
        ("left.py", "+ 4", "+ 5", lambda n: n % HELPERS % SHAPES == 4 and n % HELPERS % 2 == 0),
        ("left.py", "x < 1", "x < 2", lambda n: True),
        ("assets/part9.py", "(9)", "(10)", lambda n: n == 9),
    ],
)
def test_an_edit_of_a_line_changes_those_that_use_it(
    shop: CodeProject, file: str, old: str, new: str, users: Callable[[int], bool]
) -> None:
    known: dict[bytes, ModuleUnits] = {}
    looked_into: list[bytes] = []

    def read(data: bytes) -> ModuleUnits:
        if data not in known:
            looked_into.append(data)
            known[data] = cut(data)
        return known[data]

    before = parts(shop, read)
    looked_into.clear()
    shop.edit(file, old, new)
    after = parts(shop, read)
    assert [n for n in range(ASSETS) if before[n] != after[n]] == [n for n in range(ASSETS) if users(n)]
    assert len(looked_into) == 1, "more than the edited file was looked into"
