"""Plays the app on a screen of given size with a fake engine and a clock that stands still."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from textual.pilot import Pilot
from tui_fake import NOW, FakeDev

from dagx_tui.app import DagxApp
from dagx_tui.asset_list import Clock
from dagx_tui.looks import Looks

__all__ = ["Stage", "play"]

PATIENCE = 60.0
"""Seconds until a test gives up waiting for something that should come in a fraction of one, also on a machine that has
much else to do."""


class Stage:
    def __init__(self, app: DagxApp, dev: FakeDev, pilot: Pilot[int]) -> None:
        self.app = app
        self.dev = dev
        self.pilot = pilot

    @property
    def screen(self) -> str:
        """What can be seen, as text. The one private thing of Textual that the tests use."""
        rows = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in row).rstrip() for row in rows)

    @property
    def said(self) -> str:
        return self.app.home.status.said.text

    async def press(self, *keys: str) -> str:
        await self.pilot.press(*keys)
        return await self.settle()

    async def put(self, *events: object) -> str:
        self.dev.put(*events)  # type: ignore[arg-type]  # spelled out in the tests
        while self.dev.script or not (self.dev.is_waited_for or self.app.board.ended):
            await asyncio.sleep(0.01)
        return await self.settle()

    async def settle(self) -> str:
        """Wait until all news is drawn, nobody is asked for more, and three looks are alike; a screen that never comes
        to rest fails.
        """
        looks: list[str] = []
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            await self.pilot.pause()
            is_busy = self.app._news or any(worker.is_running for worker in self.app.workers)
            looks = [] if is_busy else [*looks, self.screen][-3:]
            if len(looks) == 3 and looks[0] == looks[1] == looks[2]:
                return looks[-1]
            await asyncio.sleep(0.01)
        raise AssertionError("the screen does not come to rest:\n" + "\n---\n".join(looks))

    async def until(self, claim: Callable[[str], bool]) -> str:
        """The first screen at rest of which this is true."""
        deadline = time.monotonic() + PATIENCE
        while not claim(screen := await self.settle()):
            if time.monotonic() > deadline:
                raise AssertionError(screen)
        return screen


def play(
    scene: Callable[[Stage], Awaitable[None]],
    dev: FakeDev | None = None,
    *,
    size: tuple[int, int] = (80, 24),
    looks: Looks | None = None,
) -> DagxApp:
    dev = dev or FakeDev()
    clock = Clock(wall=lambda: NOW, steady=lambda: 1000.0)
    app = DagxApp(dev, looks_=looks or Looks(), clock=clock)

    async def on_stage() -> None:
        async with app.run_test(size=size) as pilot:
            stage = Stage(app, dev, pilot)
            await stage.settle()
            await scene(stage)

    try:
        asyncio.run(on_stage())
    finally:
        dev.close()
    return app
