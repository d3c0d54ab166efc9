"""What the other process is told of the step: assets, partitions, run. Plain JSON, as the protocol has it."""

from __future__ import annotations

from typing import Any

from dagx.contexts.step import OpExecutionContext
from dagx.errors import InvalidInvocationError, InvariantViolationError
from dagx.keys import AssetKey
from dagx.pipes.wire import PipesExtras


def context_data(context: OpExecutionContext, extras: PipesExtras | None) -> dict[str, Any]:
    """The context of a step as JSON."""
    keys = asset_keys(context)
    names = [key.to_escaped_user_string() for key in keys] or None
    return {
        "asset_keys": names,
        "code_version_by_asset_key": _code_versions(context, keys) if names else None,
        "provenance_by_asset_key": dict.fromkeys(names) if names else None,
        **_partitions(context),
        "run_id": context.run_id,
        "job_name": context.job_name,
        "retry_number": context.retry_number,
        "extras": dict(extras or {}),
    }


def made_keys(context: OpExecutionContext) -> list[AssetKey]:
    """The assets that the step is to make, in order; none for an op or a check."""
    try:
        return sorted(context.selected_asset_keys)
    except InvalidInvocationError:  # it makes no assets
        return []


def asset_keys(context: OpExecutionContext) -> list[AssetKey]:
    """The assets that the step is about: those it makes, and those it checks."""
    checked: set[AssetKey] = {key.asset_key for key in getattr(context, "selected_asset_check_keys", ())}
    return sorted(checked.union(made_keys(context)))


def _code_versions(context: OpExecutionContext, keys: list[AssetKey]) -> dict[str, str | None]:
    made = set(made_keys(context))
    versions = context.assets_def.code_versions_by_key if made else {}
    return {key.to_escaped_user_string(): versions.get(key) for key in keys}


def _partitions(context: OpExecutionContext) -> dict[str, Any]:
    if not (context.has_partition_key or context.has_partition_key_range):
        return {"partition_key": None, "partition_key_range": None, "partition_time_window": None}
    asked: Any = context
    keys = asked.partition_key_range
    try:
        window = asked.partition_time_window
    except InvariantViolationError:  # the partitions are not windows of time
        window = None
    return {
        "partition_key": str(context.partition_key) if context.has_partition_key else None,
        "partition_key_range": {"start": str(keys.start), "end": str(keys.end)},
        "partition_time_window": None
        if window is None
        else {"start": window.start.isoformat(), "end": window.end.isoformat()},
    }
