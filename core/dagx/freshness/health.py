"""How an asset does, in one word, from how its materializations, checks and freshness do. Semantics: section 29.

Decides over plain values; knows no store.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import NamedTuple

from dagx.checks.results import AssetCheckSeverity


class AssetHealthStatus(enum.Enum):
    """How an asset does, as a whole or in one respect."""

    HEALTHY = "HEALTHY"
    WARNING = "WARNING"
    DEGRADED = "DEGRADED"
    UNKNOWN = "UNKNOWN"
    NOT_APPLICABLE = "NOT_APPLICABLE"


_UNTOLD = {AssetHealthStatus.UNKNOWN, AssetHealthStatus.NOT_APPLICABLE}


class CheckOutcome(NamedTuple):
    """How the latest execution of a check that came to its end came out.

    `failed` is the severity of a result that did not pass, None for one that did; `has_ended` False is a check
    that was never executed to its end, `execution_failed` one whose latest execution broke off.
    """

    failed: AssetCheckSeverity | None = None
    has_ended: bool = True
    execution_failed: bool = False


PASSED = CheckOutcome()
NEVER_EXECUTED = CheckOutcome(has_ended=False)
EXECUTION_FAILED = CheckOutcome(execution_failed=True)


def overall(
    materialization: AssetHealthStatus, checks: AssetHealthStatus, freshness: AssetHealthStatus
) -> AssetHealthStatus:
    """How an asset does as a whole."""
    all_of_it = {materialization, checks, freshness}
    if AssetHealthStatus.DEGRADED in all_of_it:
        return AssetHealthStatus.DEGRADED
    if AssetHealthStatus.WARNING in all_of_it:
        return AssetHealthStatus.WARNING
    if materialization is AssetHealthStatus.UNKNOWN or all_of_it <= _UNTOLD:
        return AssetHealthStatus.UNKNOWN
    return AssetHealthStatus.HEALTHY


def materialization_health(materialized: int, failed: int = 0, awaiting_retry: int = 0) -> AssetHealthStatus:
    """How the materializations of an asset do.

    `materialized` is how many partitions were made (1 or 0 for an asset without), `failed` in how many the latest
    attempt failed, `awaiting_retry` for how many of these the run is to be tried again by itself. Partitions that are
    merely missing count for nothing.
    """
    if failed > awaiting_retry:
        return AssetHealthStatus.DEGRADED
    if failed:
        return AssetHealthStatus.WARNING
    return AssetHealthStatus.HEALTHY if materialized else AssetHealthStatus.UNKNOWN


def source_health(was_recorded: bool) -> AssetHealthStatus:
    """How an asset does that is made elsewhere: `was_recorded` says whether it was ever made or seen."""
    return AssetHealthStatus.HEALTHY if was_recorded else AssetHealthStatus.UNKNOWN


def check_health(outcomes: Iterable[CheckOutcome]) -> AssetHealthStatus:
    """How the checks of an asset do: for each that is defined, its latest execution that came to an end.

    One in progress, or skipped, counts by the execution before it.
    """
    known = list(outcomes)
    if not known:
        return AssetHealthStatus.NOT_APPLICABLE
    if any(one.execution_failed or one.failed is AssetCheckSeverity.ERROR for one in known):
        return AssetHealthStatus.DEGRADED
    if any(one.failed is AssetCheckSeverity.WARN for one in known):
        return AssetHealthStatus.WARNING
    return AssetHealthStatus.HEALTHY if all(one.has_ended for one in known) else AssetHealthStatus.UNKNOWN


_OF_FRESHNESS = {
    "PASS": AssetHealthStatus.HEALTHY,
    "WARN": AssetHealthStatus.WARNING,
    "FAIL": AssetHealthStatus.DEGRADED,
    "UNKNOWN": AssetHealthStatus.UNKNOWN,
    "NOT_APPLICABLE": AssetHealthStatus.NOT_APPLICABLE,
}


def freshness_health(state: str | enum.Enum | None) -> AssetHealthStatus:
    """How fresh an asset is, from its freshness state or the name of it; None is without a policy."""
    if state is None:
        return AssetHealthStatus.NOT_APPLICABLE
    return _OF_FRESHNESS[state.name if isinstance(state, enum.Enum) else state]
