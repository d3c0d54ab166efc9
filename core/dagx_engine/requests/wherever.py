"""What needs the project lock is done here when the lock is free, and else by the engine that holds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from dagx_engine.late import late
from dagx_engine.opening import Project
from dagx_engine.pure.errors import BusyError
from dagx_engine.views import Event
from dagx_engine.workspace import Workspace

if TYPE_CHECKING:
    from dagx_engine.pure.asked import RunWish
    from dagx_engine.pure.wishes import Wish

__all__ = ["wherever"]

T = TypeVar("T")


def wherever(
    project: Project,
    wish: RunWish | Wish,
    kind: type[T],
    here: Callable[[Workspace], T],
    on_event: Callable[[Event], None] = lambda event: None,
) -> T:
    """The answer to a wish: of `here`, or of the engine of another dagx, which is waited for.

    Raises BusyError when that engine is stopped, hung or of another version, or cannot do it.
    """
    while True:
        try:
            space = Workspace(project.files, project.interpreter, write=True)
        except BusyError as busy:
            handing: Any = late("dagx_engine.requests.handing")  # seldom needed
            answer: T | None = handing.hand_over(project, wish, kind, on_event, busy)
            if answer is not None:
                return answer
            continue  # the lock was given back
        try:
            return here(space)
        finally:
            space.close()
