"""What the engine tells those who look on, from its thread to theirs."""

from __future__ import annotations

import contextlib
import queue
from collections.abc import Generator

from dagx_engine.views import Event

__all__ = ["Outbox"]


class Outbox:
    """Events in order. One thread puts them in, one takes them."""

    def __init__(self) -> None:
        self._out: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._held: list[Event] | None = None

    def put(self, event: Event) -> None:
        if self._held is not None:
            self._held.append(event)
        else:
            self._out.put(event)

    @contextlib.contextmanager
    def together(self) -> Generator[None, None, None]:
        """What is put in while this is open comes out when it closes: who shows it would take the interpreter away from
        who still has something to start.
        """
        before, self._held = self._held, [] if self._held is None else self._held
        try:
            yield
        finally:
            if before is None:
                held, self._held = self._held or [], None
                for event in held:
                    self._out.put(event)

    def take(self, timeout: float | None = 0.0) -> list[Event]:
        """All that came since the last call; waits up to `timeout` seconds for the first (None: for ever)."""
        found: list[Event] = []
        try:
            found.append(self._out.get(timeout is None or timeout > 0, timeout or None))
            while True:
                found.append(self._out.get_nowait())
        except queue.Empty:
            return found
