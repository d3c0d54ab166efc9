"""Results of which not all inputs were seen: kept and used, and never fresh. When they are made again, and when not.

A person who asks for a run gets them made anew each time, as nobody can tell whether they are the same. Unasked they
rest until something else that they depend on changes: else they would be made for ever.
"""

from __future__ import annotations

from collections.abc import Sequence

from dagx_engine.pure.manifest import INCOMPLETE, Change
from dagx_engine.pure.staleness import InPartitions, InParts, Stale, Verdict

__all__ = ["is_doubt_alone"]


def is_doubt_alone(found: Verdict) -> bool:
    """Whether nothing is known to have changed, and it is only not known that nothing did."""
    match found:
        case Stale(_, changes):
            return _is_doubt(changes)
        case InParts(_, verdicts, todo):
            return bool(todo) and all(is_doubt_alone(verdicts[product]) for product in todo)
        case InPartitions(_, standings):
            stale = [standing for standing in standings.values() if standing.stale]
            return bool(stale) and all(not each.lost and _is_doubt(each.changes) for each in stale)
        case _:
            return False


def _is_doubt(changes: Sequence[Change]) -> bool:
    return bool(changes) and all(change.part.startswith(INCOMPLETE) for change in changes)
