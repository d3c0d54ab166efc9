"""What a step made, as JSON for the engine."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from dagx.checks.results import AssetCheckEvaluation
from dagx.execution.execute import StepOutput
from dagx.execution.recording import AssetEvent
from dagx.execution.results import AssetMaterialization, ExpectationResult
from dagx.metadata.as_json import to_json
from dagx.metadata.values import MetadataValue
from dagx.worker.describe import text_of

__all__ = ["check_json", "event_json", "observation_json", "output_json"]

_DATA_VERSION = "dagster/data_version"
_IS_USERS = "dagster/data_version_is_user_provided"


def output_json(output: StepOutput, stored: Mapping[str, Any] | None) -> dict[str, Any]:
    """One asset; `stored` is where its value lies, if dagx itself stored it."""
    assert output.asset_key is not None
    return {
        "key": text_of(output.asset_key),
        "metadata": _metadata(output.metadata),
        "tags": {**_version_tags(output.data_version), **output.tags},
        "data_version": output.data_version,
        "stored": stored,
        "handled": output.stored,
        "partitions": list(output.partitions),
        "by_partition": {name: _metadata(found) for name, found in output.by_partition.items()},
        "versions": dict(output.versions),
    }


def observation_json(output: StepOutput) -> dict[str, Any]:
    """One external asset that was looked at."""
    assert output.asset_key is not None
    return {
        "key": text_of(output.asset_key),
        "metadata": _metadata(output.metadata),
        "tags": {**_version_tags(output.data_version), **output.tags},
        "data_version": output.data_version,
        "partitions": list(output.partitions),
        "tags_by_partition": {name: _version_tags(version) for name, version in output.versions.items()},
    }


def event_json(event: AssetEvent) -> dict[str, Any] | None:
    """An event that user code recorded beside its outputs; None for one that is about no asset."""
    if isinstance(event, ExpectationResult):
        return None
    return {
        "kind": "made" if isinstance(event, AssetMaterialization) else "seen",
        "key": text_of(event.asset_key),
        "partition": event.partition or "",
        "description": event.description or "",
        "metadata": _metadata(event.metadata),
        "tags": dict(event.tags),
    }


def check_json(evaluation: AssetCheckEvaluation) -> dict[str, Any]:
    """The result of one check."""
    return {
        "asset": text_of(evaluation.asset_key),
        "name": evaluation.check_name,
        "passed": evaluation.passed,
        "severity": evaluation.severity.value,
        "blocking": bool(evaluation.blocking),
        "description": evaluation.description or "",
        "metadata": _metadata(evaluation.metadata),
        "partition": evaluation.partition,
        "holds_until": _holds_until(evaluation),
    }


def _holds_until(evaluation: AssetCheckEvaluation) -> float | None:
    """Until when a result about freshness holds; None for all others, which hold whatever the time is."""
    if not any(label.startswith("dagster/fresh") for label in evaluation.metadata):
        return None
    history: Any = importlib.import_module("dagx.checks.history")
    found: float | None = history.holds_until(evaluation)
    return found


def _version_tags(version: str | None) -> dict[str, str]:
    """The version that the user named, which the engine keeps as a digest, in the words of the user."""
    return {} if version is None else {_DATA_VERSION: version, _IS_USERS: "true"}


def _metadata(metadata: Mapping[str, MetadataValue]) -> dict[str, Any]:
    return {label: to_json(value) for label, value in metadata.items()}
