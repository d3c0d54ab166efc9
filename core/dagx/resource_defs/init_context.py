"""What a resource is told while it is set up. Semantics: section 11."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from dagx.logs.user_code import get_logger
from dagx.resource_defs.named import ScopedResources

if TYPE_CHECKING:
    from dagx.execution.runs import RunInfo

__all__ = ["InitResourceContext"]


class InitResourceContext:
    """What the function of a resource, or its set-up hooks, are told. Semantics: section 11.

    `resource_config` is its plain config, `resources` has, as attributes, the resources that it requires, `log` is a
    logger, `run` (also `dagster_run`) the run, None outside of one, `instance` the instance, if there is one,
    `resource_def` what is being set up.
    """

    def __init__(
        self,
        *,
        resource_config: Any = None,
        resources: ScopedResources | None = None,
        log: logging.Logger | None = None,
        run: RunInfo | None = None,
        instance: Any = None,
        resource_def: object = None,
    ) -> None:
        self.resource_config = resource_config
        self.resources = resources or ScopedResources({})
        self.log = log or get_logger()
        self.run = run
        self._instance = instance
        self.resource_def = resource_def

    @property
    def dagster_run(self) -> RunInfo | None:
        """The run; None outside of one."""
        return self.run

    @property
    def instance(self) -> Any:
        """The instance, if there is one."""
        if self._instance is None and self.run is not None:
            return self.run.opened_instance()
        return self._instance

    @property
    def run_id(self) -> str | None:
        """The id of the run; None outside of one."""
        return None if self.run is None else self.run.run_id

    def replace_config(self, config: object) -> InitResourceContext:
        """The same with other config."""
        return InitResourceContext(
            resource_config=config,
            resources=self.resources,
            log=self.log,
            run=self.run,
            instance=self._instance,
            resource_def=self.resource_def,
        )
