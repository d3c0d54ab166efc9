"""What a command imports: seconds of every user's day are decided here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SLOW = ("textual", "rich", "asyncio", "sqlite_utils", "croniter", "pydantic", "dagx_tui")

SCRIPT = """
import json, sys
from dagx_cli.main import main
code = main(sys.argv[1:])
print(json.dumps([code, sorted(name for name in sys.modules if "." not in name)]), file=sys.stderr)
"""


def imported(*args: str) -> tuple[int, set[str], str]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *args], capture_output=True, text=True, check=True, timeout=60
    )
    code, modules = json.loads(done.stderr.splitlines()[-1])
    return code, set(modules), done.stdout


@pytest.mark.parametrize("args", [["--version"], ["-V"], ["version"]])
def test_the_version_is_told_before_typer_is_imported(args: list[str]) -> None:
    code, modules, out = imported(*args)
    assert (code, out) == (0, "dagx 0.1.0\n")
    assert modules & {"typer", "dagx_engine", "dataclasses", *SLOW} == set()


def test_the_version_is_told_by_next_to_nothing() -> None:
    script = """
import sys
before = set(sys.modules)
from dagx_cli.main import main
main(["--version"])
print(*sorted(set(sys.modules) - before))
"""
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    loaded = done.stdout.splitlines()[1].split()
    assert {"collections", "functools", "typing", "re", "signal"}.isdisjoint(loaded), loaded


@pytest.mark.parametrize("args", [["--help"], ["run", "--help"], ["no-such-command"], ["doctor", "--json"]])
def test_a_command_imports_nothing_slow(args: list[str]) -> None:
    _, modules, _ = imported(*args)
    assert "typer" in modules
    assert modules & set(SLOW) == set()


@pytest.mark.parametrize("command", ["status", "ls", "run", "dev"])
def test_a_plain_command_line_is_read_without_typer(tmp_path: Path, command: str) -> None:
    code, modules, _ = imported(command, "--json", "-C", str(tmp_path))
    assert code == 3, "no project is there"
    assert modules & {"typer", "inspect", "_hashlib", *SLOW} == set()


def test_a_command_does_not_import_what_only_dev_needs() -> None:
    _, modules, _ = imported("run", "--help")
    assert modules & {"watchfiles", "anyio"} == set()


def test_the_frozen_binary_can_be_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    script = """
import sys, types
worker = types.ModuleType("dagx.worker.main")
worker.main = lambda: print('works')
sys.modules["dagx.worker.main"] = worker
from dagx_cli.main import main
code = main(["--version"])
print(code, "typer" in sys.modules)
"""
    monkeypatch.setenv("DAGX_WORKER", "1")
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "works\n0 False\n"
