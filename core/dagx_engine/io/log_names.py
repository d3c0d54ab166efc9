"""Where the logs of attempts are: `.dagx/logs/RUN/STEP.log`, of a later attempt `STEP.2.log`."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from dagx_engine.pure.manifest import Manifest

__all__ = ["log_path", "logs_of"]


def log_path(state: Path, run: str, step: str, attempt: int) -> str:
    """Where the log of an attempt is."""
    return os.path.join(state, "logs", run, _name_of_log(step, attempt))


def logs_of(state: Path, run: str) -> Callable[[str, int], Path | None]:
    """Answers with the log of an attempt of the run, if it wrote one by now."""
    folder = os.path.join(state, "logs", run)
    try:
        names = frozenset(os.listdir(folder))
    except OSError:  # nothing was written
        names = frozenset()

    def log_of(step: str, attempt: int) -> Path | None:
        name = _name_of_log(step, attempt)
        return Path(os.path.join(folder, name)) if name in names else None

    return log_of


def _name_of_log(step: str, attempt: int) -> str:
    """A step's name can be longer than a file's may be, and a partition may have any name."""
    name = step
    if len(step) > 120 or "/" in step or "\0" in step:
        plain = step[:100].replace("/", "_").replace("\0", "_")
        name = f"{plain}~{Manifest.of([('step', step)]).key[:12]}"
    suffix = "" if attempt <= 1 else f".{attempt}"
    return f"{name}{suffix}.log"
