"""The end of a step's log file. Runs in a thread, never on the screen's."""

from __future__ import annotations

from pathlib import Path

from dagx_tui.log_book import LogLines

__all__ = ["tail"]

_BYTES = 512 * 1024


def tail(path: Path) -> LogLines | None:
    """The last lines of the file, or None if there is no such file."""
    try:
        with path.open("rb") as file:
            length = file.seek(0, 2)
            start = max(0, length - _BYTES)
            file.seek(start)
            text = file.read(_BYTES).decode("utf-8", "replace")
    except OSError:
        return None
    if start:
        text = text.partition("\n")[2]
    return LogLines(text=text, cut=start > 0)
