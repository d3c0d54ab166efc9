"""A worker's life: say hello, then load, preload and execute as the engine asks, until it closes the channel."""

from __future__ import annotations

import faulthandler
import importlib
import os
import socket
import sys
import traceback
from collections.abc import Mapping
from typing import Any

from dagx.errors import DagxError
from dagx.logs.user_code import get_logger
from dagx.worker import wire
from dagx.worker.containment import adopt_orphans, children, die_with
from dagx.worker.cost import Meter
from dagx.worker.interrupts import interruptible, uninterrupted
from dagx.worker.leftovers import end_leftovers
from dagx.worker.preloading import preload
from dagx.worker.problems import problem_of, tried_again
from dagx.worker.project import LoadedProject, load_project
from dagx.worker.rehearsing import rehearse
from dagx.worker.step import Interrupted, run_step
from dagx.worker.step_log import log_to_stderr
from dagx.worker.tracing.announcing import FOLDERS, announced, place_of
from dagx.worker.tracing.listening import install
from dagx.worker.tracing.variables import all_now, put_all_back
from dagx.worker.warden import stand_guard

__all__ = ["main"]


def main(parent: int | None = None) -> None:
    """Serve the engine at the other end of the socket named by DAGX_WORKER_FD. Never returns.

    `parent` is the warden, if one guards this process already.
    """
    if parent is None:
        parent = stand_guard(int(os.environ[wire.FD_VARIABLE]))
    fd = int(os.environ.pop(wire.FD_VARIABLE))
    os.environ.pop(wire.MODE_VARIABLE, None)
    _hide(wire.ENGINE_VARIABLE)
    os.set_inheritable(fd, False)
    is_host = os.environ.pop(wire.HOST_VARIABLE, None) is not None
    die_with(parent)
    end = socket.socket(fileno=fd)
    install()
    if is_host:
        end = _say_hello(_forked(end))
    adopt_orphans()
    code = 1
    try:
        _serve(end)
        code = 0
    except (wire.BrokenWire, OSError):
        code = (
            wire.LOST_CHANNEL
        )  # the step closed our descriptors, or the engine is gone: there is nobody to tell
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        _flush()
        os._exit(code)


def _hide(variable: str) -> None:
    """It is another one each time, so that code which looks at all variables must not see it."""
    value = os.environ.pop(variable, None)
    if value is not None:
        os.putenv(variable, value)


def _forked(end: socket.socket) -> socket.socket:
    """Returns in workers that are forked from this process."""
    found: socket.socket = importlib.import_module("dagx.worker.host").forked(end)
    return found


def _say_hello(end: socket.socket) -> socket.socket:
    """Tell the engine who this is: it did not start this process itself."""
    wire.send(end, {"did": "hello", "pid": os.getpid()})
    handle = os.pidfd_open(os.getpid())
    wire.send_fd(end, handle)
    os.close(handle)
    return end


def _serve(end: socket.socket) -> None:
    project: LoadedProject | None = None
    while (message := wire.receive(end)) is not None:
        if message["do"] == "preload":
            preload(message["modules"])
        elif message["do"] == "rehearse":
            rehearse()
        elif message["do"] == "load":
            project, answer = _load(message)
            wire.send(end, answer)
        elif message["do"] in ("step", "compare", "audit", "spin") and project is not None:
            ends = [wire.receive_fd(end) for _ in range(message["fds"])]
            wire.send(end, _step(project, message, ends, end))


def _load(message: dict[str, Any]) -> tuple[LoadedProject | None, dict[str, Any]]:
    try:
        # The importer looks into the folders of the project; a program that a step runs meanwhile did not.
        with announced(place_of(message["state"]), FOLDERS):
            project = load_project(message)
    except BaseException as error:  # noqa: BLE001 - whatever the project does at import is its problem to show
        return None, {"did": "refused", "problem": problem_of(error, message["root"]).to_json()}
    if message.get("sources") is not None:
        return _same_as_before(project, message)
    try:
        described = project.describe(bytes.fromhex(message["secret"]), message["learned"])
        return project, {"did": "loaded", **project.to_json(), "definitions": described}
    except DagxError as error:
        return None, {"did": "refused", "problem": problem_of(error, message["root"]).to_json()}
    except Exception as error:  # noqa: BLE001 - a fault of ours must not look like one of the project's
        line = f"a bug of dagx: it cannot describe this project ({type(error).__name__}: {error})"
        text = f"{line}\nplease report it with these lines\n{traceback.format_exc()}"
        return None, {"did": "refused", "problem": {"line": line, "text": text, "file": "", "number": 0}}


