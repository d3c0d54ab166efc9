"""RunInfo: what a step knows of the run that it belongs to. Semantics: section 8."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dagx.instance.instance import DagsterInstance

AD_HOC_JOB = "__ephemeral_asset_job__"


@dataclass(frozen=True)
class RunInfo:
    """A run.

    `storage_dir` is the folder in which a FilesystemIOManager without one of its own keeps values. A run for one
    partition has `partition_range` from it to itself, one for several from the first to the last. `run_config` is as
    it was given; `instance` keeps the history that the run is written to, if there is one, and `history` opens it
    where that costs something; `job` is the definition that runs.
    """

    run_id: str
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    job_name: str = AD_HOC_JOB
    run_config: Mapping[str, Any] = field(default_factory=dict[str, Any])
    storage_dir: str = ".dagx/storage"
    partition_range: tuple[str, str] | None = None
    instance: DagsterInstance | None = None
    job: Any = None
    history: Callable[[], DagsterInstance] | None = None

    def opened_instance(self) -> DagsterInstance | None:
        """The history that the run is written to, opened if need be; None where there is none."""
        return self.history() if self.instance is None and self.history is not None else self.instance
