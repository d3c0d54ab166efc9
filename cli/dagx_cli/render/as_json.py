"""Views and events as JSON for other programs."""

from __future__ import annotations

import json
import math
import re

from dagx_engine.views import Event, to_json

__all__ = ["event_json", "json_text"]


def json_text(value: object, *, pretty: bool = False) -> str:
    """JSON in ASCII, so that nothing in it can move a terminal; numbers that JSON has not become null."""
    return _dump(to_json(value), 2 if pretty else None)


def event_json(event: Event, moment: float) -> str:
    """One line: what happened (`saved`, `step_ended`, ...), when, and the fields of the event."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()
    fields = to_json(event)
    return _dump(
        {"event": name, "at": round(moment, 3), **(fields if isinstance(fields, dict) else {})}, None
    )


def _dump(found: object, indent: int | None) -> str:
    try:
        return json.dumps(found, indent=indent, allow_nan=False, default=str)
    except ValueError:
        return json.dumps(_finite(found), indent=indent, default=str)


def _finite(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return value
