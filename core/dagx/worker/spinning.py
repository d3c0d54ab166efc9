"""A step executed at a person's terminal: it can be talked to, and a debugger can be opened where it failed."""

from __future__ import annotations

import bdb
import contextlib
import io
import os
import pdb
import socket
import sys
from collections.abc import Generator, Mapping
from types import TracebackType
from typing import Any

from dagx.worker.problems import is_users_file, problem_of
from dagx.worker.project import LoadedProject
from dagx.worker.step import run_step

__all__ = ["run_spun"]


def run_spun(
    project: LoadedProject, message: Mapping[str, Any], into: int, end: socket.socket
) -> dict[str, Any]:
    """Execute the step, which reads from `into`, and answer as always."""

    def look_at(error: BaseException) -> None:
        if isinstance(error, Exception) and not isinstance(error, bdb.BdbQuit):
            _open_debugger(error, project.root)

    with _reading_from(into):
        return run_step(project, message, end, lambda news: None, look_at if message["debug"] else None)


@contextlib.contextmanager
def _reading_from(into: int) -> Generator[None, None, None]:
    """Input comes from there, and each line of output is seen at once."""
    kept, before = os.dup(0), sys.stdin
    os.dup2(into, 0)
    os.close(into)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True)
    try:
        with open(0, encoding="utf-8", errors="replace", closefd=False) as sys.stdin:
            yield
    finally:
        sys.stdin = before
        os.dup2(kept, 0)
        os.close(kept)


def _open_debugger(error: Exception, root: str) -> None:
    """Where it was raised, in the frames of the user: ours would be in the way."""
    print(problem_of(error, root).text, file=sys.stderr)
    frames = _users(error.__traceback__)
    if frames is not None:
        pdb.post_mortem(frames)


def _users(trace: TracebackType | None) -> TracebackType | None:
    """The same frames without ours."""
    found: list[TracebackType] = []
    while trace is not None:
        if is_users_file(trace.tb_frame.f_code.co_filename):
            found.append(trace)
        trace = trace.tb_next
    kept: TracebackType | None = None
    for each in reversed(found):
        kept = TracebackType(kept, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return kept
