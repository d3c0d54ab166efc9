"""Whether a graph is being composed here, and by what. It knows neither ops nor graphs."""

from __future__ import annotations

import importlib
from contextvars import ContextVar
from typing import Any, Protocol


class Composition(Protocol):
    """The body of a graph that is being executed to find out how its nodes are wired."""

    def invoke(self, node: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Add a use of `node`, wired to these values, and answer with handles of its outputs."""


COMPOSITION: ContextVar[Composition | None] = ContextVar("dagx.composition", default=None)


def pending(node: Any) -> Any:
    """`node` before its call in a graph, to be given a name, tags, hooks or a retry policy."""
    return importlib.import_module("dagx.ops.invocations").PendingNodeInvocation(node)
