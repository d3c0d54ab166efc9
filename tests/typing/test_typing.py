"""The public interface under mypy and pyright, both strict."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CHECKERS = {
    "mypy": [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--python-version", "3.11"],
    "pyright": [sys.executable, "-m", "pyright", "--project", str(HERE / "pyrightconfig.json")],
}


def lines_refused(checker: str, file: str) -> set[int]:
    found = subprocess.run(
        [*CHECKERS[checker], str(HERE / file)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    return {int(line) for line in re.findall(rf"{file}:(\d+).*? error", found.stdout)}


@pytest.mark.fat
@pytest.mark.parametrize("checker", CHECKERS)
def test_what_users_write_is_accepted(checker: str) -> None:
    assert lines_refused(checker, "user_code.py") == set()


@pytest.mark.fat
@pytest.mark.parametrize("checker", CHECKERS)
def test_what_does_not_exist_is_refused(checker: str) -> None:
    wrong = (HERE / "refused_code.py").read_text().splitlines()
    expected = {number for number, line in enumerate(wrong, 1) if line.startswith("dg.")}
    assert lines_refused(checker, "refused_code.py") == expected


def test_what_users_write_runs() -> None:
    assert runpy.run_path(str(HERE / "user_code.py"))["succeeded"]
