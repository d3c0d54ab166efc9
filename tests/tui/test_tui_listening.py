"""News is waited for in a thread that sleeps while there is none, and handed over in heaps."""

from __future__ import annotations

import gc
import queue
import threading
import time

import pytest
from tui_fake import FakeDev, board, world
from tui_stage import Stage, play

from dagx_engine.views import EngineEnded, Event, LoadFailed, Notice
from dagx_tui.listening import Listener

PATIENCE = 60.0


class Asked(FakeDev):
    """Counts how often somebody asked for news."""

    calls = 0

    def events(self, timeout: float | None = 0.0) -> list[Event]:
        self.calls += 1
        return super().events(timeout)


def listening(dev: FakeDev) -> queue.SimpleQueue[list[Event] | Exception]:
    heard: queue.SimpleQueue[list[Event] | Exception] = queue.SimpleQueue()
    Listener(dev, heard.put).start()
    return heard


def is_gone() -> bool:
    return not any(thread.name == "dagx-news" and thread.is_alive() for thread in threading.enumerate())


def until_waited_for(dev: FakeDev) -> None:
    deadline = time.monotonic() + PATIENCE
    while not dev.is_waited_for:
        assert time.monotonic() < deadline
        time.sleep(0.002)


def until_gone() -> None:
    for thread in threading.enumerate():
        if thread.name == "dagx-news":
            thread.join(PATIENCE)


def test_while_nothing_happens_it_is_asked_once() -> None:
    dev = Asked()
    heard = listening(dev)
    until_waited_for(dev)
    with pytest.raises(queue.Empty):
        heard.get(timeout=0.3)
    assert dev.calls == 1
    dev.put(EngineEnded())
    assert heard.get(timeout=PATIENCE) == [EngineEnded()]
    until_gone()
    assert is_gone()


def test_what_comes_in_quick_succession_is_handed_over_together() -> None:
    dev = FakeDev()
    heard = listening(dev)
    news = [Notice(str(number)) for number in range(200)]
    for event in news:
        dev.put(event)
    dev.put(EngineEnded())
    heaps: list[list[Event]] = []
    while not heaps or heaps[-1][-1] != EngineEnded():
        found = heard.get(timeout=PATIENCE)
        assert not isinstance(found, Exception)
        heaps.append(found)
    assert [event for heap in heaps for event in heap] == [*news, EngineEnded()]
    assert len(heaps) < 20
    until_gone()


def test_what_breaks_the_listening_is_handed_over() -> None:
    class Bad(FakeDev):
        def events(self, timeout: float | None = 0.0) -> list[Event]:
            raise LookupError("gone")

    found = listening(Bad()).get(timeout=PATIENCE)
    assert isinstance(found, LookupError)
    until_gone()


@pytest.mark.parametrize("first", [board(world("a")), LoadFailed("definitions.py:1: no")])
def test_garbage_is_looked_for_again_once_there_is_something_to_see(first: Event) -> None:
    async def scene(stage: Stage) -> None:
        gc.disable()
        await stage.put(Notice("loading"))
        assert not gc.isenabled()
        await stage.put(first)
        assert gc.isenabled()

    try:
        play(scene)
    finally:
        gc.enable()
        gc.unfreeze()
