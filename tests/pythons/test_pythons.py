"""Which Pythons are found."""

import os
import sys
from pathlib import Path

from interpreters import Interpreter, candidates, interpreters, probed


def executable(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


def a_python(file: Path, version: str, plain: bool = True, final: bool = True) -> Path:
    return executable(file, f"echo {version.replace('.', ' ')} {plain} {final} {file}")


def test_they_are_looked_for_on_the_path_and_where_pyenv_and_uv_put_them(tmp_path: Path) -> None:
    here = [
        a_python(tmp_path / "bin" / "python3.12", "3.12.1"),
        a_python(tmp_path / ".pyenv" / "versions" / "3.12.9" / "bin" / "python3.12", "3.12.9"),
        a_python(tmp_path / "uv" / "cpython-3.14.0-linux" / "bin" / "python3.14", "3.14.0"),
    ]
    a_python(tmp_path / "bin" / "python3.9", "3.9.0")
    known = {
        "HOME": str(tmp_path),
        "PATH": str(tmp_path / "bin"),
        "UV_PYTHON_INSTALL_DIR": str(tmp_path / "uv"),
    }
    assert [file for file in candidates(known) if file.is_relative_to(tmp_path)] == here
    found = interpreters(known)
    assert found["3.12"] == Interpreter((3, 12, 9), str(here[1])), "the newest of a minor version"
    assert found["3.14"] == Interpreter((3, 14, 0), str(here[2]))
    assert "3.9" not in found


def test_what_does_not_run_is_unfinished_or_is_another_python_is_left_out(tmp_path: Path) -> None:
    assert probed(executable(tmp_path / "shim", "echo 'pyenv: no such version' >&2; exit 127")) is None
    assert probed(tmp_path / "gone") is None
    assert probed(a_python(tmp_path / "pypy", "3.11.1", plain=False)) is None
    assert probed(a_python(tmp_path / "alpha", "3.14.0", final=False)) is None


def test_the_python_that_runs_this_is_one() -> None:
    known = probed(Path(sys.executable))
    assert known is not None
    assert known.version == sys.version_info[:3]
    assert os.access(known.path, os.X_OK)
