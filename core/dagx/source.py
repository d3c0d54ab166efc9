"""Where a definition was written: file and line, for messages and for the reader's editor."""

from __future__ import annotations

import functools
import importlib
import os
import sys
import types
from collections.abc import Callable
from typing import Any, NamedTuple, cast


class SourceLocation(NamedTuple):
    """A place in the user's code. `line` counts from 1."""

    file: str
    line: int

    @staticmethod
    def of(code: types.CodeType) -> SourceLocation:
        """Where code begins: at the first decorator, if it has one."""
        return SourceLocation(code.co_filename, code.co_firstlineno)

    def __str__(self) -> str:
        """`file:line`, the file relative to the current folder when it lies below it."""
        here = os.getcwd() + os.sep
        file = self.file[len(here) :] if self.file.startswith(here) else self.file
        return f"{file}:{self.line}"


def innermost(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function that the user wrote, below `functools.wraps`, `functools.partial` and callable objects."""
    return function if is_plain(function) else layers(function)[-1]


def is_plain(function: object) -> bool:
    """Whether this is a function as it was written, which wraps no other."""
    return type(function) is types.FunctionType and getattr(function, "__wrapped__", None) is None


def doc_of(function: Callable[..., Any]) -> str | None:
    """The docstring of the function that the user wrote, without the indentation."""
    inspect: Any = importlib.import_module("inspect")  # who only wants errors is spared 6 ms
    found: str | None
    if is_plain(function):
        found = None if function.__doc__ is None else inspect.cleandoc(function.__doc__)
    else:
        found = inspect.getdoc(innermost(function))
    return found


def layers(function: Callable[..., Any]) -> list[Callable[..., Any]]:
    """The function, and what it wraps, down to what the user wrote."""
    found = [function]
    seen = {id(function)}
    while True:
        inner = _inside(found[-1])
        if inner is None or id(inner) in seen:
            return found
        seen.add(id(inner))
        found.append(inner)


def _inside(function: Callable[..., Any]) -> Callable[..., Any] | None:
    if isinstance(function, functools.partial):
        return cast("functools.partial[Any]", cast(object, function)).func
    inner: Callable[..., Any] | None = getattr(function, "__wrapped__", None)
    if inner is None and not hasattr(function, "__code__") and not isinstance(function, type):
        called = getattr(type(function), "__call__", None)  # noqa: B004  # the function itself is wanted
        return called if hasattr(called, "__code__") else None
    return inner


def location_of(function: Callable[..., Any]) -> SourceLocation | None:
    """Where `function` is written (its first decorator, if it has one); None if it is not Python."""
    code = getattr(innermost(function), "__code__", None)
    return None if code is None else SourceLocation.of(code)


def location_of_caller() -> SourceLocation | None:
    """The nearest line outside dagx that led here: where the user wrote the call."""
    # inspect.stack() reads source files: some 1,000 times slower
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
    while frame.f_globals.get("__name__", "").startswith("dagx."):
        if frame.f_back is None:
            return None
        frame = frame.f_back
    return SourceLocation(frame.f_code.co_filename, frame.f_lineno)
