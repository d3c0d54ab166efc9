"""`dagx dev` as a stream of lines, with an engine that plays a script."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from engine_by_hand import Engine, Said
from handmade import asset, plan, planned, run, status, step

from dagx_cli.lull import Lull
from dagx_engine import api
from dagx_engine.views import (
    AssetsChanged,
    AssetState,
    BoardReplaced,
    EngineEnded,
    Event,
    Notice,
    RunEnded,
    RunStarted,
    Saved,
    ShowView,
)

Dagx = Callable[..., Said]
BOARD = BoardReplaced(status(asset("a"), asset("b"), asset("c", AssetState.MISSING)))
SAVED = Saved(("data.csv",))
RUN = (RunStarted("r1", "save data.csv", plan(planned("a"))), RunEnded(run(step("a"))))


class Script:
    """Batches of news; after the last one the engine ends."""

    def __init__(self, *batches: list[Event]) -> None:
        self.batches = list(batches)
        self.asked: list[str] = []
        self.closed = 0

    def __call__(self, project: object, *, run_missing: bool, auto: bool) -> Script:
        return self

    def start(self) -> None: ...

    def events(self, timeout: float | None = 0.0) -> list[Event]:
        return self.batches.pop(0) if self.batches else [EngineEnded()]

    def show(self, key: str) -> ShowView | None:
        self.asked.append(key)
        return ShowView(asset(key), None, (), ())

    def close(self) -> None:
        self.closed += 1


def lines(said: Said) -> list[str]:
    return [line[9:] for line in said.out.splitlines()]


def test_a_save_that_brings_no_run_is_told_so_once(dagx: Dagx, engine: Engine) -> None:
    script = Script([BOARD], [SAVED], [], [], [], [])
    engine.does("Dev", script)
    assert lines(dagx("dev", "--plain"))[2:] == [
        "saved data.csv",
        "nothing to run: all that was made is fresh",
    ]
    assert script.asked == ["a"]


def test_a_save_that_brings_a_run_late_is_not(dagx: Dagx, engine: Engine) -> None:
    engine.does("Dev", Script([BOARD], [SAVED], [], list(RUN), [], []))
    said = lines(dagx("dev", "--plain"))
    assert not any("nothing to run" in line for line in said)
    assert any(line.startswith("1 of 14 steps to run") for line in said)


def test_while_the_engine_is_busy_nothing_is_said(dagx: Dagx, engine: Engine) -> None:
    script = Script([BOARD], [SAVED], [], [])
    engine.does("Dev", script)
    script.show = lambda key: None  # type: ignore[method-assign]
    assert not any("nothing to run" in line for line in lines(dagx("dev", "--plain")))


def told(*events: Event, auto: bool = True) -> str | None:
    lull = Lull(auto=auto)
    for event in (BOARD, *events):
        lull.heed(event)
    return lull.words() if lull.asset is not None else None


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ((), None),
        ((SAVED,), "nothing to run: all that was made is fresh"),
        ((SAVED, AssetsChanged((asset("a"),))), "nothing to run: all that was made is fresh"),
        ((SAVED, AssetsChanged((asset("a", AssetState.FAILED),))), "nothing to run: 1 fresh, 1 failed"),
        ((SAVED, *RUN), None),
        ((RUN[0], SAVED, Notice("waits")), None),
        ((RUN[0], SAVED, Notice("waits"), RUN[1]), "nothing to run: all that was made is fresh"),
        ((Saved(("assets.py",)),), None),
        ((Saved(("pyproject.toml", "data.csv")),), None),
        (
            (SAVED, BoardReplaced(status(asset("a", AssetState.MISSING)))),
            "nothing to run: nothing was made yet",
        ),
    ],
)
def test_what_is_said_of_a_save(events: tuple[Event, ...], words: str | None) -> None:
    assert told(*events) == words


def test_where_nothing_runs_by_itself_that_is_said() -> None:
    stale = AssetsChanged((asset("a", AssetState.STALE),))
    assert told(SAVED, stale, auto=False) == "nothing runs by itself (--no-auto): 1 fresh, 1 stale"


def test_an_engine_that_ends_by_itself_is_an_error(dagx: Dagx, engine: Engine) -> None:
    script = Script([BOARD, EngineEnded("a bug of dagx ended the engine: KeyError: 'x'\nTraceback\n  deep")])
    engine.does("Dev", script)
    said = dagx("dev", "--plain")
    assert said.code == 70
    assert lines(said)[-3:] == [
        "error: a bug of dagx ended the engine: KeyError: 'x'",
        "  Traceback",
        "    deep",
    ]
    assert script.closed == 1


def test_the_end_of_the_engine_is_an_event_of_json_too(dagx: Dagx, engine: Engine) -> None:
    engine.does("Dev", Script([EngineEnded("bad")]))
    said = dagx("dev", "--json")
    assert said.code == 70
    assert json.loads(said.out)["problem"] == "bad"


@pytest.mark.parametrize("args", [("dev", "--plain"), ("dev", "--json"), ("run",)])
def test_a_project_that_another_dagx_holds_is_told_the_same_way(
    dagx: Dagx, engine: Engine, args: tuple[str, ...]
) -> None:
    busy = api.BusyError("another dagx (pid 17) has this project", "stop it first")
    script = Script()

    def start() -> None:
        raise busy

    script.start = start  # type: ignore[method-assign]
    engine.does("Dev", script)
    engine.answers("run", busy)
    assert dagx(*args) == Said(
        4, "", "error: another dagx (pid 17) has this project\n  hint: stop it first\n"
    )
