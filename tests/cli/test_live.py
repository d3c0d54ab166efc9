"""The picture of a run, as the writes that a terminal would get, under a clock that the test moves."""

from __future__ import annotations

import pytest
from handmade import plan, planned, run, status, step

from dagx_cli.live import LineDisplay, LiveDisplay
from dagx_cli.progress import Progress
from dagx_cli.render.look import Look
from dagx_engine.views import (
    AssetsChanged,
    BoardReplaced,
    Event,
    Loaded,
    Notice,
    RunEnded,
    RunStarted,
    StepEnded,
    StepLog,
    StepStarted,
    StepState,
)

HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"


def painted(*lines: str, over: int = 0, first: bool = False) -> str:
    """One write: these lines over so many rows of before."""
    up = f"\x1b[{over}A\r" if over else ""
    return (HIDE if first else "") + up + "".join(f"{line}\x1b[K\n" for line in lines) + "\x1b[J"


class Terminal:
    """A clock, a size and what was written."""

    def __init__(self, columns: int = 80, rows: int = 24, look: Look | None = None) -> None:
        self.time = 100.0
        self.columns, self.rows = columns, rows
        self.writes: list[str] = []
        self.live = LiveDisplay(
            self.writes.append, look or Look(), lambda: self.time, lambda: (self.columns, self.rows)
        )

    def after(self, seconds: float, event: Event | None = None) -> list[str]:
        """What is written when this comes so much later."""
        self.time += seconds
        self.writes.clear()
        if event is None:
            self.live.tick()
        else:
            self.live.handle(event)
        return list(self.writes)


def started(*names: str) -> RunStarted:
    return RunStarted("r1", "you", plan(*(planned(name, "never made") for name in names)))


def begun(name: str) -> StepStarted:
    return StepStarted("r1", name, (), 1, "x.log")


def test_finished_steps_scroll_up_and_the_block_is_painted_over() -> None:
    terminal = Terminal()
    assert terminal.after(0, started("a", "b")) == [painted("  0/2 · 0ms", first=True)]
    assert terminal.after(0.125, begun("a")) == [painted("◉ a  0ms", "  0/2 · 0.1s", over=1)]
    assert terminal.after(0.5) == [painted("◉ a  0.5s", "  0/2 · 0.6s", over=2)]
    assert terminal.after(0.125, StepEnded("r1", step("a"))) == [
        painted("✔ a  made        0.4s", "  1/2 · 0.8s", over=2)
    ]
    terminal.writes.clear()
    terminal.live.close()
    assert terminal.writes == [painted(over=1), SHOW]


def test_it_paints_ten_times_a_second_at_most_and_loses_no_line() -> None:
    terminal = Terminal()
    names = [f"s{number}" for number in range(1000)]
    terminal.after(0, started(*names))
    written: list[str] = []
    for name in names:
        written += terminal.after(0.0005, begun(name))
        written += terminal.after(0.0005, StepEnded("r1", step(name)))
    assert len(written) <= 11
    terminal.writes.clear()
    terminal.live.close()
    lines = "".join([*written, *terminal.writes]).split("\n")
    assert [line.partition("✔ ")[2].split()[0] for line in lines if "✔" in line] == names


def test_with_many_running_steps_the_block_stays_small() -> None:
    terminal = Terminal(rows=6)
    names = [f"s{number}" for number in range(20)]
    terminal.after(0, started(*names))
    for name in names:
        written = terminal.after(0.125, begun(name))
    assert written[0].count("\n") == 5
    assert "  and 17 more\x1b[K\n" in written[0]


def test_no_painted_line_reaches_the_last_column() -> None:
    terminal = Terminal(columns=30, look=Look(colour=False))
    terminal.after(0, started("x" * 60))
    terminal.after(0.125, begun("x" * 60))
    written = terminal.after(0.125, StepEnded("r1", step("x" * 60)))
    assert all(len(line) <= 29 for line in written[0].replace("\x1b[K", "").split("\n")[1:-1])


