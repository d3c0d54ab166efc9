"""PipesSubprocessClient: runs a command of this machine for a step."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from dagx.contexts.step import OpExecutionContext
from dagx.errors import SubprocessError
from dagx.pipes.client import PipesClient, PipesClientCompletedInvocation
from dagx.pipes.ends import PipesContextInjector, PipesMessageReader
from dagx.pipes.injectors import PipesTempFileContextInjector
from dagx.pipes.readers import PipesTempFileMessageReader
from dagx.pipes.session import open_pipes_session
from dagx.pipes.wire import PipesExtras

__all__ = ["PipesSubprocessClient"]


class PipesSubprocessClient(PipesClient):
    """Runs a command, hands it the context of the step and takes what it reports.

    env: variables it gets beside those of this process. cwd: the folder it runs in, else the current one.
    context_injector, message_reader: how context and messages travel, else in temporary files. forward_termination:
    whether the command ends when the step is interrupted, which it has termination_timeout_seconds to do before it is
    killed. What it prints is printed by the step. A parameter annotated with this class is a resource.
    """

    __dagx_resource__: ClassVar[None] = None  # a resource for parameters, with no lifecycle of its own

    def __init__(
        self,
        env: Mapping[str, str] | None = None,
        cwd: str | os.PathLike[str] | None = None,
        context_injector: PipesContextInjector | None = None,
        message_reader: PipesMessageReader | None = None,
        forward_termination: bool = True,
        termination_timeout_seconds: float | None = 20,
    ) -> None:
        self.env = dict(env or {})
        self.cwd = cwd
        self.context_injector = context_injector or PipesTempFileContextInjector()
        self.message_reader = message_reader or PipesTempFileMessageReader()
        self.forward_termination = forward_termination
        self.termination_timeout_seconds = termination_timeout_seconds

    # A client of another kind takes other arguments; who calls one knows its kind.
    def run(  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        *,
        command: str | Sequence[str],
        context: OpExecutionContext,
        extras: PipesExtras | None = None,
        env: Mapping[str, str] | None = None,
        cwd: str | os.PathLike[str] | None = None,
    ) -> PipesClientCompletedInvocation:
        """Run a command to its end.

        command: program and arguments; a str is split at spaces as a shell would, and no shell runs. context: of the
        step. extras: JSON values that the command may ask for. env, cwd: win over those of the client.

        Raises SubprocessError when the command ends with a code other than 0, or cannot be started.
        """
        words = shlex.split(command) if isinstance(command, str) else list(command)
        with open_pipes_session(context, self.context_injector, self.message_reader, extras) as session:
            variables = {**os.environ, **session.get_bootstrap_env_vars(), **self.env, **(env or {})}
            process = _started(words, variables, cwd or self.cwd)
            try:
                session.report_launched({"extras": {"pid": process.pid}})
                code = process.wait()
            except BaseException:
                if self.forward_termination:
                    _end(process, self.termination_timeout_seconds)
                raise
        if code != 0:
            raise _failed(words, code, session.message_handler.external_exception)
        return PipesClientCompletedInvocation(session)


def _started(
    words: list[str], variables: Mapping[str, str], cwd: str | os.PathLike[str] | None
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(words, env=dict(variables), cwd=cwd)
    except OSError as error:
        raise SubprocessError(
            f"the command {shlex.join(words)} cannot be started: {error}",
            "the program is looked for on the PATH; give its whole path, or sys.executable for this Python",
        ) from error


def _end(process: subprocess.Popen[bytes], patience: float | None) -> None:
    process.terminate()
    try:
        process.wait(timeout=patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _failed(words: list[str], code: int, exception: Mapping[str, Any] | None) -> SubprocessError:
    how = f"ended with the code {code}" if code > 0 else f"was ended by the signal {-code}"
    said = None if exception is None else str(exception.get("message", "")).strip()
    return SubprocessError(
        f"the command {shlex.join(words)} {how}" + (f": {said}" if said else ""),
        "what it printed is in the log of the step",
    )
