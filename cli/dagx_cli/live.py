"""The picture of a run: on a terminal a small block that is painted over, elsewhere a line for each event.

Fed with events and asked to paint by one owner (`progress`); knows no thread, no engine, no clock of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from dagx_cli.render.audit import audited_line
from dagx_cli.render.checks import result_lines
from dagx_cli.render.following import Following
from dagx_cli.render.jobs import op_line
from dagx_cli.render.look import SIGNS, Look
from dagx_cli.render.numbers import duration
from dagx_cli.render.plan import step_name
from dagx_cli.render.run import is_news, step_line
from dagx_cli.render.stream import event_lines
from dagx_cli.render.table import Cell, fitted
from dagx_cli.render.text import cells, one_line
from dagx_engine.views import (
    BoardReplaced,
    Event,
    Loaded,
    LoadFailed,
    Notice,
    OpEnded,
    PlanView,
    RunEnded,
    RunStarted,
    StepAudited,
    StepEnded,
    StepLog,
    StepStarted,
)

__all__ = ["Display", "LineDisplay", "LiveDisplay"]

_PAINT_EVERY = 0.1
_SAY_LOADING_AFTER = 0.3
_MOST_ROWS = 8
_WIDEST_NAME = 40
_HIDE, _SHOW, _CLEAR_LINE, _CLEAR_BELOW = "\x1b[?25l", "\x1b[?25h", "\x1b[K", "\x1b[J"


class Display(Protocol):
    def handle(self, event: Event) -> None: ...

    def tick(self) -> None: ...

    def close(self) -> None: ...


class LineDisplay:
    """One plain line per event."""

    def __init__(self, write: Callable[[str], None], look: Look) -> None:
        self._write = write
        self._look = look
        self._following = Following()

    def handle(self, event: Event) -> None:
        match event:
            case RunStarted(plan=plan) if not plan.steps:
                return
            case RunEnded() | Loaded() | BoardReplaced() | StepLog():
                # How it ended is told by the command, with the report of what failed; logs have their files.
                return
        lines = [line for told in self._following.heard(event) for line in event_lines(told, self._look)]
        if lines:
            self._write("\n".join(lines) + "\n")

    def tick(self) -> None:
        """Nothing moves here."""

    def close(self) -> None:
        """Nothing was hidden."""


class LiveDisplay:
    """Finished steps scroll up as lines; below them the running steps and a counter are painted over."""

    def __init__(
        self,
        write: Callable[[str], None],
        look: Look,
        now: Callable[[], float],
        size: Callable[[], tuple[int, int]],
    ) -> None:
        self._write = write
        self._look = look
        self._now = now
        self._size = size
        self._began = now()
        self._painted_at = 0.0
        self._rows = 0
        """How many rows the block on the screen has."""
        self._hidden = False
        self._above: list[str] = []
        """Lines that wait to be printed above the block."""
        self._planned: dict[str, str] | None = None
        """Step to the name that people call it by."""
        self._told = False
        """There was news: before a run begins it says for whom this waits."""
        self._seen: set[str] = set()
        self._ended: set[str] = set()
        self._running: dict[str, float] = {}
        self._name_width = 0

    def handle(self, event: Event) -> None:
        match event:
            case RunStarted(plan=plan):
                self._begin(plan)
            case StepStarted(step=step):
                self._seen.add(step)
                self._running[step] = self._now()
            case StepEnded(step=ended):
                self._running.pop(ended.step, None)
                if is_news(ended) or ended.step in (self._planned or {}):
                    self._ended.add(ended.step)
                if is_news(ended):
                    self._seen.add(ended.step)
                    look = self._fitted()
                    self._above.append(step_line(ended, look, name_width=self._name_width, word_width=9))
                    self._above += result_lines(ended.results, look)
            case StepAudited(step=step):
                self._running.pop(step, None)
                self._ended.add(step)
                self._seen.add(step)
                self._above.append(audited_line(event, self._fitted(), name_width=self._name_width))
            case OpEnded(op=op):
                self._above.append(op_line(op, self._fitted()))
            case Notice() | LoadFailed():
                self._told = True
                self._above += event_lines(event, self._look)
            case _:
                return
        self.tick()

    def tick(self) -> None:
        """Paint, unless that was done a moment ago."""
        if self._now() - self._painted_at >= _PAINT_EVERY:
            self._paint(self._block())

    def close(self) -> None:
        """Take the block away and give the cursor back."""
        self._paint([])
        if self._hidden:
            self._write(_SHOW)
            self._hidden = False

    def _begin(self, plan: PlanView) -> None:
        self._planned = {step.step: step_name(step.step, step.assets, step.checks) for step in plan.steps}
        names = [cells(name) for name in self._planned.values()]
        self._name_width = min(max(names, default=0), _WIDEST_NAME)

    def _block(self) -> list[str]:
        look = self._fitted()
        since = self._now() - self._began
        if self._planned is None:
            word = "waiting" if self._told else "loading"
            return [look.paint(f"{word} {duration(since)}", "dim")] if since >= _SAY_LOADING_AFTER else []
        if not self._planned and not self._seen:
            return []
        most = max(1, min(_MOST_ROWS, self._size()[1] - 3))
        running = list(self._running.items())
        lines = [self._running_line(step, started, look) for step, started in running[:most]]
        if len(running) > most:
            lines.append(look.paint(f"  and {len(running) - most} more", "dim"))
        total = len(self._planned.keys() | self._seen)
        return [*lines, look.paint(f"  {len(self._ended)}/{total} {look.dot} {duration(since)}", "bold")]

    def _running_line(self, step: str, started: float, look: Look) -> str:
        name = (self._planned or {}).get(step, step)
        took = duration(self._now() - started)
        style = SIGNS["running"].style
        return fitted(
            [Cell(look.glyph("running"), style), Cell(f" {one_line(name)}  "), Cell(took, "dim")], look
        )

    def _fitted(self) -> Look:
        # One column stays free: a terminal that wraps at the last one would put the block out of step.
        return self._look._replace(width=max(self._size()[0] - 1, 10))

    def _paint(self, block: list[str]) -> None:
        if not block and not self._above and not self._rows:
            return
        text = ""
        if block and not self._hidden:
            text += _HIDE
            self._hidden = True
        if self._rows:
            text += f"\x1b[{self._rows}A\r"
        # Line by line: to clear the block first would flicker, and fills tmux's history.
        text += "".join(f"{line}{_CLEAR_LINE}\n" for line in (*self._above, *block))
        self._write(text + _CLEAR_BELOW)
        self._above.clear()
        self._rows = len(block)
        self._painted_at = self._now()
