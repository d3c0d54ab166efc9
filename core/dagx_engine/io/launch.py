"""What it takes to start a process in the user's interpreter: its command, and what stands in its environment."""

from __future__ import annotations

from pathlib import Path

from dagx.worker import wire
from dagx_engine.io.environment import HASH_SEED, environment_of
from dagx_engine.io.project import ProjectFiles
from dagx_engine.io.python import Interpreter
from dagx_engine.pure.value import dataclass

__all__ = ["Launch"]


@dataclass(frozen=True)
class Launch:
    """What it takes to start a worker."""

    interpreter: Interpreter
    sdk: Path
    files: ProjectFiles
    hash_seed: str = HASH_SEED
    engine: str = ""
    """Which engine starts it; an engine that comes after it can tell then what was left."""

    def command(self) -> list[str]:
        if self.interpreter.bundled:
            return [self.interpreter.path]
        return [self.interpreter.path, str(self.sdk / "dagx" / "worker" / "boot.py")]

    def environment(self, fd: int) -> dict[str, str]:
        found = environment_of(self.files)
        found["PYTHONHASHSEED"] = self.hash_seed
        found[wire.FD_VARIABLE] = str(fd)
        if self.engine:
            found[wire.ENGINE_VARIABLE] = self.engine
        if self.interpreter.bundled:
            found[wire.MODE_VARIABLE] = "1"
        return found
