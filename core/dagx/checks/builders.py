"""What the ready-made checks decide, from plain values: no clock is read, no event looked for. Section 20.4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from dagx.checks.results import AssetCheckResult, AssetCheckSeverity
from dagx.checks.specs import AssetCheckKey
from dagx.errors import InvalidArgumentError, InvalidDefinitionError
from dagx.metadata.tables import TableSchema
from dagx.metadata.values import RawMetadataValue, TimestampMetadataValue
from dagx.partitions.time_windows import TimeWindowPartitionsDefinition
from dagx.time.ticks import latest_tick, next_tick

FRESHNESS_CHECK = "freshness_check"
COLUMN_SCHEMA_CHECK = "column_schema_change"
COLUMN_SCHEMA = "dagster/column_schema"
PARAMS = "dagster/freshness_params"
LOWER_BOUND = "dagster/freshness_lower_bound_timestamp"
LAST_UPDATED = "dagster/last_updated_timestamp"
FRESH_UNTIL = "dagster/fresh_until_timestamp"


class CheckVerdict(NamedTuple):
    """Whether a check passes, why in words, and what is to be recorded."""

    passed: bool
    description: str
    metadata: Mapping[str, RawMetadataValue]

    def as_result(self, key: AssetCheckKey, severity: AssetCheckSeverity) -> AssetCheckResult:
        """The result that the function of the check `key` reports."""
        return AssetCheckResult(
            passed=self.passed,
            asset_key=key.asset_key,
            check_name=key.name,
            description=self.description,
            metadata=self.metadata,
            severity=severity,
        )


def freshness_params(
    lower_bound_delta: timedelta | None, deadline_cron: str | None, timezone: str
) -> dict[str, RawMetadataValue]:
    """What a freshness check was asked for, as it is recorded."""
    params: dict[str, RawMetadataValue] = {}
    if lower_bound_delta is not None:
        params["lower_bound_delta_seconds"] = lower_bound_delta.total_seconds()
    if deadline_cron is not None:
        params |= {"deadline_cron": deadline_cron, "timezone": timezone}
    return params


def last_update_verdict(
    last_updated: datetime | None,
    *,
    now: datetime,
    lower_bound_delta: timedelta,
    deadline_cron: str | None = None,
    timezone: str = "UTC",
) -> CheckVerdict:
    """Was the asset updated within `lower_bound_delta` before the last deadline (now, without a cron), or since?"""
    deadline = now if deadline_cron is None else latest_tick(deadline_cron, timezone, now)
    lower_bound = deadline - lower_bound_delta
    params = freshness_params(lower_bound_delta, deadline_cron, timezone)
    recorded = _recorded(params, lower_bound, last_updated)
    if last_updated is None:
        return CheckVerdict(False, "the asset was never updated", recorded)
    if last_updated < lower_bound:
        late = f"the last update, {_shown(last_updated)}, is before {_shown(lower_bound)}"
        return CheckVerdict(False, late, recorded)
    expires = last_updated + lower_bound_delta
    until = expires if deadline_cron is None else next_tick(deadline_cron, timezone, expires)
    return _fresh(until, recorded)


def due_partition(
    partitions_def: object, *, now: datetime, deadline_cron: str, timezone: str = "UTC"
) -> str | None:
    """The partition that must be there: the last that was complete at the last deadline. None before the first.

    Raises InvalidArgumentError for partitions that are no windows of time.
    """
    if not isinstance(partitions_def, TimeWindowPartitionsDefinition):
        raise InvalidArgumentError(
            "a freshness check by partitions needs an asset with partitions of time",
            "use build_last_update_freshness_checks for other assets",
        )
    deadline = latest_tick(deadline_cron, timezone, now)
    for place in reversed(range(partitions_def.get_num_partitions(current_time=deadline))):
        key = partitions_def.key_at(place)
        if partitions_def.time_window_for_partition_key(key).end <= deadline:
            return key
    return None


def time_partition_verdict(
    partition: str | None,
    last_updated: datetime | None,
    *,
    now: datetime,
    deadline_cron: str,
    timezone: str = "UTC",
) -> CheckVerdict:
    """Was the partition that must be there (see `due_partition`) ever updated? `last_updated` is when it was."""
    params: dict[str, RawMetadataValue] = {
        "partition": partition,
        **freshness_params(None, deadline_cron, timezone),
    }
    recorded = _recorded(params, latest_tick(deadline_cron, timezone, now), last_updated)
    if partition is not None and last_updated is None:
        return CheckVerdict(False, f"the partition {partition} is not there", recorded)
    return _fresh(next_tick(deadline_cron, timezone, now), recorded)


def is_freshness_check_due(
    *, was_evaluated: bool, is_running: bool, passed: bool, fresh_until: float | None, now: float
) -> bool:
    """Should the sensor ask for a run of a freshness check?

    When it was never evaluated; or when it passed and its time has come. Not while it runs, and not again once it
    failed. Times are seconds since 1970.
    """
    if is_running:
        return False
    return not was_evaluated or (passed and fresh_until is not None and now >= fresh_until)


def schema_change_verdict(schemas: Sequence[TableSchema | None]) -> CheckVerdict:
    """Have the columns stayed the same? `schemas` are those of all materializations, or the last two, newest last."""
    if len(schemas) < 2:
        return CheckVerdict(True, "there are no two materializations to compare yet", {})
    old, new = schemas[-2], schemas[-1]
    if old is None or new is None:
        which = "latest" if new is None else "previous"
        return CheckVerdict(False, f"the {which} materialization has no metadata {COLUMN_SCHEMA!r}", {})
    before = {column.name: column.type for column in old.columns}
    after = {column.name: column.type for column in new.columns}
    found = {
        "added": [f"{name} ({after[name]})" for name in after if name not in before],
        "removed": [f"{name} ({before[name]})" for name in before if name not in after],
        "retyped": [
            f"{name} ({before[name]} to {after[name]})"
            for name in after
            if name in before and before[name] != after[name]
        ],
    }
    changes = [f"{what}: {', '.join(columns)}" for what, columns in found.items() if columns]
    if not changes:
        return CheckVerdict(True, "the columns are the same", {})
    return CheckVerdict(
        False, "columns " + "; ".join(changes), {key: found[key] for key in found if found[key]}
    )


class Bounds(NamedTuple):
    """The least and the greatest value allowed; an exclusive one is not allowed itself."""

    least: float | None
    greatest: float | None
    exclusive_least: bool = False
    exclusive_greatest: bool = False

    def __str__(self) -> str:
        """In words, as in `at least 1 and below 10`."""
        low = (
            None if self.least is None else f"{'above' if self.exclusive_least else 'at least'} {self.least}"
        )
        high = (
            None
            if self.greatest is None
            else f"{'below' if self.exclusive_greatest else 'at most'} {self.greatest}"
        )
        return " and ".join(part for part in (low, high) if part)

    def __contains__(self, value: object) -> bool:
        if not isinstance(value, (int, float)) or value != value:  # not a number
            return False
        high_enough = self.least is None or (
            value > self.least if self.exclusive_least else value >= self.least
        )
        low_enough = self.greatest is None or (
            value < self.greatest if self.exclusive_greatest else value <= self.greatest
        )
        return high_enough and low_enough


def checked_bounds(
    min_value: float | None, max_value: float | None, *, exclusive_min: bool, exclusive_max: bool
) -> Bounds:
    """The bounds of a check. Raises InvalidDefinitionError when there is none, or nothing lies between them."""
    if min_value is None and max_value is None:
        raise InvalidDefinitionError("a check of bounds has no bounds", "give min_value, max_value or both")
    bounds = Bounds(min_value, max_value, exclusive_min, exclusive_max)
    if min_value is not None and max_value is not None:
        is_empty = min_value > max_value or (min_value == max_value and (exclusive_min or exclusive_max))
        if is_empty:
            raise InvalidDefinitionError(f"no value is {bounds}", "make max_value greater than min_value")
    return bounds


def bounds_check_name(metadata_key: str) -> str:
    """The name of the check of this metadata's bounds: what no name may have becomes `_`."""
    letters = [
        letter if letter.isascii() and (letter.isalnum() or letter == "_") else "_" for letter in metadata_key
    ]
    return f"{''.join(letters)}_bounds_check"


