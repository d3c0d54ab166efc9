"""What the context of a step answers of the run that it belongs to. Section 8."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dagx.errors import InvalidInvocationError

if TYPE_CHECKING:
    from dagx.execution.runs import RunInfo
    from dagx.instance.instance import DagsterInstance


class RunAnswers:
    """The questions about `run`."""

    run: RunInfo

    @property
    def run_id(self) -> str:
        """The id of the run; "EPHEMERAL" in a direct call."""
        return self.run.run_id

    @property
    def dagster_run(self) -> RunInfo:
        """The older name of `run`."""
        return self.run

    @property
    def run_tags(self) -> Mapping[str, str]:
        """The tags of the run."""
        return self.run.tags

    @property
    def run_config(self) -> Mapping[str, Any]:
        """The config of the run."""
        return self.run.run_config

    @property
    def job_name(self) -> str:
        """The name of the job."""
        return self.run.job_name

    @property
    def job_def(self) -> Any:
        """The job that runs. Raises InvalidInvocationError outside a run."""
        if self.run.job is None:
            raise InvalidInvocationError("this context belongs to no job", "ask for job_name")
        return self.run.job

    @property
    def instance(self) -> DagsterInstance:
        """The history that the run is written to; in a step of `dagx run` it can be read, and not changed.

        Raises InvalidInvocationError where there is none.
        """
        instance = self.run.opened_instance()
        if instance is None:
            raise InvalidInvocationError(
                "this run writes to no instance", "pass instance= to materialize() or to the context"
            )
        return instance

    @property
    def pdb(self) -> Any:
        """A debugger: `context.pdb.set_trace()`."""
        return importlib.import_module("pdb").Pdb()

    def has_tag(self, key: str) -> bool:
        """Whether the run has the tag `key`."""
        return key in self.run.tags

    def get_tag(self, key: str) -> str | None:
        """The value of the run's tag `key`, or None."""
        return self.run.tags.get(key)
