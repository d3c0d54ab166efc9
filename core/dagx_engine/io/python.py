"""Finds the user's interpreter, and says which one and why. Starts nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dagx_engine.late import late
from dagx_engine.pure.errors import ProjectError
from dagx_engine.pure.value import dataclass

__all__ = ["Interpreter", "find_python", "is_frozen"]


@dataclass(frozen=True)
class Interpreter:
    """The program that runs the project's code. `why` is in words; `bundled`: it is the frozen binary itself."""

    path: str
    why: str
    bundled: bool = False


def is_frozen() -> bool:
    return bool(getattr(sys, "frozen", False))


def find_python(
    root: Path, asked: str | None, setting: str | None, environment: Mapping[str, str]
) -> Interpreter:
    """In order: `--python`, `[tool.dagx] python`, VIRTUAL_ENV, `.venv` or `venv` in the project, else dagx's own.

    The environment that dagx itself is installed in says nothing of the project: one in the project goes before it.
    Raises ProjectError when one that was asked for is not there.
    """
    for written, why in (
        (asked, "--python"),
        (setting, "[tool.dagx] python"),
        (environment.get("DAGX_PYTHON"), "DAGX_PYTHON"),
    ):
        if written:
            base = root if why == "[tool.dagx] python" else Path.cwd()
            return Interpreter(_program(base, written, why), why)
    own = next(((found, name) for name in (".venv", "venv") if (found := _in_environment(root / name))), None)
    active = environment.get("VIRTUAL_ENV") or environment.get("DAGX_VIRTUAL_ENV")
    if active and (found := _in_environment(Path(active))) and not (own and _is_ours(active)):
        return Interpreter(found, "VIRTUAL_ENV")
    if own is not None:
        return Interpreter(own[0], f"{own[1]} of the project")
    if is_frozen():
        return Interpreter(
            sys.executable, "the interpreter inside dagx: the project has none of its own", bundled=True
        )
    return Interpreter(sys.executable, "the interpreter that dagx runs in")


def _is_ours(environment: str) -> bool:
    return not is_frozen() and os.path.realpath(environment) == os.path.realpath(sys.prefix)


def _program(base: Path, written: str, why: str) -> str:
    path = base / Path(written).expanduser()
    if path.is_dir():
        if found := _in_environment(path):
            return found
        raise ProjectError(
            f"{why} = {path}: no interpreter in this folder", hint="name an environment or a program"
        )
    if path.is_file() and os.access(path, os.X_OK):
        return str(path)
    if os.sep not in written and (program := _which(written)):
        return program
    raise ProjectError(f"{why}: there is no interpreter {path}", hint="name an environment or a program")


def _in_environment(folder: Path) -> str | None:
    for inside in ("bin/python", "bin/python3", "Scripts/python.exe"):
        program = folder / inside
        if program.is_file() and os.access(program, os.X_OK):
            return str(program)
    return None


def _which(name: str) -> str | None:
    shutil: Any = late("shutil")  # it costs 2 ms, and few name their interpreter so
    found: str | None = shutil.which(name)
    return found
