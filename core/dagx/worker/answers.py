"""What a step made, as JSON for the engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dagx.checks.results import AssetCheckEvaluation
from dagx.execution.execute import StepOutput
from dagx.metadata.as_json import to_json
from dagx.metadata.values import MetadataValue
from dagx.worker.describe import text_of

__all__ = ["check_json", "observation_json", "output_json"]


def output_json(output: StepOutput, stored: Mapping[str, Any] | None) -> dict[str, Any]:
    """One asset; `stored` is where its value lies, if dagx itself stored it."""
    assert output.asset_key is not None
    return {
        "key": text_of(output.asset_key),
        "metadata": _metadata(output.metadata),
        "tags": dict(output.tags),
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
        "tags": dict(output.tags),
        "data_version": output.data_version,
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
    }


def _metadata(metadata: Mapping[str, MetadataValue]) -> dict[str, Any]:
    return {label: to_json(value) for label, value in metadata.items()}
