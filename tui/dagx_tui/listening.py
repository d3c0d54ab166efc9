"""Waits for the engine's news in a thread of its own, so that nothing wakes up while nothing happens.

What comes quickly is handed over together, fifteen times a second at most: a message for each event would cost more
than what is drawn.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from dagx_engine.views import EngineEnded, Event
from dagx_tui.door import Door

__all__ = ["Listener"]

_BETWEEN = 1 / 15
"""Seconds between two handings over, at least."""


class Listener:
    """`hand_over` is called in the listening thread: with news, or with what broke the listening."""

    def __init__(self, door: Door, hand_over: Callable[[list[Event] | Exception], None]) -> None:
        self._door = door
        self._hand_over = hand_over
        self._over = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._listen, name="dagx-news", daemon=True).start()

    def stop(self) -> None:
        """Hand over nothing more. The thread ends with the next event, of which there is one when the engine ends."""
        self._over.set()

    def _listen(self) -> None:
        handed = float("-inf")
        while not self._over.is_set():
            try:
                news = self._door.events(None)
                if self._over.wait(max(0.0, handed + _BETWEEN - time.monotonic())):
                    return
                news += self._door.events(0)
            except Exception as error:  # noqa: BLE001 - whoever listens must hear of it: it ends the screen
                self._hand_over(error)
                return
            handed = time.monotonic()
            if news:
                self._hand_over(news)
            if any(isinstance(event, EngineEnded) for event in news):
                return
