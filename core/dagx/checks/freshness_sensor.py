"""A sensor that has freshness checks executed: when they never were, and when their time has come. Section 20.4."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from dagx.automation.requests import RunRequest, SkipReason
from dagx.automation.sensor_context import SensorEvaluationContext
from dagx.automation.sensors import DefaultSensorStatus, SensorDefinition
from dagx.checks.builders import PARAMS, is_freshness_check_due
from dagx.checks.definition import AssetChecksDefinition
from dagx.checks.history import fresh_until, last_execution
from dagx.checks.specs import AssetCheckKey
from dagx.errors import InvalidArgumentError
from dagx.instance.check_history import CheckExecutionStatus
from dagx.instance.instance import DagsterInstance
from dagx.partitions.loading_context import current_moment
from dagx.selecting.asset_selection import AssetSelection

__all__ = ["build_sensor_for_freshness_checks"]


def build_sensor_for_freshness_checks(
    *,
    freshness_checks: Sequence[AssetChecksDefinition],
    minimum_interval_seconds: int | None = None,
    name: str = "freshness_checks_sensor",
    default_status: DefaultSensorStatus = DefaultSensorStatus.STOPPED,
    tags: Mapping[str, Any] | None = None,
) -> SensorDefinition:
    """A sensor that asks for a run of the freshness checks that are due, and of nothing else.

    A check is due when it never ran, and when it passed and the time until which it called the asset fresh has come;
    not while it runs, nor once it failed. `freshness_checks` are what `build_last_update_freshness_checks` and
    `build_time_partition_freshness_checks` return, in one list; `tags` go on the sensor. Raises InvalidArgumentError
    for other checks. Semantics: section 20.4.
    """
    keys = _keys_of(freshness_checks)

    def evaluate(context: SensorEvaluationContext) -> RunRequest | SkipReason:
        now = current_moment().timestamp()
        due = [key for key in keys if _is_due(context.instance, key, now)]
        if not due:
            return SkipReason("no freshness check is due")
        return RunRequest(asset_check_keys=due)

    return SensorDefinition(
        name,
        evaluation_fn=evaluate,
        minimum_interval_seconds=minimum_interval_seconds,
        description="Has freshness checks executed when they are due.",
        default_status=default_status,
        asset_selection=AssetSelection.checks(*keys),
        tags=tags,
    )


def _is_due(instance: DagsterInstance, key: AssetCheckKey, now: float) -> bool:
    last = last_execution(instance, key)
    return is_freshness_check_due(
        was_evaluated=last is not None,
        is_running=last is not None and last.status is CheckExecutionStatus.IN_PROGRESS,
        passed=last is not None and last.status is CheckExecutionStatus.SUCCEEDED,
        fresh_until=None if last is None else fresh_until(last),
        now=now,
    )


def _keys_of(checks: object) -> list[AssetCheckKey]:
    if isinstance(checks, AssetChecksDefinition) or not isinstance(checks, Iterable):
        raise InvalidArgumentError(
            f"freshness_checks is a list of checks, not {checks!r}", "write freshness_checks=[...]"
        )
    found: dict[AssetCheckKey, None] = {}
    for definition in cast("Iterable[object]", checks):
        if not isinstance(definition, AssetChecksDefinition):
            raise InvalidArgumentError(
                f"freshness_checks has checks, not {definition!r}",
                "write *list, to add the members of a list",
            )
        for spec in definition.check_specs:
            if PARAMS not in spec.metadata:
                raise InvalidArgumentError(
                    f"{spec.key.to_user_string()} is no freshness check",
                    "give what build_last_update_freshness_checks or build_time_partition_freshness_checks made",
                )
            found[spec.key] = None
    if not found:
        raise InvalidArgumentError(
            "a sensor for freshness checks was given none", "give freshness_checks=[...]"
        )
    return list(found)
