"""What one command asks of the engine that holds the project, and the words between the two. Knows no socket.

The command says `hello` and then what it wants; the engine answers `welcome`, then an `event` for each thing that
happens, and at last `done` or `error`. `cancel` takes the wish back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dagx.errors import DagxError
from dagx_engine.pure.asked import Asked, RunWish
from dagx_engine.pure.errors import BusyError, ProjectError, UsageError
from dagx_engine.pure.from_json import Alien, from_json
from dagx_engine.pure.value import dataclass

__all__ = [
    "PROTOCOL",
    "AcceptWish",
    "Caller",
    "CancelWish",
    "GcWish",
    "Welcome",
    "Wish",
    "caller_of",
    "error_json",
    "error_of",
    "name_of",
    "wish_of",
]

PROTOCOL = 1


@dataclass(frozen=True)
class Caller:
    """Who asks."""

    protocol: int
    version: str
    pid: int
    command: str


@dataclass(frozen=True)
class Welcome:
    """Who answers."""

    pid: int
    command: str
    since: float


@dataclass(frozen=True)
class AcceptWish:
    """`dagx accept`. `shown` is what a person agreed to; without, it is only said what would be accepted."""

    selection: str
    data: bool = False
    undo: bool = False
    asked: Asked | None = None
    shown: Mapping[str, object] | None = None


@dataclass(frozen=True)
class GcWish:
    undefined: bool = False
    verify: bool = False


@dataclass(frozen=True)
class CancelWish:
    """`dagx cancel`: the runs under way whose ids begin so."""

    run: str = ""


Wish = RunWish | AcceptWish | GcWish | CancelWish

_WISHES: Mapping[str, type[Wish]] = {
    "run": RunWish,
    "accept": AcceptWish,
    "gc": GcWish,
    "cancel": CancelWish,
}
_ERRORS: Mapping[str, type[DagxError]] = {
    "usage": UsageError,
    "project": ProjectError,
    "busy": BusyError,
    "other": DagxError,
}


def caller_of(message: Mapping[str, Any]) -> Caller:
    """Raises Alien."""
    return from_json(Caller, message.get("hello"))


def name_of(wish: Wish) -> str:
    """The name under which a wish is asked for."""
    return next(name for name, kind in _WISHES.items() if isinstance(wish, kind))


def wish_of(message: Mapping[str, Any]) -> Wish:
    """Raises Alien."""
    name = message.get("wish")
    kind = _WISHES.get(name) if isinstance(name, str) else None
    if kind is None:
        raise Alien(f"{name!r:.80} is nothing that can be asked for")
    return from_json(kind, message.get("of"))


def error_json(error: DagxError) -> dict[str, Any]:
    """A refusal as the other side reads it."""
    name = next(name for name, kind in _ERRORS.items() if isinstance(error, kind))
    return {"error": name, "message": error.message, "hint": error.hint}


def error_of(message: Mapping[str, Any]) -> DagxError:
    """The refusal that the other side wrote."""
    kind = _ERRORS.get(str(message.get("error")), DagxError)
    hint = message.get("hint")
    return kind(str(message.get("message")), str(hint) if hint is not None else None)
