"""`dagx stats`: what the steps of a time cost, and what was saved by not executing them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from dagx_engine.cost_views import cost_view
from dagx_engine.opening import Project, opened
from dagx_engine.pure.costs import Execution
from dagx_engine.pure.errors import UsageError
from dagx_engine.pure.spending import Reuse, Spent, spent
from dagx_engine.views.stats import SizeView, SpentView, StatsView

__all__ = ["stats"]

_Names = tuple[tuple[str, ...], tuple[str, ...]]
_SECONDS = {"m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}


def stats(project: Project, *, since: str = "30d", limit: int = 10) -> StatsView:
    """What happened in the time that `since` says: `12h`, `30d`, `8w`. `limit` entries in each list.

    Starts no user code. Raises UsageError when `since` is no length of time.
    """
    seconds = _seconds(since)
    with opened(project) as space:
        begin = space.clock.now() - seconds
        store = space.store
        if store is None:
            return StatsView(begin, seconds, 0, 0, 0.0, 0.0, 0.0, 0, (), (), (), (), ())
        executions = store.costs.executions(begin)
        reused = {step: Reuse(**found) for step, found in store.costs.reused(begin).items()}
        strange = reused.keys() - {each.step for each in executions}
        before: dict[str, list[Execution]] = {step: [] for step in strange}
        for each in store.costs.executions(0.0, begin) if strange else ():
            if each.step in before:
                before[each.step].append(each)
        found = spent(executions, reused, before)
        names = store.costs.names
        largest = tuple(SizeView(**vars(row)) for row in store.costs.sizes(limit))
        return StatsView(
            begin,
            seconds,
            runs=store.costs.runs(begin),
            executions=len(executions),
            executed_seconds=sum(each.seconds for each in executions),
            cpu_seconds=sum(each.cost.cpu_seconds or 0.0 for each in executions),
            saved_seconds=sum(each.saved_seconds for each in found),
            reused=sum(each.reuse.fresh + each.reuse.restored for each in found),
            slowest=_most(
                found, names, limit, lambda each: each.usual.seconds if each.usual and each.last else 0
            ),
            largest=largest,
            most_memory=_most(found, names, limit, lambda each: each.most_memory or 0),
            most_rerun=_most(
                found, names, limit, lambda each: each.executions if each.executions > 1 else 0, _total
            ),
            most_saved=_most(found, names, limit, lambda each: each.saved_seconds),
        )


def _seconds(since: str) -> float:
    found = re.fullmatch(r"\s*(\d{1,6})\s*([mhdw])\s*", since)
    if found is None or int(found[1]) == 0:
        raise UsageError(f'"{since}" is no length of time', hint="write 90m, 12h, 30d or 8w")
    return int(found[1]) * _SECONDS[found[2]]


def _total(each: Spent) -> float:
    return each.total_seconds


def _most(
    found: Sequence[Spent],
    names: Callable[[str], _Names],
    limit: int,
    weight: Callable[[Spent], float],
    then: Callable[[Spent], float] = _total,
) -> tuple[SpentView, ...]:
    """The heaviest first; those without weight are none of them."""
    heavy = [each for each in found if weight(each) > 0]
    heavy.sort(key=lambda each: (-weight(each), -then(each), each.step))
    return tuple(_view(each, *names(each.step)) for each in heavy[:limit])


def _view(each: Spent, assets: tuple[str, ...], checks: tuple[str, ...]) -> SpentView:
    return SpentView(
        each.step,
        each.executions,
        each.failed,
        each.unchanged,
        each.reuse.fresh,
        each.reuse.restored,
        each.total_seconds,
        each.most_seconds,
        each.last.seconds if each.last is not None else None,
        each.usual.seconds if each.usual is not None else None,
        cost_view(each.usual.cost) if each.usual is not None else None,
        each.most_memory,
        each.saved_seconds,
        assets,
        checks,
    )
