"""Carries out steps in this process, one after the other: skips, retries, dynamic outputs, hooks, resources, events.

It knows steps, not the definitions that they come from. Sections 6, 22, 24.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dagx.assets.specs import AssetSpec
from dagx.checks.results import AssetCheckEvaluation
from dagx.errors import ExecutionInterruptedError, ResourceFunctionError
from dagx.execution.execute import execute_step
from dagx.execution.journal import Journal, StepJournal
from dagx.execution.progress import Progress, Ready, Skip, instance_key
from dagx.execution.recording import AssetEvent
from dagx.execution.retries import RetryPolicy, seconds_until_retry
from dagx.execution.runs import RunInfo
from dagx.execution.step_inputs import Ground
from dagx.execution.step_outputs import StepOutput
from dagx.execution.steps import Step
from dagx.execution.watching import Watcher
from dagx.functions.slots import OutputSlot
from dagx.instance import event_makers as make
from dagx.instance.events import DagsterEvent
from dagx.keys import AssetKey
from dagx.ops.hooks import HookContext, run_hook
from dagx.resource_defs.named import ScopedResources

OpenResources = Callable[[], Any]


@dataclass
class StepRun:
    """How one step went: what it made, with the values; the error that ended it, if one did; retries used."""

    step: Step
    outputs: list[tuple[StepOutput, Any]] = field(default_factory=list["tuple[StepOutput, Any]"])
    events: list[AssetEvent] = field(default_factory=list["AssetEvent"])
    checks: list[AssetCheckEvaluation] = field(default_factory=list["AssetCheckEvaluation"])
    error: BaseException | None = None
    retries: int = 0
    is_skipped: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether it ran to its end."""
        return self.error is None and not self.is_skipped


@dataclass(frozen=True)
class RunOrder:
    """What is to be run: steps, upstream first, and all that they need to know.

    `op_config` has the checked config of steps by their paths; `specs` those of all assets and `makers` the step and
    output that make each; `open_resources` gives a context manager around the open resources; `resource_keys` are the
    names of those with a life of their own, for the events, `resource_names` all. `op_retry_policy` is the job's, for
    steps that have none; unless `may_retry`, no step is tried again. `watcher` is told how the steps go.
    """

    steps: Sequence[Step]
    run: RunInfo
    log: Any
    specs: Mapping[AssetKey, AssetSpec]
    makers: Mapping[AssetKey, tuple[str, OutputSlot]]
    open_resources: OpenResources
    resource_keys: Sequence[str] = ()
    resource_names: Collection[str] = ()
    op_config: Mapping[tuple[str, ...], Any] = field(default_factory=dict["tuple[str, ...]", Any])
    op_retry_policy: RetryPolicy | None = None
    raise_on_error: bool = True
    may_retry: bool = True
    watcher: Watcher = field(default_factory=Watcher)


def carry_out(order: RunOrder, journal: Journal) -> dict[str, StepRun]:
    """Run the steps; how each went by its key (with `[mapping key]` for those that run more than once).

    Steps that need a failed one have not run and are not there. With `raise_on_error`, what the first failing step
    raised comes out, after it is written down; so does what setting up resources raises.
    """
    return _Carrier(order, journal).run()


