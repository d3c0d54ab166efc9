"""Carries out a run: the machine's commands go to workers and the store, what they answer goes back to the machine.

Belongs to one thread and never waits: whoever owns it hands it the messages of the inbox. Runs go on beside each other;
what each waits for in the others `pure/runs.py` says.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from typing import assert_never

from dagx.errors import DagxError
from dagx_engine.attempts import Attempts, Made, Outcome
from dagx_engine.harvest import Attempt, Published
from dagx_engine.io.log_names import log_path
from dagx_engine.io.news import Described, Late, Refused
from dagx_engine.io.workers import Gone, Heard
from dagx_engine.judging import judge, put_back
from dagx_engine.pure import run as machine
from dagx_engine.pure.definitions import StepName
from dagx_engine.pure.demand import asked_of, extent_of, is_reusable, restorable
from dagx_engine.pure.doubt import is_doubt_alone
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.plan import is_changed
from dagx_engine.pure.reasons import reasons_of
from dagx_engine.pure.room import Room
from dagx_engine.pure.runs import Runs, Told
from dagx_engine.pure.staleness import Held, InParts, needs_work
from dagx_engine.pure.value import dataclass
from dagx_engine.remarks import remarks_of
from dagx_engine.settling import Settling
from dagx_engine.stored_views import reasons as reasons_in_views
from dagx_engine.telling import Telling
from dagx_engine.under_way import (
    Active,
    Request,
    abandoned_view,
    ended_view,
    row_of_step,
    step_view,
    why_skipped,
)
from dagx_engine.views import (
    Event,
    PlanView,
    RunEnded,
    RunStarted,
    RunStatus,
    StepEnded,
    StepStarted,
    StepState,
)
from dagx_engine.workspace import StateLost, Workspace

__all__ = ["Executor", "Request"]


@dataclass(frozen=True)
class _Due:
    run: str
    step: StepName


@dataclass(frozen=True)
class _Wrote:
    """Attempts wrote to their logs: there is text to be told."""


_OF_WORKERS = (Heard, Gone, Late, Published, _Due, _Wrote)
_OF_LOADS = (Described, Refused)
_TOGETHER_SECONDS = 0.02
"""What comes in so short a time is written as one: people see nothing of it, and most of what a transaction costs is
the same for one step and for ten."""
_EXECUTED = frozenset({machine.State.SUCCEEDED, machine.State.UNCHANGED})


class Executor:
    """Runs beside each other, with at most one attempt of a step. `emit` is told what people should see."""

    def __init__(self, workspace: Workspace, emit: Callable[[Event], None]) -> None:
        self._space = workspace
        self._telling = Telling(workspace, emit, self._hand_over)
        self._emit = self._telling.tell
        self._settling = Settling(workspace, self._emit)
        self._room = Room(1)
        self._runs = Runs()
        self._active: dict[str, Active] = {}
        self._logs: deque[tuple[str, str]] = deque()
        """The tokens of attempts with what they wrote, by the threads that read it."""
        workspace.on_log = self._hear_log
        workspace.held = lambda: {active.generation.number for active in self._active.values()}
        self._heeded: dict[StepName, set[str]] = {}
        """Files for which an attempt of the step was ended: once each, for it may be the step that writes them."""
        self._has_abandoned = False
        """Whether the store still says of runs which are over that they are under way."""

    @property
    def active(self) -> bool:
        return bool(self._active)

    @property
    def in_hand(self) -> frozenset[StepName]:
        """The steps that some run has still to do."""
        return frozenset().union(*(active.run.in_hand for active in self._active.values()))

    def begin(self, request: Request, plan: PlanView, *, takes_over: bool = False) -> str:
        """Start a run; `plan` is what the person was shown. Its end is told by `RunEnded`. Raises DagxError when that
        cannot be written.

        If it `takes_over`, runs under way give up what it has and they have not begun.
        """
        self._clear_up()
        generation = self._space.in_force()
        chosen = set(request.steps)
        upstream = {step: generation.waits_for(step) for step in request.steps}
        expected = self._space.writable().expected_seconds()
        limits = {pool: limit for pool, limit in generation.limits.items() if limit > 0}
        self._room.resize(self._space.slots, limits)
        run = machine.Run(
            {step: found & chosen for step, found in upstream.items()},
            cost={step: expected.get(generation.steps[step].of or step, 0.0) for step in upstream},
            fail_fast=request.fail_fast,
            pools={step: generation.steps[step].pools for step in upstream if generation.steps[step].pools},
            priority={step: found for step in upstream if (found := generation.steps[step].priority)},
            room=self._room,
        )
        clock = self._space.clock
        number = self._space.new_run_id()
        attempts = Attempts(self._space, number, self._emit, fail_fast=request.fail_fast)
        began, now = clock.ticks(), clock.now()
        active = Active(number, request, generation, run, began, now, attempts, plan.refused)
        self._space.writable().begin_run(
            active.id,
            active.began_at,
            request.selection,
            request.cause,
            [row_of_step(generation, step) for step in request.steps],
            os.getpid(),
        )
        self._active[number] = active
        self._emit(RunStarted(active.id, request.cause, plan))
        for other in self._active.values() if takes_over else ():
            other.left |= chosen & other.run.in_hand
        with self._turn():
            self._carry(self._runs.begin(number, run, upstream, takes_over=takes_over))
        return active.id

    @property
    def runs(self) -> tuple[str, ...]:
        """The runs under way, the oldest first."""
        return tuple(self._active)

    def cancel(self, run: str | None = None) -> None:
        """Give this run up, or (None) everything that is active; running steps are asked to end."""
        with self._turn():
            if run is None:
                self._carry(self._runs.handle_all(machine.Cancel()))
            elif run in self._active:
                self._tell(self._active[run], machine.Cancel())

    def revise(self, newer: Generation) -> frozenset[StepName]:
        """Bring the runs into line with a newer generation: what it changes and they have in hand is given up, and what
        needs it and has not begun.

        That is the answer. The rest goes on; what has not begun is made by the newer generation, whose code for it is
        the same.
        """
        before, changed, below = self.in_hand, set[StepName](), set[StepName]()
        for active in self._active.values():
            found = [step for step in active.run.in_hand if is_changed(step, active.generation, newer)]
            changed.update(found)
            below |= active.generation.below(found)
        if changed:
            told = self._runs.handle_all(
                machine.Withdraw(frozenset(below)), machine.CancelSteps(frozenset(changed))
            )
            with self._turn():
                self._carry(told)
        for active in self._active.values():
            if active.run.in_hand <= newer.steps.keys():
                active.generation = newer
        return before - self.in_hand

    def is_under_way(self, step: StepName) -> bool:
        """Whether an attempt of this step is."""
        return any(attempt.step == step for attempt, _ in self._attempts())

    def heed(self, names: Iterable[str]) -> None:
        """Files changed: attempts that were begun with another content are ended, and their steps looked at again."""
        saved = {f"file:{name}" for name in names}
        for attempt, active in self._attempts():
            known = {name: digest for name, digest in attempt.manifest.parts if name in saved}
            if not known:
                continue
            own = active.attempts.wrote(attempt) | self._heeded.setdefault(attempt.step, set())
            changed = {
                n for n, digest in self._space.now.look(known).items() if n not in own and digest != known[n]
            }
            if changed:
                self._heeded[attempt.step] |= changed
                with self._turn():
                    self._tell(active, machine.Reexamine(frozenset([attempt.step])))

    def _attempts(self) -> list[tuple[Attempt, Active]]:
        return [(each, active) for active in self._active.values() for each in active.attempts.under_way]

    def take(self, said: object) -> list[Described | Refused]:
        """Handle a message of the inbox, and those that workers have sent after it.

        What is not about the run comes back to the caller.
        """
        clock, inbox = self._space.clock, self._space.inbox
        with self._turn():
            rest = self._take(said)
            until = clock.ticks() + _TOGETHER_SECONDS
            while not rest and (more := inbox.get_if(*_OF_WORKERS)) is not None:
                rest = self._take(more)
                if clock.ticks() > until:
                    break
        return rest

    def _take(self, said: object) -> list[Described | Refused]:
        rest: list[Described | Refused] = []
        heard = [said, *self._space.receive(said)]
        self._tell_logs()  # whatever an attempt wrote is told before its end
        for news in heard:
            if isinstance(news, _OF_LOADS):
                rest.append(news)
                continue
            for active in list(self._active.values()):
                if isinstance(news, _Due):
                    if news.run == active.id:
                        self._tell(active, machine.Due(news.step))
                    continue
                for outcome in active.attempts.take(news):
                    self._carry(self._settle(active, outcome))
        return rest

    def _hear_log(self, token: str, text: str) -> None:
        """For any thread."""
        self._logs.append((token, text))
        self._space.inbox.put(_Wrote())

    def _tell_logs(self) -> None:
        while self._logs:
            token, text = self._logs.popleft()
            for active in self._active.values():
                active.attempts.tell_log(token, text)

    def close(self) -> None:
        """Forget what is under way; the next engine finds the runs unfinished."""
        for active in self._active.values():
            for wait in active.waits:
                wait.cancel()
            active.attempts.close()

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """What happens in it is written as one. If that cannot be, the runs are given up: how far they are is known to
        nobody but this process.
        """
        under_way = dict(self._active)
        try:
            with self._telling.at_once():
                yield
        except StateLost:
            raise
        except DagxError:
            self._abandon([*(under_way | self._active).values()])
            raise

    def _abandon(self, given_up: Collection[Active]) -> None:
        """These runs are over, as those of an engine that was killed: what is written of them counts."""
        self._active.clear()
        self._runs, self._room, self._has_abandoned = Runs(), Room(1), True
        for active in given_up:
            for wait in active.waits:
                wait.cancel()
            active.attempts.abandon()
        with contextlib.suppress(DagxError):
            self._clear_up()
        for active in given_up:
            self._emit(RunEnded(abandoned_view(self._space, active)))

    def _clear_up(self) -> None:
        """Say of runs that were given up that they are over. Raises DagxError while that cannot be written."""
        if self._has_abandoned:
            self._space.writable().recover(self._space.clock.now())
            self._has_abandoned = False

    def _hand_over(self) -> None:
        for active in self._active.values():
            active.attempts.hand_over()

    # The machine's commands.

    def _tell(self, active: Active, event: machine.Event) -> None:
        if active.id in self._active:
            self._carry(self._runs.handle(active.id, event))

    def _carry(self, commands: list[Told]) -> None:
        todo = deque(commands)
        fresh: dict[str, list[StepName]] = {}
        while todo:
            run, command = todo.popleft()
            active = self._active[run]
            match command:
                case machine.Examine(step):
                    answer = self._examine(active, step)
                    if isinstance(answer, machine.Reused) and not answer.restored:
                        fresh.setdefault(run, []).append(step)
                    todo.extend(self._runs.handle(run, answer))
                case machine.Start(step, number):
                    todo.extend(self._start(active, step, number))
                case machine.WaitFor(step, seconds):
                    self._wait(active, step, seconds)
                case machine.Stop(step):
                    todo.extend(self._stop(active, step))
                case machine.Skip(step, because):
                    self._skip(active, step, because)
                case machine.Finish():
                    if steps := fresh.pop(run, None):
                        self._space.writable().fresh_steps(run, steps)
                    self._finish(active)
                case _:
                    assert_never(command)
        for run, steps in fresh.items():
            self._space.writable().fresh_steps(run, steps)

    def _examine(self, active: Active, step: StepName) -> machine.Event:
        """Whether the step must run, by what is stored and what is so at this moment."""
        wanted = active.request.parts.get(step)
        found = judge(self._space, active.generation, step, wanted, may_restore=not active.request.force)
        active.verdicts[step] = found
        if isinstance(found, Held):
            absent = self._space.ledger.absent(active.generation)
            because = active.generation.maker(absent[found.absent[0]])
            return machine.Held(step, because or step)
        if not active.request.is_asked and is_doubt_alone(found):
            return machine.Reused(step)
        if active.request.force or not is_reusable(found):
            return machine.MustRun(step)
        if not needs_work(found):
            return machine.Reused(step)
        put_back(self._space, active.id, step, restorable(found, wanted), whole=True)
        why = reasons_in_views(reasons_of(active.generation, step, found))
        self._emit(StepEnded(active.id, step_view(active, step, StepState.RESTORED, why)))
        return machine.Reused(step, restored=True)

    def _start(self, active: Active, step: StepName, number: int) -> list[Told]:
        generation, space = active.generation, self._space
        found = active.verdicts[step]
        why = reasons_of(generation, step, found)
        if not why and active.request.force:
            why = (("", "forced"),)
        clock, log = space.clock, log_path(space.files.state, active.id, step, number)
        products = asked_of(
            generation, step, found, active.request.parts.get(step), force=active.request.force
        )
        if isinstance(found, InParts) and not active.request.force:
            beside = [
                r for r in restorable(found, active.request.parts.get(step)) if r.product not in products
            ]
            put_back(space, active.id, step, beside, whole=False)
        partitions, is_part = extent_of(generation, step, products)
        attempt = Attempt(
            generation,
            step,
            number,
            found.manifest,
            why,
            clock.now(),
            clock.ticks(),
            log,
            products,
            partitions,
            is_part,
        )
        space.writable().start_step(active.id, step, attempt.began_at, number, found.manifest.key, why)
        self._emit(StepStarted(active.id, step, reasons_in_views(why), number, log))
        for other, _ in self._attempts():
            other.in_company = attempt.in_company = True
        outcomes = active.attempts.begin(attempt)
        return [command for outcome in outcomes for command in self._settle(active, outcome)]

    def _wait(self, active: Active, step: StepName, seconds: float) -> None:
        timer = threading.Timer(seconds, self._space.inbox.put, [_Due(active.id, step)])
        timer.daemon = True
        active.waits.append(timer)
        timer.start()

    def _stop(self, active: Active, step: StepName) -> list[Told]:
        outcomes = active.attempts.stop(step)
        return [command for outcome in outcomes for command in self._settle(active, outcome)]

    def _skip(self, active: Active, step: StepName, because: StepName) -> None:
        why = why_skipped(self._space, active, step)
        if because == step and not why:
            why = (("", "another run was at it, and it failed there"),)
        now = self._space.clock.now()
        self._space.writable().close_step(active.id, step, now, "skipped", because, why)
        self._emit(
            StepEnded(active.id, step_view(active, step, StepState.SKIPPED, reasons_in_views(why), because))
        )

    def _finish(self, active: Active) -> None:
        store, clock = self._space.writable(), self._space.clock
        for wait in active.waits:
            wait.cancel()
        states = active.run.states
        for step, state in states.items():
            if state is machine.State.CANCELLED:
                why = [("", "another run does it")] if step in active.left else None
                store.close_step(active.id, step, clock.now(), "cancelled", None, why)
        if machine.State.FAILED in states.values():
            status = RunStatus.FAILED
        elif machine.State.CANCELLED in states.values():
            status = RunStatus.CANCELLED
        else:
            status = RunStatus.SUCCEEDED
        self._space.keep_stamps()
        store.end_run(active.id, clock.now(), status.value, clock.ticks() - active.began)
        del self._active[active.id]
        ended = ended_view(self._space, active)
        ran = [step for step, state in states.items() if state in _EXECUTED]
        known = active.generation.steps
        of = {known[step].of or step for step in ran if step in known}
        self._emit(RunEnded(replace(ended, remarks=remarks_of(self._space, active.generation, of))))

    def _settle(self, active: Active, outcome: Outcome) -> list[Told]:
        if isinstance(outcome, Made):
            self._heeded.pop(outcome.attempt.step, None)
        beside = list(self._attempts()) if len(self._active) > 1 else []
        return self._settling.settle(self._runs, active, outcome, beside)
