"""DagsterLogManager: the class of `context.log`, under the name that people know. Semantics: section 8."""

from __future__ import annotations

import logging

__all__ = ["DagsterLogManager"]

DagsterLogManager = logging.Logger
"""The class of `context.log`: a logger of the standard library."""
