"""Runs `async def` asset functions to their end.

Imported when the first one comes: asyncio is slow to import.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import inspect
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of `coroutine`, run in a loop of its own; where a loop runs already, in a thread."""
    return _beside_a_running_loop(lambda: asyncio.run(coroutine))


def gather(values: Sequence[Any]) -> list[Any]:
    """The values, those of them that can be awaited run together in one loop."""

    async def one(value: Any) -> Any:
        return await value if inspect.isawaitable(value) else value

    async def all_of_them() -> list[Any]:
        return list(await asyncio.gather(*(one(value) for value in values)))

    return run(all_of_them())


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
