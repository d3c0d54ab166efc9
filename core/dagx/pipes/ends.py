"""The two ends of a pipes session as interfaces: one takes the context over, one brings the messages back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from dagx.pipes.wire import PipesLaunchedData, PipesParams

if TYPE_CHECKING:
    from dagx.pipes.messages import PipesMessageHandler

__all__ = ["PipesContextInjector", "PipesMessageReader"]


class PipesContextInjector(ABC):
    """Puts the context of the step where the other process finds it."""

    @abstractmethod
    def inject_context(self, context: Mapping[str, Any]) -> AbstractContextManager[PipesParams]:
        """Put the context (JSON) there for the time of the session; gives what the other process must know."""

    def no_messages_debug_text(self) -> str:
        """How the context was handed over, for the warning that no message came."""
        return f"{type(self).__name__} handed the context over"


class PipesMessageReader(ABC):
    """Brings the messages of the other process to a handler while the session lasts."""

    writers: int = 1
    """How many processes write messages in one session."""

    @abstractmethod
    def read_messages(self, handler: PipesMessageHandler) -> AbstractContextManager[PipesParams]:
        """Hand each message to `handler` until the session ends; gives what the other process must know."""

    def on_launched(self, launched_payload: PipesLaunchedData) -> None:  # noqa: B027  # a reader need not care
        """The process was launched."""

    def on_opened(self, opened_payload: Mapping[str, Any]) -> None:  # noqa: B027
        """The process has opened its side."""

    def catch_up(self) -> None:  # noqa: B027
        """Hand over now what was written so far, where that can be done."""

    def no_messages_debug_text(self) -> str:
        """How messages were waited for, for the warning that none came."""
        return f"{type(self).__name__} waited for messages"
