"""The tags of runs that mean something to dagx. Semantics: sections 23 and 30."""

from __future__ import annotations

__all__ = ["MAX_RUNTIME_SECONDS_TAG"]

MAX_RUNTIME_SECONDS_TAG = "dagster/max_runtime"
"""Its value is how many seconds a run may take; a longer one is ended."""