def _same_as_before(
    project: LoadedProject, message: dict[str, Any]
) -> tuple[LoadedProject | None, dict[str, Any]]:
    """Another worker loaded and described the same sources before: what they read must have been the same, too."""
    before: dict[str, str] = message["imported"]
    changed = sorted(dict(before.items() ^ project.imported.items()))
    if not changed:
        return project, {"did": "loaded"}
    line = (
        f"{changed[0].partition(':')[2]}, read when the project is imported, changed while dagx was running"
    )
    return None, {"did": "refused", "problem": {"line": line, "text": line, "file": "", "number": 0}}


def _step(
    project: LoadedProject, message: dict[str, Any], ends: list[int], end: socket.socket
) -> dict[str, Any]:
    """Execute one step, or compare two values; whatever it raises becomes a problem in the answer.

    What that prints goes where this process writes to: the engine knows which step it is of. If there are `ends`, it
    goes to the first, errors go to the second, and it reads from the third.
    """
    out, err = os.dup(1), os.dup(2)
    for number, end_of_it in zip((1, 2), ends, strict=False):
        os.dup2(end_of_it, number)
        os.close(end_of_it)
    faulthandler.enable(2)
    log_to_stderr()
    meter = Meter()
    folder, environment, mask = os.getcwd(), all_now(), os.umask(0o022)
    os.umask(mask)
    older = children()
    try:
        with interruptible():
            answer = _answer(project, message, ends[2:], end)
    except Interrupted:
        answer = {
            "ok": False,
            "stopped": True,
            "problem": {"line": "stopped", "text": "stopped", "file": "", "number": 0},
        }
    finally:
        end_leftovers(older)
        _flush()
        cost = meter.read()  # what the step left running was waited for, and counts
        faulthandler.disable()
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.close(out)
        os.close(err)
        for number in (1, 2):
            os.set_blocking(number, True)
        _put_back(folder, environment, mask)
    return {"did": "step", "token": message["token"], **answer, "cost": cost}


def _answer(
    project: LoadedProject, message: dict[str, Any], into: list[int], end: socket.socket
) -> dict[str, Any]:
    if message["do"] == "compare":
        return _compared(project, message)
    if message["do"] == "audit":
        guarded: Any = importlib.import_module("dagx.worker.guarded")
        answer: dict[str, Any] = guarded.run_guarded(project, message, end)
        return answer
    if message["do"] == "spin":
        spinning: Any = importlib.import_module("dagx.worker.spinning")
        spun: dict[str, Any] = spinning.run_spun(project, message, into[0], end)
        return spun
    answer = run_step(project, message, end, lambda news: _tell(end, message["token"], news))
    if answer.get("retry_in") is not None:
        get_logger().warning(*tried_again(message["step"], answer["retry_in"], answer["problem"]))
    return answer


def _compared(project: LoadedProject, message: dict[str, Any]) -> dict[str, Any]:
    """What differs between two stored values; asked for by commands that few give."""
    comparing: Any = importlib.import_module("dagx.worker.comparing")
    answer: dict[str, Any] = comparing.compare_stored(message, project.root)
    return answer


def _tell(end: socket.socket, token: str, news: Mapping[str, Any]) -> None:
    """Say something of a step before it ends. A request to stop it waits: it would tear the message."""
    with uninterrupted():
        wire.send(end, {"did": "op", "token": token, **news})


def _put_back(folder: str, environment: Mapping[bytes, bytes], mask: int) -> None:
    """A step may change the folder, the environment and the umask; the next one must not notice."""
    try:
        os.chdir(folder)
    except OSError as error:
        print(f"cannot go back to {folder}: {error}", file=sys.stderr)
    put_all_back(environment)
    os.umask(mask)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            continue  # the step closed or replaced it
