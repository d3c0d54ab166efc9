"""Views in the types that JSON has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum

__all__ = [
    "to_json",
]


_PLAIN = frozenset({str, int, float, bool, type(None)})
_EXTRA = ("counts", "reason", "expected_seconds", "certain_seconds", "ok", "outcome", "size")


def to_json(value: object) -> object:
    """The same value in the types that JSON has; properties such as `counts` and `reason` are included."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    names = _names_of(kind)
    if names is not None:
        return {name: to_json(getattr(value, name)) for name in names}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(name): to_json(item) for name, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [to_json(item) for item in value]
    return value


_known: dict[type, tuple[str, ...] | None] = {}


def _names_of(kind: type) -> tuple[str, ...] | None:
    """What is shown of a view, its fields and then its properties; None for any other value."""
    if kind not in _known:
        extra = (name for name in _EXTRA if isinstance(getattr(kind, name, None), property))
        is_view = is_dataclass(kind) and not issubclass(kind, Enum)
        _known[kind] = (*(field.name for field in fields(kind)), *extra) if is_view else None
    return _known[kind]
