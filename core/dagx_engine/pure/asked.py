"""Which partitions, and which job, a person asks for. Knows no definitions: whether there are such is found out
elsewhere.
"""

from __future__ import annotations

from dagx_engine.pure.errors import UsageError
from dagx_engine.pure.value import dataclass

__all__ = ["WHICH", "Asked", "AskedJob", "RunWish", "asked_range"]

WHICH = ("missing", "stale", "all")
"""What can be asked for by how it stands: what was never made; what is not fresh, but was made; all of it."""


@dataclass(frozen=True)
class Asked:
    """From `first` to `last`, both included; or, when `which` is given, by how they stand."""

    first: str = ""
    last: str = ""
    which: str = ""

    def __str__(self) -> str:
        if self.which:
            return f"--partitions {self.which}"
        if self.first == self.last:
            return f"--partition {self.first}"
        return f"--partition-range {self.first}...{self.last}"


def asked_range(text: str) -> Asked:
    """`first...last` as what is asked for. Raises UsageError."""
    first, dots, last = text.partition("...")
    if not dots or not first or not last:
        raise UsageError(
            f"{text!r} is no range of partitions",
            hint="write the first and the last: --partition-range 2024-01-01...2024-01-31",
        )
    return Asked(first, last)


@dataclass(frozen=True)
class AskedJob:
    """A job by its name. Unless `is_sure`, the name may be that of an asset, which is then meant.

    `partition` is the one that it is to run for, if there is one; `has_config` whether a file of run config was named
    for this run.
    """

    name: str
    is_sure: bool = True
    partition: str = ""
    has_config: bool = False


@dataclass(frozen=True)
class RunWish:
    """`dagx run`: of a selection or a job, with the interpreter and the file of run config that it would have."""

    selection: str | None = None
    job: str | None = None
    force: bool = False
    fail_fast: bool = False
    asked: Asked | None = None
    python: str = ""
    config: str | None = None
    has_config: bool = False
    """Whether that file was named for this run."""
