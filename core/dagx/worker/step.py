"""One step in this process, its reads and writes observed, and what is answered to the engine."""

from __future__ import annotations

import functools
import importlib
import os
import socket
import time
from collections.abc import Callable, Mapping
from typing import Any

from dagx.worker.execution import StepExecution
from dagx.worker.problems import problem_of
from dagx.worker.project import LoadedProject
from dagx.worker.proof import Executed
from dagx.worker.tracing.programs import Started
from dagx.worker.tracing.seen import Seen

__all__ = ["Interrupted", "run_step"]


class Interrupted(BaseException):
    """The engine asked the step to end."""


def run_step(
    project: LoadedProject,
    message: Mapping[str, Any],
    end: socket.socket,
    tell: Callable[[Mapping[str, Any]], None],
    failed: Callable[[BaseException], None] | None = None,
) -> dict[str, Any]:
    """Execute the step that the message names and answer with what it made, or with its problem.

    What it asks meanwhile goes to the engine at the other `end`; `tell` takes what is to be known before it ends, and
    `failed` looks at what it raised.
    """
    if message.get("is_job"):
        return _run_job(project, message, tell)
    definition = project.resolved.steps[message["step"]]
    execution = StepExecution(project, definition, message, end)
    own = {_real(source.file) for source in project.importer.sources.values()}
    seen = project.tracer.start(folders=message.get("folders", ()))
    proof, wanted = project.importer.proof, message.get("proof")
    if wanted is not None and wanted["calls"]:
        proof.begin()
    started = time.monotonic()
    outcome: dict[str, Any] = {"ok": True}
    try:
        execution.run()
    except Interrupted:
        raise
    except BaseException as error:  # noqa: BLE001 - it is the user's, whatever it derives from
        project.tracer.stop()
        if failed is not None:
            failed(error)
        problem = problem_of(error, project.root).to_json()
        outcome = {"ok": False, "problem": problem, "retry_in": execution.seconds_until_retry(error)}
    finally:
        executed = proof.end()
        project.tracer.stop()
    outcome["seconds"] = time.monotonic() - started
    learned = _learned(project, executed, seen, wanted) if wanted is not None else {}
    for module in project.learning.modules(learned) if learned else ():
        own.add(os.path.realpath(project.importer.sources[module].file))
    code = {"learned": learned, "calls": executed is not None}
    return {**outcome, "seen": {**_seen(seen, own), **code}, **execution.answer()}


def _learned(
    project: LoadedProject, executed: Executed | None, seen: Seen, wanted: Mapping[str, Any]
) -> dict[str, Any]:
    """What it loaded and executed beyond its static reach, `covered`; with where that leads, if it is not `known`."""
    sources = project.importer.sources
    named = [found for found in seen.unpickled if found[0] in sources]
    if not named and executed is None:
        return {}
    learning, covered = project.learning, frozenset(wanted["covered"])
    names = learning.unpickled(named, covered)
    names += learning.names(executed, covered) if executed is not None else []
    new = [name for name in names if name not in wanted["known"]]
    reach = learning.reach(new, sources) if new else {}
    return {name: reach.get(name) for name in names}


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


@functools.cache
def _real(module: str) -> str:
    """The real path of a module of the project, whose source was read once."""
    return os.path.realpath(module)


def _seen(seen: Seen, own: set[str]) -> dict[str, Any]:
    """`own` are the modules that the step's fingerprint knows: one that is found only now is data to it, and so are all
    that a program reads.
    """
    started = seen.started
    data = started.witnessed if started is not None and not started.is_python_alone else {}
    return {
        "read": {
            path: stamp
            for path, stamp in seen.read.items()
            if (path not in own or path in data) and os.path.realpath(path) not in seen.written
        },
        "made": list(seen.made),
        "written": list(seen.written),
        "network": seen.network.places,
        "databases": list(seen.databases),
        "rewritten": list(seen.rewritten),
        "listed": seen.listed,
        "probed": seen.probed,
        "links": seen.links,
        "variables": list(seen.variables),
        "started": None if started is None else _started(started),
    }


def _started(started: Started) -> dict[str, Any]:
    return {
        "programs": started.programs,
        "modes": started.modes,
        "witnessed": list(started.witnessed),
        "unsettled": list(started.unsettled),
        "claimed": list(started.claimed),
        "changed": list(started.changed),
        "doubt": started.doubt,
    }
