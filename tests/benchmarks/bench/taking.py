"""Takes figures: all tools of a row in turn, round by round, so that what else the machine does hits all of them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bench.figures import Budget, Figures, NotMeasured, Row
from bench.processes import Broken, OtherWork

__all__ = ["Contender", "expect", "take"]

LONG = 20.0
"""Seconds after which one tool gets no further round of a row; the first is always taken."""


@dataclass(frozen=True)
class Contender:
    who: str
    what: str
    size: int
    unit: str
    once: Callable[[], float]
    """One round: the figure. It looks at what was printed, and raises `Broken` if that is not what the row is about."""
    ready: Callable[[], object] = lambda: None
    """What has to be there before: not measured."""
    budget: Budget | None = None
    note: str = ""
    warm: bool = True
    """Whether the first round only warms caches and does not count."""


def take(
    name: str,
    workload: str,
    contenders: Iterable[Contender | NotMeasured],
    rounds: int,
    notes: Sequence[str] = (),
) -> Row:
    load = os.getloadavg()[0]
    began = time.monotonic()
    others = OtherWork()
    listed = list(contenders)
    failed: dict[int, str] = {}
    values: dict[int, list[float]] = {}
    spent: dict[int, float] = {}
    for place, one in enumerate(listed):
        if isinstance(one, NotMeasured):
            continue
        try:
            one.ready()
            before = time.monotonic()
            first = one.once()
            spent[place] = time.monotonic() - before
            values[place] = [] if one.warm and spent[place] < LONG / 2 else [first]
        except Broken as problem:
            failed[place] = str(problem)
    for _ in range(rounds):
        for place, kept in values.items():
            one = listed[place]
            if (
                isinstance(one, NotMeasured)
                or place in failed
                or len(kept) >= rounds
                or (kept and spent[place] > LONG)
            ):
                continue
            before = time.monotonic()
            try:
                kept.append(one.once())
            except Broken as problem:
                failed[place] = str(problem)
            spent[place] += time.monotonic() - before
    results: list[Figures | NotMeasured] = []
    for place, one in enumerate(listed):
        if isinstance(one, NotMeasured):
            results.append(one)
        elif place in failed:
            results.append(NotMeasured(one.who, one.what, one.size, failed[place]))
        else:
            found = tuple(values[place])
            results.append(Figures(one.who, one.what, one.size, one.unit, found, one.note, one.budget))
    return Row(name, workload, tuple(results), others.cores(), load, time.monotonic() - began, tuple(notes))


def expect(found: object, wanted: object, what: str) -> None:
    """Raise unless what was run did what the row is about."""
    if found != wanted:
        raise Broken(f"{what}: {found} instead of {wanted}")
