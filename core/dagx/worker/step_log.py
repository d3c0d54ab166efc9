"""The logger of `context.log` in a worker: its lines go where the step's output goes."""

from __future__ import annotations

import logging
import sys

from dagx.logs.user_code import ROOT, get_logger

__all__ = ["step_logger"]


def step_logger() -> logging.Logger:
    """The logger of the step; lines of `dagx.get_logger()` go the same way."""
    root = logging.getLogger(ROOT)
    if not any(isinstance(handler, _ToStderr) for handler in root.handlers):
        handler = _ToStderr()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S"))
        root.addHandler(handler)
        root.propagate = False
    return get_logger()


class _ToStderr(logging.Handler):
    """Writes to whatever `sys.stderr` is at the moment: a step may replace it."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
        except Exception:  # noqa: BLE001 - logging never raises into the code that logs
            self.handleError(record)
