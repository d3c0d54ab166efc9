"""The other tools, each pinned, in environments that dagx never sees; made once and kept in the user's cache."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["DVC_PINS", "PINS", "PROJECT_PINS", "Rivals", "cache_folder", "make", "names"]

PINS = ("dagster==1.13.29", "doit==0.37.0", "ninja==1.13.2", "snakemake==9.27.1")
DVC_PINS = ("dvc==3.67.1",)
"""Alone: what it needs of a parser's run time breaks Dagster's selections."""
PROJECT_PINS = ("pandas==3.1.1", "polars==2.1.0")
"""What the measured project imports, in the environment that is its own."""


@dataclass(frozen=True)
class Rivals:
    binaries: Path
    dvc: str
    project_python: Path

    @property
    def xxhsum(self) -> str | None:
        """Of the system: no registry of Python packages has it."""
        return shutil.which("xxhsum")

    def program(self, name: str) -> str:
        return self.dvc if name == "dvc" else str(self.binaries / name)


def cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "dagx-bench"


def names() -> tuple[str, ...]:
    return tuple(pin.replace("==", " ") for pin in (*PINS, *DVC_PINS, *PROJECT_PINS))


def make(folder: Path) -> Rivals:
    """The environments below this folder: found, or installed from the package index that pip knows."""
    return Rivals(
        binaries=_environment(folder, "rivals", PINS) / "bin",
        dvc=str(_environment(folder, "dvc", DVC_PINS) / "bin" / "dvc"),
        project_python=_environment(folder, "project", PROJECT_PINS) / "bin" / "python",
    )


def _environment(folder: Path, name: str, pins: tuple[str, ...]) -> Path:
    """One whose name says what is in it: other pins, or another Python, make another one."""
    which = hashlib.sha256("\n".join([sys.version, *pins]).encode()).hexdigest()[:12]
    place = folder / f"{name}-{which}"
    done = place / "whole"
    if not done.exists():
        print(f"== set-up: {', '.join(pins)}", flush=True)
        shutil.rmtree(place, ignore_errors=True)
        place.parent.mkdir(parents=True, exist_ok=True)
        base = getattr(sys, "_base_executable", None) or sys.executable
        subprocess.run([base, "-m", "venv", str(place)], check=True)
        pip = [str(place / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        subprocess.run([*pip, *pins], check=True)
        done.touch()
    return place
