"""Carries out a job of ops for the engine: all of it in this process, op after op. How each op goes is told meanwhile.

It keeps nothing: what ops make is gone with the run, unless an IO manager or the ops themselves store it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import os
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

from dagx.errors import DagxError
from dagx.execution.in_process_steps import Request, run_order
from dagx.execution.running import StepRun, carry_out
from dagx.execution.watching import Watcher
from dagx.instance.instance import DagsterInstance
from dagx.logs.user_code import get_logger
from dagx.ops.job_definition import JobDefinition
from dagx.partitions.keys import PARTITION_TAG
from dagx.worker.jobs import config_of_job, work_of_job
from dagx.worker.problems import problem_of, tried_again
from dagx.worker.project import LoadedProject
from dagx.worker.values import EngineIOManager

__all__ = ["JobExecution"]

Tell = Callable[[Mapping[str, Any]], None]


class JobExecution:
    """One run of a job of ops. `tell` takes the outcome of each op to the engine."""

    def __init__(self, project: LoadedProject, message: Mapping[str, Any], tell: Tell) -> None:
        self._project = project
        self._message = message
        self._job: JobDefinition = project.jobs()[message["job"]]
        self._ops = _Ops(tell, project.root)

    def run(self) -> None:
        """Run all ops that can; raise a DagxError that has what the failed ones raised."""
        with self._moment(), contextlib.ExitStack() as stack:
            self._run_now(stack)
        self._ops.raise_failures()

    def seconds_until_retry(self, error: BaseException) -> float | None:
        """Never: ops are tried again by themselves, and a job that was run has had its effects."""
        del error
        return None

    def answer(self) -> dict[str, Any]:
        """Nothing is kept."""
        return {"outputs": [], "observed": [], "checks": [], "recorded": []}

    def _moment(self) -> contextlib.AbstractContextManager[Any]:
        partitions = self._message.get("partitions")
        if partitions is None:
            return contextlib.nullcontext()
        loading: Any = importlib.import_module("dagx.partitions.moment")
        found: contextlib.AbstractContextManager[Any] = loading.moment(partitions["now"])
        return found

    def _run_now(self, stack: contextlib.ExitStack) -> None:
        job, message = self._job, self._message
        partition: str | None = message["partitions"]["first"] if message.get("partitions") else None
        config = job.checked_run_config(config_of_job(job, message.get("config") or None, partition))
        work = work_of_job(self._project, job, config)
        tags = dict(job.run_tags) if partition is None else {**job.run_tags, PARTITION_TAG: partition}
        partition_range, partition_tags = job.partitions_of_run(work, partition, tags)
        request = Request(
            run_config=config,
            instance=DagsterInstance.ephemeral(os.path.dirname(message["storage"])),
            run_id=message["run"],
            tags={**tags, **partition_tags},
            partition_range=partition_range,
            raise_on_error=message["fail_fast"],
        )
        order, journal, _ = run_order(work, request, lambda _: EngineIOManager(message, is_graph=True), stack)
        opening = _Opening(order.open_resources)
        order = dataclasses.replace(order, watcher=self._ops, open_resources=lambda: opening)
        self._ops.expect([step.key for step in order.steps])
        try:
            carry_out(order, journal)
        except Exception:
            if not self._ops.failures:
                raise
        finally:
            self._ops.tell_rest()
        if opening.error is not None:
            raise opening.error


class _Opening:
    """Opens resources, and keeps what that raises: a run that goes on after failures does not."""

    def __init__(self, open_resources: Callable[[], Any]) -> None:
        self._opened = open_resources()
        self.error: BaseException | None = None

    def __enter__(self) -> Any:
        try:
            return self._opened.__enter__()
        except BaseException as error:
            self.error = error
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.__exit__(kind, error, trace)


class _Ops(Watcher):
    """Says in the log and to the engine how ops go."""

    def __init__(self, tell: Tell, root: str) -> None:
        self._tell = tell
        self._root = root
        self._log = get_logger()
        self._left: dict[str, None] = {}
        self.failures: dict[str, BaseException] = {}

    def expect(self, keys: list[str]) -> None:
        """These are to be run."""
        self._left = dict.fromkeys(keys)

    def began(self, key: str) -> None:
        self._log.info("%s began", key)

    def tried_again(self, key: str, error: BaseException, wait: float) -> None:
        self._log.warning(*tried_again(key, wait, problem_of(error, self._root).to_json()))

    def ended(self, key: str, run: StepRun, seconds: float) -> None:
        line = ""
        if run.error is None:
            self._log.info("%s done", key)
        else:
            self.failures[key] = run.error
            problem = problem_of(run.error, self._root)
            line = problem.line
            self._log.error("%s failed: %s\n%s", key, line, problem.text)
        state = "succeeded" if run.error is None else "failed"
        self._say(key, state, seconds=seconds, line=line, tries=run.retries + 1)

    def skipped(self, key: str, because: str) -> None:
        self._log.info("%s skipped: %s", key, because)
        self._say(key, "skipped", line=because)

    def hook_failed(self, key: str, hook: str, error: BaseException) -> None:
        self._log.error("the hook %s of %s raised", hook, key, exc_info=error)

    def tell_rest(self) -> None:
        """What was not reached, because the run ended early, is cancelled."""
        for key in list(self._left):
            self._say(key, "cancelled")

    def raise_failures(self) -> None:
        """One error of all that failed."""
        if not self.failures:
            return
        problems = {key: problem_of(error, self._root) for key, error in self.failures.items()}
        if len(problems) == 1:
            ((key, problem),) = problems.items()
            raise DagxError(f"{key} failed: {problem.line}\n{problem.text}")
        lines = [f"{len(problems)} ops failed: {', '.join(problems)}"]
        for key, problem in problems.items():
            lines += ["", f"{key} failed: {problem.line}", problem.text]
        raise DagxError("\n".join(lines))

    def _say(
        self, key: str, state: str, *, seconds: float | None = None, line: str = "", tries: int = 0
    ) -> None:
        self._left.pop(key.partition("[")[0], None)
        self._tell({"op": key, "state": state, "seconds": seconds, "line": line, "tries": tries})
