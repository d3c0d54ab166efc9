"""A short text that shows a value, made where the value is: only workers decode, everyone else reads this."""

from __future__ import annotations

import json
from typing import Any

from dagx.worker.problems import words_of

__all__ = ["preview_of"]

_MOST_LINES = 24
_MOST_WIDTH = 160


def preview_of(value: object, codec: str) -> str:
    """The first lines of the value as a person would want to see it. Never raises."""
    try:
        text = _shown(value, codec)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a broken __repr__ must not fail the step
        text = f"<no preview: {type(error).__name__}: {words_of(error)}>"
    # Half a surrogate pair, as in the name of a file that is not UTF-8, cannot be stored.
    return _cut(text).encode("utf-8", "backslashreplace").decode("utf-8")


def _shown(value: Any, codec: str) -> str:
    if isinstance(value, str):
        return value
    if type(value) is bytes:
        return f"{value[:64]!r}" + (f" ... {len(value)} bytes" if len(value) > 64 else "")
    if codec == "json":
        flat = json.dumps(value, ensure_ascii=False)
        return flat if len(flat) <= 100 else json.dumps(value, ensure_ascii=False, indent=2)
    if codec == "parquet/polars-lazy":
        value = value.head(10).collect()
    elif codec.startswith("parquet/polars"):
        value = value.head(10)
    elif codec == "parquet/pandas":
        return str(value.head(10).to_string(max_cols=12))
    elif codec == "parquet/arrow":
        value = value.slice(0, 10)
    return str(value)


def _cut(text: str) -> str:
    lines = text[: _MOST_LINES * 4 * _MOST_WIDTH].splitlines()
    shown = [
        line if len(line) <= _MOST_WIDTH else line[: _MOST_WIDTH - 1] + "…" for line in lines[:_MOST_LINES]
    ]
    if len(lines) > _MOST_LINES or len(text) > _MOST_LINES * 4 * _MOST_WIDTH:
        shown.append("…")
    return "\n".join(shown)
