"""The refusals that front ends tell apart. Each carries the exit code that the command line ends with."""

from __future__ import annotations

from dagx.errors import DagxError

__all__ = ["BusyError", "ProjectError", "UsageError"]


class UsageError(DagxError):
    """What was asked for does not exist or cannot be understood."""

    exit_code = 2


class ProjectError(DagxError):
    """There is no project, it has no assets, or it does not load."""

    exit_code = 3


class BusyError(DagxError):
    """Another dagx holds the project."""

    exit_code = 4
