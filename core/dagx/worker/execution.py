"""Carries out one step of the engine: one function, or the ops of a graph one after the other.

It knows what the engine asks for; the observing of files and the wire are elsewhere.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import os
import random
import socket
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dagx.assets.definition import AssetsDefinition
from dagx.checks.results import AssetCheckEvaluation
from dagx.checks.specs import AssetCheckKey
from dagx.config.marks import kind_of
from dagx.config.run_config import ValidatedConfig, validated_run_config
from dagx.execution.execute import Listener, StepOutput, execute_step
from dagx.execution.planned_resources import op_schema, resources_of
from dagx.execution.planning import steps_for_assets
from dagx.execution.progress import Progress, Ready, instance_key
from dagx.execution.recording import AssetEvent
from dagx.execution.retries import RetryPolicy, seconds_until_retry
from dagx.execution.runs import AD_HOC_JOB, RunInfo
from dagx.execution.step_inputs import Ground
from dagx.execution.steps import Step
from dagx.functions.op_definition import OpDefinition
from dagx.functions.slots import DEFAULT_IO_MANAGER
from dagx.instance.of_step import opening
from dagx.keys import AssetKey
from dagx.logs.user_code import get_logger
from dagx.resource_defs.lifecycle import open_resources, resource_schemas
from dagx.worker.answers import check_json, event_json, observation_json, output_json
from dagx.worker.describe import text_of
from dagx.worker.problems import problem_of, tried_again
from dagx.worker.project import LoadedProject
from dagx.worker.values import EngineIOManager

if TYPE_CHECKING:
    from dagx.ops.job_definition import JobDefinition

__all__ = ["StepExecution"]


class StepExecution:
    """One attempt of a step, and what came of it."""

    def __init__(
        self,
        project: LoadedProject,
        definition: AssetsDefinition,
        message: Mapping[str, Any],
        end: socket.socket,
    ) -> None:
        self._resolved = project.resolved
        self._makers = project.makers
        self._loggers = project.definitions.loggers
        self._proof = project.importer.proof
        self._root = project.root
        self._definition = _asked_for(definition, message.get("products"))
        self._job = project.jobs()[message["job"]] if message.get("job") else None
        self._steps, self._wanted = self._planned(project, definition)
        self._is_graph = not isinstance(definition.node_def, OpDefinition)
        self._manager = EngineIOManager(message, is_graph=self._is_graph, known=self._resolved.specs)
        self._retry_number = message["attempt"] - 1
        self._run_config: Mapping[str, Any] = message.get("config") or {}
        self._partitions: Mapping[str, Any] | None = message.get("partitions")
        chosen, tags = self._chosen()
        execution = project.execution(self._job, self._run_config)
        self._may_retry = execution is None or execution.retries != "disabled"
        self._run = RunInfo(
            message["run"],
            tags={**(self._job.run_tags if self._job is not None else {}), **tags},
            job_name=self._job.name if self._job is not None else AD_HOC_JOB,
            job=self._job,
            storage_dir=message["storage"],
            run_config=self._run_config,
            partition_range=chosen,
            history=self._history,
        )
        self._end = end
        self._message = message
        self._questions: Any = None
        self._opened: Any = None
        self._log = get_logger()
        self._made: dict[tuple[str, str, str | None], StepOutput] = {}
        self._checks: dict[tuple[AssetCheckKey, str | None], AssetCheckEvaluation] = {}
        self._events: list[AssetEvent] = []

    def _planned(
        self, project: LoadedProject, definition: AssetsDefinition
    ) -> tuple[Sequence[Step], frozenset[str]]:
        """The steps that it is, and the resources that these need."""
        if self._definition is definition and (self._job is None or not self._job.hook_defs):
            return project.steps_of(definition)
        steps = _with_hooks(self._job, steps_for_assets([self._definition]))
        return steps, frozenset(resources_of(steps, self._resolved.specs, self._makers))

    def _chosen(self) -> tuple[tuple[str, str] | None, dict[str, str]]:
        """The first and last partition that it is for, and the tags of a run that say so."""
        if self._partitions is None:
            return None, {}
        runs: Any = importlib.import_module("dagx.execution.partitioned_runs")
        first, last = self._partitions["first"], self._partitions["last"]
        named = {runs.PARTITION: first} if first == last else {runs.RANGE_START: first, runs.RANGE_END: last}
        found: tuple[tuple[str, str] | None, dict[str, str]]
        with self._moment():
            found = runs.partitions_of_run([self._definition], None, named)
        return found

    def _moment(self) -> contextlib.AbstractContextManager[Any]:
        """While it is open, there are the partitions that there were when the engine planned the run."""
        if self._partitions is None:
            return contextlib.nullcontext()
        loading: Any = importlib.import_module("dagx.partitions.moment")
        found: contextlib.AbstractContextManager[Any] = loading.moment(self._partitions["now"])
        return found

    def _history(self) -> Any:
        """The project's history, opened when it is first asked for: most steps never do."""
        if self._opened is None:
            asking: Any = importlib.import_module("dagx.worker.asking")
            history: Any = importlib.import_module("dagx.worker.history")
            self._questions = asking.Questions(self._end, self._message["token"])
            state = os.path.dirname(self._message["storage"])
            self._opened = history.ProjectHistory(self._questions, self._run, state)
        return self._opened

    def run(self) -> None:
        """Open what the step needs, execute it, close. Whatever user code raises comes out."""
        opening[:] = [self._history]
        try:
            with self._moment():
                self._run_now()
        finally:
            opening.clear()
            if self._questions is not None:
                self._questions.close()

    def _run_now(self) -> None:
        resolved = self._resolved
        resources = {DEFAULT_IO_MANAGER: self._manager, **resolved.resources}
        # Ours also for a step without values: it says what is to be done when one is asked for.
        ours = () if DEFAULT_IO_MANAGER in resolved.resources else (DEFAULT_IO_MANAGER,)
        wanted = {*self._wanted, *ours}
        config = self._config(resources, wanted)
        with contextlib.ExitStack() as stack:
            self._open_loggers(stack)
            opened = stack.enter_context(
                open_resources(resources, wanted, config=config.resources, run=self._run, log=self._log)
            )
            progress = Progress(self._steps)
            ground = Ground(
                self._run,
                self._log,
                opened,
                resolved.specs,
                self._makers,
                outputs={(step.key, slot.name): slot for step in self._steps for slot in step.outputs},
                progress=progress,
                resource_names=list(resources),
            )
            for step in self._steps:
                for mapping_key in progress.instances(step):
                    self._instance(step, mapping_key, ground, progress, config.ops.get(step.path))

    def _config(self, resources: Mapping[str, object], wanted: set[str]) -> ValidatedConfig:
        node = self._definition.node_def
        takes_config = not isinstance(node, OpDefinition) or node.config_type is not None
        if not (self._run_config or takes_config or any(kind_of(resources.get(name)) for name in wanted)):
            return ValidatedConfig({}, {}, {}, {}, None, {})
        return validated_run_config(
            self._run_config,
            {self._definition.name: op_schema(self._definition)},
            resource_schemas(resources),
            required_resources=wanted,
            ignored_ops=list(self._resolved.steps) if self._run_config else (),
        )

    def _open_loggers(self, stack: contextlib.ExitStack) -> None:
        named = self._run_config.get("loggers")
        if named:
            loggers: Any = importlib.import_module("dagx.logs.definitions")
            stack.enter_context(loggers.run_loggers(self._loggers, named, run_id=self._run.run_id))

    # One op of a graph, or the function of an asset

    def _instance(
        self, step: Step, mapping_key: str | None, ground: Ground, progress: Progress, op_config: Any
    ) -> None:
        found = progress.verdict(step, mapping_key)
        if not isinstance(found, Ready):
            progress.left_out(step, mapping_key, found)
            return
        heard = _Heard(self._made, self._checks, self._events, step, mapping_key)
        error = self._attempts(step, mapping_key, ground, op_config, heard)
        will_be_tried_again = error is not None and self.seconds_until_retry(error) is not None
        if step.hooks and not will_be_tried_again:
            self._call_hooks(step, mapping_key, ground, op_config, heard.values, error)
        if error is not None:
            raise error
        made = [(output.output_name, output.mapping_key) for output, _ in heard.values]
        progress.ended(step, mapping_key, made, failed=False)

    def _attempts(
        self, step: Step, mapping_key: str | None, ground: Ground, op_config: Any, heard: _Heard
    ) -> BaseException | None:
        """What the last attempt raised. One of an asset's own function is tried again by the engine."""
        retries = 0
        while True:
            try:
                execute_step(
                    step,
                    ground,
                    op_config=op_config,
                    retry_number=retries if self._is_graph else self._retry_number,
                    mapping_key=mapping_key,
                    listener=heard,
                )
            except Exception as error:  # noqa: BLE001  # whatever user code raises; it is raised again
                wait = self._wait_of(step.retry_policy, error, retries) if self._is_graph else None
                if wait is None:
                    return error
                self._log.warning(*tried_again(step.key, wait, problem_of(error, self._root).to_json()))
                time.sleep(wait)
                retries += 1
            else:
                return None

    def _wait_of(self, policy: RetryPolicy | None, error: BaseException, retries: int) -> float | None:
        if policy is None and self._job is not None:
            policy = self._job.op_retry_policy
        return None if not self._may_retry else seconds_until_retry(error, policy, retries, random.random)

    def _call_hooks(
        self,
        step: Step,
        mapping_key: str | None,
        ground: Ground,
        op_config: Any,
        values: Sequence[tuple[StepOutput, Any]],
        error: BaseException | None,
    ) -> None:
        hooks: Any = importlib.import_module("dagx.worker.hooks")
        with self._proof.unheeded():  # they make nothing
            hooks.call_hooks(step, instance_key(step, mapping_key), ground, op_config, values, error)

    # What came of it

    def seconds_until_retry(self, error: BaseException) -> float | None:
        """How long until the step may be tried again after `error`; None: not again."""
        node = self._definition.node_def
        if not isinstance(node, OpDefinition) or not isinstance(error, Exception):
            return None
        return self._wait_of(node.retry_policy, error, self._retry_number)

    def answer(self) -> dict[str, Any]:
        """The assets made and observed, and the results of checks, as the engine is told of them."""
        made = [output for output in self._made.values() if output.asset_key is not None]
        return {
            "outputs": [
                output_json(output, self._manager.stored.get(text_of(output.asset_key)))
                for output in made
                if output.asset_key is not None and not output.is_observation
            ],
            "observed": [observation_json(output) for output in made if output.is_observation],
            "checks": [check_json(evaluation) for evaluation in self._checks.values()],
            "recorded": [told for event in self._events if (told := event_json(event)) is not None],
        }


