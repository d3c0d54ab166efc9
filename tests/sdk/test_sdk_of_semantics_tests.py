"""The tests of semantics use the public API alone: `import dagx as dg`, and what it has."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import dagx as dg

TESTS = Path(__file__).parent.parent
HELD = [*sorted((TESTS / "semantics").rglob("*.py")), *sorted((TESTS / "dagster_programs").rglob("*.py"))]
OTHERS = ("dagx_engine", "dagx_cli", "dagx_tui")
PARTS = "|".join(
    path.stem
    for path in Path(dg.__file__).parent.iterdir()
    if path.suffix in (".py", "") and path.stem[0] != "_"
)
BY_NAME = re.compile(rf"\bdagx\.({PARTS})\b|\bdagx\._|\b({'|'.join(OTHERS)})\b")


def reaches_inside(code: str) -> list[str]:
    """What of `code` asks for a module of dagx, or for a name that is not public, and in which line."""
    return [f"{line}: {said}" for line, said in _found(ast.parse(code))]


def _found(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("dagx.") or alias.name.split(".")[0] in OTHERS:
                    yield node.lineno, f"import {alias.name}"
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module is not None:
            is_inside = node.module.startswith("dagx.") or node.module.split(".")[0] in OTHERS
            hidden = [
                alias.name for alias in node.names if node.module == "dagx" and alias.name not in dg.__all__
            ]
            if is_inside or hidden:
                yield (
                    node.lineno,
                    f"from {node.module} import {', '.join(alias.name for alias in node.names)}",
                )
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in ("dg", "dagx") and node.attr.startswith("_") and not _is_common(node.attr):
                yield node.lineno, f"{node.value.id}.{node.attr}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and BY_NAME.search(node.value):
            yield node.lineno, repr(node.value)


def _is_common(name: str) -> bool:
    return name in ("__all__", "__file__", "__name__", "__version__")


@pytest.mark.parametrize("file", HELD, ids=lambda file: str(file.relative_to(TESTS)))
def test_a_test_of_semantics_uses_the_public_api_alone(file: Path) -> None:
    assert reaches_inside(file.read_text()) == []


@pytest.mark.parametrize(
    "code",
    [
        "import dagx.keys",
        "import dagx.keys as keys",
        "from dagx.keys import AssetKey",
        "from dagx import keys",
        "from dagx import _import_module",
        "import dagx_engine",
        "from dagx_engine.pure import plan",
        "import dagx_cli.app",
        "def test(): from dagx.keys import AssetKey",
        "importlib.import_module('dagx.keys')",
        "monkeypatch.setattr('dagx.unbuilt.NAMES', ())",
        "exec('from dagx.keys import AssetKey')",
        "dg._MODULES",
        "dg.__getattr__",
    ],
)
def test_what_reaches_inside_is_found(code: str) -> None:
    assert reaches_inside(code) != []


@pytest.mark.parametrize(
    "code",
    [
        "import dagx as dg",
        "from dagx import AssetKey, asset",
        "dg.AssetKey('a').path",
        "dg.__all__",
        "'dagx.user', 'dagx.db', 'import dagx as dg'",
        "from .here import dagx",
        "import dagster as dg",
    ],
)
def test_what_is_public_passes(code: str) -> None:
    assert reaches_inside(code) == []
