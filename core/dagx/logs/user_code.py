"""The logger of user code. dagx attaches no handler: who runs the code decides where lines go."""

from __future__ import annotations

import logging

__all__ = ["DagsterLogManager", "get_logger"]

ROOT = "dagx"

DagsterLogManager = logging.Logger
"""The class of `context.log`. Semantics: section 8."""


def get_logger(name: str | None = None) -> logging.Logger:
    """A logger whose lines belong to the step that is running. `name` tells them apart.

    It is "dagx.user", or "dagx.user.<name>", and lets every level through. Semantics: section 27.
    """
    root = logging.getLogger(ROOT)
    if root.level != logging.DEBUG:  # to set it forgets what all loggers know
        root.setLevel(logging.DEBUG)
    return logging.getLogger(f"{ROOT}.user.{name}" if name else f"{ROOT}.user")
