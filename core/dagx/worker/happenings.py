"""What the engine tells of events and runs, as the entries and records that an instance answers with."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from dagx.checks.results import AssetCheckEvaluation, AssetCheckSeverity, TargetMaterialization
from dagx.execution.results import AssetMaterialization, AssetObservation
from dagx.execution.runs import AD_HOC_JOB, RunInfo
from dagx.instance import event_makers as make
from dagx.instance.data_versions import (
    CODE_VERSION_TAG,
    DATA_VERSION_TAG,
    INPUT_POINTER_PREFIX,
    INPUT_VERSION_PREFIX,
    NO_POINTER,
)
from dagx.instance.event_contents import StepFailed
from dagx.instance.event_log import EventLogEntry
from dagx.instance.event_types import DagsterEventType as Kind
from dagx.instance.events import DagsterEvent
from dagx.instance.recorded_error import RecordedError
from dagx.instance.run_status import DagsterRunStatus
from dagx.instance.runs import DagsterRun, RunRecord, moment
from dagx.keys import AssetKey
from dagx.metadata.as_json import from_json
from dagx.metadata.values import MetadataValue

__all__ = ["KINDS", "entry_of", "run_of"]

KINDS: Mapping[str, tuple[str, ...]] = {
    kind.value: names
    for kind, names in {
        Kind.ASSET_MATERIALIZATION: ("made",),
        Kind.ASSET_OBSERVATION: ("seen",),
        Kind.ASSET_CHECK_EVALUATION: ("checked",),
        Kind.ASSET_WIPED: (),
        Kind.STEP_START: ("step_started",),
        Kind.STEP_RESTARTED: ("step_started",),
        Kind.STEP_SUCCESS: ("step_succeeded", "step_unchanged"),
        Kind.STEP_FAILURE: ("step_failed",),
        Kind.STEP_SKIPPED: ("step_skipped",),
        Kind.RUN_ENQUEUED: (),
        Kind.RUN_DEQUEUED: (),
        Kind.RUN_STARTING: (),
        Kind.RUN_START: ("run_started",),
        Kind.RUN_SUCCESS: ("run_succeeded",),
        Kind.RUN_FAILURE: ("run_failed", "run_crashed"),
        Kind.RUN_CANCELING: (),
        Kind.RUN_CANCELED: ("run_cancelled",),
    }.items()
}
"""What the engine calls the events of each type that it keeps; nothing for those that never happen in it."""

_STATUS = {
    "running": DagsterRunStatus.STARTED,
    "succeeded": DagsterRunStatus.SUCCESS,
    "failed": DagsterRunStatus.FAILURE,
    "crashed": DagsterRunStatus.FAILURE,
    "cancelled": DagsterRunStatus.CANCELED,
}


def entry_of(told: Mapping[str, Any]) -> EventLogEntry:
    """An event, as the engine tells it, as an entry."""
    event = _of_asset(told) if told["asset"] is not None else _of_run(told)
    error = getattr(event.event_specific_data, "error", None)
    level = logging.INFO if error is None else logging.ERROR
    return EventLogEntry(
        told["run"], told["at"], level, "", AD_HOC_JOB, event.step_key, event, error, told["number"]
    )


def run_of(told: Mapping[str, Any], current: RunInfo) -> RunRecord:
    """A run; of the one under way (`current`) its tags and config are known."""
    is_current = told["id"] == current.run_id
    chosen = told["assets"]
    run = DagsterRun(
        AD_HOC_JOB,
        told["id"],
        current.run_config if is_current else None,
        None if chosen is None else [AssetKey.from_escaped_user_string(asset) for asset in chosen],
        status=_STATUS[told["status"]],
        tags=current.tags if is_current else None,
    )
    ended = told["ended_at"]
    began = moment(told["started_at"])
    return RunRecord(
        told["number"], run, began, began if ended is None else moment(ended), told["started_at"], ended
    )


def _of_asset(told: Mapping[str, Any]) -> DagsterEvent:
    key = AssetKey.from_escaped_user_string(told["asset"])
    step = told["step"] or None
    metadata = {label: _metadata(value) for label, value in told["metadata"].items()}
    partition = told["partition"] or None
    description = told["description"] or None
    if told["kind"] == "checked":
        return make.asset_check_evaluation(AD_HOC_JOB, step, _evaluation(told, key, metadata))
    if told["kind"] == "made":
        made = AssetMaterialization(
            key, description, metadata, partition, {**_versions(told), **told["tags"]}
        )
        return make.asset_materialization(AD_HOC_JOB, step, made)
    seen = AssetObservation(key, description, metadata, partition, {**_versions(told), **told["tags"]})
    return make.asset_observation(AD_HOC_JOB, step, seen)


def _metadata(value: Mapping[str, Any]) -> MetadataValue:
    return from_json(value)


def _versions(told: Mapping[str, Any]) -> dict[str, str]:
    """As tags: the versions of what the engine made or saw, and of what it was made from."""
    found: dict[str, str] = {}
    if told.get("code_version"):
        found[CODE_VERSION_TAG] = told["code_version"]
    if told.get("data_version"):
        found[DATA_VERSION_TAG] = told["data_version"]
    for asset, (version, number) in told.get("inputs", {}).items():
        shown = AssetKey.from_escaped_user_string(asset).to_user_string()
        found[INPUT_VERSION_PREFIX + shown] = version
        found[INPUT_POINTER_PREFIX + shown] = NO_POINTER if number is None else str(number)
    return found


def _evaluation(
    told: Mapping[str, Any], key: AssetKey, metadata: Mapping[str, MetadataValue]
) -> AssetCheckEvaluation:
    target = None if told["target"] is None else TargetMaterialization(*told["target"])
    return AssetCheckEvaluation(
        key,
        told["name"],
        told["passed"],
        metadata=metadata,
        target_materialization_data=target,
        severity=AssetCheckSeverity(told["severity"]),
        description=told["description"] or None,
        blocking=told["blocking"],
        partition=told["partition"] or None,
    )


def _of_run(told: Mapping[str, Any]) -> DagsterEvent:
    step, body = told["step"], told["body"]
    job = AD_HOC_JOB
    kind: str = told["kind"]
    if kind == "step_started":
        attempt: int = body.get("attempt", 1)
        return make.step_start(job, step) if attempt == 1 else make.step_restarted(job, step, attempt - 1)
    if kind == "step_skipped":
        return make.step_skipped(job, step, body.get("because"))
    if kind == "step_failed":
        error = RecordedError(body.get("error", ""))
        return DagsterEvent(Kind.STEP_FAILURE, job, step, StepFailed(error), f'step "{step}" failed')
    if kind.startswith("step_"):
        return make.step_success(job, step, 1000 * body.get("seconds", 0.0))
    if kind == "run_started":
        return make.run_start(job)
    if kind == "run_succeeded":
        return make.run_success(job)
    return make.run_canceled(job) if kind == "run_cancelled" else make.run_failure(job)
