"""A wish handed to the engine that holds the project, and followed there as if it were carried out here.

An engine that takes no wishes, such as that of `dagx run`, is waited for. One that is stopped or hung is named.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar, get_args

from dagx.errors import DagxError
from dagx.version import __version__
from dagx_engine.io.channel import BrokenWire, Call
from dagx_engine.io.holders import Holder, holder_of, is_stopped, way_on
from dagx_engine.io.lock import ProjectLock
from dagx_engine.opening import Project
from dagx_engine.pure.asked import RunWish
from dagx_engine.pure.errors import BusyError
from dagx_engine.pure.from_json import Alien, from_json
from dagx_engine.pure.wishes import PROTOCOL, Caller, Welcome, Wish, error_of, name_of
from dagx_engine.requests.interrupts import interrupts
from dagx_engine.views import Event, Notice, RunStarted, to_json

__all__ = ["ask", "hand_over"]

_PATIENCE_SECONDS = 2.0
"""So long an engine may be silent before it is looked at."""
_HUNG_SECONDS = 10.0
"""An engine that runs, and does not say a word for so long, is hung: it may have had a large file to hash before."""
_SAY_WAITING_AFTER = 0.3
_LOOK_EVERY = 0.1

_EVENTS: Mapping[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}

T = TypeVar("T")


def hand_over(
    project: Project,
    wish: RunWish | Wish,
    kind: type[T],
    on_event: Callable[[Event], None],
    busy: BusyError,
) -> T | None:
    """The engine's answer; None when it gave the lock back instead.

    Raises BusyError, and what the engine refuses with; KeyboardInterrupt when the wish was taken back in time.
    """
    holder = holder_of(project.files.state)
    if holder.pid == os.getpid() or os.environ.get("DAGX_ATTEMPT") == str(project.root):
        raise BusyError(
            busy.message, hint="this comes from a step of it: a run that waits for itself would never end"
        )
    call = _wait_for_lock(project, on_event, busy)
    if call is None:
        return None
    with contextlib.closing(call):
        return ask(project, call, wish, kind, on_event)


def ask(
    project: Project,
    call: Call,
    wish: RunWish | Wish,
    kind: type[T],
    on_event: Callable[[Event], None] = lambda event: None,
) -> T | None:
    """The answer to a wish; None when the engine ended before it began with it."""
    return _Following(call, holder_of(project.files.state), kind, on_event).carry(wish)


def _wait_for_lock(project: Project, on_event: Callable[[Event], None], busy: BusyError) -> Call | None:
    """A call to the engine that holds the lock; None when it is free, or free again. Raises BusyError."""
    lock, began = ProjectLock(project.files.state), time.monotonic()
    told = False
    while True:
        try:
            return Call(project.files.state)
        except OSError:
            pass  # it takes no wishes, or not yet, or not any more
        if not lock.is_held():
            return None
        holder, waited = holder_of(project.files.state), time.monotonic() - began
        if is_stopped(holder.pid):
            raise _stopped(holder)
        if waited > _PATIENCE_SECONDS and "dev" in holder.command.split():
            raise busy  # it does not end by itself, and listens to nobody: its file system has no sockets
        if waited > _SAY_WAITING_AFTER and not told:
            told = True
            on_event(Notice(f"waiting for {holder.name}"))
        time.sleep(_LOOK_EVERY)


def _stopped(holder: Holder) -> BusyError:
    return BusyError(
        f"{holder.name} holds the project and does not answer: it is stopped (state T)",
        hint=f"{way_on(holder.pid)} lets it go on, `kill -9 {holder.pid}` ends it; nothing that was made is lost",
    )


def _hung(holder: Holder) -> BusyError:
    return BusyError(
        f"{holder.name} holds the project and does not answer: it is hung",
        hint=f"`kill {holder.pid}` ends it, `kill -9 {holder.pid}` too; nothing that was made is lost",
    )


class _Following(Generic[T]):
    """One wish, from the first word to the last."""

    def __init__(self, call: Call, holder: Holder, kind: type[T], on_event: Callable[[Event], None]) -> None:
        self._call = call
        self._holder = holder
        self._pid = call.pid or holder.pid
        self._kind = kind
        self._on_event = on_event
        self._asked_to_stop = False
        self._run: str | None = None

    def carry(self, wish: RunWish | Wish) -> T | None:
        command = " ".join(["dagx", *sys.argv[1:]])
        caller = Caller(PROTOCOL, __version__, os.getpid(), command)
        try:
            self._call.say({"hello": to_json(caller)})
            if not self._is_welcome():
                return None
            with interrupts(self._stop):
                self._call.say({"wish": name_of(wish), "of": to_json(wish)})
                return self._follow()
        except BrokenWire:
            self._check_lost()
            return None
        except Alien as error:
            raise DagxError(
                f"{self._holder.name} said what this dagx does not understand: {error}",
                hint="end it, and start it again by this dagx",
            ) from error

    def _is_welcome(self) -> bool:
        """Wait for the first word. Raises BusyError when none comes."""
        began = time.monotonic()
        wait, told = _PATIENCE_SECONDS, False
        while True:
            came, message = self._call.hear(wait)
            if came and message is None:
                return False  # it is ending
            if came:
                break
            if is_stopped(self._pid):
                raise _stopped(self._holder)
            if time.monotonic() - began > _HUNG_SECONDS:
                raise _hung(self._holder)
            if not told:
                told = True
                self._on_event(Notice(f"{self._holder.name} does not answer yet"))
            wait = _PATIENCE_SECONDS / 4
        assert message is not None
        if "error" in message:
            raise error_of(message)
        welcome = from_json(Welcome, message.get("welcome"))
        self._holder = Holder(welcome.pid, welcome.command, welcome.since)
        return True

    def _stop(self) -> None:
        if self._asked_to_stop:
            raise KeyboardInterrupt
        self._asked_to_stop = True
        with contextlib.suppress(BrokenWire):  # then its end is heard at once
            self._call.say({"cancel": True})

    def _follow(self) -> T | None:
        stopped = False
        while True:
            came, message = self._call.hear(_PATIENCE_SECONDS)
            if not came:
                if is_stopped(self._pid) and not stopped:
                    stopped = True
                    words = f"{self._holder.name} is stopped (state T): {way_on(self._pid)} lets it go on"
                    self._on_event(Notice(words, "warning"))
                continue
            stopped = False
            if message is None:
                self._check_lost()
                return None
            if "error" in message:
                raise error_of(message)
            if "dropped" in message:
                raise KeyboardInterrupt
            if "done" in message:
                return from_json(self._kind, message["done"])
            self._show(message)

    def _show(self, message: Mapping[str, Any]) -> None:
        kind = _EVENTS.get(str(message.get("event")))
        if kind is None:
            raise Alien(f"{message.get('event')!r:.80} is no event")
        event = from_json(kind, message.get("of"))
        if isinstance(event, RunStarted):
            self._run = event.run_id
        self._on_event(event)

    def _check_lost(self) -> None:
        """The engine is gone: only what had not begun can be done here instead. Raises DagxError."""
        if self._asked_to_stop:
            raise KeyboardInterrupt
        if self._run is not None:
            raise DagxError(
                f"{self._holder.name} ended before run {self._run} did",
                hint="what was made is kept; dagx run makes the rest",
            )