class _Carrier:
    def __init__(self, order: RunOrder, journal: Journal) -> None:
        self._order = order
        self._journal = journal
        self._watcher = order.watcher
        self._job = order.run.job_name
        self._runs: dict[str, StepRun] = {}
        self._progress = Progress(order.steps)
        self._outputs = {(step.key, slot.name): slot for step in order.steps for slot in step.outputs}

    def run(self) -> dict[str, StepRun]:
        self._journal.planned(self._order.steps)
        self._journal.write(make.run_start(self._job))
        try:
            self._with_resources()
        except BaseException as error:
            self._journal.write(self._end_by(error))
            if self._order.raise_on_error or not isinstance(error, ResourceFunctionError):
                raise
            return self._runs
        failed = sorted(key for key, run in self._runs.items() if run.error is not None)
        if failed:
            self._journal.write(make.run_failure(self._job, f"steps failed: {', '.join(failed)}"))
        else:
            self._journal.write(make.run_success(self._job))
        return self._runs

    def _end_by(self, error: BaseException) -> DagsterEvent:
        if isinstance(error, (KeyboardInterrupt, ExecutionInterruptedError)):
            return make.run_canceled(self._job, "the run was interrupted")
        is_of_step = any(run.error is error for run in self._runs.values())
        return make.run_failure(self._job, error=None if is_of_step else error)

    def _with_resources(self) -> None:
        keys = self._order.resource_keys
        if keys:
            self._journal.write(make.resource_init_started(self._job, keys))
        opening = self._order.open_resources()
        try:
            resources = opening.__enter__()
        except BaseException as error:
            if keys:
                self._journal.write(make.resource_init_failure(self._job, keys, error))
            raise
        if keys:
            self._journal.write(make.resource_init_success(self._job, keys))
        try:
            self._all_steps(resources)
        finally:  # what failed in a step is not thrown into the resources: they end as always
            opening.__exit__(None, None, None)

    def _all_steps(self, resources: Mapping[str, object]) -> None:
        ground = Ground(
            run=self._order.run,
            log=self._order.log,
            resources=resources,
            specs=self._order.specs,
            makers=self._order.makers,
            outputs=self._outputs,
            progress=self._progress,
            resource_names=self._order.resource_names,
        )
        for step in self._order.steps:
            for mapping_key in self._progress.instances(step):
                self._one(step, mapping_key, ground)

    # One step, or one instance of it

    def _one(self, step: Step, mapping_key: str | None, ground: Ground) -> None:
        key = instance_key(step, mapping_key)
        verdict = self._progress.verdict(step, mapping_key)
        if not isinstance(verdict, Ready):
            self._progress.left_out(step, mapping_key, verdict)
            if isinstance(verdict, Skip):
                self._runs[key] = StepRun(step, is_skipped=True)
                self._journal.write(make.step_skipped(self._job, key, verdict.because))
            self._watcher.skipped(key, verdict.because)
            return
        run = self._runs[key] = StepRun(step)
        journal = StepJournal(self._journal, step, key)
        self._journal.step_key = key
        self._watcher.began(key)
        began = time.monotonic()
        try:
            self._attempts(step, key, mapping_key, ground, run, journal)
        finally:
            run.outputs, run.events, run.checks = journal.outputs, journal.recorded, journal.checks
        made = [(output.output_name, output.mapping_key) for output, _ in run.outputs]
        self._progress.ended(step, mapping_key, made, failed=run.error is not None)
        self._watcher.ended(key, run, time.monotonic() - began)
        self._call_hooks(step, key, run, ground)
        self._journal.step_key = None
        if run.error is not None and self._order.raise_on_error:
            raise run.error

    def _attempts(
        self,
        step: Step,
        key: str,
        mapping_key: str | None,
        ground: Ground,
        run: StepRun,
        journal: StepJournal,
    ) -> None:
        """Until the step succeeds or may not be tried again."""
        policy = step.retry_policy or self._order.op_retry_policy
        journal.write(make.step_start(self._job, key))
        while True:
            started = time.monotonic()
            try:
                execute_step(
                    step,
                    ground,
                    op_config=self._order.op_config.get(step.path),
                    retry_number=run.retries,
                    mapping_key=mapping_key,
                    listener=journal,
                )
            except Exception as error:  # noqa: BLE001  # whatever user code raises fails the step, and is raised again
                wait = seconds_until_retry(error, policy, run.retries, random.random)
                if wait is None or not self._order.may_retry:
                    run.error = error
                    journal.write(make.step_failure(self._job, key, error))
                    return
                run.retries += 1
                self._watcher.tried_again(key, error, wait)
                journal.write(make.step_up_for_retry(self._job, key, error, wait or None))
                if wait:
                    time.sleep(wait)
                journal.write(make.step_restarted(self._job, key, run.retries))
            except BaseException as error:
                run.error = error
                journal.write(make.step_failure(self._job, key, error))
                raise
            else:
                journal.write(make.step_success(self._job, key, (time.monotonic() - started) * 1000))
                return

    def _call_hooks(self, step: Step, key: str, run: StepRun, ground: Ground) -> None:
        for hook in sorted(step.hooks, key=lambda hook: str(hook.name)):
            values: dict[str, Any] = {}
            metadata: dict[str, Any] = {}
            for output, value in run.outputs:
                if output.mapping_key is None:
                    values[output.output_name] = value
                    metadata[output.output_name] = output.metadata
                else:
                    values.setdefault(output.output_name, {})[output.mapping_key] = value
                    metadata.setdefault(output.output_name, {})[output.mapping_key] = output.metadata
            context = HookContext(
                hook,
                run=self._order.run,
                resources=ScopedResources(ground.resources, hook.required_resource_keys),
                log=self._order.log,
                op=step.op,
                step_key=key,
                op_config=self._order.op_config.get(step.path),
                op_exception=run.error,
                op_output_values=values,
                op_output_metadata=metadata,
            )
            try:
                done = run_hook(hook, context, succeeded=run.error is None, events=self._journal.events)
            except Exception as error:  # noqa: BLE001  # a hook that fails is recorded and changes nothing
                self._journal.write(make.hook_errored(self._job, key, hook.name, error))
                self._watcher.hook_failed(key, hook.name, error)
            else:
                event = make.hook_skipped if done.is_skipped else make.hook_completed
                self._journal.write(event(self._job, key, hook.name))
