"""JSON text, its module imported when the first is written or read: definitions of assets alone need none."""

from __future__ import annotations

import importlib
from typing import Any


def to_text(value: Any) -> str:
    """The value as JSON. Raises what `json.dumps` raises."""
    text: str = importlib.import_module("json").dumps(value)
    return text


def from_text(text: str) -> Any:
    """The value of JSON text. Raises what `json.loads` raises."""
    return importlib.import_module("json").loads(text)
