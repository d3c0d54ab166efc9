"""Wishes of other commands in the project that this engine holds: heard, carried out one after the other, told of.

Belongs to the engine's thread. A run of a wish is a run like any other: what it says goes to the command as well.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from dagx.errors import DagxError
from dagx.version import __version__
from dagx_engine.choosing import asked_job
from dagx_engine.executor import Executor
from dagx_engine.io.channel import Door, Left, Line, Said
from dagx_engine.io.holders import Holder
from dagx_engine.io.news import Described, Refused
from dagx_engine.late import late
from dagx_engine.preparing import prepare
from dagx_engine.pure.asked import RunWish
from dagx_engine.pure.definitions import Key
from dagx_engine.pure.errors import BusyError, ProjectError, UsageError
from dagx_engine.pure.from_json import Alien
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.wishes import (
    PROTOCOL,
    AcceptWish,
    Caller,
    CancelWish,
    GcWish,
    Welcome,
    Wish,
    caller_of,
    error_json,
    wish_of,
)
from dagx_engine.views import Event, Loaded, Notice, RunEnded, RunStarted, RunStatus, to_json
from dagx_engine.views.upkeep import CancelView
from dagx_engine.workspace import StateLost, Workspace

__all__ = ["Desk", "Engine"]

_SAVES_SECONDS = 3.0
"""So long a wish waits for the end of a save before it is carried out."""


class Engine(Protocol):
    """What the desk asks of the engine that it belongs to."""

    @property
    def problem(self) -> str | None:
        """Why the project does not load."""

    @property
    def is_loading(self) -> bool: ...

    @property
    def is_being_saved(self) -> bool:
        """Whether files are changing just now."""

    def look(self) -> None:
        """Look at all files, and reload or run what that asks for."""

    def refresh(self) -> None:
        """Something else than a run changed how assets look."""

    def go_on(self) -> None:
        """Nothing holds back reloads and runs any more."""

    def leave_stopped(self) -> None:
        """A person stops a run: what is stale because of it is not begun again unasked, until the next save."""


class _Ticket:
    """One wish, of one command."""

    def __init__(self, line: Line, caller: Caller, wish: Wish) -> None:
        self.line = line
        self.caller = caller
        self.wish = wish
        self.since: float | None = None
        """When its turn came, and files were looked at for it."""
        self.waits_for: str | None = None
        self.run: str | None = None
        """The run that it became."""

    def tell(self, event: Event) -> None:
        self.line.say({"event": type(event).__name__, "of": to_json(event)})


class _Apart:
    """A run of another generation than the one in force, to which the engine returns afterwards."""

    def __init__(self, ticket: _Ticket, before: Generation, load: int | None = None) -> None:
        self.ticket = ticket
        self.before = before
        self.load = load
        """The load that it waits for."""


class Desk:
    """Where wishes come in. `emit` is told what the engine's own people should know."""

    def __init__(
        self, space: Workspace, executor: Executor, emit: Callable[[Event], None], engine: Engine
    ) -> None:
        self._space = space
        self._executor = executor
        self._emit = emit
        self._engine = engine
        self._who = Holder(os.getpid(), " ".join(["dagx", *sys.argv[1:]]), space.clock.now())
        self._door: Door | None = None
        self._callers: dict[Line, Caller] = {}
        self._queue: deque[_Ticket] = deque()
        self._now: _Ticket | None = None
        """Whose run is under way."""
        self._apart: _Apart | None = None

    def open(self) -> None:
        """Let wishes in."""
        try:
            self._door = Door(self._space.files.state, self._space.inbox.put)
        except OSError as error:
            words = f"other dagx commands cannot hand their runs to this one: {error.strerror or error}"
            self._emit(Notice(words, "warning"))

    def close(self) -> None:
        if self._door is not None:
            self._door.close()

    @property
    def holds_back(self) -> bool:
        """Whether a reload, or a run that nobody asked for, has to wait: the generation in force is that of a wish."""
        return self._apart is not None

    # What comes in.

    def take(self, said: Said | Left) -> None:
        line = said.line
        if isinstance(said, Left):
            self._callers.pop(line, None)
            self._drop(line)
            return
        try:
            self._heed(line, said)
        except Alien:
            line.cut()

    def _heed(self, line: Line, said: Said) -> None:
        """Raises Alien."""
        if "hello" in said.message:
            self._welcome(line, caller_of(said.message))
            return
        caller = self._callers.get(line)
        if caller is None:
            raise Alien("it wants something before it says who it is")
        if "cancel" in said.message:
            if self._now is not None and self._now.line is line:
                self._executor.cancel(self._now.run)
            self._drop(line)
            return
        wish = wish_of(said.message)
        if isinstance(wish, CancelWish):
            self._answer(line, lambda: self._cancel(wish))
        else:
            self._queue.append(_Ticket(line, caller, wish))

    def _welcome(self, line: Line, caller: Caller) -> None:
        if (caller.protocol, caller.version) != (PROTOCOL, __version__):
            line.say(
                error_json(
                    BusyError(
                        f"{self._who.name} holds the project and is dagx {__version__}; this is dagx {caller.version}",
                        hint="start it again by this dagx, or ask by that one",
                    )
                )
            )
            line.end()
            return
        self._callers[line] = caller
        line.say({"welcome": to_json(Welcome(self._who.pid, self._who.command, self._who.since or 0.0))})

    def _drop(self, line: Line) -> None:
        """Forget what the command wants and did not get yet; a run that began goes on."""
        for ticket in [ticket for ticket in self._queue if ticket.line is line]:
            self._queue.remove(ticket)
            line.say({"dropped": True})
        apart = self._apart
        if apart is not None and apart.load is not None and apart.ticket.line is line:
            line.say({"dropped": True})
            self._return()

    def _cancel(self, wish: CancelWish) -> object:
        runs = tuple(run for run in self._executor.runs if run.startswith(wish.run))
        if not runs:
            raise UsageError(f"run {wish.run} is not under way" if wish.run else "nothing is running")
        self._engine.leave_stopped()
        for run in runs:
            self._executor.cancel(run)
        return CancelView(runs, self._who.name)

    # Whose turn it is.

    def go_on(self) -> None:
        """Carry out what can be; whoever has to wait is told for what."""
        while self._queue and self._is_free(self._queue[0]):
            ticket = self._queue.popleft()
            if not ticket.line.is_gone:  # who was killed meanwhile waits for nothing
                self._carry_out(ticket)
        run = next(iter(self._executor.runs), None)
        for ticket in self._queue:
            if run is not None and ticket.waits_for != run:
                ticket.waits_for = run
                ticket.tell(Notice(f"waiting for run {run} of {self._who.name}"))

    def _is_free(self, ticket: _Ticket) -> bool:
        """Whether nothing else is under way, and what is on disk is what is in force."""
        if self._executor.active or self._apart is not None:
            return False
        if ticket.since is None:
            ticket.since = self._space.clock.ticks()
            self._engine.look()
        waited = self._space.clock.ticks() - ticket.since
        if self._engine.is_loading or (self._engine.is_being_saved and waited < _SAVES_SECONDS):
            return False
        return not self._executor.active  # what was seen may have begun a run

    def _carry_out(self, ticket: _Ticket) -> None:
        try:
            match ticket.wish:
                case RunWish() as wish:
                    self._load_or_run(ticket, wish)
                case AcceptWish() as accept:
                    self._answer(ticket.line, lambda: self._accept(accept))
                case GcWish() as gc:
                    self._answer(ticket.line, lambda: self._gc(gc))
                case CancelWish():
                    raise AssertionError("a cancel waits for nothing")
        except StateLost:
            raise
        except DagxError as error:
            self._return()
            ticket.line.say(error_json(error))

    def _answer(self, line: Line, action: Callable[[], object]) -> None:
        try:
            line.say({"done": to_json(action())})
        except StateLost:
            raise
        except DagxError as error:
            line.say(error_json(error))

    # Runs.

    def _load_or_run(self, ticket: _Ticket, wish: RunWish) -> None:
        generation = self._in_force()
        self._check_fits(wish)
        job = asked_job(wish.selection, wish.job, wish.asked, has_config=wish.has_config)
        is_job = job is not None and (
            job.is_sure or (Key(job.name) not in generation.assets and job.name in generation.jobs)
        )
        if is_job or wish.asked is not None:
            self._apart = _Apart(ticket, self._space.loaded())
        if self._apart is not None and is_job:
            self._apart.load = self._space.begin_load(job)
        else:
            self._begin(ticket, wish)

    def _in_force(self) -> Generation:
        """Raises ProjectError when the project on disk does not load."""
        if self._engine.problem is not None:
            raise ProjectError(self._engine.problem)
        return self._space.in_force()

    def _check_fits(self, wish: RunWish) -> None:
        """Raise BusyError when the run would need other workers than those of this engine."""
        python, config = str(self._space.interpreter.path), self._space.files.config
        if wish.python != python:
            raise BusyError(
                f"{self._who.name} holds the project and runs its code with {python}, not with {wish.python}",
                hint="leave out --python, or end it first",
            )
        if wish.config != (None if config is None else str(config)):
            raise BusyError(
                f"{self._who.name} holds the project and runs with "
                f"{f'the config of {config}' if config is not None else 'no file of config'}: what a run with "
                "another one makes is stale to it at once",
                hint="leave out --config, or end it first",
            )

    def _begin(self, ticket: _Ticket, wish: RunWish) -> None:
        generation = self._space.in_force()
        ticket.tell(Loaded(generation.number, len(generation.assets), 0.0, first=True))
        request, plan = prepare(self._space, wish, ticket.tell)
        self._emit(Notice(f"run of `{ticket.caller.command}` (pid {ticket.caller.pid})"))
        self._now = ticket
        self._executor.begin(request, plan)

    def takes(self, news: Described | Refused) -> bool:
        """Whether this is about a load that was begun here."""
        apart = self._apart
        if apart is None or apart.load is None or news.load != apart.load:
            return False
        apart.load = None
        if self._executor.active:
            self._return()
            self._queue.appendleft(apart.ticket)  # somebody was quicker; it is loaded again
            return True
        wish = apart.ticket.wish
        assert isinstance(wish, RunWish)
        try:
            if isinstance(news, Refused):
                raise self._space.refusal(news)
            self._space.adopt(self._space.read_description(news))
            self._begin(apart.ticket, wish)
        except StateLost:
            raise
        except DagxError as error:
            self._return()
            apart.ticket.line.say(error_json(error))
        return True

    def see(self, event: Event) -> None:
        """What happens in a run; call it before anybody looks at what the event changes."""
        ticket = self._now
        if ticket is None:
            return
        run = event.run.run_id if isinstance(event, RunEnded) else getattr(event, "run_id", None)
        if ticket.run is None and isinstance(event, RunStarted):
            ticket.run = run
        if run is None or run != ticket.run:
            return  # of a run beside it
        ticket.tell(event)
        if isinstance(event, RunEnded) and event.run.status is not RunStatus.CRASHED:
            self._now = None
            self._return()
            ticket.line.say({"done": to_json(event.run)})

    def fail(self, error: DagxError) -> None:
        """If that ended the run of a wish, it is the answer."""
        ticket = self._now
        if ticket is not None and ticket.run not in self._executor.runs:
            self._return()
            ticket.line.say(error_json(error))

    def _return(self) -> None:
        """The generation that was in force before is in force again."""
        apart, self._apart = self._apart, None
        self._now = None
        if apart is not None:
            self._space.adopt(apart.before)
            self._engine.go_on()

    # The rest.

    def _accept(self, wish: AcceptWish) -> object:
        self._in_force()
        accepting: Any = late("dagx_engine.requests.accept")
        before = self._space.loaded()
        try:
            return accepting.accept_here(self._space, wish)
        finally:
            self._space.adopt(before)
            self._space.ledger.forget()
            self._engine.refresh()

    def _gc(self, wish: GcWish) -> object:
        known = self._in_force().assets.keys() if wish.undefined else None
        collecting: Any = late("dagx_engine.requests.gc")
        return collecting.collect(self._space, dry_run=False, known=known, verify=wish.verify)
