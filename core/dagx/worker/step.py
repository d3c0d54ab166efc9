"""One step in this process, its reads and writes observed, and what is answered to the engine."""

from __future__ import annotations

import importlib
import os
import socket
import time
from collections.abc import Callable, Mapping
from typing import Any

from dagx.worker.execution import StepExecution
from dagx.worker.problems import problem_of
from dagx.worker.project import LoadedProject
from dagx.worker.tracing.seen import Seen

__all__ = ["Interrupted", "run_step"]


class Interrupted(BaseException):
    """The engine asked the step to end."""


def run_step(
    project: LoadedProject,
    message: Mapping[str, Any],
    end: socket.socket,
    tell: Callable[[Mapping[str, Any]], None],
) -> dict[str, Any]:
    """Execute the step that the message names and answer with what it made, or with its problem.

    What it asks meanwhile goes to the engine at the other `end`; `tell` takes what is to be known before it ends.
    """
    if message.get("is_job"):
        return _run_job(project, message, tell)
    definition = project.resolved.steps[message["step"]]
    execution = StepExecution(project, definition, message, end)
    own = {os.path.realpath(source.file) for source in project.importer.sources.values()}
    seen = project.tracer.start()
    started = time.monotonic()
    try:
        execution.run()
    except Interrupted:
        raise
    except BaseException as error:  # noqa: BLE001 - it is the user's, whatever it derives from
        project.tracer.stop()
        return {
            "ok": False,
            "problem": problem_of(error, project.root).to_json(),
            "retry_in": execution.seconds_until_retry(error),
            "seconds": time.monotonic() - started,
            "seen": _seen(seen, own),
            **execution.answer(),
        }
    finally:
        project.tracer.stop()
    return {
        "ok": True,
        "seconds": time.monotonic() - started,
        "seen": _seen(seen, own),
        **execution.answer(),
    }


def _run_job(
    project: LoadedProject, message: Mapping[str, Any], tell: Callable[[Mapping[str, Any]], None]
) -> dict[str, Any]:
    """All the ops of a job. What they read is of no account: nothing is kept that could be stale."""
    jobs: Any = importlib.import_module("dagx.worker.job_execution")
    execution = jobs.JobExecution(project, message, tell)
    unseen: dict[str, Any] = {"read": {}, "made": [], "written": [], "listed": {}}
    started = time.monotonic()
    answer: dict[str, Any] = {"ok": True, "seen": unseen, **execution.answer()}
    try:
        execution.run()
    except Interrupted:
        raise
    except BaseException as error:  # noqa: BLE001 - it is the user's, whatever it derives from
        problem = problem_of(error, project.root).to_json()
        answer.update(ok=False, problem=problem, retry_in=execution.seconds_until_retry(error))
    return {**answer, "seconds": time.monotonic() - started}


def _seen(seen: Seen, own: set[str]) -> dict[str, Any]:
    """`own` are the modules that the step's fingerprint knows: one that is found only now is data to it."""
    return {
        "read": {
            path: stamp
            for path, stamp in seen.read.items()
            if path not in own and os.path.realpath(path) not in seen.written
        },
        "made": list(seen.made),
        "written": list(seen.written),
        "databases": list(seen.databases),
        "rewritten": list(seen.rewritten),
        "listed": seen.listed,
        "probed": seen.probed,
        "links": seen.links,
        "variables": list(seen.variables),
    }
