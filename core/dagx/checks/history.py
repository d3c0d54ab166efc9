"""What the ready-made checks read of an instance: when an asset was updated, and what was recorded of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, cast

from dagx.checks.builders import FRESH_UNTIL, LAST_UPDATED, LOWER_BOUND, PARAMS
from dagx.instance.check_history import CheckExecution, CheckExecutionStatus
from dagx.instance.filters import AssetRecordsFilter
from dagx.metadata.values import MetadataValue
from dagx.time.ticks import next_tick

if TYPE_CHECKING:
    from dagx.checks.results import AssetCheckEvaluation
    from dagx.checks.specs import AssetCheckKey
    from dagx.instance.instance import DagsterInstance
    from dagx.keys import AssetKey


def last_update(instance: DagsterInstance, key: AssetKey, partition: str | None = None) -> datetime | None:
    """When the asset (one partition of it) was last made, or seen to have been updated; None when it never was."""
    wanted = AssetRecordsFilter(key, None if partition is None else [partition])
    moments = [record.timestamp for record in instance.fetch_materializations(wanted, limit=1).records]
    for record in instance.fetch_observations(wanted).records:
        seen = record.asset_observation
        moment = None if seen is None else _number(seen.metadata.get(LAST_UPDATED))
        if moment is not None:
            moments.append(moment)
            break
    return datetime.fromtimestamp(max(moments), timezone.utc) if moments else None


def latest_metadata(
    instance: DagsterInstance, key: AssetKey, count: int
) -> list[Mapping[str, MetadataValue]]:
    """What was recorded when the asset was last made, and before: of `count` times at most, the newest last."""
    records = instance.fetch_materializations(key, limit=count).records
    made = [record.asset_materialization for record in reversed(records)]
    return [materialization.metadata for materialization in made if materialization is not None]


def last_execution(instance: DagsterInstance, key: AssetCheckKey) -> CheckExecution | None:
    """The last execution of a check that went on to its end, failed or is going on; None when there is none."""
    for execution in instance.get_asset_check_execution_history(key, limit=_MOST_SKIPPED):
        if execution.status is not CheckExecutionStatus.SKIPPED:
            return execution
    return None


def fresh_until(execution: CheckExecution) -> float | None:
    """Until when a freshness check that passed said that the asset is fresh, in seconds since 1970 UTC."""
    evaluation = execution.evaluation
    return None if evaluation is None else _number(evaluation.metadata.get(FRESH_UNTIL))


def holds_until(evaluation: AssetCheckEvaluation) -> float | None:
    """Until when a result of a freshness check holds, in seconds since 1970 UTC, as long as nothing is updated.

    One that failed is looked at again at the next deadline, which may be about another partition; without deadlines
    time alone does not heal it. None for results that are not about freshness.
    """
    if evaluation.passed:
        return _number(evaluation.metadata.get(FRESH_UNTIL))
    params: object = getattr(evaluation.metadata.get(PARAMS), "value", None)
    bound = _number(evaluation.metadata.get(LOWER_BOUND))
    if not isinstance(params, dict) or bound is None:
        return None
    said = cast("dict[str, Any]", params)
    if "deadline_cron" not in said:
        return None
    deadline = datetime.fromtimestamp(bound + said.get("lower_bound_delta_seconds", 0), timezone.utc)
    return next_tick(said["deadline_cron"], said.get("timezone", "UTC"), deadline).timestamp()


# Runs in a row that were ended before the check: more than these need not be looked at.
_MOST_SKIPPED = 25


def _number(found: MetadataValue | None) -> float | None:
    value: object = getattr(found, "value", None)
    return float(value) if isinstance(value, (int, float)) else None
