"""What a benchmark found, as values: figures of one tool, rows of tools side by side, what is wanted.

Knows neither processes nor files. `report` makes text of it.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass

__all__ = ["Budget", "Figures", "NotMeasured", "Row"]


@dataclass(frozen=True)
class Budget:
    limit: float
    unit: str
    at_least: bool = False
    """Whether more is better."""


@dataclass(frozen=True)
class Figures:
    """What one tool took in a row: a value for each round."""

    who: str
    what: str
    """What was done, as its user would type it."""
    size: int
    """Assets; 0 where the number does not matter."""
    unit: str
    values: tuple[float, ...]
    note: str = ""
    budget: Budget | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.values)


@dataclass(frozen=True)
class NotMeasured:
    who: str
    what: str
    size: int
    why: str


@dataclass(frozen=True)
class Row:
    """One subject, all tools, taken together."""

    name: str
    workload: str
    results: tuple[Figures | NotMeasured, ...]
    other_work: float = 0.0
    """Cores that other processes took while the row was taken."""
    load: float = 0.0
    """The load average when it began."""
    seconds: float = 0.0
    notes: tuple[str, ...] = ()

    @property
    def figures(self) -> list[Figures]:
        return [one for one in self.results if isinstance(one, Figures)]

    @property
    def of_dagx(self) -> list[Figures]:
        return [one for one in self.figures if one.who == "dagx"]
