"""Questions of a running step to the engine: one at a time, over the channel on which the step's result goes later."""

from __future__ import annotations

import _thread
import os
import queue
import socket
import threading
from collections.abc import Mapping
from typing import Any

from dagx.errors import DagxError
from dagx.worker import wire

__all__ = ["Questions"]

_Reply = dict[str, Any] | wire.BrokenWire | None


class Questions:
    """Those of one step, whose `token` the engine knows. Until `close`, which waits for the last answer."""

    def __init__(self, end: socket.socket, token: str) -> None:
        self._end = end
        self._token = token
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._is_closed = False

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """The engine's answer. May be called from any thread of the step's own process."""
        if os.getpid() != self._process:
            raise DagxError(
                "the history is asked in another process than the step's own",
                "ask before that process is started, and hand over what it needs",
            )
        # In a thread of its own: what a signal handler raises would tear a message, and with it the channel. Not a
        # Thread, whose start() such an exception tears as well.
        replies: queue.SimpleQueue[_Reply] = queue.SimpleQueue()
        _thread.start_new_thread(self._exchange, (question, replies))
        reply = replies.get()
        if isinstance(reply, wire.BrokenWire):
            raise DagxError(f"the engine does not answer: {reply}") from reply
        if reply is None:
            raise DagxError(
                "the step has ended, and its history cannot be asked any more", "ask before it returns"
            )
        if "problem" in reply:
            raise DagxError(str(reply["problem"]))
        return reply

    def _exchange(self, question: Mapping[str, Any], replies: queue.SimpleQueue[_Reply]) -> None:
        with self._lock:
            if self._is_closed:
                replies.put(None)
                return
            try:
                wire.send(self._end, {"did": "ask", "token": self._token, "question": dict(question)})
                answer = wire.receive(self._end)
                replies.put(wire.BrokenWire("it is gone") if answer is None else answer)
            except wire.BrokenWire as error:
                replies.put(error)

    def close(self) -> None:
        """From now on nothing is asked any more."""
        with self._lock:
            self._is_closed = True
