"""`dagx dev`, once it is known what is asked: on the screen, or as a stream of lines."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from dagx_cli.console import Console, reader_is_gone
from dagx_cli.lull import Lull
from dagx_cli.render.as_json import event_json
from dagx_cli.render.following import Following
from dagx_cli.render.stream import never_made_line, stamped_lines
from dagx_cli.signals import stopped_by_signals
from dagx_engine import api
from dagx_engine.views import BoardReplaced, EngineEnded, Event, Notice

__all__ = ["watch_project"]

_ENDED_BY_ITSELF = 70
"""sysexits' word for a fault inside the program: nobody asked the engine to end."""

_LOOK_UP_EVERY = 1.0
"""Seconds after which a quiet stream looks whether anyone still reads it."""

_A_LULL = 0.2
"""Seconds of quiet after a save until it is asked whether nothing comes of it."""


def watch_project(
    project: Path | None = None,
    python: str | None = None,
    *,
    plain: bool = False,
    run: bool = False,
    no_auto: bool = False,
    config: Path | None = None,
    as_json: bool = False,
    ascii_only: bool = False,
) -> int:
    """Until somebody ends it; the answer is the exit code."""
    console = Console.of_process(ascii_only=ascii_only)
    with (
        api.open_project(project, python=python, config=config) as opened,
        stopped_by_signals() as interruption,
    ):
        engine = api.Dev(opened, run_missing=run, auto=not no_auto)
        try:
            if as_json:
                return _stream(engine, console, _show_json(console))
            if plain or not console.interactive:
                console = console.at_full_length()
                return _stream(engine, console, _show_lines(console, run), Lull(auto=not no_auto))
            from dagx_tui.run import run_app  # noqa: PLC0415 - only for the screen

            return run_app(engine)
        except KeyboardInterrupt:
            return interruption.exit_code


def _stream(
    engine: api.Dev, console: Console, show: Callable[[Event], None], lull: Lull | None = None
) -> int:
    """Print the news until a signal comes or the reader goes; then close the engine in order."""
    try:
        engine.start()
        while True:
            for event in _news(engine, lull):
                show(event)
                if isinstance(event, EngineEnded):
                    return _ENDED_BY_ITSELF
            if reader_is_gone(console.out):
                raise BrokenPipeError
    finally:
        engine.close()


def _news(engine: api.Dev, lull: Lull | None) -> list[Event]:
    """What happened; nothing, when nothing did for a while."""
    asset = lull.asset if lull is not None else None
    news = engine.events(timeout=_LOOK_UP_EVERY if asset is None else _A_LULL)
    if lull is not None:
        if not news and asset is not None and engine.show(asset) is not None:
            # Questions are answered in turn: what the save brings, however long it took to see that, is there now.
            news = engine.events(timeout=0.0) or [Notice(lull.words())]
        for event in news:
            lull.heed(event)
    return news


def _show_json(console: Console) -> Callable[[Event], None]:
    return lambda event: console.show([event_json(event, time.time())])


def _show_lines(console: Console, run: bool) -> Callable[[Event], None]:
    first_board, following = True, Following()

    def show(event: Event) -> None:
        nonlocal first_board
        now = time.time()
        lines = [line for told in following.heard(event) for line in stamped_lines(told, console.look, now)]
        if isinstance(event, BoardReplaced) and first_board:
            first_board = False
            lines += stamped_lines(Notice(never_made_line(event.status, run)), console.look, now)
        console.show(lines)

    return show
