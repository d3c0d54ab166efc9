"""Views in the types that JSON has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum

__all__ = [
    "to_json",
]


def to_json(value: object) -> object:
    """The same value in the types that JSON has; properties such as `counts` and `reason` are included."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        found: dict[str, object] = {f.name: to_json(getattr(value, f.name)) for f in fields(value)}
        for extra in ("counts", "reason", "expected_seconds", "certain_seconds", "ok", "outcome", "size"):
            if isinstance(getattr(type(value), extra, None), property):
                found[extra] = to_json(getattr(value, extra))
        return found
    if isinstance(value, Mapping):
        return {str(name): to_json(item) for name, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [to_json(item) for item in value]
    return value
