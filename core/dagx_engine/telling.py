"""What people are told of runs: when the rows are written that say so, and not before."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from dagx_engine.views import Event
from dagx_engine.workspace import Workspace

__all__ = ["Telling"]


class Telling:
    """`show` is told each event; `once_written` is called before that."""

    def __init__(
        self, space: Workspace, show: Callable[[Event], None], once_written: Callable[[], None]
    ) -> None:
        self._space = space
        self._show = show
        self._once_written = once_written
        self._waiting: list[Event] | None = None

    def tell(self, event: Event) -> None:
        """At once; in `at_once` when that is left."""
        if self._waiting is None:
            self._show(event)
        else:
            self._waiting.append(event)

    @contextlib.contextmanager
    def at_once(self) -> Iterator[None]:
        """What is written in it is one transaction; what rests on it begins after that, and people are told of it."""
        store = self._space.store
        if self._waiting is not None:
            yield
            return
        if store is None:
            yield
            self._once_written()
            return
        waiting: list[Event] = []
        self._waiting = waiting
        try:
            with store.together():
                yield
        except BaseException:
            self._space.ledger.forget()
            raise
        finally:
            self._waiting = None
        self._once_written()
        for event in waiting:
            self._show(event)
