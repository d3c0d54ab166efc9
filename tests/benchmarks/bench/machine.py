"""What machine this is, in words that name no host and no folder."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.setting import ROOT, Setting

__all__ = ["Machine", "look"]


@dataclass(frozen=True)
class Machine:
    processor: str
    cores: int
    memory_gb: float
    system: str
    disk: str
    """The file system that the projects lie on."""
    load: float
    """Of the last minute, when the run began."""
    day: str
    commit: str
    dagx: str
    python: str
    rivals: tuple[str, ...]


def look(setting: Setting, rivals: tuple[str, ...], day: str) -> Machine:
    info = Path("/proc/cpuinfo").read_text()
    model = re.search(r"^model name\s*:\s*(.+)$", info, re.MULTILINE)
    memory = re.search(r"^MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text(), re.MULTILINE)
    return Machine(
        processor=model[1].strip() if model else platform.machine(),
        cores=len(os.sched_getaffinity(0)),
        memory_gb=round(int(memory[1]) / (1 << 20), 0) if memory else 0,
        system=f"{platform.system()} {platform.release().split('-')[0]}, {_distribution()}",
        disk=_file_system(setting.scratch),
        load=os.getloadavg()[0],
        day=day,
        commit=_said(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]),
        dagx="the binary (`make binary`)"
        if setting.frozen
        else "the command of an environment, not the binary",
        python=_said([setting.python, "-c", "import platform as p; print(p.python_version())"]),
        rivals=rivals,
    )


def _distribution() -> str:
    release = platform.freedesktop_os_release()
    return f"{release.get('NAME', '?')} {release.get('VERSION_ID', '')}".strip()


def _file_system(path: Path) -> str:
    """Of the longest mount point above it."""
    best = ("", "?")
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, point, kind, *_ = line.split()
        if path.is_relative_to(point) and len(point) > len(best[0]):
            best = (point, kind)
    return best[1]


def _said(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else "?"
