"""RunInfo: what a step knows of the run that it belongs to. Semantics: section 8."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

AD_HOC_JOB = "__ephemeral_asset_job__"


@dataclass(frozen=True)
class RunInfo:
    """A run.

    `storage_dir` is the folder in which a FilesystemIOManager without one of its own keeps values.
    """

    run_id: str
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    job_name: str = AD_HOC_JOB
    run_config: Mapping[str, Any] = field(default_factory=dict[str, Any])
    storage_dir: str = ".dagx/storage"
