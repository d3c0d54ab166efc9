"""RecordedError: an exception as text, which is what stays of it in an event."""

from __future__ import annotations

import os
import traceback
from typing import Any

from dagx.record import Record

_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_LONGEST_CHAIN = 20


class RecordedError(Record):
    """What is left of an exception.

    `message` is what Python prints last, `stack` has a text for each frame of the user's, the outermost first;
    `cause` is what it was raised from, or while handling.
    """

    message: str
    stack: tuple[str, ...]
    cls_name: str
    cause: RecordedError | None

    def __init__(
        self,
        message: str,
        stack: tuple[str, ...] = (),
        cls_name: str = "",
        cause: RecordedError | None = None,
    ) -> None:
        self._set(message=message, stack=tuple(stack), cls_name=cls_name, cause=cause)

    @classmethod
    def of(cls, error: BaseException, depth: int = 0) -> RecordedError:
        """What is to be kept of `error` and of those that led to it."""
        before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_users(frame)]
        return cls(
            _said(error),
            tuple(traceback.format_list(frames)),
            type(error).__name__,
            None if before is None or depth >= _LONGEST_CHAIN else cls.of(before, depth + 1),
        )

    def to_string(self) -> str:
        """The error as it is read: its message, its frames, then what it came from."""
        text = self.message + ("\n" + "".join(self.stack) if self.stack else "")
        return text if self.cause is None else f"{text}\ncaused by {self.cause.to_string()}"


def _said(error: BaseException) -> str:
    try:
        return "".join(traceback.format_exception_only(type(error), error))
    except Exception:  # noqa: BLE001  # its own __str__ is broken, and its type is said anyway
        return f"{type(error).__name__}\n"


def _is_users(frame: Any) -> bool:
    return not str(frame.filename).startswith((_OURS, "<frozen "))
