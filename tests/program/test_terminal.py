"""`dagx dev` in a real terminal: the screen of tmux, its keys, and what a person reads."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest
from world import World, environment, program, wait_until

pytestmark = [
    pytest.mark.fat,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux to have a terminal"),
]

PROJECT = """
    import dagx as dg

    @dg.asset
    def orders():
        return [1, 2, 3]

    @dg.asset
    def revenue(context, orders):
        context.log.info("counting %d orders", len(orders))
        return sum(orders)
"""


class Terminal:
    """A tmux server of its own with one window."""

    def __init__(self, name: str, world: World, columns: int, rows: int) -> None:
        self._name = name
        self._tmux("new-session", "-d", "-x", str(columns), "-y", str(rows), "-s", "t", "-c", str(world.root),
                   f"{program()} dev; echo ended with $?; cat")  # fmt: skip

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-L", self._name, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment())
        return done.stdout

    def press(self, *keys: str) -> None:
        self._tmux("send-keys", "-t", "t", *keys)

    @property
    def screen(self) -> str:
        return self._tmux("capture-pane", "-p", "-t", "t")

    def shows(self, words: str) -> None:
        try:
            wait_until(lambda: words in self.screen)
        except AssertionError:
            raise AssertionError(f"{words!r} is not on the screen:\n{self.screen}") from None

    def close(self) -> None:
        subprocess.run(["tmux", "-L", self._name, "kill-server"], capture_output=True, check=False)


@pytest.fixture(params=[(80, 24), (160, 50)], ids=["80x24", "160x50"])
def terminal(world: World, request: pytest.FixtureRequest) -> Iterator[Terminal]:
    world.write("definitions.py", PROJECT)
    columns, rows = request.param
    found = Terminal(f"dagx-test-{os.getpid()}-{columns}", world, columns, rows)
    yield found
    found.close()


def test_a_first_session(world: World, terminal: Terminal) -> None:
    terminal.shows("2 assets were never made")
    terminal.press("R")
    terminal.shows("Run all that is stale or missing")
    terminal.press("R")
    terminal.shows("2 fresh")

    world.change("definitions.py", "[1, 2, 3]", "[1, 2, 4]")
    terminal.shows("2 made")
    assert world.status() == {"orders": "fresh", "revenue": "fresh"}

    world.change("definitions.py", "return sum(orders)", "return sum(orders")
    terminal.shows("definitions.py:")
    terminal.shows("SyntaxError")
    terminal.shows("last good graph")
    world.change("definitions.py", "return sum(orders", "return max(orders)")
    terminal.shows("1 made")

    terminal.press("q")
    terminal.shows("ended with 0")
