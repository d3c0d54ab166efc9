"""From an exception to an exit code and the lines that explain it. Only a bug shows a traceback."""

from __future__ import annotations

import platform
import re
import traceback

from dagx.errors import DagxError
from dagx.version import __version__
from dagx_cli.render.look import Look
from dagx_cli.render.problem import problem_lines
from dagx_cli.render.text import indent
from dagx_engine import api

__all__ = ["bug_lines", "exit_code", "misuse_lines", "refusal_lines"]

BUG = 70
_FRAMES = 6


def exit_code(error: Exception) -> int:
    if not isinstance(error, DagxError):
        return BUG
    if isinstance(error, api.UsageError | api.ProjectError | api.BusyError):
        return error.exit_code
    return 1


def refusal_lines(error: DagxError, look: Look) -> list[str]:
    return problem_lines(error.message, error.hint, look)


def bug_lines(error: Exception, look: Look) -> list[str]:
    """An exception that nobody meant: say that it is ours, and what to send."""
    said = "".join(traceback.format_exception_only(error)).strip()
    frames = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)[-_FRAMES:]))
    where = (
        f"dagx {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    )
    first, *more = problem_lines(
        f"this is a bug of dagx: {said}", "please report it with the lines above and what you did", look
    )
    return [first, *indent(frames, "  "), f"  {where}", *more]


def misuse_lines(said: str, command: str, look: Look) -> list[str]:
    """A command line that cannot be read, in the shape of all other errors."""
    found = re.fullmatch(r"(.*?)\.? \(?(?:Did you mean|Possible options:) (.*?)[?)]*", said, re.DOTALL)
    message, near = found.groups() if found else (said.removesuffix("."), None)
    hint = f"did you mean {near}?" if near else f"`{command} --help` shows what it takes"
    return problem_lines(message[:1].lower() + message[1:], hint, look)
