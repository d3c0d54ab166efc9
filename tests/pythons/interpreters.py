"""Finds the Pythons of this machine that dagx supports. Runs each candidate, for names on a PATH may lead nowhere."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

SUPPORTED = ("3.10", "3.11", "3.12", "3.13", "3.14")

_PROBE = (
    "import sys, sysconfig; "
    "plain = sys.implementation.name == 'cpython' and not sysconfig.get_config_var('Py_GIL_DISABLED'); "
    "print(*sys.version_info[:3], plain, sys.version_info.releaselevel == 'final', getattr(sys, '_base_executable'))"
)


@dataclass(frozen=True, order=True)
class Interpreter:
    """A CPython that runs."""

    version: tuple[int, int, int]
    path: str

    @property
    def minor(self) -> str:
        """As in `3.12`."""
        return "{}.{}".format(*self.version)

    def __str__(self) -> str:
        return "{}.{}.{}".format(*self.version)


def interpreters(environment: Mapping[str, str]) -> dict[str, Interpreter]:
    """The newest of each supported minor version, by that version, in order."""
    found: dict[str, Interpreter] = {}
    tried: set[str] = set()
    for candidate in candidates(environment):
        if os.path.realpath(candidate) in tried:
            continue
        tried.add(os.path.realpath(candidate))
        interpreter = probed(candidate)
        if interpreter is not None and interpreter.minor in SUPPORTED:
            found[interpreter.minor] = max(found.get(interpreter.minor, interpreter), interpreter)
    return {minor: found[minor] for minor in SUPPORTED if minor in found}


def candidates(environment: Mapping[str, str]) -> Iterator[Path]:
    """Files that are called like a supported Python: on the PATH, and where pyenv, uv and distributions put them."""
    home = Path(environment.get("HOME", "/"))
    data = Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share")
    folders = [Path(folder) for folder in environment.get("PATH", "").split(os.pathsep) if folder]
    folders += sorted(Path(environment.get("PYENV_ROOT") or home / ".pyenv").glob("versions/*/bin"))
    folders += sorted(Path(environment.get("UV_PYTHON_INSTALL_DIR") or data / "uv" / "python").glob("*/bin"))
    folders += [Path("/usr/bin"), Path("/usr/local/bin"), Path("/opt/homebrew/bin")]
    for minor in SUPPORTED:
        for folder in folders:
            if os.access(folder / f"python{minor}", os.X_OK):
                yield folder / f"python{minor}"


def probed(candidate: Path) -> Interpreter | None:
    """What the candidate says of itself; None if it is not a finished CPython with its lock, or does not run."""
    try:
        answer = subprocess.run(
            [candidate, "-I", "-S", "-c", _PROBE], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    major, minor, micro, plain, final, path = answer.stdout.strip().split(" ", 5)
    if plain != "True" or final != "True":
        return None
    return Interpreter((int(major), int(minor), int(micro)), path)
