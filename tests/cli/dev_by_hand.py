"""`dagx` in a process of its own, with a `Dev` that tells three pieces of news and then waits to be stopped.

Run by `test_pipes.py`; it writes `closed` to the file named first when the engine was closed in order.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from dagx_cli.main import main
from dagx_engine import api
from dagx_engine.views import AssetsChanged, BoardReplaced, Event, Loaded, Saved, StatusView

CLOSED = Path(sys.argv[1])


class Project:
    def __enter__(self) -> Project:
        return self

    def __exit__(self, *exc: object) -> None: ...


class Dev:
    def __init__(self, project: object, *, run_missing: bool, auto: bool) -> None:
        self._news: list[Event] = []
        self._busy = "--busy" in sys.argv

    def start(self) -> None:
        board = BoardReplaced(StatusView("demo", "/demo", ()))
        self._news = [board, Loaded(1, 14, 0.085, True), AssetsChanged(()), Saved(("assets.py",))]

    def events(self, timeout: float | None = 0.0) -> list[Event]:
        news, self._news = self._news, []
        if not news:
            time.sleep(min(timeout or 0.0, 0.05))
        return news or ([Saved(("again.py",))] if self._busy else [])

    def close(self) -> None:
        CLOSED.write_text("closed")


def board(project: object, selection: str | None) -> StatusView:
    from handmade import asset, status  # noqa: PLC0415

    return status(*(asset(f"asset_{number}") for number in range(20_000)))


def board_as(project: object, form: str, make: Callable[[StatusView], str]) -> str:
    return make(board(project, None))


PLAYED = {"open_project": lambda *_, **__: Project(), "Dev": Dev, "status": board, "status_as": board_as}

if __name__ == "__main__":
    for name, value in PLAYED.items():
        setattr(api, name, value)
    sys.exit(main([word for word in sys.argv[2:] if word != "--busy"]))
