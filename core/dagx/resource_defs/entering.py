"""Entering what user code gives for "set up, use, tear down": generators and context managers, async ones too.

The end is always the normal one: no error of the body is thrown into them.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import AbstractContextManager
from typing import Any, cast

from dagx.errors import InvariantViolationError


def is_manager(value: object) -> bool:
    """Whether `value` was made by a function decorated with contextmanager, or is a generator."""
    if inspect.isgenerator(value) or inspect.isasyncgen(value):
        return True
    return isinstance(value, (contextlib.ContextDecorator, contextlib.AsyncContextDecorator)) and (
        hasattr(value, "__enter__") or hasattr(value, "__aenter__")
    )


def entered_by(value: Any, what: str) -> AbstractContextManager[Any]:
    """A context manager for `value`; `what` (as in `the resource "db"`) opens the message of an error."""
    if inspect.isgenerator(value):
        return _once(value, what)
    if inspect.isasyncgen(value):
        return _once(_iterated(cast("AsyncGenerator[Any, None]", value)), what)
    if hasattr(value, "__enter__"):
        return cast("AbstractContextManager[Any]", value)
    if hasattr(value, "__aenter__"):
        return _once(_iterated(_life(value)), what)
    raise InvariantViolationError(
        f"{what} gave {value!r}, which is no context manager", "decorate the method with @contextmanager"
    )


@contextlib.contextmanager
def _once(values: Iterator[Any], what: str) -> Generator[Any, None, None]:
    try:
        value = next(values)
    except StopIteration:
        raise InvariantViolationError(
            f"{what} ended and had yielded nothing", "yield its value once"
        ) from None
    try:
        yield value
    finally:
        for _ in values:
            raise InvariantViolationError(f"{what} yielded twice", "yield once: what follows tears it down")


async def _life(manager: Any) -> AsyncGenerator[Any, None]:
    async with manager as value:
        yield value


def _iterated(values: AsyncGenerator[Any, None]) -> Iterator[Any]:
    iterated: Iterator[Any] = importlib.import_module("dagx.functions.coroutines").iterate(values)
    return iterated
