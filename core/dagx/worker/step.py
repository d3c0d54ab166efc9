"""One step in this process: inputs from where the engine says, outputs to where it says, reads and writes observed."""

from __future__ import annotations

import base64
import logging
import os
import random
import sys
import time
from collections.abc import Mapping
from typing import Any

from dagx.errors import DagxError
from dagx.execute import StepResult, execute_step
from dagx.io_contexts import InputContext, OutputContext
from dagx.io_managers import IOManager
from dagx.metadata_json import to_json as metadata_to_json
from dagx.retries import seconds_until_retry
from dagx.runs import RunInfo
from dagx.worker.codecs import decode, encode
from dagx.worker.preview import preview_of
from dagx.worker.problems import problem_of
from dagx.worker.project import LoadedProject, text_of
from dagx.worker.trace import Seen

__all__ = ["Interrupted", "run_step"]

_INLINE_UP_TO = 4096


class Interrupted(BaseException):
    """The engine asked the step to end."""


class EngineIOManager(IOManager):
    """Stores a value by its type in a file that the engine publishes, or inline when it is small."""

    def __init__(self, message: Mapping[str, Any]) -> None:
        self._inputs: Mapping[str, Mapping[str, Any]] = message["inputs"]
        self._staging: str = message["staging"]
        self._token: str = message["token"]
        self.stored: dict[str, dict[str, Any]] = {}

    def handle_output(self, context: OutputContext, obj: object) -> None:
        done = encode(obj)
        key = text_of(context.asset_key)
        where: dict[str, Any]
        if len(done.data) <= _INLINE_UP_TO:
            where = {"inline": base64.b64encode(done.data).decode("ascii")}
        else:
            path = os.path.join(self._staging, f"{self._token}.{len(self.stored)}")
            with open(path, "wb") as stream:
                stream.write(done.data)
            where = {"path": path}
        self.stored[key] = {
            **where,
            "codec": done.codec,
            "size": len(done.data),
            "rows": done.rows,
            "columns": done.columns,
            "preview": preview_of(obj, done.codec),
        }

    def load_input(self, context: InputContext) -> object:
        key = text_of(context.asset_key)
        found = self._inputs.get(key)
        if found is None:
            raise DagxError(
                f'"{key}" has no stored value to load',
                hint="it was declared to return None, or it returns a MaterializeResult without a value; use deps= "
                "to depend on it without loading it",
            )
        data = base64.b64decode(found["inline"]) if found.get("inline") is not None else None
        return decode(found["codec"], found.get("path"), data)


def run_step(project: LoadedProject, message: Mapping[str, Any]) -> dict[str, Any]:
    """Execute the step that the message names and answer with what it made, or with its problem."""
    manager = EngineIOManager(message)
    resources = {"io_manager": manager, **project.resolved.resources}
    run = RunInfo(message["run"], tags=message.get("tags") or {}, storage_dir=message["storage"])
    definition = project.resolved.steps[message["step"]]
    retry_number = message["attempt"] - 1
    own = {os.path.realpath(source.file) for source in project.importer.sources.values()}
    seen = project.tracer.start()
    started = time.monotonic()
    try:
        result = execute_step(
            definition,
            resources=resources,
            run=run,
            retry_number=retry_number,
            log=_logger(),
            specs=project.resolved.specs,
        )
    except Interrupted:
        raise
    except BaseException as error:  # noqa: BLE001 - it is the user's, whatever it derives from
        project.tracer.stop()
        return {
            "ok": False,
            "problem": problem_of(error, project.root).to_json(),
            "retry_in": seconds_until_retry(error, definition.retry_policy, retry_number, random.random),
            "seconds": time.monotonic() - started,
            "seen": _seen(seen, own),
        }
    finally:
        project.tracer.stop()
    seconds = time.monotonic() - started
    return {
        "ok": True,
        "seconds": seconds,
        "outputs": _outputs(result, manager),
        "seen": _seen(seen, own),
    }


def _outputs(result: StepResult, manager: EngineIOManager) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for output in result.outputs:
        key = text_of(output.asset_key)
        found.append(
            {
                "key": key,
                "metadata": {label: metadata_to_json(value) for label, value in output.metadata.items()},
                "tags": dict(output.tags),
                "data_version": output.data_version,
                "stored": manager.stored.get(key),
                "handled": output.stored,
            }
        )
    return found


def _seen(seen: Seen, own: set[str]) -> dict[str, list[str]]:
    """`own` are the modules that the step's fingerprint knows: one that is found only now is data to it."""
    return {
        "read": [path for path in seen.read if path not in own and path not in seen.written],
        "made": list(seen.made),
        "listed": list(seen.listed),
    }


def _logger() -> logging.Logger:
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
