"""Which interpreter runs the project's code, and why that one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from dagx_engine.io.python import find_python
from dagx_engine.pure.errors import ProjectError


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    path.chmod(0o755)
    return path


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's folder; the current folder is another one."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "shop"


def test_the_order_is_option_setting_variable_active_environment_the_projects_own_and_ours(
    root: Path,
) -> None:
    option = program(root / "option")
    setting = program(root / "setting")
    variable = program(root / "variable")
    active = program(root / "active" / "bin" / "python")
    dot_venv = program(root / ".venv" / "bin" / "python")
    venv = program(root / "venv" / "bin" / "python")
    environment = {"DAGX_PYTHON": str(variable), "VIRTUAL_ENV": str(root / "active")}
    found = find_python(root, str(option), str(setting), environment)
    assert (found.path, found.why) == (str(option), "--python")
    found = find_python(root, None, str(setting), environment)
    assert (found.path, found.why) == (str(setting), "[tool.dagx] python")
    found = find_python(root, None, None, environment)
    assert (found.path, found.why) == (str(variable), "DAGX_PYTHON")
    del environment["DAGX_PYTHON"]
    found = find_python(root, None, None, environment)
    assert (found.path, found.why) == (str(active), "VIRTUAL_ENV")
    found = find_python(root, None, None, {})
    assert (found.path, found.why) == (str(dot_venv), ".venv of the project")
    dot_venv.unlink()
    found = find_python(root, None, None, {})
    assert (found.path, found.why) == (str(venv), "venv of the project")
    venv.unlink()
    found = find_python(root, None, None, {})
    assert (found.path, found.why, found.bundled) == (
        sys.executable,
        "the interpreter that dagx runs in",
        False,
    )


def test_an_active_environment_that_is_gone_is_passed_over(root: Path) -> None:
    assert find_python(root, None, None, {"VIRTUAL_ENV": str(root / "gone")}).path == sys.executable


def test_the_environment_that_dagx_is_installed_in_comes_after_the_projects_own(root: Path) -> None:
    own = program(root / ".venv" / "bin" / "python")
    assert find_python(root, None, None, {"VIRTUAL_ENV": sys.prefix}).path == str(own)


def test_a_setting_is_read_from_the_project_and_an_option_from_the_current_folder(root: Path) -> None:
    in_project = program(root / "tools" / "py")
    here = program(Path("tools/py").absolute())
    assert find_python(root, None, "tools/py", {}).path == str(in_project)
    assert find_python(root, "tools/py", None, {}).path == str(here)


def test_an_environment_can_be_named_by_its_folder(root: Path) -> None:
    found = program(root / "env" / "bin" / "python3")
    assert find_python(root, None, "env", {}).path == str(found)
    (root / "empty").mkdir()
    with pytest.raises(ProjectError, match="no interpreter in this folder"):
        find_python(root, None, "empty", {})


def test_a_bare_name_is_looked_for_on_the_path(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = program(root / "bin" / "python9.9")
    monkeypatch.setenv("PATH", f"{root / 'nowhere'}{os.pathsep}{root / 'bin'}")
    assert find_python(root, "python9.9", None, {}).path == str(found)
    assert find_python(root, None, "python9.9", {}).path == str(found)
    assert find_python(root, None, None, {"DAGX_PYTHON": "python9.9"}).path == str(found)


def test_a_link_is_not_followed_so_that_an_environment_stays_one(root: Path) -> None:
    program(root / "real")
    link = root / ".venv" / "bin" / "python"
    link.parent.mkdir(parents=True)
    link.symlink_to(root / "real")
    assert find_python(root, None, None, {}).path == str(link)


@pytest.mark.parametrize("written", ["gone/python", "no-such-python", "plain.txt", "/nowhere/python"])
def test_an_interpreter_that_was_asked_for_and_is_not_there_is_an_error(root: Path, written: str) -> None:
    (root / "plain.txt").touch()
    with pytest.raises(ProjectError, match="there is no interpreter") as caught:
        find_python(root, None, written, {})
    assert "[tool.dagx] python" in str(caught.value)


def test_the_binary_brings_an_interpreter_for_projects_without_one(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    found = find_python(root, None, None, {})
    assert found.bundled
    assert "has none of its own" in found.why
    program(root / ".venv" / "bin" / "python")
    assert not find_python(root, None, None, {}).bundled
