"""Where the lines of `context.log` go in a worker process: where the step's output goes."""

from __future__ import annotations

import logging
import sys

from dagx.logs.user_code import ROOT

__all__ = ["log_to_stderr"]


def log_to_stderr() -> None:
    """From now on lines of `context.log` and `dagx.get_logger()` go to stderr. For a process that is all dagx's."""
    root = logging.getLogger(ROOT)
    if not any(isinstance(handler, _ToStderr) for handler in root.handlers):
        handler = _ToStderr()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S"))
        root.addHandler(handler)
        root.propagate = False


class _ToStderr(logging.Handler):
    """Writes to whatever `sys.stderr` is at the moment: a step may replace it."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
        except Exception:  # noqa: BLE001 - logging never raises into the code that logs
            self.handleError(record)
