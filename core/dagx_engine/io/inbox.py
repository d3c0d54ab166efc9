"""The one queue through which all news comes to the owner of a project. Knows nothing of what the messages mean."""

from __future__ import annotations

import contextlib
import queue
from collections import deque

__all__ = ["Inbox"]

_NAP_SECONDS = 0.1
"""Of a signal that comes while its main thread falls asleep Python learns when that wakes up: else with the next word.
"""


class Inbox:
    """`put` is for any thread, all else for the owner's alone."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._looked_at: deque[object] = deque()

    def put(self, message: object) -> None:
        self._queue.put(message)

    def get(self, timeout: float | None = None) -> object:
        """The next message. Raises queue.Empty when none comes in time."""
        if self._looked_at:
            return self._looked_at.popleft()
        while timeout is None:
            with contextlib.suppress(queue.Empty):
                return self._queue.get(timeout=_NAP_SECONDS)
        return self._queue.get(timeout=timeout)

    def get_if(self, *kinds: type) -> object | None:
        """The next message, if it is there already and of one of these kinds; else it stays the next one."""
        if not self._looked_at:
            try:
                self._looked_at.append(self._queue.get_nowait())
            except queue.Empty:
                return None
        return self._looked_at.popleft() if isinstance(self._looked_at[0], kinds) else None

    def empty(self) -> bool:
        return not self._looked_at and self._queue.empty()
