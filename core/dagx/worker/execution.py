"""Carries out one step of the engine: one function, or the ops of a graph one after the other.

It knows what the engine asks for; the observing of files and the wire are elsewhere.
"""

from __future__ import annotations

import logging
import random
import sys
from collections.abc import Mapping
from typing import Any

from dagx.assets import AssetsDefinition
from dagx.checks.results import AssetCheckEvaluation
from dagx.config.run_config import validated_run_config
from dagx.execute import Listener, StepOutput, execute_step
from dagx.metadata_json import to_json as metadata_to_json
from dagx.op_definition import OpDefinition
from dagx.planned_resources import op_schema, resources_of
from dagx.planning import steps_for_assets
from dagx.resource_defs.lifecycle import open_resources, resource_schemas
from dagx.retries import seconds_until_retry
from dagx.runs import RunInfo
from dagx.slots import DEFAULT_IO_MANAGER
from dagx.step_inputs import Ground
from dagx.steps import Step
from dagx.worker.project import LoadedProject, text_of
from dagx.worker.values import EngineIOManager

__all__ = ["StepExecution"]


class StepExecution(Listener):
    """One attempt of a step, and what came of it."""

    def __init__(
        self, project: LoadedProject, definition: AssetsDefinition, message: Mapping[str, Any]
    ) -> None:
        self._resolved = project.resolved
        self._definition = definition
        self._steps = steps_for_assets([definition])
        self._manager = EngineIOManager(message, is_graph=len(self._steps) > 1)
        self._retry_number = message["attempt"] - 1
        self._run = RunInfo(message["run"], tags=message.get("tags") or {}, storage_dir=message["storage"])
        self._run_config: Mapping[str, Any] = message.get("config") or {}
        self._outputs: list[StepOutput] = []
        self._checks: list[AssetCheckEvaluation] = []

    def run(self) -> None:
        """Open what the step needs, execute it, close. Whatever user code raises comes out."""
        resolved = self._resolved
        resources = {DEFAULT_IO_MANAGER: self._manager, **resolved.resources}
        wanted = resources_of(self._steps, resolved.specs, resolved.makers)
        config = validated_run_config(
            self._run_config,
            {self._definition.name: op_schema(self._definition)},
            resource_schemas(resources),
            required_resources=wanted,
            ignored_ops=list(resolved.steps),
        )
        log = step_logger()
        with open_resources(resources, wanted, config=config.resources, run=self._run, log=log) as opened:
            ground = Ground(
                self._run,
                log,
                opened,
                resolved.specs,
                resolved.makers,
                outputs={(step.key, slot.name): slot for step in self._steps for slot in step.outputs},
                resource_names=list(resources),
            )
            for step in self._steps:
                self._execute(step, ground, config.ops.get(step.path))

    def _execute(self, step: Step, ground: Ground, op_config: Any) -> None:
        execute_step(step, ground, op_config=op_config, retry_number=self._retry_number, listener=self)

    def output(self, output: StepOutput, value: Any) -> None:
        self._outputs.append(output)

    def check(self, evaluation: AssetCheckEvaluation) -> None:
        self._checks.append(evaluation)

    # What came of it

    def seconds_until_retry(self, error: BaseException) -> float | None:
        """How long until the step may be tried again after `error`; None: not again."""
        node = self._definition.node_def
        policy = node.retry_policy if isinstance(node, OpDefinition) else None
        return seconds_until_retry(error, policy, self._retry_number, random.random)

    def outputs(self) -> list[dict[str, Any]]:
        """The assets made, as the engine is told of them."""
        found: list[dict[str, Any]] = []
        for output in self._outputs:
            if output.asset_key is None:
                continue
            key = text_of(output.asset_key)
            found.append(
                {
                    "key": key,
                    "metadata": {label: metadata_to_json(value) for label, value in output.metadata.items()},
                    "tags": dict(output.tags),
                    "data_version": output.data_version,
                    "stored": self._manager.stored.get(key),
                    "handled": output.stored,
                }
            )
        return found

    def checks(self) -> list[dict[str, Any]]:
        """The results of checks, as the engine is told of them."""
        return [
            {
                "asset": text_of(one.asset_key),
                "name": one.check_name,
                "passed": one.passed,
                "severity": one.severity.value,
                "blocking": bool(one.blocking),
                "description": one.description or "",
                "metadata": {label: metadata_to_json(value) for label, value in one.metadata.items()},
            }
            for one in self._checks
        ]


def step_logger() -> logging.Logger:
    """The logger of `context.log`: lines go where the step's output goes."""
    log = logging.getLogger("dagx.step")
    if not log.handlers:
        handler = _ToStderr()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S"))
        log.addHandler(handler)
        log.setLevel(logging.DEBUG)
        log.propagate = False
    return log


class _ToStderr(logging.Handler):
    """Writes to whatever `sys.stderr` is at the moment: a step may replace it."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
        except Exception:  # noqa: BLE001 - logging never raises into the code that logs
            self.handleError(record)
