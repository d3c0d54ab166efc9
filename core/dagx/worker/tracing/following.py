"""The tracer that is told by all that is wrapped in this process. There is one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dagx.worker.tracing.tracer import Tracer

__all__ = ["follow", "listening"]

_tracer: Tracer | None = None


def follow(tracer: Tracer) -> None:
    """From now on this tracer is told."""
    global _tracer
    _tracer = tracer


def listening() -> Tracer | None:
    """The tracer, while it is on."""
    return _tracer if _tracer is not None and _tracer.is_on else None
