"""The tags of runs: what they may be, and those that mean something to dagx. Semantics: sections 1, 23 and 30."""

from __future__ import annotations

from dagx.errors import InvalidDefinitionError
from dagx.late_json import from_text, to_text
from dagx.names import as_mapping

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


def run_tags(tags: object, what: str = "tags") -> dict[str, str]:
    """A copy of the tags of a run: values that are no str are written as JSON. Raises InvalidDefinitionError."""
    found: dict[str, str] = {}
    for key, value in as_mapping(tags, what).items():
        if not isinstance(key, str):
            raise InvalidDefinitionError(f"the key of a tag is a str, not {key!r}")
        if isinstance(value, str):
            found[key] = value
            continue
        try:
            text = to_text(value)
            is_same = from_text(text) == value
        except (TypeError, ValueError):
            is_same = False
            text = ""
        if not is_same:
            raise InvalidDefinitionError(
                f"the value of the tag {key!r} is {value!r}, which JSON cannot keep", "give a str"
            )
        found[key] = text
    return found