class _Heard(Listener):
    """Keeps what an attempt made; what a later one makes again takes its place. `values` are those of one instance.

    Events beside the outputs are all kept: they happened.
    """

    def __init__(
        self,
        made: dict[tuple[str, str, str | None], StepOutput],
        checks: dict[tuple[AssetCheckKey, str | None], AssetCheckEvaluation],
        events: list[AssetEvent],
        step: Step,
        mapping_key: str | None,
    ) -> None:
        self._made = made
        self._checks = checks
        self._events = events
        self._instance = instance_key(step, mapping_key)
        self.values: list[tuple[StepOutput, Any]] = []
        self._keeps_values = bool(step.hooks)

    def output(self, output: StepOutput, value: Any) -> None:
        self._made[self._instance, output.output_name, output.mapping_key] = output
        place = (output.output_name, output.mapping_key)
        self.values = [kept for kept in self.values if (kept[0].output_name, kept[0].mapping_key) != place]
        self.values.append((output, value if self._keeps_values else None))

    def event(self, event: AssetEvent) -> None:
        self._events.append(event)

    def check(self, evaluation: AssetCheckEvaluation) -> None:
        self._checks[evaluation.asset_check_key, evaluation.partition] = evaluation


def _with_hooks(job: JobDefinition | None, steps: Sequence[Step]) -> Sequence[Step]:
    """The steps with the hooks of the job that they are run for."""
    if job is None or not job.hook_defs:
        return steps
    return [dataclasses.replace(step, hooks=step.hooks | job.hook_defs) for step in steps]


def _asked_for(definition: AssetsDefinition, products: Mapping[str, Any] | None) -> AssetsDefinition:
    """The definition, of which the run may want a part."""
    if products is None:
        return definition
    keys = {AssetKey.from_escaped_user_string(key) for key in products["assets"]}
    checks = {AssetCheckKey(AssetKey.from_escaped_user_string(a), name) for a, name in products["checks"]}
    return definition.subset_for(keys, checks)
