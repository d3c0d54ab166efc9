"""The tags of runs that mean something to dagx. Semantics: sections 23 and 30."""

from __future__ import annotations

__all__ = ["MAX_RUNTIME_SECONDS_TAG"]

MAX_RUNTIME_SECONDS_TAG = "dagster/max_runtime"
"""Its value is how many seconds a run may take; a longer one is ended."""

SYSTEM_TAGS = "dagster/"
TAGS_THAT_STEER_A_RUN = (
    "dagster/priority",
    "dagster/max_retries",
    "dagster/retry_strategy",
    "dagster/retry_on_asset_or_op_failure",
    MAX_RUNTIME_SECONDS_TAG,
    "dagster/isolation",
)
"""Those of the system that a schedule may give to its runs; the others say what a run is, and dagx sets them."""
