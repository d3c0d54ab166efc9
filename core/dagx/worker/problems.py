"""A user's exception as text: message, place and traceback with our own frames cut."""

from __future__ import annotations

import importlib
import os
import traceback
from collections.abc import Mapping
from dataclasses import dataclass

from dagx.errors import DagxError
from dagx.execution.retries import RetryRequested

__all__ = ["Problem", "is_users_file", "problem_of", "tried_again", "words_of"]

_LONGEST_LINE = 300
_LONGEST_TEXT = 20_000
_IMPORTLIB = os.path.dirname(importlib.import_module.__code__.co_filename) + os.sep


@dataclass(frozen=True)
class Problem:
    """`line` is one line for a list; `text` the whole; `file` relative to the project when it lies there."""

    line: str
    text: str
    file: str = ""
    number: int = 0

    def to_json(self) -> dict[str, object]:
        """For the wire and the store: an exception may carry a megabyte of data in its message."""
        line = self.line if len(self.line) <= _LONGEST_LINE else self.line[: _LONGEST_LINE - 1] + "…"
        text = self.text
        if len(text) > _LONGEST_TEXT:
            half = _LONGEST_TEXT // 2
            left_out = len(text) - 2 * half
            text = f"{text[:half]}\n... {left_out:,} characters left out ...\n{text[-half:]}"
        return {"line": line, "text": text, "file": self.file, "number": self.number}


def problem_of(error: BaseException, root: str) -> Problem:
    """What went wrong, as the person who wrote the project wants to read it."""
    if isinstance(error, DagxError) and not _users_frames(error):
        text = str(error)
        return Problem(text.splitlines()[0] if text else type(error).__name__, text)
    if isinstance(error, SyntaxError) and error.filename and not error.filename.startswith("<"):
        return _syntax(error, root)
    frames = _users_frames(error)
    line = _one_line(error)
    if not frames:
        return Problem(line, "".join(traceback.format_exception_only(type(error), error)).rstrip() or line)
    last = frames[-1]
    file = _relative(last.filename, root)
    return Problem(line, _formatted(error) + _way_out(error), file, last.lineno or 0)


# Taken from code objects, whose file names are relative in a frozen program.
_OURS = os.path.dirname(os.path.dirname(problem_of.__code__.co_filename)) + os.sep


def words_of(error: BaseException) -> str:
    """What an exception says of itself; nothing if it cannot."""
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - its own __str__ is broken, and its type is said anyway
        return ""


def tried_again(key: str, wait: float, problem: Mapping[str, object]) -> tuple[object, ...]:
    """For the log: a failure that is not the last one is told nowhere else. `problem` is what `to_json` makes of it."""
    return "%s failed and is tried again in %.3g s: %s\n%s", key, wait, problem["line"], problem["text"]


def _one_line(error: BaseException) -> str:
    said = words_of(error).strip().splitlines()
    if isinstance(error, SystemExit):
        return f"SystemExit: the code called sys.exit({error.code!r})"
    line = f"{type(error).__name__}: {said[0]}" if said else type(error).__name__
    if isinstance(error, RetryRequested) and error.__cause__ is not None and said:
        return f"{_one_line(error.__cause__)} ({said[0]})"
    return line


def _way_out(error: BaseException) -> str:
    """A line below the traceback for those who come from Dagster and left its name in an import."""
    if isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] == "dagster":
        return "\n  write `import dagx as dg` in its place: dagx has the names of dagster"
    return ""


def _syntax(error: SyntaxError, root: str) -> Problem:
    file = _relative(str(error.filename), root)
    number = error.lineno or 0
    lines = [f"{file}:{number}: {type(error).__name__}: {error.msg}"]
    if error.text:
        code = error.text.rstrip("\n")
        lines.append(f"    {code}")
        if error.offset:
            before = code[: error.offset - 1].ljust(error.offset - 1)
            lines.append("    " + "".join("\t" if letter == "\t" else " " for letter in before) + "^")
    return Problem(lines[0], "\n".join(lines), file, number)


def _users_frames(error: BaseException) -> list[traceback.FrameSummary]:
    return [frame for frame in traceback.extract_tb(error.__traceback__) if _is_users(frame)]


def _is_users(frame: traceback.FrameSummary) -> bool:
    return is_users_file(frame.filename)


def is_users_file(name: str) -> bool:
    """Whether the code of a frame is neither ours nor of what imports."""
    return not name.startswith((_OURS, _IMPORTLIB, "<frozen "))


def _formatted(error: BaseException) -> str:
    """The traceback with all that led to it; without that where there is more of it than can be told."""
    try:
        shown = traceback.TracebackException.from_exception(error)
        _cut_frames(shown)
        return "".join(shown.format()).rstrip()
    except RecursionError:
        last = "".join(traceback.format_exception_only(type(error), error)).rstrip()
        return f"{last}\n(what led to it goes deeper than can be shown)"


def _cut_frames(shown: traceback.TracebackException) -> None:
    """Of it, and of all that it was raised from: a chain may be longer than the stack is deep."""
    seen: set[int] = set()
    waiting = [shown]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        one.stack = traceback.StackSummary.from_list([frame for frame in one.stack if _is_users(frame)])
        members: list[traceback.TracebackException] = getattr(one, "exceptions", None) or []
        waiting += [cause for cause in (one.__cause__, one.__context__, *members) if cause is not None]


def _relative(file: str, root: str) -> str:
    real = os.path.realpath(file)
    base = os.path.realpath(root) + os.sep
    return real[len(base) :] if real.startswith(base) else file
