"""What a step cost, in words."""

from __future__ import annotations

from dagx_cli.render.numbers import duration, size
from dagx_engine.views import CostView, UsualView

__all__ = ["cost_words", "usual_facts"]


def cost_words(seconds: float | None, cost: CostView | None) -> str:
    """`1.2s, cpu 2.1s, memory 512.0 MB, read 1.2 GB, wrote 20.1 MB`, as far as it is known."""
    if cost is None:
        return duration(seconds)
    said = [
        ("", duration(seconds)),
        ("cpu ", duration(cost.cpu_seconds)),
        ("memory ", size(cost.memory_bytes)),
        ("read ", size(cost.read_bytes)),
        ("wrote ", size(cost.written_bytes)),
    ]
    return ", ".join(name + words for name, words in said if words)


def usual_facts(view: UsualView | None) -> list[tuple[str, str]]:
    """What its step cost the last time, and what it usually costs."""
    if view is None:
        return []
    facts = [("cost", cost_words(view.last_seconds, view.last))]
    if view.executions > 1:
        facts.append(("usually", f"{cost_words(view.seconds, view.cost)} (last {view.executions:,} times)"))
    return facts
