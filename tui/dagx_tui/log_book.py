"""The last lines that each step wrote, within bounds. Lines stay raw; they are cleaned when drawn."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from dagx_tui.failure import in_red

__all__ = ["LINES_AT_MOST", "LogBook", "LogLines"]

LINES_AT_MOST = 5_000
"""Per step; the screen says so when older ones were dropped. The log file has them all."""

_ALL_LINES_AT_MOST = 50_000
_WIDEST = 4_000


class LogLines:
    """A growing text as lines; the last one may still be unfinished."""

    def __init__(self, run_id: str = "", text: str = "", *, cut: bool = False) -> None:
        self.run_id = run_id
        self.lines: deque[str] = deque(maxlen=LINES_AT_MOST)
        self.total = 0
        """How many lines there ever were."""
        self._cut = cut
        self._open = False
        if text:
            self.add(text)

    @property
    def open(self) -> bool:
        """The last line is unfinished."""
        return self._open

    @property
    def first(self) -> int:
        """How many lines were dropped at the front."""
        return self.total - len(self.lines)

    @property
    def cut(self) -> bool:
        """There is more in the log file."""
        return self._cut or self.first > 0

    def add(self, text: str) -> None:
        pieces = text.split("\n")
        if self._open:
            pieces[0] = self.lines.pop() + pieces[0]
            self.total -= 1
        self._open = pieces[-1] != ""
        if not self._open:
            pieces.pop()
        self.total += len(pieces)
        self.lines.extend(_bounded(piece) for piece in pieces[-LINES_AT_MOST:])


def _bounded(line: str) -> str:
    if len(line) > _WIDEST and "\r" in line:
        line = line[line.rstrip("\r").rfind("\r") + 1 :]
    return line if len(line) <= _WIDEST else line[:_WIDEST]


class LogBook:
    """Logs of this session's steps, the least recently started forgotten first."""

    def __init__(self) -> None:
        self._steps: dict[str, LogLines] = {}
        self._held = 0

    def begin(self, step: str, run_id: str) -> None:
        """A new attempt starts an empty page; a retry in the same run goes on."""
        old = self._steps.pop(step, None)
        if old is not None and old.run_id == run_id:
            self._steps[step] = old
            return
        self._held -= len(old.lines) if old else 0
        self._steps[step] = LogLines(run_id)

    def add(self, step: str, run_id: str, text: str) -> None:
        page = self._steps.get(step)
        if page is None or page.run_id != run_id:
            self.begin(step, run_id)
            page = self._steps[step]
        before = len(page.lines)
        page.add(text)
        self._held += len(page.lines) - before
        while self._held > _ALL_LINES_AT_MOST and len(self._steps) > 1:
            oldest = next(iter(self._steps))
            if oldest == step:
                self._steps[step] = self._steps.pop(step)
                continue
            self._held -= len(self._steps.pop(oldest).lines)

    def fail(self, step: str, run_id: str, error: Sequence[str]) -> None:
        """The error that ended the attempt, on lines of its own."""
        page = self._steps.get(step)
        within = page is not None and page.run_id == run_id and page.open
        self.add(step, run_id, ("\n" if within else "") + in_red(error))

    def of(self, step: str) -> LogLines | None:
        return self._steps.get(step)
