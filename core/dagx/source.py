"""Where a definition was written: file and line, for messages and for the reader's editor."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import Any, NamedTuple


class SourceLocation(NamedTuple):
    """A place in the user's code. `line` counts from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        """`file:line`, the file relative to the current folder when it lies below it."""
        here = os.getcwd() + os.sep
        file = self.file[len(here) :] if self.file.startswith(here) else self.file
        return f"{file}:{self.line}"


def innermost(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function that the user wrote, below `functools.wraps`, `functools.partial` and callable objects."""
    seen: set[int] = set()
    found: Any = function
    while id(found) not in seen:
        seen.add(id(found))
        if isinstance(found, functools.partial):
            found = found.func
        elif hasattr(found, "__wrapped__"):
            found = found.__wrapped__
        elif not hasattr(found, "__code__") and callable(type(found)) and not isinstance(found, type):
            found = getattr(type(found).__call__, "__func__", type(found).__call__)
    return found


def location_of(function: Callable[..., Any]) -> SourceLocation | None:
    """Where `function` is written (the line of its first decorator, if it has one); None if it is not Python."""
    code = getattr(innermost(function), "__code__", None)
    return None if code is None else SourceLocation(code.co_filename, code.co_firstlineno)


def location_of_caller() -> SourceLocation | None:
    """The nearest line outside dagx that led here: where the user wrote the call."""
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]  # the documented way costs 100 times more
    while frame.f_globals.get("__name__", "").startswith("dagx."):
        if frame.f_back is None:
            return None
        frame = frame.f_back
    return SourceLocation(frame.f_code.co_filename, frame.f_lineno)
