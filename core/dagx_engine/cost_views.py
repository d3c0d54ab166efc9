"""What steps cost, made into views."""

from __future__ import annotations

from collections.abc import Sequence

from dagx_engine.pure.costs import UNKNOWN, Cost, Execution, usual
from dagx_engine.views import CostView, UsualView

__all__ = ["cost_view", "usual_view"]


def cost_view(cost: Cost) -> CostView | None:
    """What an execution cost; None if nothing was measured."""
    return None if cost == UNKNOWN else CostView(*cost)


def usual_view(executions: Sequence[Execution]) -> UsualView | None:
    """What these cost, the last one first; None if none of them worked."""
    found = usual(executions)
    if found is None:
        return None
    last = executions[0]
    return UsualView(found.seconds, found.of, cost_view(found.cost), last.seconds, cost_view(last.cost))