def bounds_verdict(metadata_key: str, value: object, bounds: Bounds) -> CheckVerdict:
    """Does the metadata of the latest materialization lie within `bounds`? `value` is None when it has none."""
    if value is None:
        return CheckVerdict(False, f"the latest materialization has no metadata {metadata_key!r}", {})
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return CheckVerdict(False, f"{metadata_key} is {value!r}, which is no number", {})
    if value not in bounds:
        return CheckVerdict(
            False, f"{metadata_key} is {value}, and should be {bounds}", {metadata_key: value}
        )
    return CheckVerdict(True, f"{metadata_key} is {value}, which is {bounds}", {metadata_key: value})


def _recorded(
    params: Mapping[str, RawMetadataValue], lower_bound: datetime, last_updated: datetime | None
) -> dict[str, RawMetadataValue]:
    recorded: dict[str, RawMetadataValue] = {
        PARAMS: dict(params),
        LOWER_BOUND: TimestampMetadataValue(lower_bound.timestamp()),
    }
    if last_updated is not None:
        recorded[LAST_UPDATED] = TimestampMetadataValue(last_updated.timestamp())
    return recorded


def _fresh(until: datetime, recorded: Mapping[str, RawMetadataValue]) -> CheckVerdict:
    found = {**recorded, FRESH_UNTIL: TimestampMetadataValue(until.timestamp())}
    return CheckVerdict(True, f"fresh until {_shown(until)}", found)


def _shown(moment: datetime) -> str:
    return moment.isoformat(" ", "seconds")
