"""The environment that the project's code finds itself in."""

from __future__ import annotations

import os

from dagx_engine.io.project import ProjectFiles

__all__ = ["HASH_SEED", "environment_of"]

HASH_SEED = "0"
"""Of all workers: sets are gone through in the same order each time."""


def environment_of(files: ProjectFiles) -> dict[str, str]:
    """What the project's code finds in its environment."""
    found = {name: value for name, value in os.environ.items() if not name.startswith("_PYI_")}
    return {
        **files.environment,
        **found,
        "PYTHONHASHSEED": HASH_SEED,
        "DAGX_ATTEMPT": str(files.root),
    }
