"""DagsterRunStatus: where a run stands. Semantics: section 30."""

from __future__ import annotations

import enum

__all__ = ["DagsterRunStatus"]


class DagsterRunStatus(str, enum.Enum):
    """Where a run stands; SUCCESS, FAILURE and CANCELED are final. Semantics: section 30."""

    QUEUED = "QUEUED"
    NOT_STARTED = "NOT_STARTED"
    MANAGED = "MANAGED"
    STARTING = "STARTING"
    STARTED = "STARTED"
    SUSPENDED = "SUSPENDED"
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    CANCELING = "CANCELING"
    CANCELED = "CANCELED"


FINISHED = frozenset({DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED})
