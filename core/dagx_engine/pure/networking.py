"""That a step reads the network: nobody can see from here when that changes, so people are told."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from dagx_engine.pure.definitions import StepName
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.missing_edges import Remark

__all__ = ["NETWORK", "network_remarks"]

NETWORK = "network:"
_SHOWN = 4


def network_remarks(generation: Generation, read: Mapping[StepName, Collection[str]]) -> list[Remark]:
    """A remark for each step that was seen to connect to other machines; `read` names the parts of what it read."""
    found: list[Remark] = []
    for step, names in read.items():
        places = sorted(name[len(NETWORK) :] for name in names if name.startswith(NETWORK))
        if places:
            more = f" and {len(places) - _SHOWN:,} more" if len(places) > _SHOWN else ""
            title = generation.steps[step].title
            text = f"{title} reads the network ({', '.join(places[:_SHOWN])}{more})"
            text += ": nobody can see from here when that changes"
            found.append(
                Remark(step, "network", text, f"dagx run --force {title.partition(':')[0]} when it has")
            )
    return found
