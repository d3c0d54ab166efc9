"""What the pool of workers is asked to run, and what it says of that and of loads. Values alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dagx_engine.io.workers import Worker
from dagx_engine.pure.value import dataclass

__all__ = [
    "Asked",
    "Assignment",
    "Described",
    "Done",
    "Late",
    "Lost",
    "News",
    "Overran",
    "Refused",
    "Told",
]


@dataclass(frozen=True)
class Assignment:
    """One attempt of a step: what the worker is told, and where its log goes."""

    token: str
    generation: int
    message: Mapping[str, Any]
    log: str
    max_runtime: float | None = None
    """Seconds after which it is asked to stop."""
    terminal: tuple[int, int, int] | None = None
    """Descriptors for its output, its errors and its input, in place of the log."""


@dataclass(frozen=True)
class Described:
    """The project was loaded: its definitions as the worker describes them."""

    load: int
    definitions: Mapping[str, Any]


@dataclass(frozen=True)
class Refused:
    """The project does not load, and why."""

    load: int
    problem: Mapping[str, Any]


@dataclass(frozen=True)
class Done:
    """A worker finished an attempt, well or badly."""

    token: str
    result: Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """What a worker says of an attempt before it ends: how an op of a job went."""

    token: str
    news: Mapping[str, Any]


@dataclass(frozen=True)
class Lost:
    """The worker ended in the middle of an attempt. `stopped`: it had been asked to."""

    token: str
    words: str
    stopped: bool


@dataclass(frozen=True)
class Asked:
    """An attempt asks something, and waits for the answer."""

    token: str
    question: Mapping[str, Any]


@dataclass(frozen=True)
class Late:
    """The time of an attempt is over."""

    worker: Worker
    token: str


@dataclass(frozen=True)
class Overran:
    """An attempt was asked to stop because its time was over; `Lost` or `Done` will follow."""

    token: str


News = Described | Refused | Done | Lost | Asked | Told | Overran
