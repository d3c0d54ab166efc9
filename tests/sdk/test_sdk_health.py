"""How an asset does, in one word. Section 29."""

import enum
import itertools
from typing import Any

import pytest

import dagx as dg
from dagx.freshness import health as health
from dagx.freshness.health import AssetHealthStatus as Health
from dagx.freshness.health import CheckOutcome

HEALTHY, WARNING, DEGRADED = Health.HEALTHY, Health.WARNING, Health.DEGRADED
UNKNOWN, NONE = Health.UNKNOWN, Health.NOT_APPLICABLE
ERROR, WARN = (
    CheckOutcome(failed=dg.AssetCheckSeverity.ERROR),
    CheckOutcome(failed=dg.AssetCheckSeverity.WARN),
)


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ((HEALTHY, HEALTHY, HEALTHY), HEALTHY),
        ((HEALTHY, NONE, NONE), HEALTHY),
        ((HEALTHY, UNKNOWN, UNKNOWN), HEALTHY),
        ((HEALTHY, WARNING, HEALTHY), WARNING),
        ((UNKNOWN, WARNING, HEALTHY), WARNING),
        ((WARNING, DEGRADED, HEALTHY), DEGRADED),
        ((UNKNOWN, HEALTHY, HEALTHY), UNKNOWN),
        ((NONE, HEALTHY, HEALTHY), HEALTHY),
        ((NONE, NONE, NONE), UNKNOWN),
        ((NONE, UNKNOWN, NONE), UNKNOWN),
    ],
)
def test_the_worst_part_speaks_for_the_whole(parts: tuple[Health, Health, Health], whole: Health) -> None:
    assert health.overall(*parts) is whole


def test_an_asset_with_a_degraded_part_is_degraded_whatever_the_others() -> None:
    for others in itertools.product(Health, repeat=2):
        for place in range(3):
            parts = [*others[:place], DEGRADED, *others[place:]]
            assert health.overall(*parts) is DEGRADED


@pytest.mark.parametrize(
    ("materialized", "failed", "awaiting_retry", "status"),
    [
        (0, 0, 0, UNKNOWN),
        (1, 0, 0, HEALTHY),
        (0, 1, 0, DEGRADED),
        (5, 1, 0, DEGRADED),
        (5, 1, 1, WARNING),
        (5, 2, 1, DEGRADED),
        (0, 2, 2, WARNING),
    ],
)
def test_a_failed_partition_degrades_unless_its_run_is_to_be_tried_again(
    materialized: int, failed: int, awaiting_retry: int, status: Health
) -> None:
    assert health.materialization_health(materialized, failed, awaiting_retry) is status


def test_a_source_is_healthy_once_it_was_recorded() -> None:
    assert health.source_health(True) is HEALTHY
    assert health.source_health(False) is UNKNOWN


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        ([], NONE),
        ([health.PASSED], HEALTHY),
        ([health.PASSED, ERROR], DEGRADED),
        ([health.PASSED, WARN], WARNING),
        ([WARN, ERROR], DEGRADED),
        ([health.EXECUTION_FAILED, WARN], DEGRADED),
        ([health.PASSED, health.NEVER_EXECUTED], UNKNOWN),
        ([WARN, health.NEVER_EXECUTED], WARNING),
    ],
)
def test_the_worst_check_speaks_for_all(outcomes: list[CheckOutcome], status: Health) -> None:
    assert health.check_health(outcomes) is status


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("PASS", HEALTHY),
        ("WARN", WARNING),
        ("FAIL", DEGRADED),
        ("UNKNOWN", UNKNOWN),
        ("NOT_APPLICABLE", NONE),
    ],
)
def test_freshness_speaks_by_its_state(state: str, status: Health) -> None:
    assert health.freshness_health(state) is status
    of_enum: Any = enum.Enum("State", [state])
    assert health.freshness_health(of_enum[state]) is status


def test_without_a_policy_freshness_does_not_apply() -> None:
    assert health.freshness_health(None) is NONE
