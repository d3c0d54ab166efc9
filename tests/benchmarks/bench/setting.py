"""Where and with what the benchmarks work: folders, programs, an environment that is the same for all tools."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.rivals import Rivals

__all__ = ["ROOT", "Setting", "environment_for", "program"]

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Setting:
    scratch: Path
    dagx: str
    frozen: bool
    """Whether `dagx` is the binary; else the command of this environment."""
    python: str
    """The interpreter of the measured projects."""
    libraries: tuple[str, ...]
    """What the project of the row about saves imports."""
    rivals: Rivals | None
    rounds: int
    sizes: tuple[int, ...]
    small: int
    """Assets of the rows that take one size."""
    file_mb: int
    """The size of the file that is hashed."""
    environment: Mapping[str, str]

    def folder(self, *names: str) -> Path:
        path = self.scratch.joinpath(*names)
        path.mkdir(parents=True, exist_ok=True)
        return path


def program() -> tuple[str, bool]:
    """The binary, if it is not older than the sources, else the command of this environment."""
    built = ROOT / "dist" / "dagx"
    if built.exists():
        sources = (path for part in ("core", "cli", "tui") for path in (ROOT / part).rglob("*.py"))
        if built.stat().st_mtime > max(path.stat().st_mtime for path in sources):
            return str(built), True
        print("dist/dagx is older than the sources and left aside (`make binary` renews it)", file=sys.stderr)
    return str(Path(sys.executable).with_name("dagx")), False


def environment_for(scratch: Path, rivals: Rivals | None) -> dict[str, str]:
    """Nothing of the caller's: no switches of Python's, a home of its own, caches that begin empty, no telemetry."""
    home = scratch / "home"
    home.mkdir(parents=True, exist_ok=True)
    (home / "dagster").mkdir(exist_ok=True)
    (home / "dagster" / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    binaries = [str(rivals.binaries)] if rivals else []
    return {
        "PATH": os.pathsep.join([*binaries, "/usr/local/bin", "/usr/bin", "/bin"]),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "DAGSTER_HOME": str(home / "dagster"),
        "DVC_NO_ANALYTICS": "1",
    }
