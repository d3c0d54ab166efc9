"""Programs written for Dagster run with dagx, unchanged but for the import line."""

import ast
import importlib
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from documented_names import COMMON, ESSENTIAL, NOT_TRIED

import dagx

PROGRAMS = Path(__file__).parent / "programs"
IMPORT_LINE = re.compile(r"^(import|from) dagster\b", re.MULTILINE)
ALL = sorted(
    path.stem for path in PROGRAMS.iterdir() if path.suffix == ".py" or (path / f"{path.name}.py").exists()
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder to work in. The environment and the modules are as before when the test ends."""
    environment, modules = dict(os.environ), set(sys.modules)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in set(sys.modules) - modules:
        if (getattr(sys.modules[name], "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]
    os.environ.clear()
    os.environ.update(environment)


def copied(program: str, folder: Path) -> None:
    """The program's files; an import of dagster is one of dagx, and nothing else is changed."""
    if (PROGRAMS / program).is_dir():
        shutil.copytree(PROGRAMS / program, folder, dirs_exist_ok=True)
    else:
        shutil.copy(PROGRAMS / f"{program}.py", folder)
    for file in folder.rglob("*.py"):
        file.write_text(IMPORT_LINE.sub(r"\1 dagx", file.read_text()))


def loaded(program: str, folder: Path) -> ModuleType:
    copied(program, folder)
    importlib.invalidate_caches()
    return importlib.import_module(program)


@pytest.mark.parametrize("program", ALL)
def test_a_program_for_dagster_does_the_same_with_dagx(program: str, project: Path) -> None:
    module = loaded(program, project)
    dagx.Definitions.validate_loadable(module.defs)
    module.check()


def test_every_documented_name_is_used_in_a_program() -> None:
    used = {name for file in PROGRAMS.rglob("*.py") for name in names_used(ast.parse(file.read_text()))}
    documented = {*ESSENTIAL, *COMMON}
    assert documented - used == set(NOT_TRIED)
    assert used - documented <= set(dagx.__all__)


def names_used(tree: ast.Module) -> Iterator[str]:
    """Names of dagster that the code reads, be it as `dg.x` or imported alone."""
    imported = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "dagster"
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "dg":
            yield node.attr
        elif isinstance(node, ast.Name) and node.id in imported:
            yield imported[node.id]


def test_programs_import_dagster_by_its_usual_lines() -> None:
    for file in PROGRAMS.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                assert [alias.asname for alias in node.names if alias.name == "dagster"] in ([], ["dg"]), file
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dagster"):
                assert node.module == "dagster", file
