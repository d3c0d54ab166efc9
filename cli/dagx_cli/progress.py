"""Carries the news of a run from the engine to the one thread that owns the terminal while the run lasts."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from types import TracebackType

from dagx_cli.console import Console
from dagx_cli.live import Display
from dagx_cli.render.stream import event_lines
from dagx_engine.views import Event

__all__ = ["Progress", "told_on"]

_TICK = 0.1
_TOGETHER_SECONDS = 0.02
"""Who paints is not woken for each event of a run of many short steps: no eye sees the difference."""


class Progress:
    """Give it to `api.run` as `on_event`. A reader that goes away ends the picture, not the run."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._news: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._painter = threading.Thread(target=self._paint, name="progress", daemon=True)
        self._problem: Exception | None = None
        self._is_over = threading.Event()

    def __call__(self, event: Event) -> None:
        self._news.put(event)

    def __enter__(self) -> Progress:
        self._painter.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._news.put(None)
        self._is_over.set()
        self._painter.join()
        if self._problem is not None and error is None:
            raise self._problem

    def _paint(self) -> None:
        try:
            self._paint_all()
        except OSError:
            return  # nobody looks any more; BrokenPipeError is one of these
        except Exception as error:  # noqa: BLE001 - raised again by the thread that may raise
            self._problem = error

    def _paint_all(self) -> None:
        try:
            while True:
                try:
                    event = self._news.get(timeout=_TICK)
                except queue.Empty:
                    self._display.tick()
                    continue
                if event is None:
                    return
                self._display.handle(event)
                if self._news.empty():
                    self._is_over.wait(_TOGETHER_SECONDS)
        finally:
            self._display.close()


def told_on(console: Console) -> Callable[[Event], None]:
    """For a command whose only news is for whom it waits."""
    return lambda event: console.show(event_lines(event, console.look))