def test_a_slow_load_is_shown_before_the_run_begins() -> None:
    terminal = Terminal()
    assert terminal.after(0.2) == []
    assert terminal.after(0.2) == [painted("loading 0.4s", first=True)]
    assert terminal.after(1, started("a")) == [painted("  0/1 · 1.4s", over=1)]


def test_who_waits_for_another_run_does_not_load() -> None:
    terminal = Terminal()
    written = terminal.after(0.4, Notice("waiting for run ab of `dagx dev`"))
    assert "waiting 0.4s" in written[0]
    assert "loading" not in written[0]


def test_a_run_with_nothing_to_do_paints_nothing() -> None:
    terminal = Terminal()
    assert terminal.after(0, started()) == []
    assert terminal.after(1, RunEnded(run())) == []
    terminal.live.close()
    assert terminal.writes == []


def test_steps_that_turned_out_fresh_are_counted_and_not_printed() -> None:
    terminal = Terminal()
    terminal.after(0, started("a", "b"))
    written = terminal.after(0.125, StepEnded("r1", step("b", StepState.FRESH)))
    assert written == [painted("  1/2 · 0.1s", over=1)]
    assert terminal.after(0.125, StepEnded("r1", step("other", StepState.FRESH)))[0].endswith(
        painted("  1/2 · 0.2s")
    )


def test_a_retry_shows_the_step_again() -> None:
    terminal = Terminal()
    terminal.after(0, started("a"))
    terminal.after(0.125, begun("a"))
    terminal.after(0.125, StepEnded("r1", step("a", StepState.RETRYING)))
    written = terminal.after(0.125, begun("a"))
    assert "◉ a  0ms\x1b[K\n" in written[0]


def test_a_notice_is_printed_above_the_block() -> None:
    terminal = Terminal()
    terminal.after(0, started("a"))
    assert terminal.after(0.125, Notice("odd", "warning")) == [
        painted("warning: odd", "  0/1 · 0.1s", over=1)
    ]


def test_news_for_a_screen_is_no_news_here() -> None:
    terminal = Terminal()
    assert terminal.after(0, AssetsChanged(())) == []
    assert terminal.after(0, BoardReplaced(status())) == []


def test_a_pipe_gets_one_plain_line_per_event() -> None:
    writes: list[str] = []
    lines = LineDisplay(writes.append, Look())
    for event in (
        started("a"),
        begun("a"),
        StepLog("r1", "a", "noise"),
        StepEnded("r1", step("a")),
        Loaded(1, 14, 0.1, True),
        RunEnded(run(step("a"))),
    ):
        lines.handle(event)
        lines.tick()
    lines.close()
    assert writes == ["1 of 14 steps to run: a (never made)\n", "◉ a  started\n", "✔ a  made   0.4s\n"]


def test_a_pipe_is_told_of_a_run_with_nothing_to_do_by_the_summary_alone() -> None:
    writes: list[str] = []
    LineDisplay(writes.append, Look()).handle(started())
    assert writes == []


class Recorder:
    def __init__(self, error: Exception | None = None) -> None:
        self.seen: list[object] = []
        self.closed = 0
        self._error = error

    def handle(self, event: Event) -> None:
        if self._error is not None:
            raise self._error
        self.seen.append(event)

    def tick(self) -> None: ...

    def close(self) -> None:
        self.closed += 1


def test_all_news_arrives_in_order_before_the_end() -> None:
    recorder = Recorder()
    with Progress(recorder) as progress:
        for name in "abc":
            progress(Notice(name))
    assert recorder.seen == [Notice("a"), Notice("b"), Notice("c")]
    assert recorder.closed == 1


def test_the_terminal_is_put_right_when_the_run_is_interrupted() -> None:
    recorder = Recorder()
    with pytest.raises(KeyboardInterrupt), Progress(recorder):
        raise KeyboardInterrupt
    assert recorder.closed == 1


def test_a_reader_that_goes_away_does_not_end_the_run() -> None:
    with Progress(Recorder(BrokenPipeError())) as progress:
        progress(Notice("a"))
        progress(Notice("b"))


def test_a_bug_in_the_picture_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), Progress(Recorder(ZeroDivisionError())) as progress:
        progress(Notice("a"))
