"""The terminal that a person sits at, lent to a worker for a while."""

from __future__ import annotations

import contextlib
import termios
from collections.abc import Iterator

__all__ = ["as_it_was"]


@contextlib.contextmanager
def as_it_was(end: int) -> Iterator[None]:
    """Afterwards its settings are what they are now: a worker that is killed while it edits a line does not put them
    back. What is no terminal has none.
    """
    try:
        settings = termios.tcgetattr(end)
    except termios.error:
        yield
        return
    try:
        yield
    finally:
        with contextlib.suppress(termios.error):  # it was closed
            termios.tcsetattr(end, termios.TCSADRAIN, settings)
