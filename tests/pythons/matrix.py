"""Runs the SDK's and the worker's part of the suite on every supported Python of this machine.

Three things on each: the tests, in an environment of its own below build/pythons; the SDK and the worker without any
site-packages (alone.py); the quickstart, made by `dagx run --python`. The tests on the version that runs this file are
left to `make unit`. Run by `make pythons`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from interpreters import SUPPORTED, Interpreter, interpreters

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / "build" / "pythons"
TESTS = ("tests/semantics", "tests/sdk", "tests/dagster_programs", "tests/engine/worker")
NEEDED = ("pytest", "pytest-timeout", "hypothesis", "pydantic")
VARIABLES = {"PYTHONPATH": str(ROOT / "core"), "HYPOTHESIS_PROFILE": "few"}
"""Properties are explored by `make unit`; here they only have to hold on another Python, too."""
OWN = "{}.{}".format(*sys.version_info)


class Failed(Exception):
    """A command said no; the text is all that it said."""


def main() -> int:
    found = interpreters(os.environ)
    print(f"== pythons: {', '.join(map(str, found.values()))}", flush=True)
    failed = False
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        under_way = {pool.submit(tried, interpreter): interpreter for interpreter in found.values()}
        for done in as_completed(under_way):
            try:
                said = done.result()
            except Failed as failure:
                failed, said = True, f"FAILED\n{failure}"
            print(f"{under_way[done]}  {said}", flush=True)
    absent = [minor for minor in SUPPORTED if minor not in found]
    print(f"not on this machine: {', '.join(absent)}" if absent else "all supported versions ran")
    return 1 if failed else 0


def tried(interpreter: Interpreter) -> str:
    """One line of what was run. Raises Failed."""
    alone = output(interpreter.path, "-I", "-S", "-W", "error", HERE / "alone.py", ROOT / "core")
    if interpreter.minor == OWN:
        return f"alone: {alone}; tests: in `make unit`"
    python = environment(interpreter)
    tests = output(python, "-m", "pytest", "-p", "no:cacheprovider", "-m", "not fat", *TESTS, **VARIABLES)
    quickstart(python, BUILD / interpreter.minor / "quickstart")
    return f"alone: {alone}; quickstart: made; tests: {tests.splitlines()[-1]}"


def environment(interpreter: Interpreter) -> Path:
    """The Python of an environment that has what the tests need; made anew when the pins or the interpreter changed."""
    folder = BUILD / interpreter.minor
    python = folder / "bin" / "python"
    pins = pinned(interpreter.minor)
    stamp = folder / "holds.txt"
    holds = f"{interpreter} {interpreter.path}\n{NEEDED}\n{hashlib.sha256(pins.encode()).hexdigest()}\n"
    if stamp.exists() and stamp.read_text() == holds:
        return python
    output(interpreter.path, "-m", "venv", "--clear", "--without-pip", folder)
    (folder / "pins.txt").write_text(pins)
    pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check")
    output(*pip, "install", "-qq", "--constraint", folder / "pins.txt", *NEEDED)
    stamp.write_text(holds)
    return python


def pinned(minor: str) -> str:
    """The lines of constraints.txt; those of this version's own file, if it has one, win."""
    pins: dict[str, str] = {}
    for file in (ROOT / "constraints.txt", HERE / f"constraints-{minor}.txt"):
        lines = file.read_text().splitlines() if file.exists() else []
        pins.update((line.partition("==")[0], line) for line in lines if line and not line.startswith("#"))
    return "\n".join(pins.values()) + "\n"


def quickstart(python: Path, folder: Path) -> None:
    """Make the example's assets with the real program, in a worker on that Python; a second time nothing runs."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "examples" / "quickstart", folder, ignore=shutil.ignore_patterns(".dagx"))
    dagx = (sys.executable, "-m", "dagx_cli", "run", "-C", folder, "--python", python)
    output(*dagx)
    again = output(*dagx)
    if "nothing to do" not in again:
        raise Failed(f"the second run of the quickstart was not idle:\n{again}")


def output(*command: str | Path, **variables: str) -> str:
    """What the command printed. Raises Failed."""
    ran = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if ran.returncode:
        raise Failed(f"{' '.join(map(str, command))}\n{ran.stdout}")
    return ran.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
