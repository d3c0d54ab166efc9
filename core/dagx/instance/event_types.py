"""DagsterEventType: what an event is of. Semantics: sections 27, 30."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from dagx.instance.run_status import DagsterRunStatus

__all__ = ["DagsterEventType"]


class DagsterEventType(str, enum.Enum):
    """What happened. The values of the types of runs keep their old spelling: RUN_START is "PIPELINE_START".

    Semantics: section 30.
    """

    STEP_START = "STEP_START"
    STEP_INPUT = "STEP_INPUT"
    STEP_OUTPUT = "STEP_OUTPUT"
    STEP_SUCCESS = "STEP_SUCCESS"
    STEP_FAILURE = "STEP_FAILURE"
    STEP_SKIPPED = "STEP_SKIPPED"
    STEP_UP_FOR_RETRY = "STEP_UP_FOR_RETRY"
    STEP_RESTARTED = "STEP_RESTARTED"
    STEP_EXPECTATION_RESULT = "STEP_EXPECTATION_RESULT"
    STEP_WORKER_STARTING = "STEP_WORKER_STARTING"
    STEP_WORKER_STARTED = "STEP_WORKER_STARTED"
    LOADED_INPUT = "LOADED_INPUT"
    HANDLED_OUTPUT = "HANDLED_OUTPUT"
    ASSET_MATERIALIZATION_PLANNED = "ASSET_MATERIALIZATION_PLANNED"
    ASSET_MATERIALIZATION = "ASSET_MATERIALIZATION"
    ASSET_OBSERVATION = "ASSET_OBSERVATION"
    ASSET_CHECK_EVALUATION_PLANNED = "ASSET_CHECK_EVALUATION_PLANNED"
    ASSET_CHECK_EVALUATION = "ASSET_CHECK_EVALUATION"
    ASSET_WIPED = "ASSET_WIPED"
    RESOURCE_INIT_STARTED = "RESOURCE_INIT_STARTED"
    RESOURCE_INIT_SUCCESS = "RESOURCE_INIT_SUCCESS"
    RESOURCE_INIT_FAILURE = "RESOURCE_INIT_FAILURE"
    HOOK_COMPLETED = "HOOK_COMPLETED"
    HOOK_ERRORED = "HOOK_ERRORED"
    HOOK_SKIPPED = "HOOK_SKIPPED"
    ENGINE_EVENT = "ENGINE_EVENT"
    LOGS_CAPTURED = "LOGS_CAPTURED"
    RUN_ENQUEUED = "PIPELINE_ENQUEUED"
    RUN_DEQUEUED = "PIPELINE_DEQUEUED"
    RUN_STARTING = "PIPELINE_STARTING"
    RUN_START = "PIPELINE_START"
    RUN_SUCCESS = "PIPELINE_SUCCESS"
    RUN_FAILURE = "PIPELINE_FAILURE"
    RUN_CANCELING = "PIPELINE_CANCELING"
    RUN_CANCELED = "PIPELINE_CANCELED"


STATUS_AFTER: Mapping[str, DagsterRunStatus] = {
    DagsterEventType.RUN_ENQUEUED.value: DagsterRunStatus.QUEUED,
    DagsterEventType.RUN_STARTING.value: DagsterRunStatus.STARTING,
    DagsterEventType.RUN_START.value: DagsterRunStatus.STARTED,
    DagsterEventType.RUN_SUCCESS.value: DagsterRunStatus.SUCCESS,
    DagsterEventType.RUN_FAILURE.value: DagsterRunStatus.FAILURE,
    DagsterEventType.RUN_CANCELING.value: DagsterRunStatus.CANCELING,
    DagsterEventType.RUN_CANCELED.value: DagsterRunStatus.CANCELED,
}
"""The status that an event gives its run, by the value of its type."""

RUN_EVENTS = frozenset({*STATUS_AFTER, DagsterEventType.RUN_DEQUEUED.value})
NO_STEP_EVENTS = RUN_EVENTS | {
    DagsterEventType.ENGINE_EVENT.value,
    DagsterEventType.LOGS_CAPTURED.value,
    DagsterEventType.ASSET_MATERIALIZATION_PLANNED.value,
    DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED.value,
    DagsterEventType.ASSET_WIPED.value,
}
"""Events that do not belong to the course of a step, even when they name one."""

HISTORY_EVENTS = frozenset(
    {DagsterEventType.ASSET_MATERIALIZATION.value, DagsterEventType.ASSET_OBSERVATION.value}
)
"""Events that make an asset known: it was made, or seen."""
