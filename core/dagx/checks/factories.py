"""Ready-made checks: freshness by the last update or by partitions, changes of columns, bounds of metadata. 20.4."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from dagx.arguments import checked_text, optional_number
from dagx.assets.edges import AssetIn
from dagx.checks.builders import (
    COLUMN_SCHEMA,
    COLUMN_SCHEMA_CHECK,
    FRESHNESS_CHECK,
    PARAMS,
    CheckVerdict,
    bounds_check_name,
    bounds_verdict,
    checked_bounds,
    due_partition,
    freshness_params,
    last_update_verdict,
    schema_change_verdict,
    time_partition_verdict,
)
from dagx.checks.decorators import multi_asset_check
from dagx.checks.definition import AssetChecksDefinition
from dagx.checks.history import last_update, latest_metadata
from dagx.checks.results import AssetCheckResult, AssetCheckSeverity, checked_severity
from dagx.checks.specs import AssetCheckSpec
from dagx.contexts.step import AssetCheckExecutionContext
from dagx.errors import InvalidArgumentError, InvariantViolationError
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.partitions.loading_context import current_moment
from dagx.source import location_of_caller
from dagx.time.ticks import ticks_of
from dagx.time.time_zones import instant_of, time_zone

__all__ = [
    "build_column_schema_change_checks",
    "build_last_update_freshness_checks",
    "build_metadata_bounds_checks",
    "build_time_partition_freshness_checks",
]

Judge = Callable[[AssetCheckExecutionContext, AssetKey], CheckVerdict]
Assets = Sequence[CoercibleToAssetKey | Any]


def build_last_update_freshness_checks(
    *,
    assets: Assets,
    lower_bound_delta: timedelta,
    deadline_cron: str | None = None,
    timezone: str = "UTC",
    severity: AssetCheckSeverity = AssetCheckSeverity.WARN,
    blocking: bool = False,
) -> list[AssetChecksDefinition]:
    """Checks named `freshness_check`: was each asset updated no longer than `lower_bound_delta` before the deadline?

    The deadline is the last tick of `deadline_cron` in the time zone, or now, without one. An update is that the asset
    was made, or that it was seen (an observation whose metadata has "dagster/last_updated_timestamp"). `assets` are
    keys (a str is one segment), specs and definitions. `severity` is that of a failure.

    Returns a list with one definition of all the checks, which can be executed one by one. Raises
    InvalidArgumentError, InvalidDefinitionError for a cron or a time zone that is none. Semantics: section 20.4.
    """
    if not (isinstance(cast(object, lower_bound_delta), timedelta) and lower_bound_delta > timedelta(0)):
        raise InvalidArgumentError(
            f"lower_bound_delta is a length of time, not {lower_bound_delta!r}", "write timedelta(hours=1)"
        )
    _check_deadline(deadline_cron, timezone)

    def judge(context: AssetCheckExecutionContext, key: AssetKey) -> CheckVerdict:
        return last_update_verdict(
            last_update(context.instance, key),
            now=_now(timezone),
            lower_bound_delta=lower_bound_delta,
            deadline_cron=deadline_cron,
            timezone=timezone,
        )

    return _checks(
        FRESHNESS_CHECK,
        _keys_of(assets, "build_last_update_freshness_checks"),
        judge,
        severity=severity,
        blocking=blocking,
        metadata={PARAMS: freshness_params(lower_bound_delta, deadline_cron, timezone)},
    )


def build_time_partition_freshness_checks(
    *,
    assets: Assets,
    deadline_cron: str,
    timezone: str = "UTC",
    severity: AssetCheckSeverity = AssetCheckSeverity.WARN,
    blocking: bool = False,
) -> list[AssetChecksDefinition]:
    """Checks named `freshness_check`: is the partition there that was complete at the last tick of `deadline_cron`?

    It must have been made, or seen to be updated. For assets with partitions of time: the check of another raises
    InvalidArgumentError when it is executed. The rest as for `build_last_update_freshness_checks`. Semantics: section
    20.4.
    """
    keys = _keys_of(assets, "build_time_partition_freshness_checks")
    _check_deadline(deadline_cron, timezone)

    def judge(context: AssetCheckExecutionContext, key: AssetKey) -> CheckVerdict:
        now = _now(timezone)
        partition = due_partition(
            _partitions_of(context, key), now=now, deadline_cron=deadline_cron, timezone=timezone
        )
        updated = None if partition is None else last_update(context.instance, key, partition)
        return time_partition_verdict(
            partition, updated, now=now, deadline_cron=deadline_cron, timezone=timezone
        )

    return _checks(
        FRESHNESS_CHECK,
        keys,
        judge,
        severity=severity,
        blocking=blocking,
        metadata={PARAMS: freshness_params(None, deadline_cron, timezone)},
        # Inputs that load nothing: through them a step knows the partitions of the assets.
        ins={_input_of(key): AssetIn(key, dagster_type=type(None)) for key in keys},
    )


def build_column_schema_change_checks(
    *, assets: Assets, severity: AssetCheckSeverity = AssetCheckSeverity.WARN
) -> list[AssetChecksDefinition]:
    """Checks named `column_schema_change`: has each asset the columns and types that it had the time before?

    They compare the metadata "dagster/column_schema" (a TableSchema) of the last two materializations. With fewer than
    two a check passes; it fails when one of the two has none. Parameters and result as for
    `build_last_update_freshness_checks`. Semantics: section 20.4.
    """

    def judge(context: AssetCheckExecutionContext, key: AssetKey) -> CheckVerdict:
        recorded = latest_metadata(context.instance, key, 2)
        return schema_change_verdict(
            [getattr(metadata.get(COLUMN_SCHEMA), "schema", None) for metadata in recorded]
        )

    keys = _keys_of(assets, "build_column_schema_change_checks")
    return _checks(COLUMN_SCHEMA_CHECK, keys, judge, severity=severity)


def build_metadata_bounds_checks(
    *,
    assets: Assets,
    metadata_key: str,
    severity: AssetCheckSeverity = AssetCheckSeverity.WARN,
    min_value: float | None = None,
    max_value: float | None = None,
    exclusive_min: bool = False,
    exclusive_max: bool = False,
) -> list[AssetChecksDefinition]:
    """Checks named `<metadata_key>_bounds_check`: is the number that was recorded within its bounds?

    They look at the latest materialization of each asset, and fail when that has no number under `metadata_key`. A
    bound itself is allowed unless it is exclusive. Raises InvalidDefinitionError without bounds, or when nothing lies
    between them, InvalidArgumentError for a key that is no str or a bound that is no number. The rest as for
    `build_last_update_freshness_checks`. Semantics: section 20.4.
    """
    function = "build_metadata_bounds_checks"
    checked_text(metadata_key, f"{function}: metadata_key", 'write metadata_key="row_count"')
    bounds = checked_bounds(
        optional_number(min_value, f"{function}: min_value"),
        optional_number(max_value, f"{function}: max_value"),
        exclusive_min=exclusive_min,
        exclusive_max=exclusive_max,
    )

    def judge(context: AssetCheckExecutionContext, key: AssetKey) -> CheckVerdict:
        recorded = latest_metadata(context.instance, key, 1)
        found = recorded[-1].get(metadata_key) if recorded else None
        return bounds_verdict(metadata_key, getattr(found, "value", None), bounds)

    keys = _keys_of(assets, function)
    return _checks(bounds_check_name(metadata_key), keys, judge, severity=severity)


def _checks(
    name: str,
    keys: Sequence[AssetKey],
    judge: Judge,
    *,
    severity: AssetCheckSeverity,
    blocking: bool = False,
    metadata: Mapping[str, Any] | None = None,
    ins: Mapping[str, AssetIn] | None = None,
) -> list[AssetChecksDefinition]:
    """One definition of the check `name` of each asset, in which `judge` decides."""
    checked_severity(severity)
    specs = [AssetCheckSpec(name, asset=key, blocking=blocking, metadata=metadata) for key in keys]

    def evaluate(context: AssetCheckExecutionContext) -> Iterator[AssetCheckResult]:
        wanted = context.selected_asset_check_keys
        for spec in context.check_specs:  # not `specs`: what a function closes over is part of its identity
            if spec.key in wanted:
                yield judge(context, spec.asset_key).as_result(spec.key, severity)

    decorate = multi_asset_check(specs=specs, name=_step_name(name, specs), can_subset=True, ins=ins)
    return [dataclasses.replace(decorate(evaluate), source=location_of_caller())]


def _step_name(name: str, specs: Sequence[AssetCheckSpec]) -> str:
    """The name of the step: that of its check, or, for several, one that no other such set of checks has."""
    if len(specs) == 1:
        return specs[0].get_python_identifier()
    keys = "\n".join(sorted(spec.key.to_user_string() for spec in specs))
    return f"{name}s_{hashlib.sha256(keys.encode()).hexdigest()[:8]}"


def _keys_of(assets: Assets, function: str) -> list[AssetKey]:
    """The assets that checks are asked for. Raises InvalidArgumentError for none, or for one that comes twice."""
    if isinstance(assets, str) or not isinstance(cast(object, assets), Iterable):
        raise InvalidArgumentError(f"{function} takes a list of assets, not {assets!r}", "write assets=[...]")
    found: list[AssetKey] = []
    for asset in assets:
        specs = getattr(asset, "specs", None)
        found += [AssetKey.from_coercible_or_definition(asset)] if specs is None else [s.key for s in specs]
    if not found or len(set(found)) != len(found):
        shown = ", ".join(key.to_user_string() for key in found)
        raise InvalidArgumentError(
            f"{function} was given {f'an asset twice: {shown}' if found else 'no assets'}",
            "name each asset once" if found else "write assets=[...]",
        )
    return found


def _check_deadline(cron: str | None, timezone: str) -> None:
    time_zone(timezone)
    if cron is not None:
        ticks_of(cron, timezone)


def _now(timezone: str) -> datetime:
    """The current time; where that is a naive one, it is local time of the zone."""
    now = current_moment()
    if now.tzinfo is not None:
        return now
    zone = time_zone(timezone)
    return zone.datetime(instant_of(now, zone))


def _input_of(key: AssetKey) -> str:
    return f"asset_{key.to_python_identifier()}"


def _partitions_of(context: AssetCheckExecutionContext, key: AssetKey) -> object:
    try:
        return context.asset_partitions_def_for_input(_input_of(key))
    except InvariantViolationError:  # it is not partitioned
        return None
