"""The frozen binary as plain Python, for what a project's code starts with sys.executable."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from by_path import PACKAGING, module

without_flags = module("start").without_flags


def as_python(*arguments: str, typed: str = "", at: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, PACKAGING / "start.py", *arguments],
        env={**os.environ, "DAGX_AS_PYTHON": "1"},
        input=typed,
        capture_output=True,
        text=True,
        cwd=at,
    )


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ("-B -c pass", "-c pass"),
        ("-Bs -X utf8 -Xdev -W error -E file.py -x", "file.py -x"),
        ("-m json.tool -B", "-m json.tool -B"),
        ("-", "-"),
        ("", ""),
    ],
)
def test_flags_that_change_nothing_are_left_out(given: str, left: str) -> None:
    assert without_flags(given.split()) == left.split()


SAY = "import json, sys; print(json.dumps([__name__, sys.argv]))"


@pytest.mark.fat
def test_code_a_module_a_file_and_standard_input_run_as_main(tmp_path: Path) -> None:
    (tmp_path / "say.py").write_text(SAY)
    said = [
        as_python("-B", "-c", SAY, "x", "-y"),
        as_python("-", "x", typed=SAY),
        as_python("say.py", "-x", at=tmp_path),
        as_python("-m", "say", "x", at=tmp_path),
    ]
    assert [done.stderr for done in said] == [""] * 4
    names, arguments = zip(*(json.loads(done.stdout) for done in said), strict=True)
    assert set(names) == {"__main__"}
    assert arguments[:3] == (["-c", "x", "-y"], ["-", "x"], ["say.py", "-x"])
    assert arguments[3][1:] == ["x"]


@pytest.mark.fat
def test_the_exit_code_is_that_of_the_code() -> None:
    assert as_python("-c", "raise SystemExit(3)").returncode == 3
    assert as_python("-c", "1 / 0").returncode == 1
    assert as_python("--what").returncode == 1
