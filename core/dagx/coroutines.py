"""Runs `async def` asset functions to their end.

Imported when the first one comes: asyncio is slow to import.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any, TypeVar

T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of `coroutine`, run in a loop of its own; where a loop runs already, in a thread."""
    return _beside_a_running_loop(lambda: asyncio.run(coroutine))


def iterate(values: AsyncIterator[T]) -> Iterator[T]:
    """What an async generator yields, one by one, all in one loop."""
    loop = asyncio.new_event_loop()
    try:
        while True:
            following = _beside_a_running_loop(lambda: loop.run_until_complete(_next(values)))
            if following is None:
                return
            yield following[0]
    finally:
        close = getattr(values, "aclose", None)
        if close is not None:
            _beside_a_running_loop(lambda: loop.run_until_complete(close()))
        _beside_a_running_loop(lambda: loop.run_until_complete(loop.shutdown_asyncgens()))
        loop.close()


async def _next(values: AsyncIterator[T]) -> tuple[T] | None:
    try:
        return (await values.__anext__(),)
    except StopAsyncIteration:
        return None


def _beside_a_running_loop(act: Callable[[], T]) -> T:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return act()
    here = contextvars.copy_context()
    with concurrent.futures.ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(here.run, act).result()
